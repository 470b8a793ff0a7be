"""all_pairs_on_purpose: (b, 1) against (b,) is meant: all pairs. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor


def ranking(scores: Float[Tensor, "b"]) -> Float[Tensor, "b b"]:
    return scores.unsqueeze(1) - scores.unsqueeze(0)


def main() -> None:
    torch.manual_seed(0)
    good = ranking(torch.randn(3)).shape == (3, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
