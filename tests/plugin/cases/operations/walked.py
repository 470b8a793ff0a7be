"""A loop over a container hands a value through its modules, one after the other."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Walks(nn.Module):
    def __init__(self, n: int, dims: list[int]) -> None:
        super().__init__()
        self.wrong = nn.ModuleList([nn.Linear(80, 64), nn.Linear(32, 16)])
        self.right = nn.ModuleList([nn.Linear(80, 64), nn.Linear(64, 16)])
        self.sequence = nn.Sequential(nn.Linear(80, 64), nn.Linear(32, 16))
        self.repeated = nn.ModuleList([nn.Linear(80, 80) for _ in range(n)])
        self.sized = nn.ModuleList([nn.Linear(a, b) for a, b in zip(dims, dims[1:], strict=False)])
        self.act = nn.GELU()
        self.glu = nn.GLU()

    def plain(self, x: Float[Tensor, "b 80"]) -> Tensor:
        for layer in self.wrong:
            x = layer(x)  # E: axis -1 is 64, expected 32  [shape-mismatch]
        return x

    def numbered(self, x: Float[Tensor, "b 80"]) -> Tensor:
        for number, layer in enumerate(self.wrong):
            x = layer(x)  # E: axis -1 is 64, expected 32  [shape-mismatch]
            if number < 1:
                x = F.relu(x)
        return x

    def activated(self, x: Float[Tensor, "b 80"]) -> Tensor:
        for layer in self.wrong:
            x = self.act(layer(x))  # E: axis -1 is 64, expected 32  [shape-mismatch]
        for layer in self.sequence:
            x = torch.relu(x)
        return x

    def of_a_sequence(self, x: Float[Tensor, "b 80"]) -> Tensor:
        for layer in self.sequence:
            x = layer(x)  # E: axis -1 is 64, expected 32  [shape-mismatch]
        return x

    def first(self, x: Float[Tensor, "b 7"]) -> Tensor:
        for layer in self.right:
            x = layer(x)  # E: axis -1 is 7, expected 80  [shape-mismatch]
        return x

    def fitting(self, x: Float[Tensor, "b 80"], y: Float[Tensor, "b 80"], z: Float[Tensor, "b 80"]) -> None:
        for layer in self.right:
            x = self.act(layer(x))
        for layer in self.repeated:
            y = layer(y)
        for layer in self.sized:
            z = layer(z)

    def of_another_shape(self, x: Float[Tensor, "b 80"], y: Float[Tensor, "b 80"]) -> None:
        for layer in self.right:
            x = self.glu(layer(x))
        for layer in self.wrong:
            y = layer(y)
            y = y[:, :32]

    def not_all(self, x: Float[Tensor, "b 80"], y: Float[Tensor, "b 80"], z: Float[Tensor, "b 80"]) -> list[Tensor]:
        for number, layer in enumerate(self.wrong):
            if number == 0:
                x = layer(x)
        for layer in self.wrong:
            y = layer(y)
            break
        return [layer(z) for layer in self.wrong[:1]]

    def apart(self, x: Float[Tensor, "b 80"], y: Float[Tensor, "b 32"]) -> list[Tensor]:
        given: list[Tensor] = []
        for layer, one in zip(self.wrong, [x, y], strict=True):
            given.append(layer(one))
        return given
