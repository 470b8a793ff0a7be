"""config_sizes_swapped

kind: crash   facet: shape   seen in: transformer ports with a configuration class
ideal static checker: the second projection takes intermediate_size
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Config:
    def __init__(self, hidden_size: int = 768, intermediate_size: int = 3072) -> None:
        self.hidden_size = hidden_size
        self.intermediate_size = intermediate_size


class FeedForward(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.up = nn.Linear(config.hidden_size, config.intermediate_size)
        self.down = nn.Linear(config.hidden_size, config.hidden_size)  # BUG: intermediate_size

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        return self.down(F.gelu(self.up(x)))


def main() -> None:
    torch.manual_seed(0)

    good = FeedForward(Config(8, 32))(torch.randn(2, 5, 8)).shape == (2, 5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
