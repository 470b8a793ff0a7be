"""Lists and dictionaries of parameters hold what the source puts into them; to plain mypy that is `Any`."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Holder(nn.Module):
    def __init__(self, d: int, e: int, depth: int, init: Float[Tensor, "n m"]) -> None:
        super().__init__()
        self.scales = nn.ParameterList([nn.Parameter(torch.ones(d)) for _ in range(depth)])
        self.different = nn.ParameterList([nn.Parameter(torch.ones(d)), torch.ones(e)])
        self.grown = nn.ParameterList()
        for _ in range(depth):
            self.grown.append(nn.Parameter(torch.zeros(d, e)))
        self.tokens = nn.ParameterDict(
            {"cls": nn.Parameter(torch.zeros(1, 1, d)), "image": nn.Parameter(torch.zeros(1, e))}
        )
        self.filled = nn.ParameterDict()
        for name in ("a", "b"):
            self.filled[name] = nn.Parameter(torch.zeros(e))
        self.given = nn.ParameterList([init])
        self.changed = nn.ParameterList([nn.Parameter(torch.ones(d))])
        self.mixed = nn.ParameterList([torch.ones(d), "x"])

    def change(self) -> None:
        self.changed[0] = nn.Parameter(torch.ones(3))

    def walk(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b d"]) -> None:
        for scale in self.scales:
            reveal(scale)  # N: is Float32[Tensor, "d"]
        for number, scale in enumerate(self.grown):
            reveal(scale)  # N: is Float32[Tensor, "d e"]
            scale = scale * number
            reveal(scale)  # N: is Float32[Tensor, "d e"]
        for one, other in zip(self.scales, self.grown):
            reveal(one @ other)  # N: is Float32[Tensor, "e"]
            other @ one  # E: [shape-mismatch]
        for _, token in self.tokens.items():
            reveal(token)  # N: is Float32[Tensor, "..."]
        for token in self.filled.values():
            reveal(token)  # N: is Float32[Tensor, "e"]
        reveal(torch.stack([scale for scale in self.scales]))  # N: is Float32[Tensor, "_ d"]

    def read(self, i: int, key: str) -> None:
        reveal(self.scales[0])  # N: is Float32[Tensor, "d"]
        reveal(self.scales[i])  # N: is Float32[Tensor, "d"]
        reveal(self.scales[1:][i])  # N: is Float32[Tensor, "d"]
        reveal(self.different[1])  # N: is Float32[Tensor, "e"]
        reveal(self.different[i])  # N: is Float32[Tensor, "_"]
        reveal(self.tokens["cls"])  # N: is Float32[Tensor, "1 1 d"]
        reveal(self.tokens["image"])  # N: is Float32[Tensor, "1 e"]
        reveal(self.tokens["other"])  # N: is Float32[Tensor, "..."]
        reveal(self.filled[key])  # N: is Float32[Tensor, "e"]

    def unknown(self) -> None:
        reveal(self.given[0])  # N: is Float[Tensor, "_ _"]
        reveal(self.changed[0])  # N: is Any
        reveal(self.mixed[0])  # N: is Any


def takes_parameter(parameter: nn.Parameter) -> None: ...


def takes_number(number: float) -> None: ...


def stays_welcome(depth: int) -> None:
    holder = Holder(8, 4, depth, torch.ones(1, 2))
    reveal(holder.scales[0])  # N: is Float32[Tensor, "8"]
    weights = nn.ParameterList([nn.Parameter(torch.ones(2)) for _ in range(depth)])
    for parameter in weights:
        takes_parameter(parameter)
    takes_number(weights[0])
    number: float = weights[0]
    for place, parameter in enumerate(nn.ParameterList([nn.Parameter(torch.ones(3))])):
        takes_parameter(parameter)
        print(place, number)


class Modules(nn.Module):
    """What is put into a dictionary after it was made counts as well."""

    def __init__(self, d: int, e: int, names: list[str]) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({"a": nn.Linear(d, e)})
        self.heads["b"] = nn.Linear(e, d)
        self.updated = nn.ModuleDict({"a": nn.Linear(d, e)})
        self.updated.update({"b": nn.Linear(e, d)})
        self.filled = nn.ModuleDict()
        for name in names:
            self.filled[name] = nn.Linear(d, e)
        self.replaced = nn.ModuleList([nn.Linear(d, e), nn.Linear(e, d)])

    def replace(self) -> None:
        self.replaced[0] = nn.Linear(3, 4)

    def forward(self, x: Float[Tensor, "b {self.e}"], y: Float[Tensor, "b d"], key: str) -> None:
        self.heads["b"](self.heads["a"](y))
        self.updated["b"](self.updated["a"](y))
        reveal(self.filled[key](y))  # N: is Float[Tensor, "b e"]
        self.filled[key](x)  # E: [shape-mismatch]
        self.replaced[0](x)
