"""Modules that helpers make, classes of torch's modules with constructors of their own, attributes that are declared."""

from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Conv(nn.Sequential):
    def __init__(self, i: int, o: int, k: int = 3) -> None:
        super().__init__(nn.Conv2d(i, o, k, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))


class Twice(Conv):
    def __init__(self, width: int) -> None:
        super().__init__(width, 2 * width)


class Same(nn.Conv2d):
    def __init__(self, c_in: int, c_out: int, k: int) -> None:
        super().__init__(c_in, c_out, k, padding=(k - 1) // 2, bias=False)


class Other(nn.Sequential):
    """A sequence in name only."""

    def __init__(self, d: int, e: int) -> None:
        super().__init__(nn.Linear(d, e))

    def forward(self, x: Tensor) -> Tensor:
        return x


class Listed(nn.ModuleList):
    def __init__(self, d: int, depth: int) -> None:
        super().__init__([nn.Linear(d, d) for _ in range(depth)])


def conv3x3(i: int, o: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(i, o, 3, stride=stride, padding=1)


def linear(d: int, e: int, zero: bool = False) -> nn.Linear:
    layer = nn.Linear(d, e)
    if zero:
        nn.init.zeros_(layer.weight)
    return layer


def mlp(d: int, hidden: int, depth: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(d, hidden), nn.ReLU(), linear(hidden, d)]
    layers.append(nn.Linear(d, 3))
    return nn.Sequential(*layers)


def activation(name: str) -> nn.Module:
    if name == "relu":
        return nn.ReLU()
    return {"gelu": nn.GELU(), "tanh": nn.Tanh()}[name]


def changed(d: int) -> nn.Linear:
    d = d * 2
    return nn.Linear(d, d)


def either(d: int, e: int, deep: bool) -> nn.Linear:
    return nn.Linear(d, e) if deep else nn.Linear(d, 2 * e)


def unknown(layers: list[nn.Module]) -> nn.Sequential:
    return nn.Sequential(*layers)


class Net(nn.Module):
    def __init__(self, d: int, e: int, deep: bool, name: str) -> None:
        super().__init__()
        self.d = d
        self.e = e
        self.conv = conv3x3(d, e)
        self.stem = Conv(d, e)
        self.same = Same(d, e, 3)
        self.twice = Twice(d)
        self.layer = self._make(e, 4)
        self.act = activation(name)
        self.mlp = mlp(d, 7, 2)
        if deep:
            self.norm: nn.Module = nn.LayerNorm(d)
        else:
            self.norm = nn.Identity()
        self.proj: nn.Linear | None = nn.Linear(d, e) if deep else None
        self.late = Late(d, e)
        self.declared: nn.ModuleList = nn.ModuleList()
        for _ in range(3):
            self.declared.append(nn.Linear(d, d))
        self.listed = Listed(d, 3)
        self.later: nn.Module = nn.Linear(d, e)

    def _make(self, c: int, n: int) -> nn.Sequential:
        blocks = []
        for _ in range(n):
            blocks.append(nn.Linear(c, c))
        return nn.Sequential(nn.Linear(self.d, c), *blocks)

    def change(self) -> None:
        self.later = nn.Linear(self.e, self.d)

    def images(self, x: Float[Tensor, "b {self.d} h w"], y: Float[Tensor, "b {self.e} h w"]) -> None:
        reveal(self.conv(x))  # N: is Float[Tensor, "b e h w"]
        self.conv(y)  # E: [shape-mismatch]
        reveal(self.stem(x))  # N: is Float[Tensor, "b e h w"]
        self.stem(y)  # E: [shape-mismatch]
        reveal(self.twice(x))  # N: is Float[Tensor, "b 2*d h w"]
        self.twice(y)  # E: [shape-mismatch]
        self.same(y)  # E: [shape-mismatch]

    def forward(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b {self.e}"]) -> None:
        reveal(self.layer(x))  # N: is Float[Tensor, "b e"]
        self.layer(y)  # E: [shape-mismatch]
        reveal(self.act(x))  # N: is Float[Tensor, "b d"]
        reveal(self.mlp(x))  # N: is Float[Tensor, "b 3"]
        self.mlp(y)  # E: [shape-mismatch]
        reveal(self.norm(x))  # N: is Float[Tensor, "b d"]
        if self.proj is not None:
            reveal(self.proj(x))  # N: is Float[Tensor, "b e"]
            self.proj(y)  # E: [shape-mismatch]
        reveal(self.late(x))  # N: is Float[Tensor, "b e"]
        self.late(y)  # E: [shape-mismatch]
        for layer in self.declared:
            layer(y)  # E: [shape-mismatch]
        for layer in self.listed:
            layer(y)  # E: [shape-mismatch]
        self.later(y)
        reveal(self.later(x))  # N: Any


class Late(nn.Sequential):
    def __init__(self, d: int, e: int) -> None:
        super().__init__(nn.Linear(d, e), nn.ReLU())


def used(image: Float[Tensor, "b 3 64 64"], x: Float[Tensor, "b 3"], layers: list[nn.Module]) -> None:
    reveal(Conv(3, 8)(image))  # N: is Float[Tensor, "b 8 64 64"]
    Conv(4, 8)(image)  # E: [shape-mismatch]
    reveal(conv3x3(3, 8)(image))  # N: is Float[Tensor, "b 8 64 64"]
    reveal(conv3x3(3, 8, 2)(image))  # N: is Float[Tensor, "b 8 32 32"]
    reveal(conv3x3(stride=4, o=8, i=3)(image))  # N: is Float[Tensor, "b 8 16 16"]
    conv3x3(4, 8)(image)  # E: [shape-mismatch]
    reveal(Same(3, 8, 3)(image))  # N: is Float[Tensor, "b 8 64 64"]
    reveal(Other(4, 8)(x))  # N: is Float[Tensor, "b 3"]
    changed(4)(x)
    reveal(either(3, 5, True)(x))  # N: is Float[Tensor, "b _"]
    either(4, 5, True)(x)  # E: [shape-mismatch]
    reveal(unknown(layers)(x))  # N: Any
    net = Net(3, 5, True, "relu")
    reveal(net.layer(x))  # N: is Float[Tensor, "b 5"]
    reveal(net.norm(x))  # N: is Float[Tensor, "b 3"]
    net.twice(image[:, :2])  # E: [shape-mismatch]
    reveal(nn.Sequential(Late(3, 8), mlp(8, 3, 4))(x))  # N: is Float[Tensor, "b 3"]
    nn.Sequential(Late(3, 7), mlp(8, 3, 4))(x)  # E: [shape-mismatch]
    net.conv = conv3x3(4, 5)
    net.conv(image)  # E: [shape-mismatch]


class Base(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.head = nn.Linear(width, 10)


class Replaced(Base):
    def __init__(self, d: int, classes: int) -> None:
        super().__init__(d)
        self.head = nn.Linear(2 * d, classes)

    def forward(self, x: Float[Tensor, "b {self.width}"]) -> Float[Tensor, "b {self.width}"]:
        self.head(x)  # E: [shape-mismatch]
        return nn.functional.relu(x)


def replaced(x: Float[Tensor, "b 8"]) -> None:
    reveal(Replaced(4, 2).head(x))  # N: is Float[Tensor, "b 2"]
    reveal(Base(8).head(x))  # N: is Float[Tensor, "b 10"]
    Replaced(8, 2).head(x)  # E: [shape-mismatch]
    model = Base(8)
    model.head = nn.Linear(4, 3)
    model.head(x)  # E: [shape-mismatch]


class Added(nn.Sequential):
    def __init__(self, d: int) -> None:
        super().__init__(nn.Linear(d, 4))
        self.add_module("second", nn.Linear(4, 5))


class Kept(nn.Sequential):
    def __init__(self, d: int) -> None:
        super().__init__(nn.Linear(d, 4))
        self.second = nn.Linear(4, 5)  # `nn.Sequential` goes through it, too


class Placeholder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head: nn.Module = nn.Identity()
        self.net = nn.Sequential(nn.Linear(8, 4), nn.ReLU())
        self.net[0] = nn.Linear(16, 4)

    def forward(self, x: Float[Tensor, "b 16"]) -> Float[Tensor, "b 3"]:
        self.net(x)
        return self.head(x)


def not_followed(x: Float[Tensor, "b 8"]) -> None:
    nn.Linear(5, 2)(Added(8)(x))
    nn.Linear(5, 2)(Kept(8)(x))
