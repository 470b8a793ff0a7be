"""causal_mask_fill_keeps_future (fixed twin)

kind: silent   facet: mask   seen in: nanoGPT ports: masked_fill(tril == 1, -inf)
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def causal_scores(scores: Float[Tensor, "b h t t"]) -> Float[Tensor, "b h t t"]:
    t = scores.shape[-1]
    keep = torch.ones(t, t).tril()
    return scores.masked_fill(keep == 0, float("-inf"))


def main() -> None:
    torch.manual_seed(0)
    good = bool(torch.isinf(causal_scores(torch.zeros(1, 1, 3, 3))[0, 0, 0, 2]))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
