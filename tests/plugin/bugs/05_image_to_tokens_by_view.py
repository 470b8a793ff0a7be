"""image_to_tokens_by_view

kind: silent   facet: axis   seen in: common in vision transformers
ideal static checker: view sees "b c h w" as "b h*w c"
"""

import torch
from jaxtyping import Float
from torch import Tensor


def tokens(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b h*w c"]:
    b, c, h, w = x.shape
    return x.view(b, h * w, c)  # BUG: channels are not moved


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4, 5)
    print("GOOD" if torch.equal(tokens(x)[0, 0], x[0, :, 0, 0]) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
