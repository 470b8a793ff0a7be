"""State dicts of torch as tensors to write, and mapped tensors as a state dict."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

from neuraltypes.archive._names import shown
from neuraltypes.archive._reader import Archive, ArchivedTensor
from neuraltypes.archive._writer import TensorSource
from neuraltypes.archive.errors import StateError, WeightsError, naming

_DTYPES = {
    "BOOL": torch.bool,
    "U8": torch.uint8,
    "I8": torch.int8,
    "U16": torch.uint16,
    "I16": torch.int16,
    "U32": torch.uint32,
    "I32": torch.int32,
    "U64": torch.uint64,
    "I64": torch.int64,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F32": torch.float32,
    "F64": torch.float64,
    "C64": torch.complex64,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E4M3FNUZ": torch.float8_e4m3fnuz,
    "F8_E5M2": torch.float8_e5m2,
    "F8_E5M2FNUZ": torch.float8_e5m2fnuz,
    "F8_E8M0": torch.float8_e8m0fnu,
    "F4": torch.float4_e2m1fn_x2,
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_PACKED = 2  # items in one of torch's float4 values
_PIECE = 4 << 20  # bytes copied at a time of a tensor that does not lie in memory as it is written


class State(NamedTuple):
    """Tensors to write, and further names of the same ones."""

    tensors: tuple[TensorSource, ...]
    aliases: dict[str, str]


def read_state(state_dict: Mapping[str, Any]) -> State:
    """The tensors of a state dict; what is one tensor under several names is written once.

    Raises:
        StateError: it holds what cannot be archived. All such entries are named.
    """
    problems = {name: problem for name, value in state_dict.items() if (problem := _problem_of(name, value))}
    if problems:
        listed = "\n".join(f"  {name}: {problem}" for name, problem in problems.items())
        raise StateError(f"the state dict cannot be archived:\n{listed}", problems=problems)
    owners: dict[Any, str] = {}
    aliases = {}
    for name in sorted(state_dict):
        owner = owners.setdefault(_identity(state_dict[name]), name)
        if owner != name:
            aliases[name] = owner
    return State(tuple(_source(name, state_dict[name]) for name in owners.values()), aliases)


def load_state(
    archive: Archive,
    names: Iterable[str] | None = None,
    *,
    verify: bool = True,
    copy: bool = False,
    device: torch.device | str = "cpu",
    bar: bool = False,
) -> dict[str, Tensor]:
    """Tensors of an archive by name, aliases included: those are the same tensor.

    They lie in the mapped file, page by page as they are touched; changes stay private. With `copy` they are in memory
    of their own, which no change to the file can reach.

    Raises:
        ArchiveError: a digest differs, or torch has no such dtype.
        KeyError: there is no tensor of that name.
    """
    tensors = archive.tensors
    owners = {name: tensors[name].alias_of or name for name in (tensors if names is None else names)}
    chosen = [tensors[name] for name in dict.fromkeys(owners.values())]
    with naming(archive.path):
        types = {tensor.name: torch_type(tensor) for tensor in chosen}
    made = {tensor.name: _copied(archive, tensor) for tensor in chosen} if copy else _mapped(archive, chosen)
    if verify:
        archive.verify_tensors(made, views={name: _memory(data) for name, data in made.items()}, bar=bar)
    with naming(archive.path):
        loaded = {tensor.name: _typed(tensor, made[tensor.name], *types[tensor.name]) for tensor in chosen}
    if torch.device(device).type != "cpu":
        loaded = {name: tensor.to(device) for name, tensor in loaded.items()}
    return {name: loaded[owner] for name, owner in owners.items()}


def _problem_of(name: str, value: Any) -> str | None:
    if not isinstance(value, Tensor):
        kind = type(value).__name__
        extra = name.rpartition(".")[2] == "_extra_state"
        return f"is extra state of type {kind}, expected a tensor" if extra else f"is a {kind}, expected a tensor"
    if value.layout is not torch.strided:
        return f"is sparse ({value.layout}); save it dense, or its indices and values as buffers"
    if value.is_quantized:
        return "is quantized; save int_repr(), scales and zero points as buffers"
    if value.is_meta:
        return "is on the meta device: it has no values"
    if value.dtype not in _NAMES:
        return f"has the dtype {value.dtype}, which safetensors does not have"
    if value.dtype is torch.float4_e2m1fn_x2 and value.ndim == 0:
        return "packs two values and has no axis"
    if type(value) not in (Tensor, torch.nn.Parameter):
        return f"is a {type(value).__name__}, expected a plain tensor"
    return None


def _identity(tensor: Tensor) -> Any:
    """Equal for two tensors only if they are the same values in the same memory."""
    if tensor.numel() == 0:
        return id(tensor)
    return (
        tensor.device,
        tensor.data_ptr(),
        tensor.dtype,
        tensor.shape,
        tensor.stride(),
        tensor.is_conj(),
        tensor.is_neg(),
    )


def _source(name: str, tensor: Tensor) -> TensorSource:
    tensor = tensor.detach()
    shape, dtype = tuple(tensor.shape), _NAMES[tensor.dtype]
    if tensor.dtype is torch.float4_e2m1fn_x2:
        shape = (*shape[:-1], shape[-1] * _PACKED)
        tensor = tensor.view(torch.uint8)  # torch cannot copy it as it is
    plain = tensor.device.type == "cpu" and tensor.is_contiguous() and not tensor.is_conj() and not tensor.is_neg()
    memory = _memory(tensor) if plain else None
    return TensorSource(name, dtype, shape, partial(_pieces, tensor), memory)


def _memory(tensor: Tensor) -> memoryview:
    """The bytes of a contiguous tensor; the view keeps the tensor alive."""
    if tensor.numel() == 0:
        return memoryview(b"")
    array = (ctypes.c_char * (tensor.numel() * tensor.element_size())).from_address(tensor.data_ptr())
    array.tensor = tensor  # type: ignore[attr-defined]
    return memoryview(array).cast("B")


def _pieces(tensor: Tensor) -> Iterator[memoryview]:
    """The bytes of any tensor in row-major order, a few megabytes at a time."""
    if tensor.numel() * tensor.element_size() <= _PIECE or tensor.ndim == 0:
        yield _memory(tensor.resolve_conj().resolve_neg().cpu().contiguous())
        return
    row = tensor.numel() // len(tensor) * tensor.element_size()
    for part in tensor.split(_PIECE // row) if row <= _PIECE else tensor.unbind():
        yield from _pieces(part)


def _require_known(tensor: ArchivedTensor) -> None:
    if tensor.dtype not in _DTYPES:
        raise StateError(f"{shown(tensor.name)}: torch has no dtype {tensor.dtype}", tensor=tensor.name)
    if tensor.dtype == "F4" and (not tensor.shape or tensor.shape[-1] % _PACKED):
        raise StateError(
            f"{shown(tensor.name)}: torch holds pairs of F4, the shape is {list(tensor.shape)}", tensor=tensor.name
        )


def _mapped(archive: Archive, tensors: Iterable[ArchivedTensor]) -> dict[str, Tensor]:
    """The bytes of each tensor in the mapped file."""
    memory, dtype = archive.map(), torch.uint8
    return {
        tensor.name: torch.frombuffer(memory, dtype=dtype, count=tensor.size, offset=tensor.offset)
        if tensor.size
        else torch.empty(0, dtype=dtype)
        for tensor in tensors
    }


def _copied(archive: Archive, tensor: ArchivedTensor) -> Tensor:
    data = torch.empty(tensor.size, dtype=torch.uint8)
    archive.read_into(_memory(data), tensor.offset)
    return data


def torch_type(tensor: ArchivedTensor) -> tuple[torch.dtype, tuple[int, ...]]:
    """The dtype and shape that an archived tensor has in torch.

    Raises:
        StateError: torch has no such dtype.
    """
    _require_known(tensor)
    shape = tensor.shape
    return _DTYPES[tensor.dtype], (*shape[:-1], shape[-1] // _PACKED) if tensor.dtype == "F4" else shape


def _typed(tensor: ArchivedTensor, data: Tensor, dtype: torch.dtype, shape: tuple[int, ...]) -> Tensor:
    if tensor.dtype == "BOOL" and bool((data > 1).any()):
        raise WeightsError(f"{shown(tensor.name)} is of bools, and holds bytes that are none", tensor=tensor.name)
    return data.view(dtype).view(shape)
