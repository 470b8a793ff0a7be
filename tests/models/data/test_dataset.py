"""Items are checked as they are read, and the error names the index."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.utils.data import DataLoader

from models import NeuralDataset, NeuralIterableDataset
from neuraltypes import CheckError, DTypeError, NeuralType, ShapeError, checks
from neuraltypes.elements import AudioSignal, LogitsType


class Pair(NamedTuple):
    x: NeuralType[Float[Tensor, "t"], AudioSignal]
    y: Int[Tensor, "t"]


def pair(index: int) -> Pair:
    """Item 3 is wrong."""
    return Pair(torch.zeros(4), torch.zeros(5 if index == 3 else 4, dtype=torch.long))


class Pairs(NeuralDataset[Pair]):
    def __getitem__(self, index: int) -> Pair:
        return pair(index)

    def __len__(self) -> int:
        return 5


class Stream(NeuralIterableDataset[Pair]):
    def __iter__(self) -> Iterator[Pair]:
        return map(pair, range(5))


def test_a_wrong_item_is_an_error_that_names_its_index() -> None:
    data = Pairs()
    assert data[2].x.shape == (4,)
    with pytest.raises(ShapeError) as caught:
        data[3]
    lines = str(caught.value).splitlines()
    assert lines[0] == "Pairs[3](-> .y): axis 0 't' is 5, expected 4 (bound by return.x axis 0)"
    assert lines[1].startswith('  expected  return.y: Int[Tensor, "t"]')


def test_loaders_check_items_too() -> None:
    data = Pairs()
    with pytest.raises(ShapeError, match=r"Pairs\[3\]"):
        list(DataLoader(data, batch_size=2, collate_fn=data.collate_fn))


def test_iterated_items_are_checked_and_counted() -> None:
    stream = iter(Stream())
    for _ in range(3):
        next(stream)
    with pytest.raises(ShapeError, match=r"Stream\[3\]"):
        next(stream)


def test_the_policies_hold() -> None:
    with checks("off"):
        assert Pairs()[3].y.shape == (5,)
    with checks("first", calls=2):
        data = Pairs()
        data[0], data[1]
        assert data[3].y.shape == (5,)


def test_an_annotated_reader_declares_the_item() -> None:
    class Numbers(NeuralDataset[Any]):
        def __getitem__(self, index: int) -> Float[Tensor, "3"]:
            return torch.zeros(3, dtype=torch.float32 if index else torch.int64)

    class Generated(NeuralIterableDataset[Any]):
        def __iter__(self) -> Iterator[Float[Tensor, "3"]]:
            yield torch.zeros(3)
            yield torch.zeros(4)

    assert str(Numbers().batch_types["output"]) == 'Float[Tensor, "batch=b 3"]'
    with pytest.raises(DTypeError):
        Numbers()[0]
    with pytest.raises(ShapeError, match=r"Generated\[1\]"):
        list(Generated())


def test_items_without_a_type_are_not_checked_and_collate_as_torch_does() -> None:
    class Plain(NeuralDataset[Any]):
        def __getitem__(self, index: int):  # type: ignore[no-untyped-def]
            return {"x": torch.zeros(2), "n": index}

        def __len__(self) -> int:
            return 2

    data = Plain()
    assert dict(data.output_types) == {}
    batch = next(iter(DataLoader(data, batch_size=2, collate_fn=data.collate_fn)))
    assert batch["x"].shape == (2, 2)
    assert batch["n"].tolist() == [0, 1]


def test_a_subclass_keeps_the_types_and_may_narrow_them() -> None:
    class Longer(Pairs):
        def __len__(self) -> int:
            return 7

    class Wrong(Pairs):
        def __getitem__(self, index: int) -> Pair:
            return super().__getitem__(index)._replace(x=torch.zeros(4, 1))

    assert list(Longer().output_types) == ["x", "y"]
    with pytest.raises(CheckError, match=r"Wrong\[0\]\(-> .x\): has 2 axes, expected 1"):
        Wrong()[0]


def test_an_element_says_its_padding_and_subclasses_override_it() -> None:
    class Soft(LogitsType):
        padding = -9.0

    class Softer(Soft):
        pass

    assert (LogitsType.padding, Soft.padding, Softer().padding) == (None, -9.0, -9.0)


def test_workers_share_what_is_iterated_over() -> None:
    class Numbers(NeuralIterableDataset[Any]):
        def __iter__(self) -> Iterator[Any]:
            return self.shard(iter(range(7)))

    assert sorted(torch.cat(list(DataLoader(Numbers(), batch_size=2, num_workers=2))).tolist()) == list(range(7))
    assert list(Numbers()) == list(range(7))
