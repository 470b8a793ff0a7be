"""beam_topk_not_flattened (fixed twin)

kind: silent   facet: shape   seen in: beam search by hand
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def expand_beams(
    scores: Float[Tensor, "b beams"], log_probs: Float[Tensor, "b beams v"], beams: int
) -> Float[Tensor, "b beams"]:
    total = scores.unsqueeze(-1) + log_probs
    return total.flatten(1).topk(beams, dim=-1).values


def main() -> None:
    torch.manual_seed(0)
    good = expand_beams(torch.zeros(2, 3), torch.randn(2, 3, 7), 3).shape == (2, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
