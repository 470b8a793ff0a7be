"""Sequences of several lengths: padded to one tensor, packed, and as a list.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_packed_sequence.html
"""

from __future__ import annotations

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import INT64
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import ANY, axis_at, bool_of, int_of, rank, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Many, Packed, Refused, Result, Value, common_element
from neuraltypes.rules.recurrent import batch_axis, check_layout, known_axes, require_rank


@computed("packing.pack_padded")
def pack_padded(input: Array, lengths: Value, batch_first: Value = False, enforce_sorted: Value = True) -> Result:
    """`pack_padded_sequence`: `t b *` or `b t *`, as `b t *` of which the longest may be shorter than before."""
    if rank(input.shape) in (0, 1):
        raise Refused(f"has {'1 axis' if input.shape else '0 axes'}, expected 2 or more", "input")
    check_layout(input.shape, batch_first, "input")
    if isinstance(lengths, Array):
        require_rank(lengths.shape, (1,), "lengths")
    if input.shape is None or known_axes(input.shape[:2]) < 2:
        return Packed(input.of(None))
    batch, time = batch_axis(input.shape, batch_first), _time_axis(input.shape, batch_first)
    _require_decreasing(lengths, enforce_sorted, "lengths")
    count = _count(lengths)
    if sizes_differ(count, batch.size):
        raise Refused(f"holds {count} lengths, expected {batch.size}, one for each sequence", "lengths")
    return Packed(input.of((batch, SizedAxis(None, time.label), *input.shape[2:])))


def _require_decreasing(lengths: Value, enforce_sorted: Value, argument: str) -> None:
    """Refuse lengths that are known and not sorted, where they must be."""
    if bool_of(enforce_sorted) is not True or not isinstance(lengths, tuple):
        return
    known = [size.constant for one in lengths if (size := size_of(one)) is not None and size.constant is not None]
    if sorted(known, reverse=True) != known:
        raise Refused("is not sorted by decreasing length; enforce_sorted=False takes any order", argument)


def _count(lengths: Value) -> Size | None:
    if isinstance(lengths, tuple):
        return number(len(lengths))
    first = axis_at(lengths.shape, number(0)) if isinstance(lengths, Array) else None
    return None if first is None else first.size


def _time_axis(shape: Shape, batch_first: Value) -> SizedAxis:
    is_first = bool_of(batch_first)
    axis = ANY if is_first is None else shape[1 if is_first else 0]
    return axis if isinstance(axis, SizedAxis) else ANY


@computed("packing.pad_packed")
def pad_packed(
    sequence: Value, batch_first: Value = False, padding_value: Value = 0.0, total_length: Value = None
) -> Result:
    """`pad_packed_sequence`: `t b ...` or `b t ...`, and the lengths."""
    padded = sequence.padded if isinstance(sequence, Packed) else Array()
    batch, time, rest = _packed_axes(padded.shape)
    time = SizedAxis(size_of(total_length), time.label)
    is_first = bool_of(batch_first)
    pair = (ANY, ANY) if is_first is None else (batch, time) if is_first else (time, batch)
    return padded.of((*pair, *rest)), Array((batch,), INT64)


def _packed_axes(shape: Shape | None) -> tuple[SizedAxis, SizedAxis, Shape]:
    """The batch, the time and all other axes of what is packed."""
    if shape is None or len(shape) < 2:
        return ANY, ANY, (Rest(),)
    batch, time, *rest = shape
    if isinstance(batch, Rest) or isinstance(time, Rest):
        return ANY, ANY, (Rest(),)
    return batch, time, tuple(rest)


@computed("packing.pack")
def pack(sequences: Value, enforce_sorted: Value = True) -> Result:
    """`pack_sequence`: `t *` of several lengths, packed."""
    padded = pad(sequences, batch_first=True)
    if not isinstance(padded, Array):
        return UNKNOWN
    if isinstance(sequences, tuple):
        lengths = [axis_at(one.shape, number(0)) if isinstance(one, Array) else None for one in sequences]
        sizes = tuple(UNKNOWN if axis is None or axis.size is None else axis.size for axis in lengths)
        _require_decreasing(sizes, enforce_sorted, "sequences")
    batch, time, rest = _packed_axes(padded.shape)
    return Packed(padded.of((batch, time, *rest)))


@computed("packing.unpack")
def unpack(packed_sequences: Value) -> Result:
    """`unpack_sequence`: the sequences of what is packed, each of its own length."""
    if not isinstance(packed_sequences, Packed):
        return UNKNOWN
    _, time, rest = _packed_axes(packed_sequences.padded.shape)
    return Many(packed_sequences.padded.of((SizedAxis(None, time.label), *rest)))


@computed("packing.data")
def data(self: Value) -> Result:
    """`PackedSequence.data`: the steps of all sequences, one after the other."""
    return data_of(self) if isinstance(self, Packed) else Array()


def data_of(sequences: Packed) -> Array:
    """The tensor that packed sequences lie in: `n *`."""
    padded = sequences.padded
    return padded.of((ANY, *_packed_axes(padded.shape)[2]))


@computed("packing.pad")
def pad(
    sequences: Value, batch_first: Value = False, padding_value: Value = 0.0, padding_side: Value = "right"
) -> Result:
    """`pad_sequence`: `t *` of several lengths to `t b *`, or `b t *`."""
    items, count = _sequences(sequences)
    if not items:
        return UNKNOWN
    tails = [item.shape[1:] if item.shape and isinstance(item.shape[0], SizedAxis) else (Rest(),) for item in items]
    tail = tails[0]
    for other in tails[1:]:
        _require_entries(other, tail)
    dtype = items[0].dtype if all(item.dtype == items[0].dtype for item in items) else None
    element = common_element(item.element for item in items)
    batch, time = SizedAxis(None if count is None else number(count)), _longest(items)
    is_first = bool_of(batch_first)
    pair = (ANY, ANY) if is_first is None else (batch, time) if is_first else (time, batch)
    return Array((*pair, *tail), dtype, element)


def _sequences(value: Value) -> tuple[list[Array], int | None]:
    if isinstance(value, Many):
        return [value.item], None
    if isinstance(value, Array) and value.shape and isinstance(value.shape[0], SizedAxis):
        return [value.of(value.shape[1:])], int_of(value.shape[0].size or UNKNOWN)
    if isinstance(value, tuple):
        found = [item for item in value if isinstance(item, Array)]
        return (found, len(found)) if len(found) == len(value) else ([], None)
    return [], None


def _require_entries(given: Shape, first: Shape) -> None:
    """Refuse a sequence whose entries cannot be copied to where those of the first sequence fit."""
    if rank(given) is None or rank(first) is None:
        return
    if len(given) != len(first):
        raise Refused("holds sequences with different numbers of axes", "sequences")
    for axis, wanted in zip(given, first, strict=True):
        assert isinstance(axis, SizedAxis)
        assert isinstance(wanted, SizedAxis)
        if sizes_differ(axis.size, wanted.size) and (axis.size is None or axis.size.constant != 1):
            raise Refused(f"holds sequences with entries of {wanted.size} and of {axis.size}", "sequences")


def _longest(items: list[Array]) -> SizedAxis:
    """The axis of the longest of several sequences, where it is sure which that is."""
    axes = [item.shape[0] if item.shape else ANY for item in items]
    sizes = [axis.size if isinstance(axis, SizedAxis) else None for axis in axes]
    numbers = [size.constant for size in sizes if size is not None and size.constant is not None]
    if len(numbers) == len(sizes):
        return SizedAxis(number(max(numbers)))
    return ANY


@computed("packing.unpad")
def unpad(padded_sequences: Array, lengths: Array, batch_first: Value = False) -> Result:
    """`unpad_sequence`: the sequences of a batch, each of its own length."""
    shape = padded_sequences.shape
    check_layout(shape, batch_first, "padded_sequences")
    if shape is None or known_axes(shape[:2]) < 2:
        return Many(padded_sequences.of(None))
    return Many(padded_sequences.of((ANY, *shape[2:])))
