"""Helpers that pad and collate are silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


@dataclass
class Example:
    audio: Float[Tensor, "t"]
    tokens: Int[Tensor, "s"]
    name: str = ""


@dataclass(frozen=True)
class Batch:
    audio: Float[Tensor, "b t"]
    audio_lengths: Int[Tensor, "b"]
    tokens: Int[Tensor, "b s"]
    token_lengths: Int[Tensor, "b"]
    names: list[str] = field(default_factory=list)
    mask: Bool[Tensor, "b t"] | None = None

    def to(self, device: torch.device | str) -> Batch:
        return Batch(
            self.audio.to(device),
            self.audio_lengths.to(device),
            tokens=self.tokens.to(device),
            token_lengths=self.token_lengths.to(device),
            names=self.names,
            mask=None if self.mask is None else self.mask.to(device),
        )

    def __len__(self) -> int:
        return self.audio.shape[0]

    def with_mask(self) -> Batch:
        steps = torch.arange(self.audio.size(1))
        return replace(self, mask=steps[None] < self.audio_lengths[:, None])


class Item(TypedDict, total=False):
    image: Float[Tensor, "c h w"]
    label: Int[Tensor, ""]
    boxes: Float[Tensor, "n 4"]


class ItemBatch(TypedDict):
    image: Float[Tensor, "b c h w"]
    label: Int[Tensor, "b"]
    boxes: list[Float[Tensor, "_ 4"]]


def pad(x: Float[Tensor, "t"], length: int) -> Float[Tensor, "{length}"]:
    return F.pad(x, (0, length - len(x)))


def collate(examples: Sequence[Example]) -> Batch:
    longest = max(len(example.audio) for example in examples)
    audio = torch.stack([pad(example.audio, longest) for example in examples])
    audio_lengths = torch.tensor([len(example.audio) for example in examples])
    tokens = pad_sequence([example.tokens for example in examples], batch_first=True)
    token_lengths = torch.tensor([example.tokens.shape[0] for example in examples])
    names = [example.name for example in examples]
    return Batch(audio, audio_lengths, tokens, token_lengths, names)


def collate_items(items: list[Item]) -> ItemBatch:
    images = torch.stack([item["image"] for item in items])
    labels = torch.stack([item["label"] for item in items])
    boxes = [item["boxes"] for item in items if "boxes" in item]
    return {"image": images, "label": labels, "boxes": boxes}


def collate_pairs(
    pairs: list[tuple[Float[Tensor, "t d"], Int[Tensor, ""]]],
) -> tuple[Float[Tensor, "b t d"], Int[Tensor, "b"]]:
    xs, ys = zip(*pairs, strict=True)
    return pad_sequence(list(xs), batch_first=True), torch.stack(list(ys))


def collate_dicts(examples: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    return {key: torch.stack([example[key] for example in examples]) for key in examples[0]}


def default_collate(examples: list[Any]) -> Any:
    first = examples[0]
    if isinstance(first, Tensor):
        return torch.stack(examples)
    if isinstance(first, dict):
        return {key: default_collate([example[key] for example in examples]) for key in first}
    if isinstance(first, tuple):
        return tuple(default_collate(list(column)) for column in zip(*examples, strict=True))
    return examples


def sort_by_length(xs: list[Float[Tensor, "_ d"]]) -> list[Float[Tensor, "_ d"]]:
    return sorted(xs, key=len, reverse=True)


def bucket(examples: list[Example], edges: list[int]) -> dict[int, list[Example]]:
    buckets: dict[int, list[Example]] = {edge: [] for edge in edges}
    for example in examples:
        edge = next(edge for edge in edges if len(example.audio) <= edge)
        buckets[edge].append(example)
    return buckets


def longest_of(xs: list[Float[Tensor, "_ d"]]) -> Float[Tensor, "_ d"]:
    return max(xs, key=lambda x: x.shape[0])


def split(x: Float[Tensor, "b t d"], lengths: Int[Tensor, "b"]) -> list[Float[Tensor, "_ d"]]:
    return [row[:length] for row, length in zip(x, lengths.tolist(), strict=True)]


def lengths_to_mask(lengths: Int[Tensor, "b"], t: int | None = None) -> Bool[Tensor, "b t"]:
    size = int(lengths.max().item()) if t is None else t
    return torch.arange(size, device=lengths.device)[None, :] < lengths[:, None]


def use(examples: list[Example]) -> Float[Tensor, "b t"]:
    batch = collate(examples).to("cpu").with_mask()
    audio = batch.audio
    if batch.mask is not None:
        audio = audio * batch.mask
    first, *rest = examples
    examples[0] = Example(first.audio[:10], tokens=first.tokens)
    return audio + len(rest)
