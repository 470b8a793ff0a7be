"""Loop variables, `with` targets and names used twice for different things are silent."""

from collections.abc import Iterable, Iterator

import torch
from jaxtyping import Float, Int
from neuraltypes import reveal
from torch import Tensor, nn


class Small(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d

    def forward(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.d}"]: ...


class Big(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d

    def forward(
        self, x: Float[Tensor, "b t {self.d}"], y: Float[Tensor, "b s {self.d}"]
    ) -> Float[Tensor, "b t {self.d}"]: ...


class Net(nn.Module):
    def __init__(self, d: int, depth: int) -> None:
        super().__init__()
        self.encoder = nn.ModuleList([Small(d) for _ in range(depth)])
        self.decoder = nn.ModuleList([Big(d) for _ in range(depth)])
        self.mixed = nn.ModuleList([Small(d), nn.Linear(d, d)])
        self.heads = nn.ModuleDict({"a": Small(d), "b": nn.Linear(d, 3)})

    def forward(self, x: Float[Tensor, "b t d"], y: Float[Tensor, "b s d"]) -> Float[Tensor, "b t d"]:
        for layer in self.encoder:
            y = layer(y)
        for layer in self.decoder:
            x = layer(x, y)
        for layer in self.mixed:
            x = layer(x)
        for name, layer in self.heads.items():
            print(name, layer(x))
        for layer in self.heads.values():
            layer(x)
        for i, layer in enumerate(self.encoder):
            x = layer(x) if i else x
        for layer, other in zip(self.encoder, self.decoder, strict=True):
            x = other(layer(x), y)
        for layer in reversed(self.encoder):
            x = layer(x)
        for layer in [*self.encoder, *self.mixed]:
            x = layer(x)
        layer = self.encoder[0]
        layer = self.decoder[-1]
        layer = self.encoder[1:]
        return x

    def skip(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        skips = []
        for layer in self.encoder[:-1]:
            x = layer(x)
            skips.append(x)
        for layer, skip in zip(self.encoder, reversed(skips), strict=False):
            x = layer(x + skip)
        return x

    def intermediate(self, x: Float[Tensor, "b t d"]) -> tuple[Float[Tensor, "b t d"], list[Float[Tensor, "b t d"]]]:
        outputs: list[Float[Tensor, "b t d"]] = []
        for layer in self.encoder:
            x = layer(x)
            outputs.append(x)
        return x, outputs

    def averaged(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        outputs = [layer(x) for layer in self.encoder]
        total = outputs[0]
        for output in outputs[1:]:
            total = total + output
        return total / len(outputs)

    def initialize(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, Small | Big):
                module.requires_grad_(False)
        for parameter in self.parameters():
            parameter.grad = None
        for name, buffer in self.named_buffers():
            self.register_buffer(name, buffer + 1)


def same_name(xs: list[Float[Tensor, "_ 3"]], ys: list[Int[Tensor, "_"]], z: Float[Tensor, "b t d"]) -> None:
    for x in xs:
        x.mean()
    for x in ys:
        x.sum()
    for x in z:
        x.max()
    for x in (xs[0], ys[0], z):
        x.max()
    for x in range(3):  # E: [assignment]
        print(x)
    for x, y in zip(xs, ys, strict=True):
        print(x, y)
    x = z
    x = ys[0]
    del x


def chunks(x: Float[Tensor, "b t d"], y: Float[Tensor, "b s"]) -> None:
    for chunk in x.split(2):
        chunk = chunk.mean(0)
    for chunk in y.unbind():
        print(chunk.shape)
    for i in range(len(x)):
        row = x[i]
        row = y[i]
        row = row[0]
    a, b = x, y
    b, a = a, b
    a, b = a[0], b[0]
    (a, b), c = (y, x), 3
    a = b = x
    a = b = y
    del a, b, c, row


def running(xs: Iterable[Float[Tensor, "b d"]]) -> Float[Tensor, "b d"] | None:
    last = None
    best = None
    count = 0
    for x in xs:
        if last is not None:
            x = x + last
        if best is None or x.mean() > best.mean():
            best = x
        last = x
        count += len(x)
    return last if count else best


def until(x: Float[Tensor, "b t"], threshold: float) -> Float[Tensor, "b t"]:
    previous = x
    while True:
        x = (x + 1 / x) / 2
        if (x - previous).abs().max() < threshold:
            break
        previous = x
    else:
        x = previous
    return x


def power(x: Float[Tensor, "n n"], steps: int) -> Float[Tensor, "n n"]:
    result = torch.eye(x.shape[0])
    while steps:
        if steps % 2:
            result = result @ x
        x = x @ x
        steps //= 2
    return result


def files(paths: list[str]) -> Iterator[Float[Tensor, "n d"]]:
    for path in paths:
        with open(path, "rb") as file:
            data = torch.load(file)
        with torch.no_grad() as context, torch.autocast("cpu") as other:
            x: Float[Tensor, "n d"] = data["x"]
            del context, other
        yield x


def beam(
    start: Int[Tensor, "t"], scores: Float[Tensor, ""], width: int
) -> list[tuple[Int[Tensor, "_"], Float[Tensor, ""]]]:
    beams = [(start, scores)]
    for _ in range(10):
        candidates: list[tuple[Int[Tensor, "_"], Float[Tensor, ""]]] = []
        for tokens, score in beams:
            for token in torch.arange(3):
                candidates.append((torch.cat([tokens, token[None]]), score + token))
        beams = sorted(candidates, key=lambda pair: float(pair[1]), reverse=True)[:width]
    return beams


def parts_made_anew(y: Float[Tensor, "4 c"]) -> None:
    """What mypy takes for any value may be followed by one of another type."""
    parts = y.split(2)
    parts = [part + 1 for part in parts]
    first, second = y.split(2)
    reveal(first)  # N: Float[Tensor, "2 c"]
    rows = y.split(1)
    reveal(rows[0])  # N: Float[Tensor, "1 c"]
    print(parts, second)
