"""keepdim_forgotten_in_softmax

kind: crash   facet: shape   seen in: own softmax implementations
ideal static checker: amax drops the axis
"""

import torch
from jaxtyping import Float
from torch import Tensor


def stable_softmax(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    e = torch.exp(x - x.amax(dim=-1))  # BUG: keepdim=True missing
    return e / e.sum(dim=-1, keepdim=True)


def main() -> None:
    torch.manual_seed(0)
    good = stable_softmax(torch.randn(4, 8)).shape == (4, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
