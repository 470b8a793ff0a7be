"""padding_of_lengths_inverted

kind: silent   facet: mask   seen in: wenet/espnet ports, make_pad_mask
ideal static checker: positions below the length are valid, not padding
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(16, 2, batch_first=True)

    def forward(self, *, x: Float[Tensor, "b t 16"], lengths: Int[Tensor, "b"]) -> Float[Tensor, "b t 16"]:
        padding = torch.arange(x.size(1))[None, :] < lengths[:, None]  # BUG: >=
        return self.layer(x, src_key_padding_mask=padding)


def main() -> None:
    torch.manual_seed(0)
    m, x = Encoder().eval(), torch.randn(1, 5, 16)
    x2 = x.clone()
    x2[:, 3:] = 0
    n = torch.tensor([3])
    good = bool(torch.allclose(m(x=x, lengths=n)[:, :3], m(x=x2, lengths=n)[:, :3], atol=1e-5))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
