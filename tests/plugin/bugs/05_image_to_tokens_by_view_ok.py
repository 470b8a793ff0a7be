"""image_to_tokens_by_view (fixed twin)

kind: silent   facet: axis   seen in: common in vision transformers
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def tokens(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b h*w c"]:
    b, c, h, w = x.shape
    return x.flatten(2).transpose(1, 2)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4, 5)
    print("GOOD" if torch.equal(tokens(x)[0, 0], x[0, :, 0, 0]) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
