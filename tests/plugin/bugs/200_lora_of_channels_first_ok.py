"""lora_of_channels_first (fixed twin)

kind: crash   facet: shape   seen in: Rishit-dagli/NeRF-US#8
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class LoRA(nn.Module):
    def __init__(self, channels: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(channels, rank))
        self.up = nn.Parameter(torch.zeros(rank, channels))

    def forward(self, x: Float[Tensor, "b channels n"]) -> Float[Tensor, "b channels n"]:
        return x + (x.mT @ self.down @ self.up).mT


def main() -> None:
    torch.manual_seed(0)
    out = LoRA(128, 4)(torch.randn(2, 128, 512))
    print("GOOD" if out.shape == (2, 128, 512) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
