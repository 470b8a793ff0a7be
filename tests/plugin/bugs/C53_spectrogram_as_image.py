"""C53 spectrogram_as_image: a channel axis of 1 is added for a 2-d convolution, and merged with the frequencies after it. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Subsampling(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, kernel_size=3, stride=2, padding=1)
        self.out = nn.Linear(8 * 40, 64)

    def forward(self, *, mel: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t2 64"]:
        h = torch.relu(self.conv(mel.unsqueeze(1)))
        b, c, t, f = h.size()
        return self.out(h.transpose(1, 2).contiguous().view(b, t, c * f))


def main() -> None:
    torch.manual_seed(0)
    out = Subsampling()(mel=torch.randn(2, 21, 80))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
