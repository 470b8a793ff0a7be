"""window_partition_without_permute

kind: silent   facet: axis   seen in: Swin re-implementations
ideal static checker: rows of windows are mixed
"""

import torch
from jaxtyping import Float
from torch import Tensor


def window_partition(x: Float[Tensor, "b 8 8 c"]) -> Float[Tensor, "b*4 16 c"]:
    b, h, w, c = x.shape
    x = x.view(b, h // 4, 4, w // 4, 4, c)
    return x.reshape(-1, 16, c)  # BUG: permute(0, 1, 3, 2, 4, 5) missing


def main() -> None:
    torch.manual_seed(0)
    x = torch.arange(64.0).view(1, 8, 8, 1)
    good = bool(torch.equal(window_partition(x)[0], x[0, :4, :4].reshape(16, 1)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
