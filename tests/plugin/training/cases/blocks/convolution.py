"""Convolutions."""

from jaxtyping import Float
from torch import Tensor, nn


def halved(channels: int, out: int, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv1d(channels, out, kernel, stride=2, padding=1), nn.ReLU())


class Subsampling(nn.Module):
    def __init__(self, n_mels: int, d_model: int) -> None:
        super().__init__()
        self.first = halved(n_mels, d_model)
        self.second = halved(d_model, d_model)

    def forward(self, mel: Float[Tensor, "b mel t"]) -> Float[Tensor, "b t_out d"]:
        hidden = self.second(self.first(mel))
        return hidden.transpose(1, 2)
