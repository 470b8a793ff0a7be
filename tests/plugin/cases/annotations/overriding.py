"""A method of a subclass may say the number that a size of the class is in it."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Encoder(nn.Module):
    def __init__(self, d: int, n_in: int) -> None:
        super().__init__()
        self.d = d
        self.n_in = n_in
        self.lin = nn.Linear(n_in, d)

    def forward(self, x: Float[Tensor, "b t {self.n_in}"]) -> Float[Tensor, "b t {self.d}"]:
        return self.lin(x)

    def pooled(self, x: Float[Tensor, "b t 40"], y: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b"]:
        return x.mean((1, 2)) + y.mean(1)


class Small(Encoder):
    def __init__(self) -> None:
        super().__init__(64, n_in=40)

    def forward(self, x: Float[Tensor, "b t 40"]) -> Float[Tensor, "b t 64"]:
        reveal(x)  # N: is Float[Tensor, "b t 40"]
        y: Float[Tensor, "b t 41"] = x  # E: [assignment]
        del y
        x = x * 2
        return super().forward(x)

    def pooled(self, x: Float[Tensor, "b t 40"], y: Float[Tensor, "b 64"]) -> Float[Tensor, "b"]:
        return x.mean((1, 2)) + y.mean(1)


class Other(Encoder):
    def forward(self, x: Float[Tensor, "b t c {self.n_in}"]) -> Float[Tensor, "b t {self.d}"]:  # E: [override]
        return self.lin(x.mean(2))

    def pooled(self, x: Float[Tensor, "b t 41"], y: Float[Tensor, "b 64"]) -> Float[Tensor, "b"]:  # E: [override]
        return x.mean((1, 2)) + y.mean(1)


class Smaller(Small):
    def forward(self, x: Float[Tensor, "b t 40"]) -> Float[Tensor, "b t 64"]:
        return super().forward(x)


def use() -> None:
    Small()(torch.zeros(1, 2, 40))
    Small()(torch.zeros(1, 2, 41))  # E: axis 2 is 41, expected 40  [shape-mismatch]
    Small().pooled(torch.zeros(1, 2, 40), torch.zeros(1, 64))
    Small().pooled(torch.zeros(1, 2, 40), torch.zeros(1, 63))  # E: is 63, expected 64  [shape-mismatch]
    Smaller()(torch.zeros(1, 2, 41))  # E: axis 2 is 41, expected 40  [shape-mismatch]
    encoder: Encoder = Small()
    encoder(torch.zeros(1, 2, 40))
