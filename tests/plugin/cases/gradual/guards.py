"""Where code has asked whether two sizes are equal, they may be; elsewhere they are two."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from neuraltypes import reveal


class Residual(nn.Module):
    def __init__(self, d_in: int, d_out: int, stride: int = 1, residual: bool = True) -> None:
        super().__init__()
        self.d_in = d_in
        self.d_out = d_out
        self.residual = residual
        self.deep = residual
        self.use_res_connect = stride == 1 and d_in == d_out
        self.conv = nn.Conv1d(d_in, d_out, 3, stride=1, padding=1)

    def compared(self, x: Float[Tensor, "b {self.d_in} t"]) -> Float[Tensor, "b {self.d_out} t"]:
        h = self.conv(x)
        if self.d_in == self.d_out:
            h = h + x
        return h

    def returned(self, x: Float[Tensor, "b {self.d_in} t"]) -> Float[Tensor, "b {self.d_out} t"]:
        if self.d_in == self.d_out:
            return x
        return self.conv(x)

    def by_flag(self, x: Float[Tensor, "b {self.d_in} t"]) -> Float[Tensor, "b {self.d_out} t"]:
        h = self.conv(x)
        return x + h if self.use_res_connect else h

    def by_name(self, x: Float[Tensor, "b {self.d_in} t"]) -> Float[Tensor, "b {self.d_out} t"]:
        h = self.conv(x)
        if not self.residual:
            return h
        elif self.residual and self.training:
            return h + x
        return h

    def by_shape(self, x: Float[Tensor, "b {self.d_in} t"]) -> Float[Tensor, "b {self.d_out} t"]:
        h = self.conv(x)
        if x.shape == h.shape:
            reveal(x)  # N: is Float[Tensor, "b d_in t"]
            h = h + x
        is_same = x.size(1) == h.size(1)
        if is_same:
            h = h + x
        assert x.shape[1] == h.shape[1]
        return h + x

    def not_asked(self, x: Float[Tensor, "b {self.d_in} t"]) -> Float[Tensor, "b {self.d_out} t"]:
        h = self.conv(x)
        h + x  # E: do not broadcast  [shape-mismatch]
        if self.training:
            h + x  # E: do not broadcast  [shape-mismatch]
        if self.d_in == self.d_out:
            return x
        h + x  # E: do not broadcast  [shape-mismatch]
        if self.deep:
            return h
        return x  # E: Incompatible return value type  [return-value]

    def the_other_branch(self, x: Float[Tensor, "b {self.d_in} t"]) -> Float[Tensor, "b {self.d_out} t"]:
        h = self.conv(x)
        if self.d_in != self.d_out:
            return x  # E: Incompatible return value type  [return-value]
        else:
            return x + h


class Tied(nn.Module):
    def __init__(self, ninp: int, nhid: int, v: int) -> None:
        super().__init__()
        if nhid != ninp:
            raise ValueError("tied weights need equal sizes")
        self.embed = nn.Embedding(v, ninp)
        self.rnn = nn.Linear(nhid, nhid)

    def forward(self, x: Float[Tensor, "b t"]) -> Tensor:
        return self.rnn(self.embed(x.long()))


class NotTied(nn.Module):
    def __init__(self, ninp: int, nhid: int, v: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(v, ninp)
        self.rnn = nn.Linear(nhid, nhid)

    def forward(self, x: Float[Tensor, "b t"]) -> Tensor:
        return self.rnn(self.embed(x.long()))  # E: axis -1 is ninp, expected nhid  [shape-mismatch]


def repeat_kv(x: Float[Tensor, "b t h d"], n: int) -> Float[Tensor, "b t {n}*h d"]:
    if n == 1:
        return x
    return x.repeat_interleave(n, dim=2)


def at_most_once(x: Float[Tensor, "b t h d"], n: int) -> tuple[Float[Tensor, "b t {n}*h d"], int]:
    if n > 1:
        return x.repeat_interleave(n, dim=2), 1
    return x, 0


def repeated_wrongly(x: Float[Tensor, "b t h d"], n: int) -> Float[Tensor, "b t {n}*h d"]:
    if n == 2:
        return x  # E: Incompatible return value type  [return-value]
    return x.repeat_interleave(n, dim=1)  # E: Incompatible return value type  [return-value]


def same_length(q: Float[Tensor, "b t d"], k: Float[Tensor, "b s d"]) -> Float[Tensor, "b t d"]:
    if q.size(1) == k.size(1):
        return q + k
    return q + k  # E: do not broadcast  [shape-mismatch]


def both(x: Float[Tensor, "b t d"], y: Float[Tensor, "b t d"]) -> Tensor:
    return x + y


def called(q: Float[Tensor, "b t d"], k: Float[Tensor, "b s d"]) -> None:
    if q.shape == k.shape:
        both(q, k)
        torch.stack([q, k])
    both(q, k)  # E: [shape-mismatch]


def of_three(x: Float[Tensor, "*bs 3"]) -> Float[Tensor, "*bs 3"]:
    return x


def of_truth(x: Bool[Tensor, "*bs channels"]) -> None: ...


def sizes_and_dtypes_that_are_asked_for(x: Float[Tensor, "*bs channels"], k: int) -> Float[Tensor, "*bs 3"]:
    if x.dtype == torch.bool:
        of_truth(x)
    if x.shape[-1] == 3:
        of_three(x)
        return x
    of_truth(x)  # E: is Float, expected Bool  [dtype-mismatch]
    of_three(x)  # E: axis -1 is channels, expected 3  [shape-mismatch]
    if k > 1:
        return x  # E: [return-value]
    assert x.shape[-1] == 3
    of_three(x[..., None, :])
    return of_three(x)
