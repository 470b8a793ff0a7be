"""What a call gives in a `NamedTuple` is known by the names of its items, as by their places."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, reveal


class Encoded(NamedTuple):
    encoded: Float[Tensor, "b t_out {self.d_model}"]
    lengths: Int[Tensor, "b"]
    mask: Float[Tensor, "b t_out"] | None = None


class Longer(Encoded):
    def total(self) -> Float[Tensor, "b"]:
        return self.lengths.float()


class Encoder(NeuralModule):
    def __init__(self, *, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.conv = nn.Conv1d(80, d_model, 3, stride=2, padding=1)

    def forward(self, *, mel: Float[Tensor, "b mel=80 t"], lengths: Int[Tensor, "b"]) -> Encoded:
        return Encoded(self.conv(mel).mT, (lengths - 1) // 2 + 1)

    def longer(self, *, mel: Float[Tensor, "b mel=80 t"], lengths: Int[Tensor, "b"]) -> Longer:
        return Longer(self.conv(mel).mT, lengths)


class Head(NeuralModule):
    def __init__(self, *, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model

    def forward(self, *, encoded: Float[Tensor, "b t {self.d_model}"]) -> Float[Tensor, "b t 10"]:
        return encoded[..., :10]


def use(mel: Float[Tensor, "4 80 7"], lengths: Int[Tensor, "4"]) -> None:
    encoder = Encoder(d_model=128)
    out = encoder(mel=mel, lengths=lengths)
    Head(d_model=128)(encoded=out.encoded)
    Head(d_model=64)(encoded=out.encoded)  # E: axis 2 is 128, expected 64  [shape-mismatch]
    Head(d_model=64)(encoded=out[0])  # E: axis 2 is 128, expected 64  [shape-mismatch]
    Head(d_model=64)(encoded=encoder(mel=mel, lengths=lengths).encoded)  # E: is 128, expected 64  [shape-mismatch]
    a: Int[Tensor, "4"] = out.lengths
    b: Int[Tensor, "5"] = out.lengths  # E: [assignment]
    longer = encoder.longer(mel=mel, lengths=lengths)
    Head(d_model=128)(encoded=longer.encoded)
    Head(d_model=64)(encoded=longer.encoded)  # E: axis 2 is 128, expected 64  [shape-mismatch]
    c: Float[Tensor, "n"] = longer.total()
    if out.mask is not None:
        d: Float[Tensor, "4 n"] = out.mask
        e: Float[Tensor, "5 n"] = out.mask  # E: [assignment]
    del a, b, c, d, e


def replaced(mel: Float[Tensor, "4 80 7"], lengths: Int[Tensor, "4"]) -> None:
    """What replaces an item may have other sizes."""
    out = Encoder(d_model=128)(mel=mel, lengths=lengths)
    other = out._replace(encoded=torch.zeros(5, 3, 64))
    Head(d_model=64)(encoded=other.encoded)
    a: Int[Tensor, "4"] = other.lengths
    b: Int[Tensor, "5"] = other.lengths  # E: [assignment]
    changed = out._replace(**{"lengths": torch.ones(9, dtype=torch.int64)})
    c: Int[Tensor, "9"] = changed.lengths
    out._replace(encoded=torch.zeros(5, 3))  # E: has 2 axes, expected 3  [shape-mismatch]
    out = Encoder(d_model=64)(mel=torch.zeros(2, 80, 9), lengths=torch.ones(2, dtype=torch.int64))
    Head(d_model=64)(encoded=out.encoded)
    for one in (out, other):
        Head(d_model=64)(encoded=one.encoded)
    del a, b, c


def shown(mel: Float[Tensor, "4 80 7"], lengths: Int[Tensor, "4"]) -> None:
    out = Encoder(d_model=128)(mel=mel, lengths=lengths)
    reveal(out)  # N: is Encoded  # encoded: Float[Tensor, "batch=4 time=_ 128"], lengths: Int[Tensor, "batch=4"]
    reveal(out.encoded)  # N: is Float[Tensor, "batch=4 time=_ 128"]
