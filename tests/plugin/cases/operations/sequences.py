"""Places where a condition holds, packed and padded sequences, and einops as layers."""

import torch
from einops.layers.torch import EinMix, Rearrange, Reduce
from jaxtyping import Bool, Float, Int
from neuraltypes import reveal
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence


def places(x: Float[Tensor, "b t 8"], mask: Bool[Tensor, "b t"]) -> None:
    reveal(torch.where(mask))  # N: tuple[Int64[Tensor, "_"], Int64[Tensor, "_"]]
    reveal(torch.where(mask)[0])  # N: Int64[Tensor, "_"]
    reveal(mask.nonzero(as_tuple=True)[1])  # N: Int64[Tensor, "_"]
    rows, columns = torch.where(mask)
    reveal(x[rows, columns])  # N: Float[Tensor, "_ 8"]
    reveal(x[torch.where(mask)])  # N: Float[Tensor, "_ 8"]
    reveal(x[rows])  # N: Float[Tensor, "_ t 8"]
    torch.where(mask)[2]  # E: Tuple index out of range  [misc]


def padded(
    x: Float[Tensor, "batch time 8"],
    lengths: Int[Tensor, "batch"],
    other: Int[Tensor, "3"],
    a: Float[Tensor, "s 8"],
    c: Float[Tensor, "r 8"],
    d: Float[Tensor, "r 9"],
) -> None:
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    pack_padded_sequence(x, lengths)  # E: [axis-kind] # E: holds batch lengths, expected time  [shape-mismatch]
    pack_padded_sequence(x[:4], other, batch_first=True)
    again, counts = pad_packed_sequence(packed, batch_first=True)
    reveal(counts)  # N: Int64[Tensor, "batch"]
    reveal(pad_sequence([a, c], batch_first=True))  # N: Float[Tensor, "2 _ 8"]
    reveal(pad_sequence([a, c]))  # N: Float[Tensor, "_ 2 8"]
    pad_sequence([a, d])  # E: [shape-mismatch]


class Layers(nn.Module):
    def __init__(self, heads: int) -> None:
        super().__init__()
        self.split = Rearrange("b t (h d) -> b h t d", h=heads)
        self.mean = Reduce("b h t d -> b h", "mean")

    def forward(self, x: Float[Tensor, "b t 64"]) -> None:
        reveal(self.mean(self.split(x)))  # N: Float[Tensor, "b heads"]


def layers(x: Float[Tensor, "b t 8"]) -> None:
    split = Rearrange("b t (h d) -> b h t d", h=2)
    reveal(split(x))  # N: Float[Tensor, "b 2 t 4"]
    reveal(EinMix("b t d -> b t e", weight_shape="d e", d=8, e=5)(x))  # N: Float[Tensor, "b t 5"]
    EinMix("b t d -> b t e", weight_shape="d e", d=7, e=5)(x)  # E: [shape-mismatch]
    block = nn.Sequential(Rearrange("b t d -> b d t"), nn.Conv1d(8, 4, 3), Reduce("b d t -> b d", "max"))
    reveal(block(x))  # N: Float[Tensor, "b 4"]
    nn.Sequential(Rearrange("b t d -> b d t"), nn.Linear(9, 4))(x)  # E: [shape-mismatch]
    split(x[0])  # E: has 2 axes, expected 3 ("b t (h d) -> b h t d")  [shape-mismatch]
