"""Lists and dictionaries of modules, however they are filled and walked."""

from collections import OrderedDict

from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Block(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d

    def forward(self, x: Float[Tensor, "b {self.d}"]) -> Float[Tensor, "b {self.d}"]:
        return x


class Walked(nn.Module):
    def __init__(self, d: int, e: int, depth: int) -> None:
        super().__init__()
        self.d = d
        self.e = e
        self.blocks = nn.ModuleList([Block(d) for _ in range(depth)])
        self.norms = nn.ModuleList(nn.LayerNorm(d) for _ in range(depth))
        self.branches = nn.ModuleDict({"a": nn.Linear(d, e), "b": nn.Linear(d, e)})
        self.different = nn.ModuleList([nn.Linear(d, e), nn.LayerNorm(e)])

    def forward(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b {self.e}"], i: int) -> None:
        for number, block in enumerate(self.blocks):
            reveal(block(x))  # N: is Float[Tensor, "b d"]
            block(y)  # E: [shape-mismatch]
            print(number)
        for block, norm in zip(self.blocks, self.norms, strict=True):
            reveal(block(norm(x)))  # N: is Float[Tensor, "b d"]
            norm(y)  # E: [shape-mismatch]
        for number, (block, norm) in enumerate(zip(self.blocks, self.norms)):
            norm(block(y))  # E: [shape-mismatch]
        for block in reversed(self.blocks):
            block(y)  # E: [shape-mismatch]
        for block in self.blocks[:-1]:
            block(y)  # E: [shape-mismatch]
        self.blocks[i](y)  # E: [shape-mismatch]
        self.blocks[i + 1 :][0](y)  # E: [shape-mismatch]
        for name, branch in self.branches.items():
            reveal(branch(x))  # N: is Float[Tensor, "b e"]
            branch(y)  # E: [shape-mismatch]
            self.branches[name](y)  # E: [shape-mismatch]
        for branch in self.branches.values():
            branch(y)  # E: [shape-mismatch]
        reveal([branch(x) for branch in self.branches.values()])  # N: "b e"
        [block(y) for block in self.blocks]  # E: [shape-mismatch]

    def one_of_several(self, x: Float[Tensor, "b {self.d}"], z: Float[Tensor, "b 7"], i: int) -> None:
        for layer in self.different:
            x = layer(x)  # whichever fits
        reveal(x)  # N: is Float[Tensor, "b _"]
        self.different[i](z)  # E: [shape-mismatch]
        self.different[1](z)  # E: [shape-mismatch]


class Filled(nn.Module):
    def __init__(self, d: int, e: int, depth: int, deep: bool) -> None:
        super().__init__()
        self.d = d
        self.e = e
        self.looped = nn.ModuleList()
        for _ in range(depth):
            self.looped.append(nn.Linear(d, d))
        self.straight = nn.ModuleList()
        self.straight.append(nn.Linear(d, e))
        self.straight.append(nn.Linear(e, d))
        self.extended = nn.ModuleList([nn.Linear(d, e)])
        self.extended.extend([nn.Linear(d, e) for _ in range(depth)])
        self.sometimes = nn.ModuleList()
        if deep:
            self.sometimes.append(nn.Linear(d, d))
        self.elsewhere = nn.ModuleList([])
        self.elsewhere.append(nn.Linear(d, d))
        local = nn.ModuleList()
        for _ in range(depth):
            local.append(nn.Linear(d, d))
        self.local = local
        self.passed = nn.ModuleList()
        self.passed.append(nn.Linear(d, d))
        fill(self.passed)
        layers: list[nn.Module] = []
        for _ in range(depth):
            layers.append(nn.Linear(d, d))
        self.listed = nn.ModuleList(layers)
        added = nn.ModuleList([nn.Linear(d, d)])
        added += [nn.Linear(d, d)]
        self.added = added

    def grow(self) -> None:
        self.elsewhere.append(nn.Linear(self.e, self.e))

    def forward(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b {self.e}"]) -> None:
        for layer in self.looped:
            reveal(layer(x))  # N: is Float[Tensor, "b d"]
            layer(y)  # E: [shape-mismatch]
        first, second = self.straight
        reveal(self.straight[1](self.straight[0](x)))  # N: is Float[Tensor, "b d"]
        self.straight[0](y)  # E: [shape-mismatch]
        for layer in self.extended:
            layer(y)  # E: [shape-mismatch]
        for layer in self.sometimes:
            layer(y)  # E: [shape-mismatch]
        for layer in self.elsewhere:
            layer(y)
        for layer in self.local:
            layer(y)  # E: [shape-mismatch]
        for layer in self.passed:
            layer(y)
        for layer in self.listed:
            layer(y)  # E: [shape-mismatch]
        for layer in self.added:
            layer(y)  # E: [shape-mismatch]


def fill(modules: nn.ModuleList) -> None:
    modules.append(nn.Identity())


class Sequences(nn.Module):
    def __init__(self, d: int, e: int, depth: int, dropout: float) -> None:
        super().__init__()
        self.d = d
        self.e = e
        self.repeated = nn.Sequential(nn.Linear(d, e), *[nn.Linear(e, e) for _ in range(depth)], nn.Linear(e, 4))
        layers: list[nn.Module] = [nn.Linear(d, e)]
        for _ in range(depth):
            layers += [nn.ReLU(), nn.Linear(e, e)]
        if dropout > 0:
            layers.append(nn.Dropout(dropout))
        layers.append(nn.Linear(e, 10))
        self.built = nn.Sequential(*layers)
        layers = [nn.Linear(d, 5)]
        for _ in range(depth):
            layers.append(nn.Linear(6, 6))
        self.wrong = nn.Sequential(*layers)
        widths = [d, e, 3]
        growing: list[nn.Module] = []
        for a, b in zip(widths, widths[1:]):
            growing.append(nn.Linear(a, b))
        self.growing = nn.Sequential(*growing, nn.LayerNorm(3))
        self.named = nn.Sequential(OrderedDict([("a", nn.Linear(d, e)), ("b", nn.ReLU()), ("c", nn.Linear(e, 3))]))
        by_name: OrderedDict[str, nn.Module] = OrderedDict()
        by_name["up"] = nn.Linear(d, e)
        for i in range(depth):
            by_name[f"block{i}"] = nn.Linear(e, e)
        self.by_name = nn.Sequential(by_name)
        self.appended = nn.Sequential()
        self.appended.append(nn.Linear(d, e))
        self.appended.add_module("last", nn.Linear(e, 7))
        self.nested = nn.Sequential(self.repeated, nn.Sequential(nn.ReLU(), nn.Linear(4, 8)))
        handed: list[nn.Module] = [nn.Linear(d, e)]
        put_more(handed)
        self.handed = nn.Sequential(*handed)

    def forward(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b {self.e}"]) -> None:
        reveal(self.repeated(x))  # N: is Float[Tensor, "b 4"]
        self.repeated(y)  # E: [shape-mismatch]
        reveal(self.built(x))  # N: is Float[Tensor, "b 10"]
        self.built(y)  # E: [shape-mismatch]
        self.wrong(x)  # E: [shape-mismatch]
        reveal(self.growing(x))  # N: is Float[Tensor, "b 3"]
        reveal(self.named(x))  # N: is Float[Tensor, "b 3"]
        self.named(y)  # E: [shape-mismatch]
        reveal(self.by_name(x))  # N: is Float[Tensor, "b e"]
        reveal(self.appended(x))  # N: is Float[Tensor, "b 7"]
        self.appended(y)  # E: [shape-mismatch]
        reveal(self.nested(x))  # N: is Float[Tensor, "b 8"]
        reveal(self.named[0](x))  # N: is Float[Tensor, "b e"]
        reveal(self.named[:2](x))  # N: is Float[Tensor, "b e"]
        reveal(self.named[-1](self.named[:-1](x)))  # N: is Float[Tensor, "b 3"]
        self.named[-1](x)  # E: [shape-mismatch]
        for layer in self.named:
            x = layer(x)
        reveal(self.handed(y))  # N: Any


def put_more(layers: list[nn.Module]) -> None:
    layers.insert(0, nn.Identity())


class Optional(nn.Module):
    def __init__(self, d: int, e: int) -> None:
        super().__init__()
        self.d = d
        self.e = e
        self.skip = nn.Linear(d, e) if d != e else nn.Identity()
        self.gate = nn.Linear(d, e) if d != e else None

    def forward(self, x: Float[Tensor, "b {self.d}"], y: Float[Tensor, "b {self.e}"]) -> None:
        reveal(self.skip(x))  # N: is Float[Tensor, "b _"]
        self.skip(y)  # E: [shape-mismatch]
        if self.gate is not None:
            reveal(self.gate(x))  # N: is Float[Tensor, "b e"]
            self.gate(y)  # E: [shape-mismatch]


class Upwards(nn.Module):
    """Which of several modules one is by its name is not told: what does not fit one of them may be meant for another."""

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.steps = nn.ModuleDict()
        for level in range(levels):
            if level == 0:
                self.steps[f"block {level}"] = Conditioned()
            self.steps[f"norm {level}"] = Normed()

    def forward(self, x: Float[Tensor, "b 3 t"], emb: Tensor) -> Tensor:
        out = None
        for name, step in self.steps.items():
            if "norm" in name:
                out = step(out)
            elif "last" in name:
                out = step(nn.functional.silu(x))
            else:
                x = step(x, emb)
        return x

    def wrong(self, x: Float[Tensor, "b 4 t"], emb: Tensor) -> None:
        for step in self.steps.values():
            step(x)  # E: Argument "x" to "Normed" does not fit: axis 1 is 4, expected 3  [shape-mismatch]
            step(x, emb)  # E: Argument "x" to "Conditioned" does not fit: axis 1 is 4, expected 3  [shape-mismatch]
            step(x[:, :3], emb, 3)  # E: Too many arguments for "forward" of "Conditioned"  [call-arg]


class Conditioned(nn.Module):
    def forward(self, x: Float[Tensor, "b 3 t"], emb: Tensor) -> Float[Tensor, "b 3 t"]:
        return x + emb


class Normed(nn.Module):
    def forward(self, x: Float[Tensor, "b 3 t"]) -> Float[Tensor, "b 3 t"]:
        return x / 2
