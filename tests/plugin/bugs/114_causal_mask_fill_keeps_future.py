"""causal_mask_fill_keeps_future

kind: silent   facet: mask   seen in: nanoGPT ports: masked_fill(tril == 1, -inf)
ideal static checker: fills the past instead of the future
"""

import torch
from jaxtyping import Float
from torch import Tensor


def causal_scores(scores: Float[Tensor, "b h t t"]) -> Float[Tensor, "b h t t"]:
    t = scores.shape[-1]
    keep = torch.ones(t, t).tril()
    return scores.masked_fill(keep == 1, float("-inf"))  # BUG: keep == 0


def main() -> None:
    torch.manual_seed(0)
    good = bool(torch.isinf(causal_scores(torch.zeros(1, 1, 3, 3))[0, 0, 0, 2]))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
