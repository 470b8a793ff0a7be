"""The table at the head of a safetensors file: name, dtype, shape and place of each tensor.

A file is the table's length in 8 bytes, the table as JSON padded with spaces to 8 bytes, then the tensors. Any such
file can be read; archives hold the one that `encode` writes: largest dtypes first, then by name, without holes, so that
each tensor lies on a multiple of its dtype's size.

Source: https://huggingface.co/docs/safetensors/index#format
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from json.encoder import encode_basestring
from math import prod
from typing import Any, NamedTuple

from neuraltypes.archive import _json
from neuraltypes.archive._json import TABLE_LIMITS, Limits, decode_loosely, require_within
from neuraltypes.archive._names import shown
from neuraltypes.archive.errors import ArchiveError, LimitError, NotCanonicalError, StateError, WeightsError

# Bits of an item of each dtype.
DTYPES: Mapping[str, int] = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("BOOL", "I8", "U8", "F8_E4M3", "F8_E4M3FNUZ", "F8_E5M2", "F8_E5M2FNUZ", "F8_E8M0"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}

TABLE = "the table of tensors"

_LENGTH = 8
_METADATA = "__metadata__"
_WRITTEN_METADATA = '{"format":"pt"}'  # what other readers of safetensors ask for
_ENTRY = frozenset({"dtype", "shape", "data_offsets"})
_LARGEST = (1 << 63) - 1
_MAX_NDIM = 64
_INT = frozenset({int})
_LIMITS = Limits(size=TABLE_LIMITS.size, values=TABLE_LIMITS.values, depth=4)


class Tensor(NamedTuple):
    """A tensor of the table; its bytes are `start` to `start + size`, counted from the end of the table."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    size: int


def layout(tensors: Iterable[tuple[str, str, tuple[int, ...]]]) -> list[Tensor]:
    """Tensors of these names, dtypes and shapes where archives place them.

    Raises:
        StateError: a name is taken or none, or a shape has no whole number of bytes.
    """
    placed, start = [], 0
    for name, dtype, shape in sorted(tensors, key=lambda tensor: (-DTYPES[tensor[1]], tensor[0])):
        if name == _METADATA or not name:
            raise StateError(f"a tensor cannot be called {name!r}", tensor=name)
        bits = prod(shape) * DTYPES[dtype]
        if bits % 8:
            raise StateError(f"{name!r}: {dtype} of shape {list(shape)} fills no whole number of bytes", tensor=name)
        placed.append(Tensor(name, dtype, shape, start, bits // 8))
        start += bits // 8
    return placed


def encode(tensors: Sequence[Tensor]) -> bytes:
    """The head of a file of these tensors, its length included.

    Raises:
        LimitError: it is larger than readers take.
        StateError: a name is no text that can be written.
    """
    try:
        text = f'{{"{_METADATA}":{_WRITTEN_METADATA}{"".join(map(_entry, tensors))}}}'.encode()
    except UnicodeEncodeError as error:
        raise StateError(f"the name of a tensor cannot be written: {error}") from None
    if len(text) > _LIMITS.size:
        raise LimitError(f"the table of tensors has {len(text)} bytes, at most {_LIMITS.size} are read", got=len(text))
    text += b" " * (-len(text) % _LENGTH)
    return len(text).to_bytes(_LENGTH, "little") + text


def head_size(first: bytes, size: int) -> int:
    """The size of the head of a file of `size` bytes that begins with these 8 bytes.

    Raises:
        WeightsError: the file is too short for it.
        LimitError: it is too large.
    """
    length = int.from_bytes(first, "little")
    if len(first) < _LENGTH or length > size - _LENGTH:
        raise WeightsError("the weights are shorter than their table of tensors", size=size)
    if length > _LIMITS.size:
        raise LimitError(f"the table of tensors has {length} bytes, at most {_LIMITS.size} are read", got=length)
    return _LENGTH + length


def decode(head: bytes, size: int) -> list[Tensor]:
    """The tensors of a file of `size` bytes with that head, in the order of their bytes.

    Raises:
        ContentError: the table is malformed, or the tensors do not fill the file from its head to its end.
        LimitError: the table is larger, deeper or of more tensors than is read.
    """
    table = decode_loosely(head[_LENGTH:], TABLE, _LIMITS)
    if not isinstance(table, dict):
        raise WeightsError(f"the table of tensors is a {type(table).__name__}, expected an object")
    _require_metadata(table.pop(_METADATA, {}))
    tensors = [_tensor(name, entry) for name, entry in table.items()]
    tensors.sort(key=lambda tensor: (tensor.start, tensor.start + tensor.size, tensor.name))
    _require_filled(tensors, size - len(head))
    return tensors


def read(head: bytes, size: int) -> list[Tensor]:
    """The tensors of a file of `size` bytes, as archives hold it, with that head.

    Raises:
        ContentError, LimitError: as `decode`.
        NotCanonicalError: the head is not what `encode` writes for these tensors in the order of `layout`.
    """
    require_within(head[_LENGTH:], TABLE, _LIMITS)
    with suppress(ValueError, RecursionError, TypeError, KeyError, AttributeError, ArchiveError):
        table = _json.parse(head[_LENGTH:])
        del table[_METADATA]
        tensors = layout([_described(name, entry) for name, entry in table.items()])
        if encode(tensors) == head and size == len(head) + sum(tensor.size for tensor in tensors):
            return tensors
    # What is wrong is said best by those who look at every part.
    tensors = decode(head, size)
    if encode(layout((tensor.name, tensor.dtype, tensor.shape) for tensor in tensors)) != head:
        raise NotCanonicalError("the table of tensors is valid, but not in the form in which archives are written")
    return tensors


def _entry(tensor: Tensor) -> str:
    name, dtype, shape, start, size = tensor
    sizes = ",".join(map(str, shape))
    return f',{encode_basestring(name)}:{{"dtype":"{dtype}","shape":[{sizes}],"data_offsets":[{start},{start + size}]}}'


def _described(name: str, entry: Mapping[str, Any]) -> tuple[str, str, tuple[int, ...]]:
    """Name, dtype and shape of an entry, if they can be those of a tensor; what else it says is compared later."""
    dtype, shape = entry["dtype"], entry["shape"]
    if not _are_sizes(shape) or len(shape) > _MAX_NDIM or not _can_exist(dtype, shape):
        raise WeightsError("malformed")
    return name, dtype, tuple(shape)


def _can_exist(dtype: str, shape: Iterable[int]) -> bool:
    # The product without the zeros, as torch computes strides with it.
    return prod(filter(None, shape)) * DTYPES[dtype] <= _LARGEST


def _require_metadata(metadata: Any) -> None:
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise WeightsError("the metadata of the table of tensors are no texts by name")


def _tensor(name: str, entry: Any) -> Tensor:
    if not isinstance(entry, dict) or entry.keys() != _ENTRY or not name:
        raise WeightsError(f"tensor {shown(name)}: expected exactly dtype, shape and data_offsets", tensor=name)
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise WeightsError(f"tensor {shown(name)}: unknown dtype {shown(str(dtype))}", tensor=name, dtype=dtype)
    if not _are_sizes(shape) or len(shape) > _MAX_NDIM:
        raise WeightsError(f"tensor {shown(name)}: the shape is no list of sizes", tensor=name)
    if not _are_sizes(offsets) or len(offsets) != 2:
        raise WeightsError(f"tensor {shown(name)}: data_offsets are no two places", tensor=name)
    bits = prod(shape) * DTYPES[dtype]
    if not _can_exist(dtype, shape):
        raise WeightsError(f"tensor {shown(name)}: a tensor of shape {shape} cannot exist", tensor=name)
    start, end = offsets
    if bits % 8 or end - start != bits // 8:
        raise WeightsError(
            f"tensor {shown(name)}: {dtype} of shape {shape} has {bits / 8:g} bytes, the table says {end - start}",
            tensor=name,
        )
    return Tensor(name, dtype, tuple(shape), start, end - start)


def _are_sizes(values: Any) -> bool:
    if not isinstance(values, list) or not _INT.issuperset(map(type, values)):
        return False
    return not values or (min(values) >= 0 and max(values) <= _LARGEST)


def _require_filled(tensors: Sequence[Tensor], size: int) -> None:
    end = 0
    for tensor in tensors:
        if tensor.start != end:
            fault = "overlaps the one before" if tensor.start < end else "leaves a hole before it"
            raise WeightsError(
                f"tensor {shown(tensor.name)} begins at {tensor.start}, expected {end}: it {fault}", tensor=tensor.name
            )
        end += tensor.size
    if end != size:
        raise WeightsError(f"the tensors have {end} bytes, the weights {size}", got=size, expected=end)
