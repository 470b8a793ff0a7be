"""What branches and displays agree on: types that differ in meaning alone are one to mypy."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


def else_branch(x: Float[Tensor, "b 32"], y: Int[Tensor, "b"], c: bool) -> None:
    z = nn.Linear(32, 10)(x)
    if c:
        a = z.softmax(-1)
    else:
        a = z
    F.cross_entropy(a, y)


def one_branch(x: Float[Tensor, "b 32"], y: Int[Tensor, "b"], c: bool) -> None:
    f = nn.Linear(32, 10)(x)
    if c:
        f = f.softmax(-1)
        F.cross_entropy(f, y)  # E: [element-mismatch]
    F.cross_entropy(f, y)


def parameter(x: Float[Tensor, "b 32"], y: Int[Tensor, "b"], c: bool) -> None:
    if c:
        x = x.softmax(-1)
    F.cross_entropy(x, y)


def parameter_in_both(x: Float[Tensor, "b 32"], y: Int[Tensor, "b"], c: bool) -> None:
    if c:
        x = x.softmax(-1)
    else:
        x = x.sigmoid()
    F.cross_entropy(x, y)  # E: [element-mismatch]
    x.softmax(-1)
    x.sigmoid()


def of_a_plain_tensor(x: Tensor, y: Tensor, c: bool) -> None:
    if c:
        x = x.softmax(-1)
    F.cross_entropy(x, y)


def assigned_again(x: Tensor, y: Tensor, c: bool) -> None:
    x = x.softmax(-1)
    F.cross_entropy(x, y)  # E: [element-mismatch]


def elifs(x: Tensor, y: Tensor, c: int) -> None:
    z = nn.Linear(32, 10)(x)
    if c == 1:
        p = z.softmax(-1)
    elif c == 2:
        p = z.sigmoid()
    else:
        raise ValueError
    F.cross_entropy(p, y)  # E: [element-mismatch]
    if c == 1:
        q = z.softmax(-1)
    elif c == 2:
        q = z
    else:
        raise ValueError
    F.cross_entropy(q, y)
    if c == 1:
        r = z.softmax(-1)
    elif c == 2:
        if c:
            r = z.softmax(-1)
        else:
            r = z
    else:
        r = z.sigmoid()
    F.cross_entropy(r, y)


def left(x: Tensor, y: Tensor, c: int) -> Tensor:
    p = x.softmax(-1)
    if c:
        p = x.relu()
        return p
    return F.cross_entropy(p, y)  # E: [element-mismatch]


def loop(x: Tensor, y: Tensor, c: int) -> None:
    p = x.softmax(-1)
    for i in range(c):
        if i > 3:
            p = x
            break
    F.cross_entropy(p, y)
    q = x.softmax(-1)
    for i in range(c):
        q = q.sigmoid()
    F.cross_entropy(q, y)  # E: [element-mismatch]
    try:
        r = x.softmax(-1)
    except ValueError:
        r = x
    F.cross_entropy(r, y)


def optional(x: Tensor, y: Tensor, c: int) -> None:
    p = None
    if c:
        p = x.softmax(-1)
    if p is not None:
        F.cross_entropy(p, y)  # E: [element-mismatch]


def masks(x: Tensor, tokens: Int[Tensor, "b t"], c: bool) -> None:
    mask = tokens != 0
    if c:
        mask = ~mask
    nn.MultiheadAttention(8, 2, batch_first=True)(x, x, x, key_padding_mask=mask)


class Optional(nn.Module):
    def __init__(self, c: bool, gate: bool) -> None:
        super().__init__()
        self.c = c
        self.gate = gate

    def forward(self, x: Tensor) -> Tensor:
        if self.c:
            x = F.softmax(x, dim=1)
        return x

    def other(self, x: Tensor) -> Tensor:
        if self.c:
            x = F.softmax(x, dim=1)
        elif self.gate:
            x = F.sigmoid(x)
        return x

    def sure(self, x: Tensor) -> Tensor:
        if self.c:
            x = F.softmax(x, dim=1)
        else:
            x = F.sigmoid(x)
        return x


def displays(m: Optional, x: Float[Tensor, "b 10"], y: Int[Tensor, "b"]) -> None:
    F.cross_entropy(m(x), y)
    F.cross_entropy(m.other(x), y)
    F.cross_entropy(m.sure(x), y)  # E: [element-mismatch]
    for one in [x.softmax(-1), x]:
        F.cross_entropy(one, y)
    for two in (x.softmax(-1), x):
        F.cross_entropy(two, y)
    outs = []
    outs.append(x.softmax(-1))
    outs.append(x)
    F.cross_entropy(outs[1], y)
    d = {"p": x.softmax(-1), "z": x}
    F.cross_entropy(d["z"], y)
    more = []
    more.append(x.relu().softmax(-1))
    more.append(x.sigmoid())
    F.cross_entropy(more[1], y)  # E: [element-mismatch]
    both = [x.softmax(-1), x.sigmoid()]
    F.cross_entropy(both[1], y)  # E: [element-mismatch]
    both[1].sigmoid()
    each = [F.cross_entropy(one, y) for one in [x.softmax(-1), x]]
    torch.stack(each)


def displays_of_plain_tensors(x: Tensor, y: Tensor) -> None:
    outs = []
    outs.append(x.softmax(-1))
    outs.append(x)
    F.cross_entropy(outs[1], y)
    both = [x.softmax(-1), x]
    F.cross_entropy(torch.cat(both), y)
    F.cross_entropy(both[0], y)
