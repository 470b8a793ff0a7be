"""causal_mask_of_batch_size (fixed twin)

kind: crash   facet: axis   seen in: forum "The shape of the 2D attn_mask is torch.Size([3, 3]), but should be (5, 5)"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(32, 4, batch_first=True)
        self.stack = nn.TransformerEncoder(self.layer, 2)

    def forward(self, x: Float[Tensor, "batch time 32"]) -> Float[Tensor, "batch time 32"]:
        mask = nn.Transformer.generate_square_subsequent_mask(x.size(1))
        return self.stack(x, mask=mask)


def main() -> None:
    torch.manual_seed(0)
    out = Decoder()(torch.randn(3, 5, 32))
    print("GOOD" if out.shape == (3, 5, 32) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
