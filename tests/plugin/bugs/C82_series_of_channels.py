"""C82 series_of_channels: each series is a line of its own: statistics over time, patches, linear layers over steps. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class ReversibleNorm(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Float[Tensor, "b t channels"]) -> tuple[Tensor, Tensor, Tensor]:
        mean = x.mean(dim=1, keepdim=True).detach()
        std = torch.sqrt(x.var(dim=1, keepdim=True, unbiased=False) + 1e-5).detach()
        return (x - mean) / std * self.gain + self.shift, mean, std

    def undo(self, y: Float[Tensor, "b horizon channels"], mean: Tensor, std: Tensor) -> Tensor:
        return (y - self.shift) / self.gain * std + mean


class PatchForecaster(nn.Module):
    def __init__(self, channels: int, t: int, horizon: int, patch: int = 8, stride: int = 4) -> None:
        super().__init__()
        self.norm = ReversibleNorm(channels)
        self.patch, self.stride = patch, stride
        patches = (t - patch) // stride + 2
        self.embed = nn.Linear(patch, 16)
        self.positions = nn.Parameter(torch.zeros(patches, 16))
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.head = nn.Linear(patches * 16, horizon)

    def forward(self, x: Float[Tensor, "b t channels"]) -> Float[Tensor, "b horizon channels"]:
        b, _, channels = x.shape
        x, mean, std = self.norm(x)
        lines = F.pad(x.transpose(1, 2), (0, self.stride), mode="replicate")
        patches = lines.unfold(-1, self.patch, self.stride)
        tokens = self.embed(patches) + self.positions
        tokens = self.layer(tokens.flatten(0, 1))
        y = self.head(tokens.reshape(b, channels, -1)).transpose(1, 2)
        return self.norm.undo(y, mean, std)


def decompose(x: Float[Tensor, "b t c"], window: int = 5) -> tuple[Float[Tensor, "b t c"], Float[Tensor, "b t c"]]:
    front, end = x[:, :1].repeat(1, window // 2, 1), x[:, -1:].repeat(1, window // 2, 1)
    padded = torch.cat([front, x, end], dim=1)
    trend = F.avg_pool1d(padded.transpose(1, 2), window, stride=1).transpose(1, 2)
    return x - trend, trend


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(3, 24, 7)
    season, trend = decompose(x)
    print("GOOD", tuple(PatchForecaster(7, 24, 12)(season + trend).shape))


if __name__ == "__main__":
    main()
