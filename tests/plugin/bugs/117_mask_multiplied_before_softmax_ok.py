"""mask_multiplied_before_softmax (fixed twin)

kind: silent   facet: mask   seen in: attention tutorials
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def weights(scores: Float[Tensor, "b q k"], valid: Bool[Tensor, "b k"]) -> Float[Tensor, "b q k"]:
    return scores.masked_fill(~valid[:, None, :], float("-inf")).softmax(dim=-1)


def main() -> None:
    torch.manual_seed(0)
    v = torch.tensor([[True, False]])
    good = bool(weights(torch.zeros(1, 1, 2), v)[0, 0, 1] == 0)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
