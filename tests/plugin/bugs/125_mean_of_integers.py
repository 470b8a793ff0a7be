"""mean_of_integers

kind: crash   facet: dtype   seen in: "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype"
ideal static checker: the mean of integers
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def mean_length(lengths: Int[Tensor, "b"]) -> Float[Tensor, ""]:
    return lengths.mean()  # BUG: lengths.float().mean()


def main() -> None:
    torch.manual_seed(0)
    good = mean_length(torch.tensor([1, 2])).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
