"""Arguments for recurrent networks."""

from typing import Any

import torch

from tests.rules._conformance import EXPECTED_UNKNOWN, Arguments, Draw, P, T, arguments

# The weights are float32; that input of another float dtype is refused depends on `.half()` and autocast.
_WRONG_DTYPES = (torch.int64, torch.bool, torch.complex64)


def _sizes(draw: Draw, *, has_layers: bool = True) -> Arguments:
    init: Arguments = {"input_size": draw.size(), "hidden_size": draw.size(2)}
    if not has_layers:
        return init
    if draw.chance(0.6):
        init["num_layers"] = draw.size(1, 3)
    for name in ("bidirectional", "batch_first", "bias"):
        if draw.chance(0.6):
            init[name] = draw.chance(0.5)
    return init


def _off(draw: Draw, shape: tuple[int, ...], probability: float = 0.06) -> tuple[int, ...]:
    """A shape with, now and then, a wrong size or an axis too many or too few."""
    if draw.chance(probability) and shape:
        at = draw.randrange(len(shape))
        return (*shape[:at], shape[at] + 1, *shape[at + 1 :])
    if draw.chance(probability / 2):
        return (*shape, 2)
    return shape[1:] if draw.chance(probability / 2) else shape


def _input(draw: Draw, init: Arguments) -> tuple[T | P, tuple[int, ...]]:
    """The input, and the axis of the batch where there is one."""
    time, batch, is_one = draw.size(), draw.size(), draw.chance(0.3)
    if draw.chance(0.25):
        shape = (batch, time, init["input_size"])
        wrong = draw.choice(((*shape[:2], shape[2] + 1), shape[:2], (*shape, 2)))
        return P(wrong if draw.chance(0.2) else shape), (batch,)
    lead = (time,) if is_one else (batch, time) if init.get("batch_first") else (time, batch)
    dtype = draw.dtype(*_WRONG_DTYPES) if draw.chance(0.04) else torch.float32
    return T(_off(draw, (*lead, init["input_size"])), dtype), () if is_one else (batch,)


def _state(draw: Draw, shape: tuple[int, ...]) -> T:
    return T(_off(draw, shape, 0.03), torch.float64 if draw.chance(0.03) else torch.float32)


def _cell_state(draw: Draw, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A wrong size now and then; for one vector never `h h`, which torch takes for a batch or crashes on."""
    drawn = _off(draw, shape, 0.05)
    return shape if len(shape) == 1 and len(drawn) == 2 else drawn


@arguments("torch.nn.RNN.forward", "torch.nn.GRU.forward", on_cpu=True)  # meta takes states of any dtype
def rnn(draw: Draw) -> Arguments:
    init = _sizes(draw)
    input_, batch = _input(draw, init)
    forward: dict[str, Any] = {"input": input_}
    if draw.chance(0.5):
        states = init.get("num_layers", 1) * (1 + init.get("bidirectional", False))
        forward["hx"] = _state(draw, (states, *batch, init["hidden_size"]))
    return {"init": init, "forward": forward}


@arguments("torch.nn.LSTM.forward", on_cpu=True)
def lstm(draw: Draw) -> Arguments:
    init = _sizes(draw)
    if draw.chance(0.4):
        init["proj_size"] = draw.randrange(init["hidden_size"])
    input_, batch = _input(draw, init)
    if isinstance(input_, P):  # of packed sequences torch's LSTM checks nothing, and writes where it must not
        return {"init": init, "forward": {"input": P((*batch, draw.size(), init["input_size"]))}}
    forward: dict[str, Any] = {"input": input_}
    if draw.chance(0.5):
        states = init.get("num_layers", 1) * (1 + init.get("bidirectional", False))
        out = init.get("proj_size", 0) or init["hidden_size"]
        forward["hx"] = tuple(_state(draw, (states, *batch, size)) for size in (out, init["hidden_size"]))
    return {"init": init, "forward": forward}


def _cell(draw: Draw) -> tuple[Arguments, T, tuple[int, ...]]:
    init = _sizes(draw, has_layers=False)
    batch = () if draw.chance(0.4) else (draw.size(),)
    dtype = draw.dtype(*_WRONG_DTYPES) if draw.chance(0.04) else torch.float32
    return init, T(_off(draw, (*batch, init["input_size"])), dtype), (*batch, init["hidden_size"])


@arguments("torch.nn.RNNCell.forward", "torch.nn.GRUCell.forward", on_cpu=True)
def cell(draw: Draw) -> Arguments:
    init, input_, state = _cell(draw)
    forward: dict[str, Any] = {"input": input_}
    if draw.chance(0.6):
        forward["hx"] = T(_cell_state(draw, state), torch.float64 if draw.chance(0.04) else torch.float32)
    return {"init": init, "forward": forward}


@arguments("torch.nn.LSTMCell.forward", on_cpu=True)
def lstm_cell(draw: Draw) -> Arguments:
    init, input_, state = _cell(draw)
    forward: dict[str, Any] = {"input": input_}
    if draw.chance(0.6):
        dtype, memory = (torch.float64 if draw.chance(0.04) else torch.float32 for _ in range(2))
        forward["hx"] = (T(_cell_state(draw, state), dtype), T(_cell_state(draw, state), memory))
    return {"init": init, "forward": forward}


@arguments("torch.nn.utils.rnn.pack_padded_sequence", on_cpu=True)  # the lengths are read
def pack_padded(draw: Draw) -> Arguments:
    time, batch, is_first = draw.size(), draw.size(), draw.chance(0.5)
    shape = (batch, time) if is_first else (time, batch)
    count = batch + 1 if draw.chance(0.1) else batch
    given: Any = T((count,), torch.int64) if draw.chance(0.5) else (1,) * count
    return {"input": T((*shape, *draw.shape(0, 2))), "lengths": given, "batch_first": is_first}


@arguments("torch.nn.utils.rnn.pack_sequence", on_cpu=True)
def pack(draw: Draw) -> Arguments:
    items = pad(draw)["sequences"]
    if draw.chance(0.7):
        items = tuple(sorted(items, key=lambda item: -item.shape[0]))
    return {"sequences": items} | ({"enforce_sorted": draw.chance(0.5)} if draw.chance(0.6) else {})


@arguments("torch.nn.utils.rnn.unpack_sequence", on_cpu=True)
def unpack(draw: Draw) -> Arguments:
    return {"packed_sequences": P((draw.size(), draw.size(), *draw.shape(0, 2)))}


@arguments("torch.nn.utils.rnn.PackedSequence_.data", on_cpu=True)
def data(draw: Draw) -> Arguments:
    return {"self": P((draw.size(), draw.size(), *draw.shape(0, 2)))}


@arguments("torch.nn.utils.rnn.pad_packed_sequence", on_cpu=True)
def pad_packed(draw: Draw) -> Arguments:
    time = draw.size()
    found: Arguments = {"sequence": P((draw.size(), time, *draw.shape(0, 2)))}
    if draw.chance(0.5):
        found["batch_first"] = draw.chance(0.5)
    return found | ({"total_length": time + draw.size(0, 2)} if draw.chance(0.4) else {})


@arguments("torch.nn.utils.rnn.pad_sequence")
def pad(draw: Draw) -> Arguments:
    tail = draw.shape(0, 2)
    count = draw.size(1, 4)
    # Torch also broadcasts sequences with fewer axes where that happens to fit; the rule refuses them.
    tails = (_off(draw, tail, 0.06) if n else tail for n in range(count))
    items = tuple(T((draw.size(), *(one if len(one) == len(tail) else tail))) for one in tails)
    found: Arguments = {"sequences": items}
    if draw.chance(0.6):
        found["batch_first"] = draw.chance(0.5)
    return found


@arguments("torch.nn.utils.rnn.unpad_sequence", on_cpu=True)  # the lengths are read
def unpad(draw: Draw) -> Arguments:
    time, batch, is_first = draw.size(), draw.size(), draw.chance(0.5)
    shape = (batch, time) if is_first else (time, batch)
    return {
        "padded_sequences": T((*shape, *draw.shape(0, 2))),
        "lengths": T((batch,), torch.int64),
        "batch_first": is_first,
    }


EXPECTED_UNKNOWN.update(
    f"torch.nn.utils.rnn.{name}"
    for name in (
        "PackedSequence_.data",
        "pack_padded_sequence",
        "pad_packed_sequence",
        "unpack_sequence",
        "unpad_sequence",
    )
)
