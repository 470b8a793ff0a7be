"""C55 lengths_to_padding_mask: True beyond the length is what key_padding_mask wants. A checker must stay silent."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Enc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(64, 4, dim_feedforward=128, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=2)

    def forward(self, *, x: Float[Tensor, "batch time 64"], lengths: Int[Tensor, "batch"]) -> Float[Tensor, "batch 64"]:
        mask = torch.arange(x.size(1), device=x.device)[None, :] >= lengths[:, None]
        h = self.encoder(x, src_key_padding_mask=mask)
        h = h.masked_fill(mask.unsqueeze(-1), 0.0)
        return h.sum(dim=1) / lengths.unsqueeze(1)


def main() -> None:
    torch.manual_seed(0)
    out = Enc()(x=torch.randn(2, 5, 64), lengths=torch.tensor([5, 3]))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
