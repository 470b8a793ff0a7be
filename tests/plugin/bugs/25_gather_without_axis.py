"""gather_without_axis

kind: crash   facet: shape   seen in: Q learning, Index tensor must have the same number of dimensions
ideal static checker: gather of "b actions" by "b"
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def chosen(q: Float[Tensor, "b actions"], action: Int[Tensor, "b"]) -> Float[Tensor, "b"]:
    return q.gather(1, action)  # BUG: an index needs as many axes


def main() -> None:
    torch.manual_seed(0)
    q = torch.randn(3, 2)
    print("GOOD" if torch.equal(chosen(q, torch.zeros(3).long()), q[:, 0]) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
