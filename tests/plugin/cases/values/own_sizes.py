"""Within a class, a call of `self` or of a method of it is in the sizes of the class."""

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

    def mean(self, x: Float[Tensor, "b t {self.n_in}"]) -> Float[Tensor, "b {self.d}"]:
        reveal(self(x))  # N: is Float[Tensor, "b t d"]
        return self(x).mean(1)

    def wrong_mean(self, x: Float[Tensor, "b t {self.n_in}"]) -> Float[Tensor, "b {self.n_in}"]:
        return self(x).mean(1)  # E: [return-value]

    def wrong_inputs(self, x: Float[Tensor, "b t {self.d}"]) -> None:
        self(x)  # E: axis 2 is d, expected n_in  [shape-mismatch]
        self.forward(x)  # E: axis 2 is d, expected n_in  [shape-mismatch]
        self.mean(x)  # E: axis 2 is d, expected n_in  [shape-mismatch]

    def right_inputs(self, x: Tensor, y: Float[Tensor, "b t c"]) -> None:
        self(x)
        self(torch.zeros(1, 2, self.n_in))
        self.mean(torch.zeros(1, 2, self.lin.in_features))
        self(y)

    @torch.no_grad()
    def decorated(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        return self.decorated(x)

    def calls_decorated(self, x: Float[Tensor, "b {self.n_in}"]) -> None:
        self.decorated(x)  # E: axis 1 is n_in, expected d  [shape-mismatch]


class Other(nn.Module):
    """A part of `self` has sizes of its own, by whatever names."""

    def __init__(self, d: int, part: Encoder, parts: list[Encoder]) -> None:
        super().__init__()
        self.d = d
        self.n_in = 2 * d
        self.part = part
        self.parts = parts

    def forward(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.d}"]:
        self.part.mean(x)
        self.parts[0](x)
        other = Encoder(3, 4)
        other.mean(x[..., :4])
        return self.part(x)


class Small(Encoder):
    def __init__(self) -> None:
        super().__init__(64, n_in=40)

    def more(self, x: Float[Tensor, "b t 40"]) -> Float[Tensor, "b 64"]:
        self.mean(x[..., 1:])  # E: axis 2 is 39, expected n_in  [shape-mismatch]
        super().forward(x[..., 1:])  # E: axis 2 is 39, expected n_in  [shape-mismatch]
        super().forward(x)
        return self.mean(x)

    def wrong(self, x: Float[Tensor, "b t 40"]) -> Float[Tensor, "b 63"]:
        return self.mean(x)  # E: [return-value]
