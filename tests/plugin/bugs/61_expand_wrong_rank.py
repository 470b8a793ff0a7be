"""expand_wrong_rank

kind: crash   facet: shape   seen in: forum "The expanded size of the tensor must match"
ideal static checker: expand wants the new axis unsqueezed
"""

import torch
from jaxtyping import Float
from torch import Tensor


def repeat_over_time(z: Float[Tensor, "b d"], steps: int) -> Float[Tensor, "b steps d"]:
    return z.expand(z.shape[0], steps, z.shape[1])  # BUG: unsqueeze(1) missing


def main() -> None:
    torch.manual_seed(0)
    good = repeat_over_time(torch.randn(2, 8), 5).shape == (2, 5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
