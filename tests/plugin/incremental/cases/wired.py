"""Modules that are handed on, walked in loops, and made by functions that give several."""

from torch import Tensor, nn


class Encoder(nn.Module):
    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model


class Model(nn.Module):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.proj = nn.Linear(encoder.d_model, 3)


def parts(d: int, e: int) -> tuple[nn.Linear, nn.Linear]:
    return nn.Linear(d, e), nn.Linear(e, d)


def listed(d: int) -> list[nn.Linear]:
    return [nn.Linear(d, d) for _ in range(3)]


class Rounds(nn.Module):
    def __init__(self, d: int, is_biased: bool) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(d, d) for _ in range(3)])
        if is_biased:
            self.out = nn.Linear(d, d)
        else:
            self.out = nn.Linear(d, d, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return self.out(x)
