"""What a step is given."""

from typing import NamedTuple, TypedDict

import torch
from configs import N_MELS
from jaxtyping import Float, Int
from torch import Tensor


class Batch(NamedTuple):
    mel: Float[Tensor, "b 80 t"]
    lengths: Int[Tensor, "b"]
    targets: Int[Tensor, "b n"]
    target_lengths: Int[Tensor, "b"]


class Item(TypedDict):
    mel: Float[Tensor, "80 t"]
    target: Int[Tensor, "n"]


def collate(items: list[Item]) -> Batch:
    size = len(items)
    return Batch(
        mel=torch.zeros(size, N_MELS, 7),
        lengths=torch.zeros(size, dtype=torch.long),
        targets=torch.zeros(size, 3, dtype=torch.long),
        target_lengths=torch.zeros(size, dtype=torch.long),
    )
