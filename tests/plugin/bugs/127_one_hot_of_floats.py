"""one_hot_of_floats

kind: crash   facet: dtype   seen in: "one_hot is only applicable to index tensor"
ideal static checker: one_hot takes integers
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor


def encode(labels: Float[Tensor, "b"]) -> Int[Tensor, "b 10"]:
    return F.one_hot(labels, 10)  # BUG: labels.long()


def main() -> None:
    torch.manual_seed(0)
    good = encode(torch.zeros(3)).shape == (3, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
