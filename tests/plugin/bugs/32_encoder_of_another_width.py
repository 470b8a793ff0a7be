"""encoder_of_another_width

kind: crash   facet: shape   seen in: forum, TransformerEncoder after a convolution
ideal static checker: the encoder's layers take 64, 32 come
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 32)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, batch_first=True), 2)  # BUG: 32 come

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t 32"]:
        return self.encoder(self.embed(tokens))


def main() -> None:
    torch.manual_seed(0)
    out = Encoder()(torch.zeros(2, 5).long())
    print("GOOD" if out.shape == (2, 5, 32) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
