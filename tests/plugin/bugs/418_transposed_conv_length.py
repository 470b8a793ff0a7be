"""418 transposed_conv_length

kind: crash   facet: shape   seen in: vocoder up-sampling: "The size of tensor a must match the size of tensor b"
ideal static checker: ConvTranspose1d(kernel 4, stride 2, padding 0) gives 2t+2, the condition has 2t
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Up(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose1d(80, 32, kernel_size=4, stride=2)  # BUG: padding=1 missing

    def forward(self, *, mel: Float[Tensor, "b 80 t"], wave: Float[Tensor, "b 32 2*t"]) -> Float[Tensor, "b 32 2*t"]:
        return self.up(mel) + wave


def main() -> None:
    torch.manual_seed(0)
    out = Up()(mel=torch.randn(2, 80, 10), wave=torch.randn(2, 32, 20))
    good = out.shape == (2, 32, 20)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
