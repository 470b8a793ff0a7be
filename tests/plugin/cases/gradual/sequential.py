"""Sequences, lists and dictionaries of modules that fit, or whose fit is unknown, are silent."""

from collections import OrderedDict
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Residual(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        return x + self.inner(x)


class Scale(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x: Float[Tensor, "*b {self.d}"]) -> Float[Tensor, "*b {self.d}"]:
        return x * self.weight


class Project(nn.Module):
    def __init__(self, d_in: int, d_out: int) -> None:
        super().__init__()
        self.d_in, self.d_out = d_in, d_out
        self.weight = nn.Parameter(torch.empty(d_out, d_in))

    def forward(self, x: Float[Tensor, "*b d_in"]) -> Float[Tensor, "*b d_out"]:
        return F.linear(x, self.weight)


class Flatten(nn.Module):
    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c*h*w"]:
        return x.flatten(1)


class Mean(nn.Module):
    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b d"]:
        return x.mean(1)


def mixed(d: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(d, d), Scale(d), nn.ReLU(), Residual(nn.Linear(d, d)), Project(d, 2 * d), Scale(2 * d)
    )


def run_mixed(x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t e"]:
    return mixed(x.shape[-1])(x)


class Model(nn.Module):
    def __init__(self, d: int, depth: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, d, 3), nn.ReLU(), Flatten())
        self.named = nn.Sequential(OrderedDict([("a", Scale(d)), ("b", nn.ReLU())]))
        layers: list[nn.Module] = []
        for _ in range(depth):
            layers.append(Scale(d))
            layers.append(nn.ReLU())
        self.layers = nn.Sequential(*layers)
        self.heads = nn.ModuleDict({"mean": Mean(), "scale": Scale(d)})
        self.branches = nn.ModuleList([Mean(), Scale(d), nn.Identity()])
        self.growing = nn.ModuleList()
        for index in range(depth):
            self.growing.append(Project(d * 2**index, d * 2 ** (index + 1)))

    def forward(self, x: Float[Tensor, "b t d"], names: list[str]) -> dict[str, Float[Tensor, "b *rest"]]:
        x = self.layers(self.named(x))
        found = {}
        for name in names:
            found[name] = self.heads[name](x)
        for name, head in self.heads.items():
            found[name] = head(x)
        for branch in self.branches:
            found[str(branch)] = branch(x)
        y = x
        for project in self.growing:
            y = project(y)
        found["grown"] = y
        return found

    def image(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b n"]:
        return self.stem(x)


class Dispatch(nn.Module):
    def __init__(self, kind: str, d: int) -> None:
        super().__init__()
        if kind == "mean":
            self.pool: Mean | Scale = Mean()
        else:
            self.pool = Scale(d)
        activations = {"relu": nn.ReLU, "gelu": nn.GELU}
        self.activation = activations[kind]()
        self.norm = nn.LayerNorm(d) if kind == "layer" else nn.Identity()

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b *rest"]:
        x = self.norm(self.activation(x))
        return self.pool(x)


class Either(nn.Module):
    def __init__(self, deep: bool, d: int) -> None:
        super().__init__()
        if deep:
            self.net = nn.Sequential(Scale(d), Scale(d))
        else:
            self.net = nn.Sequential(nn.Linear(d, d))
        self.optional = Scale(d) if deep else None

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        x = self.net(x)
        if self.optional is not None:
            x = self.optional(x)
        return x


def make(factory: Callable[[int], nn.Module], sizes: list[int]) -> nn.ModuleList:
    return nn.ModuleList([factory(size) for size in sizes])


def applied(modules: Iterator[nn.Module], x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
    for module in modules:
        x = module(x)
    return x


def by_index(x: Float[Tensor, "b d"], index: int) -> Float[Tensor, "b d"]:
    layers = nn.ModuleList([Scale(3), Scale(5)])
    return layers[index](x)


def sliced(x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3"]:
    layers = nn.Sequential(Scale(3), Scale(3), Scale(3))
    return layers[:2](x)


def wrapped(model: Scale, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
    parallel = nn.DataParallel(model)
    compiled = torch.compile(model)
    y = parallel(x)
    y = compiled(y)
    return parallel.module(y)


class Named(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        blocks: OrderedDict[str, nn.Module] = OrderedDict(first=Residual(nn.ReLU()))
        self.features = nn.Sequential(blocks)

    def forward(self, x: Tensor) -> Tensor:
        return self.features(x) + self.features[0].get_submodule("inner")(x)


def normalized_weights(x: Float[Tensor, "b 4"]) -> None:
    """What is done to a module's parameters leaves the module as it is."""
    linear = nn.utils.parametrizations.weight_norm(nn.Linear(4, 5))
    reveal_type(linear(x))  # R: Tensor[Float, tuple[b, 5], Any]
    nn.utils.parametrizations.spectral_norm(nn.Linear(3, 5))(x)  # E: [shape-mismatch]
    nn.utils.parametrizations.orthogonal(nn.Linear(3, 5))(x)  # E: [shape-mismatch]


class OneOfTwo(nn.Module):
    """What is one of two sequences is a sequence."""

    def __init__(self, n: int, h: int | None = None) -> None:
        super().__init__()
        if h is None:
            self.layers = nn.Sequential(nn.Linear(8, n), nn.GELU())
        else:
            self.layers = nn.Sequential(nn.Linear(8, h), nn.GELU(), nn.Dropout(0.1), nn.Linear(h, n))
        self.layers[0]
        len(self.layers)
        self.layers[0] + 1  # E: [operator]
