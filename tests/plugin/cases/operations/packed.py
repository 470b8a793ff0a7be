"""Packed sequences: what a recurrent layer gives for them, and what they are padded to again."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import (
    PackedSequence,
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    unpack_sequence,
)

from neuraltypes import reveal


class Tagger(nn.Module):
    def __init__(self, d: int, h: int) -> None:
        super().__init__()
        self.d = d
        self.h = h
        self.first = nn.LSTM(d, h, bidirectional=True, batch_first=True)
        self.second = nn.GRU(2 * h, h, num_layers=2)
        self.head = nn.Linear(h, h)

    def forward(self, x: Float[Tensor, "b t {self.d}"], lengths: Int[Tensor, "b"]) -> Float[Tensor, "b t {self.h}"]:
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        reveal(packed.data)  # N: is Float[Tensor, "_ d"]
        y, (h, c) = self.first(packed)
        reveal(h)  # N: is Float[Tensor, "2 b h"]
        y, last = self.second(y)
        reveal(last)  # N: is Float[Tensor, "2 b h"]
        time_first, _ = pad_packed_sequence(y)
        reveal(time_first)  # N: is Float[Tensor, "_ b h"]
        whole, _ = pad_packed_sequence(y, batch_first=True, total_length=x.size(1))
        reveal(whole)  # N: is Float[Tensor, "b t h"]
        y, counts = pad_packed_sequence(y, batch_first=True)
        reveal(counts)  # N: is Int64[Tensor, "b"]
        return self.head(y)

    def time_in_front(
        self, x: Float[Tensor, "b t {self.d}"], lengths: Int[Tensor, "b"]
    ) -> Float[Tensor, "b t 2*{self.h}"]:
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True)
        y, _ = self.first(packed)
        out, _ = pad_packed_sequence(y)
        return out  # E: Incompatible return value type  [return-value]

    def other_features(self, x: Float[Tensor, "b t {self.d}"], lengths: Int[Tensor, "c"]) -> None:
        packed = pack_padded_sequence(x, lengths, batch_first=True)  # E: holds c lengths, expected b  [shape-mismatch]
        pack_padded_sequence(x, [3, 2, 1], batch_first=True)  # E: holds 3 lengths, expected b  [shape-mismatch]
        pack_padded_sequence(x, torch.tensor([[1]]), True)  # E: has 2 axes, expected 1  [shape-mismatch]
        packed = pack_padded_sequence(x, torch.tensor([1]).expand(len(x)), batch_first=True)
        self.second(packed)  # E: Argument "input" to "GRU" does not fit: axis -1 is d, expected 2*h  [shape-mismatch]
        self.head(packed)  # E: is a packed sequence, expected a tensor  [arg-type]
        self.head(packed.data)  # E: axis -1 is d, expected h  [shape-mismatch]

    def states(self, x: Float[Tensor, "b t {self.d}"], lengths: Int[Tensor, "b"]) -> Float[Tensor, "b {self.h}"]:
        packed = pack_padded_sequence(x, lengths, batch_first=True)
        _, (h, _) = self.first(packed, (x.new_zeros(2, len(x), self.h), x.new_zeros(2, len(x), self.h)))
        self.first(packed, (x.new_zeros(1, len(x), self.h), h))  # E: axis 0 of hx[0] is 1, expected 2  [shape-mismatch]
        return h  # E: [return-value]

    def sometimes(
        self, x: Float[Tensor, "b t {self.d}"], lengths: Int[Tensor, "b"] | None = None
    ) -> Float[Tensor, "b t 2*{self.h}"]:
        if lengths is None:
            y, _ = self.first(x)
        else:
            y, _ = self.first(pack_padded_sequence(x, lengths, batch_first=True))
            y, _ = pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])
        reveal_type(y)  # R: Any
        return y

    def in_turn(self, x: Float[Tensor, "b t {self.d}"], lengths: Int[Tensor, "b"], deep: bool) -> Tensor:
        y = pack_padded_sequence(x, lengths, batch_first=True)
        if deep:
            y, _ = self.first(y)
        reveal(y.data)  # N: is Tensor
        self.second(y)
        out = self.first(y)[0]
        out = out.data.numpy()
        return torch.from_numpy(out)

    def replaced(self, packed: PackedSequence, x: Float[Tensor, "b t {self.d}"], lengths: Int[Tensor, "b"]) -> None:
        self.first(packed)
        own = pack_padded_sequence(x, lengths, batch_first=True)
        wider = own._replace(data=torch.cat([own.data, own.data], dim=-1))
        self.second(wider)
        self.second(PackedSequence(own.data.repeat(1, 2), own.batch_sizes))
        self.first(own.cpu())


def lists(a: Float[Tensor, "5 8"], b: Float[Tensor, "3 8"], wide: Float[Tensor, "2 9"]) -> None:
    packed = pack_sequence([a, b])
    out, _ = pad_packed_sequence(packed, batch_first=True)
    reveal(out)  # N: is Float[Tensor, "2 _ 8"]
    reveal(unpack_sequence(packed))  # N: is list[Float[Tensor, "_ 8"]]
    pack_sequence([b, a])  # E: "sequences" to "pack_sequence" is not sorted by decreasing length  [shape-mismatch]
    pack_sequence([b, a], enforce_sorted=False)
    pack_sequence([a, wide])  # E: [shape-mismatch]
