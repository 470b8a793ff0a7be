"""Embeddings: rows of a table by their numbers, alone or summed up by bags.

Sources: https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html,
https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
"""

from __future__ import annotations

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Shape, SizedAxis
from neuraltypes.rules._arithmetic import minus, plus
from neuraltypes.rules._dtypes import FLOATS, dtypes_text, of_argument
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import bool_of, rank, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Config, DTypes, Refused, Result, Value
from neuraltypes.rules._windows import exceeds, require_size, shared_dtype, sized, with_ranks

_INDICES: DTypes = frozenset({"int32", "int64"})


@computed("embeddings.embedding")
def embedding(input: Array, weight: Array, padding_idx: Value = None, **_: Value) -> Result:
    """Numbers `*b` and a table `rows d` give `*b d`."""
    rows, width = _table(weight)
    return _looked_up(input, rows, width, weight.dtype, padding_idx)


@computed("embeddings.embedding_module")
def embedding_module(config: Config, input: Array, **_: Value) -> Result:
    """`nn.Embedding`."""
    rows, width = _configured(config)
    return _looked_up(input, rows, width, _dtype(config), config.get("padding_idx", UNKNOWN))


def _looked_up(input: Array, rows: Size | None, width: Size | None, dtype: DTypes | None, padding_idx: Value) -> Array:
    _require_indices(input)
    _require_row(padding_idx, rows)
    return Array(None if input.shape is None else (*input.shape, SizedAxis(width)), dtype)


def _table(weight: Array) -> tuple[Size | None, Size | None]:
    rows, width = with_ranks(weight.shape, (2,), "weight")
    return sized(rows), sized(width)


def _configured(config: Config) -> tuple[Size | None, Size | None]:
    return size_of(config.get("num_embeddings", UNKNOWN)), size_of(config.get("embedding_dim", UNKNOWN))


def _dtype(config: Config) -> DTypes | None:
    """The dtype that was asked for; another may come with `model.half()`, or as torch's default."""
    return of_argument(config.get("dtype", UNKNOWN), FLOATS)


def _require_indices(array: Value, argument: str = "input") -> None:
    if isinstance(array, Array) and array.dtype is not None and not array.dtype & _INDICES:
        raise Refused(f"is {dtypes_text(array.dtype)}, expected int64 or int32", argument, "dtype")


def _require_row(padding_idx: Value, rows: Size | None) -> None:
    index = size_of(padding_idx)
    if exceeds(plus(index, number(1)), rows) or exceeds(number(0), plus(index, rows)):
        raise Refused(f"is {index}, but there are {rows} rows", "padding_idx")


@computed("embeddings.embedding_bag")
def embedding_bag(
    input: Array,
    weight: Array,
    offsets: Value = None,
    mode: Value = UNKNOWN,
    per_sample_weights: Value = None,
    include_last_offset: Value = UNKNOWN,
    **_: Value,
) -> Result:
    """Bags `b l` give `b d`; so do `b` offsets into one axis of numbers."""
    width = _table(weight)[1]
    shared_dtype(weight=weight, per_sample_weights=per_sample_weights)
    bags = _bags(input, offsets, include_last_offset)
    _require_mode(mode, per_sample_weights, input)
    return Array((bags, SizedAxis(width)), weight.dtype)


@computed("embeddings.embedding_bag_module")
def embedding_bag_module(
    config: Config, input: Array, offsets: Value = None, per_sample_weights: Value = None, **_: Value
) -> Result:
    """`nn.EmbeddingBag`."""
    rows, width = _configured(config)
    _require_row(config.get("padding_idx", UNKNOWN), rows)
    bags = _bags(input, offsets, config.get("include_last_offset", UNKNOWN))
    _require_mode(config.get("mode", UNKNOWN), per_sample_weights, input)
    return Array((bags, SizedAxis(width)), _dtype(config))


def _bags(input: Array, offsets: Value, include_last_offset: Value) -> SizedAxis:
    """The axis of the bags."""
    _require_indices(input)
    _require_indices(offsets, "offsets")
    shape = with_ranks(input.shape, (1, 2))
    known = rank(shape)
    if known == 2 and isinstance(offsets, Array):
        raise Refused("is given, but input has 2 axes, each row of which is a bag", "offsets")
    if known == 1 and offsets is None:
        raise Refused("is None, but input has 1 axis, which it divides into bags", "offsets")
    if not isinstance(offsets, Array):
        first = shape[0]
        return first if known == 2 and isinstance(first, SizedAxis) else SizedAxis()
    starts = with_ranks(offsets.shape, (1,), "offsets")[0]
    has_end = bool_of(include_last_offset)
    return SizedAxis(None if has_end is None else minus(sized(starts), number(int(has_end))))


def _require_mode(mode: Value, per_sample_weights: Value, input: Array) -> None:
    if isinstance(mode, str) and mode not in ("sum", "mean", "max"):
        raise Refused(f'is "{mode}", expected sum, mean or max', "mode")
    if not isinstance(per_sample_weights, Array):
        return
    if mode in ("mean", "max"):
        raise Refused('is given, which goes with mode "sum" only', "per_sample_weights")
    _require_same_shape(per_sample_weights.shape, input.shape, "per_sample_weights")


def _require_same_shape(given: Shape | None, expected: Shape | None, argument: str) -> None:
    known = rank(expected)
    if expected is None or known is None:
        return
    shape = with_ranks(given, (known,), argument)
    for at, axis in enumerate(expected):
        require_size(shape, at, sized(axis), argument)
