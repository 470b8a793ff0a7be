"""Items become batches by their types: padding by element, lengths and masks on request."""

import pickle
from dataclasses import dataclass
from typing import Any, NamedTuple, NotRequired, TypedDict

import pytest
import torch
from jaxtyping import Bool, Float, Float32, Int, UInt8
from torch import Tensor
from torch.utils.data import ConcatDataset, DataLoader, Subset

from models import CollateError, NeuralDataset
from neuraltypes import AnnotationError, NeuralType, TensorSpec, ValueSpec
from neuraltypes.elements import (
    AttentionBiasType,
    AudioSignal,
    ChannelType,
    IgnoreMaskType,
    ImageValue,
    KeepMaskType,
    LabelsType,
    LengthsType,
    MaskType,
    PaddingMaskType,
    RegressionValuesType,
    TokenIndex,
    ValidMaskType,
)
from tests.models.data._parts import Speech


def assert_equal(tensor: Tensor, values: Any) -> None:
    assert torch.equal(tensor, torch.tensor(values, dtype=tensor.dtype)), tensor


def data_set(item: type, *items: Any, batch: Any = Any, **attributes: Any) -> Any:
    """A data set of these items, of that type."""

    class Listed(NeuralDataset[item, batch]):  # type: ignore[valid-type]
        def __getitem__(self, index: int) -> Any:
            return items[index]

        def __len__(self) -> int:
            return len(items)

    for name, value in attributes.items():
        setattr(Listed, name, value)
    return Listed()


def batch_of(data: Any) -> Any:
    return next(iter(DataLoader(data, batch_size=len(data), collate_fn=data.collate_fn)))


def test_axes_of_variable_size_are_padded_and_lengths_made() -> None:
    batch = batch_of(Speech(2))
    assert_equal(batch.audio, [[1.0, 1, 0], [1, 1, 1]])
    assert_equal(batch.audio_length, [2, 3])
    assert_equal(batch.tokens, [[0, 0, 0, 0, 0], [0, 0, 0, 0, 3]])
    assert batch.text == ["word 0", "word 1"]


@pytest.mark.parametrize(
    ("annotation", "dtype", "expected"),
    [
        (NeuralType[Float[Tensor, "t"], AudioSignal], torch.float32, 0.0),
        (NeuralType[Float[Tensor, "t"], AttentionBiasType], torch.float32, float("-inf")),
        (NeuralType[Int[Tensor, "t"], LabelsType], torch.int64, -100),
        (NeuralType[Bool[Tensor, "t"], MaskType], torch.bool, False),
        (NeuralType[Bool[Tensor, "t"], KeepMaskType], torch.bool, False),
        (NeuralType[Bool[Tensor, "t"], IgnoreMaskType], torch.bool, True),
        (Float[Tensor, "t"], torch.float32, 0.0),
        (Bool[Tensor, "t"], torch.bool, False),
    ],
    ids=str,
)
def test_the_element_says_what_stands_in_the_padding(annotation: Any, dtype: torch.dtype, expected: float) -> None:
    class Item(NamedTuple):
        x: annotation

    ones = torch.ones(2, dtype=dtype)
    batch = batch_of(data_set(Item, Item(ones), Item(ones[:1])))
    assert batch.x[1, 1].item() == expected
    assert batch.x.dtype == dtype


@pytest.mark.parametrize(
    "annotation",
    [NeuralType[Int[Tensor, "t"], TokenIndex], Int[Tensor, "t"], NeuralType[Float[Tensor, "t"], RegressionValuesType]],
    ids=str,
)
def test_what_nothing_says_the_padding_of_is_not_guessed(annotation: Any) -> None:
    class Item(NamedTuple):
        x: annotation

    dtype = torch.int64 if "Int" in str(annotation) else torch.float32
    items = Item(torch.ones(2, dtype=dtype)), Item(torch.ones(1, dtype=dtype))
    with pytest.raises(CollateError, match=r'field "x" .* nothing says what to pad it with'):
        batch_of(data_set(Item, *items))
    assert batch_of(data_set(Item, *items, padding={"x": 7})).x[1, 1] == 7


def test_a_padding_that_the_dtype_cannot_hold_is_refused() -> None:
    class Item(NamedTuple):
        x: NeuralType[UInt8[Tensor, "t"], LabelsType]

    items = Item(torch.ones(2, dtype=torch.uint8)), Item(torch.ones(1, dtype=torch.uint8))
    with pytest.raises(CollateError, match="padded with -100, which uint8 cannot hold"):
        batch_of(data_set(Item, *items))


def test_a_channel_is_not_padded_and_the_error_names_field_axis_sizes_and_indices() -> None:
    class Item(NamedTuple):
        mel: NeuralType[Float[Tensor, "channel=c time=t"], ChannelType]

    data = data_set(Item, *(Item(torch.zeros(4 + (i == 6), 3 + i)) for i in range(8)))
    loader = DataLoader(Subset(data, [2, 6, 7]), batch_size=3, collate_fn=data.collate_fn)
    with pytest.raises(CollateError) as caught:
        next(iter(loader))
    error = caught.value
    assert (error.field, error.axis, error.got, error.items) == ("mel", 0, (4, 5, 4), (2, 6, 7))
    spec = 'NeuralType[Float[Tensor, "channel=c time=t"], ChannelType]'
    assert str(error).splitlines() == [
        f'Listed: field "mel" cannot be padded along axis 0, of kind channel: {spec}',
        "  item 2: size 4",
        "  item 6: size 5",
        "  item 7: size 4",
    ]


def test_two_axes_can_be_padded_at_once() -> None:
    class Item(NamedTuple):
        image: NeuralType[Float[Tensor, "channel=3 h w"], ImageValue]

    batch = batch_of(data_set(Item, Item(torch.ones(3, 1, 4)), Item(torch.ones(3, 2, 2))))
    assert batch.image.shape == (2, 3, 2, 4)
    assert batch.image.sum() == 3 * 4 + 3 * 4


def test_numbers_of_axes_that_differ_and_undeclared_axes_are_refused() -> None:
    class Item(NamedTuple):
        x: Float[Tensor, "*any"]

    with pytest.raises(CollateError, match="different numbers of axes"):
        batch_of(data_set(Item, Item(torch.ones(2)), Item(torch.ones(2, 2))))
    with pytest.raises(CollateError, match="does not say which axes"):
        batch_of(data_set(Item, Item(torch.ones(2)), Item(torch.ones(3))))
    assert batch_of(data_set(Item, Item(torch.ones(2)), Item(torch.ones(2)))).x.shape == (2, 2)


def test_masks_are_made_by_axis_name_and_by_field_name() -> None:
    class Item(NamedTuple):
        a: NeuralType[Float[Tensor, "t"], AudioSignal]
        b: NeuralType[Float[Tensor, "u"], AudioSignal]

    class Batch(NamedTuple):
        a: NeuralType[Float[Tensor, "b t"], AudioSignal]
        a_mask: NeuralType[Bool[Tensor, "b any"], ValidMaskType]
        padded: NeuralType[Bool[Tensor, "b u"], PaddingMaskType]

    items = Item(torch.ones(2), torch.ones(1)), Item(torch.ones(1), torch.ones(3))
    batch = batch_of(data_set(Item, *items, batch=Batch))
    assert_equal(batch.a_mask, [[True, True], [True, False]])
    assert_equal(batch.padded, [[False, True, True], [False, False, False]])
    assert not hasattr(batch, "b")


def test_given_lengths_are_checked_and_masks_follow_them() -> None:
    class Item(NamedTuple):
        audio: NeuralType[Float[Tensor, "t"], AudioSignal]
        audio_len: NeuralType[Int[Tensor, ""], LengthsType]

    class Batch(NamedTuple):
        audio_len: NeuralType[Int[Tensor, "b"], LengthsType]
        mask: NeuralType[Bool[Tensor, "b t"], ValidMaskType]

    right = Item(torch.ones(4), torch.tensor(2)), Item(torch.ones(4), torch.tensor(4))
    batch = batch_of(data_set(Item, *right, batch=Batch))
    assert_equal(batch.audio_len, [2, 4])
    assert_equal(batch.mask, [[True, True, False, False], [True] * 4])
    with pytest.raises(CollateError) as caught:
        batch_of(data_set(Item, right[0], Item(torch.ones(4), torch.tensor(5))))
    assert str(caught.value).splitlines() == [
        'Listed: field "audio_len" states the length of axis 0 of "audio"',
        "  item 1: 5, but its size is 4",
    ]


def test_a_length_that_no_name_connects_with_an_axis_is_not_checked() -> None:
    class Item(NamedTuple):
        audio: NeuralType[Float[Tensor, "t"], AudioSignal]
        original_length: NeuralType[Int[Tensor, ""], LengthsType]

    item = Item(torch.ones(4), torch.tensor(99))
    assert_equal(batch_of(data_set(Item, item)).original_length, [99])
    with pytest.raises(CollateError):
        batch_of(data_set(Item, item, length_of={"original_length": "audio"}))
    with pytest.raises(AnnotationError, match='"sound" is no field of the items'):
        batch_of(data_set(Item, item, length_of={"original_length": "sound"}))


def test_a_batch_that_cannot_be_made_is_refused_with_both_sides() -> None:
    class Item(NamedTuple):
        a: NeuralType[Float[Tensor, "t"], AudioSignal]
        b: NeuralType[Float[Tensor, "u"], AudioSignal]

    class Unknown(NamedTuple):
        c: Float[Tensor, "b t"]

    class Ambiguous(NamedTuple):
        n: NeuralType[Int[Tensor, "b"], LengthsType]

    class Transposed(NamedTuple):
        a: NeuralType[Float[Tensor, "time=t batch=b"], AudioSignal]

    item = Item(torch.ones(1), torch.ones(1))
    with pytest.raises(AnnotationError, match="which the items do not have: a, b"):
        batch_of(data_set(Item, item, batch=Unknown))
    with pytest.raises(AnnotationError, match="no axis of the items is named by it"):
        batch_of(data_set(Item, item, batch=Ambiguous))
    with pytest.raises(AnnotationError, match=r"(?s)same axes in another order.*time=t batch=b.*batch=b t"):
        batch_of(data_set(Item, item, batch=Transposed))


def test_nested_records_optional_fields_and_plain_values() -> None:
    @dataclass
    class Inner:
        x: NeuralType[Float[Tensor, "t"], AudioSignal]

    class Item(TypedDict):
        inner: Inner
        weight: float
        speaker: int
        name: str
        extra: Float[Tensor, "3"] | None
        gain: NotRequired[Float[Tensor, ""]]

    def item(n: int, extra: Tensor | None = None) -> Item:
        return {"inner": Inner(torch.ones(n)), "weight": 0.5, "speaker": n, "name": "x", "extra": extra}

    batch = batch_of(data_set(Item, item(2), item(1)))
    assert_equal(batch["inner"].x, [[1.0, 1], [1, 0]])
    assert_equal(batch["weight"], [0.5, 0.5])
    assert_equal(batch["speaker"], [2, 1])
    assert (batch["name"], batch["extra"], "gain" in batch) == (["x", "x"], None, False)
    with pytest.raises(CollateError, match='field "extra" is None in some items\n  item 0: None'):
        batch_of(data_set(Item, item(2), item(1, torch.ones(3))))


def test_a_batch_may_keep_numbers_as_a_list_and_say_a_narrower_dtype() -> None:
    class Item(NamedTuple):
        n: int
        x: Float[Tensor, "3"]

    class Batch(NamedTuple):
        n: list[int]
        x: Float32[Tensor, "b 3"]

    batch = batch_of(data_set(Item, Item(1, torch.zeros(3)), Item(2, torch.zeros(3)), batch=Batch))
    assert batch.n == [1, 2]


def test_a_data_set_that_has_collated_goes_to_another_process() -> None:
    data = Speech(2)
    batch_of(data)
    assert_equal(batch_of(pickle.loads(pickle.dumps(data))).audio_length, [2, 3])


def test_the_types_of_items_and_batches() -> None:
    data = Speech()
    assert TensorSpec("time=u", TokenIndex, "Int").compare(data.output_types["tokens"]).accepted
    assert str(data.output_types["text"]) == "str"
    assert list(data.batch_types) == ["audio", "audio_length", "tokens", "text"]

    class Item(NamedTuple):
        b: Float[Tensor, "b t"]
        both: Float[Tensor, "b+t"]
        words: list[str]

    types = data_set(Item).batch_types
    assert str(types["b"]) == 'Float[Tensor, "batch=batch b t"]'
    assert str(types["both"]) == 'Float[Tensor, "batch=batch _"]'
    assert types["words"] == ValueSpec("list[list[str]]")


def test_a_part_of_a_data_set_and_several_together_collate_alike() -> None:
    data: Any = ConcatDataset([Speech(2), Speech(1)])
    batch = next(iter(DataLoader(data, batch_size=3, collate_fn=Speech().collate_fn)))
    assert_equal(batch.audio_length, [2, 3, 2])


def test_an_error_of_a_worker_is_of_its_class_in_the_process_itself() -> None:
    class Item(NamedTuple):
        mel: NeuralType[Float[Tensor, "channel=c time=t"], ChannelType]

    data = data_set(Item, Item(torch.zeros(4, 3)), Item(torch.zeros(5, 3)))
    with pytest.raises(CollateError, match="cannot be padded along axis 0"):
        next(iter(DataLoader(data, batch_size=2, collate_fn=data.collate_fn, num_workers=1)))


def test_loader_workers_collate_as_the_process_itself() -> None:
    data = Speech(3)
    batches = list(DataLoader(data, batch_size=2, collate_fn=data.collate_fn, num_workers=1))
    assert_equal(batches[0].audio_length, [2, 3])
    assert_equal(batches[1].audio_length, [4])
