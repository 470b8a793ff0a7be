"""Recurrent networks: the sequence that comes out, and the states after its last step.

The input is `t b i`, `b t i` with `batch_first`, or `t i` for one sequence. Source:
https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
"""

from __future__ import annotations

from collections.abc import Callable

from neuraltypes._sizes import Size, multiply, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._context import sizes_differ, suspect
from neuraltypes.rules._dtypes import dtypes_text
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    axis_at,
    bool_of,
    constant_of,
    int_of,
    rank,
    said_kind,
    size_of,
    with_rank,
)
from neuraltypes.rules._values import UNKNOWN, Array, Config, Packed, Refused, Result, Value

_TIMES = ("time", "sequence")


def check_layout(shape: Shape | None, batch_first: Value, argument: str) -> None:
    """Suspect a batch of sequences whose first two axes are said to be in the other order."""
    is_first = bool_of(batch_first)
    if shape is None or is_first is None or sum(isinstance(axis, SizedAxis) for axis in shape) < 3:
        return
    kinds = said_kind(shape[0]), said_kind(shape[1])
    if (is_first and kinds[0] in _TIMES and kinds[1] == "batch") or (
        not is_first and kinds[0] == "batch" and kinds[1] in _TIMES
    ):
        reason = f"got {kinds[0]}, {kinds[1]}, ...; expected {kinds[1]}, {kinds[0]}, ... (batch_first={is_first})"
        suspect(reason, argument, code="kind")


def known_axes(shape: Shape) -> int:
    """How many axes a shape has at least."""
    return sum(isinstance(axis, SizedAxis) for axis in shape)


def require_rank(shape: Shape | None, counts: tuple[int, ...], argument: str, of: str = "") -> None:
    """Refuse a shape that surely has none of these numbers of axes."""
    if shape is None:
        return
    least = known_axes(shape)
    if (rank(shape) is None and least > max(counts)) or (rank(shape) is not None and least not in counts):
        open_ = " or more" if rank(shape) is None else ""
        expected = " or ".join(map(str, counts))
        raise Refused(f"{of}has {least} {'axis' if least == 1 else 'axes'}{open_}, expected {expected}", argument)


def require_axis(axis: SizedAxis | Rest | None, size: Size | None, place: str, argument: str) -> None:
    """Refuse an axis of another size; `place` is its number, with what it is an axis of."""
    if isinstance(axis, SizedAxis) and sizes_differ(axis.size, size):
        raise Refused(f"axis {place} is {axis.size}, expected {size}", argument)


def require_shape(shape: Shape | None, expected: Shape, argument: str, of: str = "") -> None:
    """Refuse another shape than `expected`, in which one `Rest` may stand for any axes."""
    if shape is None or rank(shape) is None:
        return
    if rank(expected) is not None:
        require_rank(shape, (len(expected),), argument, f"{of} " if of else "")
    elif len(shape) < known_axes(expected):
        return
    for at, axis in enumerate(expected):
        if isinstance(axis, Rest):
            break
        require_axis(shape[at], axis.size, f"{at} of {of}" if of else str(at), argument)
    else:
        return
    for place in range(-1, at - len(expected), -1):
        behind = expected[place]
        size = behind.size if isinstance(behind, SizedAxis) else None
        require_axis(shape[place], size, f"{place} of {of}" if of else str(place), argument)


def require_dtype(value: Array, other: Array, argument: str, than: str) -> None:
    """Refuse two tensors that surely have different dtypes."""
    if value.dtype is not None and other.dtype is not None and not value.dtype & other.dtype:
        reason = f"is {dtypes_text(value.dtype)}, but {than} is {dtypes_text(other.dtype)}"
        raise Refused(reason, argument, "dtype")


@computed("recurrent.lstm")
def lstm(config: Config, input: Value, hx: Value = None) -> Result:
    """`nn.LSTM`: the outputs, and the pair of hidden and cell states."""
    if isinstance(input, Packed):
        return _packed(lstm, config, input, hx)
    projected = int_of(config.get("proj_size", UNKNOWN))
    hidden = size_of(config.get("hidden_size", UNKNOWN))
    given = size_of(config.get("proj_size", UNKNOWN)) if projected else hidden
    out = given if projected is not None else None
    array = input if isinstance(input, Array) else Array()
    _check_input(config, array)
    states = tuple(_state_shape(config, array.shape, size) for size in (out, hidden))
    if isinstance(hx, tuple) and len(hx) == 2:
        for at, (state, shape) in enumerate(zip(hx, states, strict=True)):
            _check_state(state, shape, array, f"hx[{at}]")
    return _outputs(config, input, out), tuple(array.plain(shape) for shape in states)


@computed("recurrent.rnn")
def rnn(config: Config, input: Value, hx: Value = None) -> Result:
    """`nn.RNN`, `nn.GRU`: the outputs, and the hidden states."""
    if isinstance(input, Packed):
        return _packed(rnn, config, input, hx)
    hidden = size_of(config.get("hidden_size", UNKNOWN))
    array = input if isinstance(input, Array) else Array()
    _check_input(config, array)
    shape = _state_shape(config, array.shape, hidden)
    _check_state(hx, shape, array, "")
    return _outputs(config, input, hidden), array.plain(shape)


def _packed(layer: Callable[..., Result], config: Config, input: Packed, hx: Value) -> Result:
    """What a recurrent layer gives for a packed sequence, in which `batch_first` has no part."""
    padded = input.padded
    require_rank(padded.shape, (3,), "input", "what is packed ")
    result = layer({**config, "batch_first": True}, padded.of(with_rank(padded.shape, 3)), hx)
    outputs, states = result if isinstance(result, tuple) else (result, UNKNOWN)
    return Packed(outputs) if isinstance(outputs, Array) else outputs, states


def _check_input(config: Config, array: Array) -> None:
    require_rank(array.shape, (2, 3), "input")
    require_axis(axis_at(array.shape, number(-1)), size_of(config.get("input_size", UNKNOWN)), "-1", "input")
    check_layout(array.shape, config.get("batch_first", UNKNOWN), "input")
    _check_single_step(array.shape, config.get("batch_first", UNKNOWN))


def _check_single_step(shape: Shape | None, batch_first: Value) -> None:
    """Suspect one step of each example, `batch 1 d`, in a layer for which it is one example of so many steps."""
    is_first = bool_of(batch_first)
    if shape is None or is_first is None or rank(shape) != 3:
        return
    steps, examples = (shape[1], shape[0]) if is_first else (shape[0], shape[1])
    if said_kind(steps) == "batch" and constant_of(steps) != 1 and constant_of(examples) == 1:
        got, expected = ("1, batch", "batch, 1") if is_first else ("batch, 1", "1, batch")
        reason = f"got {got}, ..., which runs from one example to the next; expected {expected}, ..."
        suspect(f"{reason} (batch_first={is_first})", "input", code="kind")


def _outputs(config: Config, input: Value, size: Size | None) -> Result:
    """What comes out at each step."""
    if not isinstance(input, Array):
        return UNKNOWN
    if not input.shape:
        return input.plain(None)
    return input.plain((*_ahead(input.shape), SizedAxis(_times(size, _directions(config)))))


def _ahead(shape: Shape) -> Shape:
    """All axes but the last."""
    return shape if isinstance(shape[-1], Rest) else shape[:-1]


def _directions(config: Config) -> Size | None:
    is_bidirectional = bool_of(config.get("bidirectional", UNKNOWN))
    return None if is_bidirectional is None else number(1 + is_bidirectional)


def _times(left: Size | None, right: Size | None) -> Size | None:
    return None if left is None or right is None else multiply(left, right)


def _state_shape(config: Config, shape: Shape | None, size: Size | None) -> Shape:
    """`layers b h`, without `b` for one sequence."""
    states = SizedAxis(_times(size_of(config.get("num_layers", UNKNOWN)), _directions(config)))
    count = rank(shape)
    if count == 2:
        return states, SizedAxis(size)
    if count != 3 or shape is None:
        return states, Rest(), SizedAxis(size)
    return states, batch_axis(shape, config.get("batch_first", UNKNOWN)), SizedAxis(size)


def batch_axis(shape: Shape, batch_first: Value) -> SizedAxis:
    """The axis of a batch of sequences that counts them."""
    is_first = bool_of(batch_first)
    axis = ANY if is_first is None else shape[0 if is_first else 1]
    return axis if isinstance(axis, SizedAxis) else ANY


def _check_state(state: Value, expected: Shape, input: Array, of: str) -> None:
    if isinstance(state, Array):
        require_shape(state.shape, expected, "hx", of)
        require_dtype(state, input, "hx", "the input")


@computed("recurrent.cell")
def cell(config: Config, input: Array, hx: Value = None) -> Result:
    """`nn.RNNCell`, `nn.GRUCell`: one step, `b i` or `i`, to the next hidden state."""
    shape = _cell_state(config, input)
    _check_cell_state(hx, shape, input, "")
    return input.plain(shape)


@computed("recurrent.lstm_cell")
def lstm_cell(config: Config, input: Array, hx: Value = None) -> Result:
    """`nn.LSTMCell`: the same, to hidden and cell state."""
    result = input.plain(_cell_state(config, input))
    if isinstance(hx, tuple) and len(hx) == 2:
        for at, state in enumerate(hx):
            _check_cell_state(state, result.shape, input if at == 0 else Array(), f"hx[{at}]")
        memory = hx[1]
        if not isinstance(memory, Array) or memory.dtype != input.dtype:  # a wider one widens both results
            result = Array(result.shape)
    return result, result


def _cell_state(config: Config, input: Array) -> Shape | None:
    require_rank(input.shape, (1, 2), "input")
    require_axis(axis_at(input.shape, number(-1)), size_of(config.get("input_size", UNKNOWN)), "-1", "input")
    if not input.shape:
        return None
    return *_ahead(input.shape), SizedAxis(size_of(config.get("hidden_size", UNKNOWN)))


def _check_cell_state(state: Value, expected: Shape | None, input: Array, of: str) -> None:
    if not isinstance(state, Array):
        return
    require_rank(state.shape, (1, 2), "hx", f"{of} " if of else "")
    if expected is not None:
        require_shape(state.shape, expected, "hx", of)
    require_dtype(state, input, "hx", "the input")
