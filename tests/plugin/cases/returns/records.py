"""What parts of records and inherited methods mean, on to callers that know a record by its class alone."""

from dataclasses import dataclass
from typing import NamedTuple, TypedDict

import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Base(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 5)

    def forward(self, x: Float[Tensor, "b 8"]) -> Tensor:
        return self.fc(x).softmax(-1)


class Plain(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x).softmax(-1)


class Child(Base):
    def forward(self, x: Float[Tensor, "b 8"]) -> Tensor:
        return super().forward(x)


class PlainChild(Plain):
    def forward(self, x: Tensor) -> Tensor:
        out = super().forward(x)
        return out


class Logs(Plain):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).log()


def supers(x: Float[Tensor, "b 8"], y: Int[Tensor, "b"]) -> None:
    F.cross_entropy(Child()(x), y)  # E: [element-mismatch]
    F.cross_entropy(PlainChild()(x), y)  # E: [element-mismatch]
    F.nll_loss(PlainChild()(x), y)  # E: [element-mismatch]
    F.nll_loss(Logs()(x), y)
    F.nll_loss(Child()(x).log(), y)


class Out(NamedTuple):
    logits: Tensor
    probs: Tensor


@dataclass
class Rec:
    logits: Tensor
    probs: Tensor
    loss: Tensor | None = None


class TD(TypedDict):
    logits: Tensor
    probs: Tensor


class Heads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 5)

    def named(self, x: Float[Tensor, "b 8"]) -> Out:
        z = self.fc(x)
        return Out(z, z.softmax(-1))

    def rec(self, x: Float[Tensor, "b 8"]) -> Rec:
        z = self.fc(x)
        return Rec(logits=z, probs=z.softmax(-1))

    def typed(self, x: Float[Tensor, "b 8"]) -> TD:
        z = self.fc(x)
        return {"logits": z, "probs": z.softmax(-1)}

    def dct(self, x: Float[Tensor, "b 8"]) -> dict[str, Tensor]:
        z = self.fc(x)
        return {"logits": z, "probs": z.softmax(-1)}

    def same(self, x: Float[Tensor, "b 8"]) -> "dict[str, Tensor]":
        z = self.fc(x)
        return {"a": z.sigmoid(), "b": z.softmax(-1)}

    def two(self, x: Float[Tensor, "b 8"]) -> tuple[Tensor, Tensor]:
        z = self.fc(x)
        return z, z.softmax(-1)

    def three(self, x: Float[Tensor, "b 8"]) -> tuple[Tensor, ...]:
        z = self.fc(x)
        return z, z.softmax(-1), z

    def wrong(self, x: Float[Tensor, "b 8"]) -> Rec:
        z = self.fc(x)
        return Rec(logits=z.softmax(-1), probs=z.softmax(-1))

    def maybe(self, x: Float[Tensor, "b 8"]) -> Rec | None:
        z = self.fc(x)
        return Rec(logits=z, probs=z.softmax(-1))

    def unsure(self, x: Float[Tensor, "b 8"], c: bool) -> Rec:
        z = self.fc(x)
        if c:
            return Rec(logits=z, probs=z)
        return Rec(logits=z, probs=z.softmax(-1))


def records(m: Heads, x: Float[Tensor, "b 8"], y: Int[Tensor, "b"]) -> None:
    a = m.named(x)
    F.cross_entropy(a.logits, y)
    F.cross_entropy(a.probs, y)  # E: [element-mismatch]
    F.nll_loss(a.logits, y)  # E: [element-mismatch]
    F.cross_entropy(a[1], y)  # E: [element-mismatch]
    l, p = m.named(x)
    F.cross_entropy(l, y)
    F.cross_entropy(p, y)  # E: [element-mismatch]
    b = m.rec(x)
    F.cross_entropy(b.logits, y)
    F.cross_entropy(b.probs, y)  # E: [element-mismatch]
    F.nll_loss(b.logits, y)  # E: [element-mismatch]
    F.cross_entropy(m.rec(x).probs, y)  # E: [element-mismatch]
    c = m.typed(x)
    F.cross_entropy(c["logits"], y)
    F.cross_entropy(c["probs"], y)  # E: [element-mismatch]
    d = m.dct(x)
    F.cross_entropy(d["logits"], y)
    F.cross_entropy(d["probs"], y)  # E: [element-mismatch]
    e = m.same(x)
    F.cross_entropy(e["a"], y)  # E: [element-mismatch]
    f, g = m.two(x)
    F.cross_entropy(f, y)
    F.cross_entropy(g, y)  # E: [element-mismatch]
    F.cross_entropy(m.two(x)[1], y)  # E: [element-mismatch]
    h = m.three(x)
    F.cross_entropy(h[0], y)
    F.cross_entropy(m.wrong(x).logits, y)  # E: [element-mismatch]
    k = m.maybe(x)
    if k is not None:
        F.cross_entropy(k.probs, y)  # E: [element-mismatch]
        F.cross_entropy(k.logits, y)
    n = m.unsure(x, True)
    F.cross_entropy(n.probs, y)
    F.cross_entropy(n.logits, y)
    q = Rec(logits=m.fc(x), probs=m.fc(x).softmax(-1))
    F.cross_entropy(q.probs, y)  # E: [element-mismatch]
    F.cross_entropy(q.logits, y)
    r = Out(m.fc(x), m.fc(x).softmax(-1))
    F.cross_entropy(r.probs, y)  # E: [element-mismatch]
    s: TD = {"logits": m.fc(x), "probs": m.fc(x).softmax(-1)}
    F.cross_entropy(s["probs"], y)  # E: [element-mismatch]
    t = {"logits": m.fc(x), "probs": m.fc(x).softmax(-1)}
    F.cross_entropy(t["logits"], y)


def changed_after(m: Heads, x: Float[Tensor, "b 8"], y: Int[Tensor, "b"]) -> None:
    b = m.rec(x)
    b.probs = b.logits
    F.cross_entropy(b.probs, y)
    d = m.dct(x)
    d["probs"] = d["logits"]
    F.cross_entropy(d["probs"], y)
    e = m.dct(x)
    e.update(m.same(x))
    F.nll_loss(e["logits"], y)
    f = m.dct(x)
    turn_to_logarithms(f)
    F.nll_loss(f["logits"], y)
    g = m.rec(x) if y.sum() > 0 else m.wrong(x)
    F.cross_entropy(g.logits, y)
    h = m.named(x)
    F.cross_entropy(h.logits, y)


def turn_to_logarithms(of: dict[str, Tensor]) -> None:
    of["logits"] = of["logits"].log_softmax(-1)


def given(r: Rec, o: Out, d: dict[str, Tensor], y: Int[Tensor, "b"]) -> None:
    F.cross_entropy(r.probs, y)
    F.cross_entropy(o.probs, y)
    F.cross_entropy(d["probs"], y)


@dataclass
class Turned:
    logits: Tensor

    def __post_init__(self) -> None:
        self.logits = self.logits.log()


def turned(m: Heads, x: Float[Tensor, "b 8"], y: Int[Tensor, "b"]) -> None:
    F.nll_loss(Turned(m.fc(x).softmax(-1)).logits, y)


class Replaced(Heads):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(8, 5), nn.LogSoftmax(-1))  # type: ignore[assignment]


def replaced(m: Replaced, x: Float[Tensor, "b 8"], y: Int[Tensor, "b"]) -> None:
    F.nll_loss(m.rec(x).logits, y)
    F.nll_loss(m.named(x).logits, y)
    F.nll_loss(m.dct(x)["logits"], y)


class Mixed(Plain):
    """The method behind calls one that this class replaces."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(8, 5))  # type: ignore[assignment]

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x)


def mixed(x: Float[Tensor, "b 8"], y: Int[Tensor, "b"]) -> None:
    F.cross_entropy(Mixed()(x), y)


def again(m: Heads, x: Float[Tensor, "b 8"], y: Int[Tensor, "b"], n: int) -> None:
    r = Rec(x, x.softmax(-1))
    for _ in range(n):
        r = Rec(r.logits, r.probs)
        F.cross_entropy(r.probs, y)
    p, q = m.rec(x), m.named(x)
    F.cross_entropy(p.probs, y)  # E: [element-mismatch]
    F.cross_entropy(q.probs, y)  # E: [element-mismatch]
    F.cross_entropy(q.logits, y)
