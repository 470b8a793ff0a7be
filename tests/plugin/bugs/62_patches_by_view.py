"""patches_by_view

kind: silent   facet: axis   seen in: ViT re-implementations
ideal static checker: patches need an interleaving permutation
"""

import torch
from jaxtyping import Float
from torch import Tensor


def patchify(x: Float[Tensor, "b 3 32 32"]) -> Float[Tensor, "b 64 48"]:
    b = x.shape[0]
    return x.view(b, 64, 48)  # BUG: cuts the image in stripes of one channel


def main() -> None:
    torch.manual_seed(0)
    x = torch.arange(2 * 3 * 32 * 32.0).view(2, 3, 32, 32)
    good = bool(torch.equal(patchify(x)[0, 1], x[0, :, :4, 4:8].flatten()))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
