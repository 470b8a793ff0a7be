"""411 position_table_before_stride (fixed twin)

kind: crash   facet: shape   seen in: speech encoders, strided audio front end and table of full length
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(80, 64, kernel_size=3, padding=1)
        self.conv2 = nn.Conv1d(64, 64, kernel_size=3, stride=2, padding=1)
        self.pos = nn.Parameter(torch.zeros(1, 750, 64))

    def forward(self, *, mel: Float[Tensor, "b 80 1500"]) -> Float[Tensor, "b 750 64"]:
        h = F.gelu(self.conv2(F.gelu(self.conv1(mel))))
        return h.transpose(1, 2) + self.pos


def main() -> None:
    torch.manual_seed(0)
    out = Encoder()(mel=torch.randn(2, 80, 1500))
    good = out.shape == (2, 750, 64)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
