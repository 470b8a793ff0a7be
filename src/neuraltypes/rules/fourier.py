"""Fourier transforms and windows: sizes along the axes that are transformed, complex or real numbers.

Sources: https://docs.pytorch.org/docs/stable/fft.html, https://docs.pytorch.org/docs/stable/generated/torch.stft.html,
https://docs.pytorch.org/docs/stable/generated/torch.istft.html
"""

from __future__ import annotations

from typing import Final

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._arithmetic import minus, over, plus, times
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import (
    COMPLEX,
    DEFAULT_FLOAT,
    FLOATS,
    INEXACT,
    INTEGERS,
    complex_of,
    floating,
    of_argument,
    real_of,
    require_among,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    axis_at,
    bool_of,
    dims_of,
    int_of,
    normal_dim,
    place,
    rank,
    replaced,
    size_of,
    with_out,
)
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value
from neuraltypes.rules.products import axes_text, require_rank

_TRANSFORMED: Final[DTypes] = (INEXACT | INTEGERS | {"bool"}) - {"bfloat16"}
_REAL: Final[DTypes] = _TRANSFORMED - COMPLEX
_ONE: Final = number(1)
_TWO: Final = number(2)


def _half_and_one(size: Size | None) -> Size | None:
    """`size // 2 + 1`: the frequencies of a real signal."""
    return plus(over(size, _TWO), _ONE)


def _from_half(size: Size | None) -> Size | None:
    """`2 * (size - 1)`: the entries of a real signal of so many frequencies."""
    return times(minus(size, _ONE), _TWO)


def _dtype(input: Array, *, is_real: bool, gives_real: bool) -> DTypes | None:
    members, expected = (_REAL, "real, not bfloat16") if is_real else (_TRANSFORMED, "any dtype but bfloat16")
    dtype = floating(require_among(input, members, expected, "input"))
    return real_of(dtype) if gives_real else complex_of(dtype)


def _transform(name: str, how: str, *, is_real: bool = False, gives_real: bool = False) -> None:
    """Register a transform along one axis, `name`, and the one along several, `name_many`."""

    @computed(f"fourier.{name}")
    @with_out
    def along_one(input: Array, n: Value = None, dim: Value = UNKNOWN, **_: Value) -> Result:
        return _along_one(input, n, dim, _dtype(input, is_real=is_real, gives_real=gives_real), how)

    @computed(f"fourier.{name}_many")
    @with_out
    def along_many(input: Array, s: Value = None, dim: Value = None, **_: Value) -> Result:
        return _along_many(input, s, dim, _dtype(input, is_real=is_real, gives_real=gives_real), how)


# `fft`, `ifft`; `rfft`, `ihfft`: a real signal has `n // 2 + 1` frequencies; `irfft`, `hfft`: back from half of them.
_transform("transform", "same")
_transform("to_half", "to half", is_real=True)
_transform("from_half", "from half", gives_real=True)


def _along_one(input: Array, n: Value, dim: Value, dtype: DTypes | None, how: str) -> Array:
    at = place(input.shape, dim)
    if input.shape == ():
        raise Refused("has no axis, expected 1 or more", "input")
    if input.shape is None or at is None:
        shape = None if rank(input.shape) is None else (ANY,) * len(input.shape or ())
        return Array(shape, dtype)
    axis = input.shape[at]
    assert isinstance(axis, SizedAxis)
    return Array(replaced(input.shape, at, _resized(axis, n, how, "n")), dtype)


def _resized(axis: SizedAxis, wanted: Value, how: str, argument: str) -> SizedAxis:
    """An axis after the transformation; `wanted` is the size of the signal, None for that of the input."""
    label = axis.label if how == "same" else None
    is_own = wanted is None or (argument == "s" and int_of(wanted) == -1)
    size = axis.size if is_own else size_of(wanted)
    if how == "to half":
        size = _half_and_one(size)
    elif how == "from half" and is_own:
        size = _from_half(axis.size)
        if axis.size is not None and axis.size.constant == 1:
            raise Refused("would give a signal of 0 entries", "input")
    constant = None if is_own else int_of(wanted)
    if constant is not None and constant < 1:
        raise Refused(f"is {constant}, expected 1 or more", argument)
    return SizedAxis(size, label)


def _along_many(input: Array, s: Value, dim: Value, dtype: DTypes | None, how: str) -> Array:
    ndim = rank(input.shape)
    unknown = Array(None if ndim is None else (ANY,) * ndim, dtype)
    wanted = s if isinstance(s, tuple) else None if s is None else UNKNOWN
    numbers = _numbers(dim, wanted, ndim)
    if numbers is None or wanted is UNKNOWN or input.shape is None:
        return unknown
    places = [place(input.shape, number(one)) for one in numbers]
    normal = [normal_dim(number(one), ndim) if ndim is not None else one for one in numbers]
    if len(set(normal)) < len(numbers):
        raise Refused("names an axis twice", "dim")
    if isinstance(wanted, tuple) and len(wanted) != len(numbers):
        raise Refused(f"has {len(wanted)} sizes, but dim names {axes_text(len(numbers))}", "s")
    if not numbers and how != "same":
        raise Refused("names no axis, expected 1 or more", "dim")
    if None in places:
        return unknown
    shape: Shape = input.shape
    sizes = wanted if isinstance(wanted, tuple) else (None,) * len(numbers)
    for count, (at, size) in enumerate(zip(places, sizes, strict=True), 1):
        assert at is not None
        axis = shape[at]
        assert isinstance(axis, SizedAxis)
        shape = replaced(shape, at, _resized(axis, size, how if count == len(places) else "same", "s"))
    return Array(shape, dtype)


def _numbers(dim: Value, wanted: Value, ndim: int | None) -> list[int] | None:
    """The axes that are meant: those of `dim`, the last ones that `s` has sizes for, or all."""
    if dim is not None:
        return dims_of(dim)
    if isinstance(wanted, tuple):
        if ndim is not None and len(wanted) > ndim:
            raise Refused(f"has {len(wanted)} sizes, but there are only {axes_text(ndim)}", "s")
        return list(range(-len(wanted), 0))
    return None if ndim is None else list(range(ndim))


@computed("fourier.shift")
def shift(input: Array, dim: Value = None, **_: Value) -> Result:
    """`fftshift`, `ifftshift`: entries change places."""
    numbers = None if dim is None else dims_of(dim)
    for one in numbers or ():
        place(input.shape, number(one))
    return input


@computed("fourier.frequencies")
@with_out
def frequencies(n: Value, dtype: Value = None, **_: Value) -> Result:
    """`fftfreq`: one for each entry."""
    return Array((SizedAxis(size_of(n)),), _window_dtype(dtype))


@computed("fourier.half_frequencies")
@with_out
def half_frequencies(n: Value, dtype: Value = None, **_: Value) -> Result:
    """`rfftfreq`: those of a real signal."""
    return Array((SizedAxis(_half_and_one(size_of(n))),), _window_dtype(dtype))


def _window_dtype(dtype: Value) -> DTypes | None:
    return of_argument(dtype, DEFAULT_FLOAT)


@computed("fourier.window")
def window(window_length: Value, dtype: Value = None, **_: Value) -> Result:
    """`hann_window` and its like: so many floats."""
    found = _window_dtype(dtype)
    if dtype is not None and found is not None:
        require_among(Array(dtype=found), FLOATS, "Float", "dtype")
    length = int_of(window_length)
    if length is not None and length < 0:
        raise Refused(f"is {length}, expected 0 or more", "window_length")
    return Array((SizedAxis(size_of(window_length)),), found)


# Short-time transforms


@computed("fourier.stft")
def stft(
    input: Array,
    n_fft: Value,
    hop_length: Value = None,
    win_length: Value = None,
    window: Value = None,
    center: Value = True,
    onesided: Value = None,
    return_complex: Value = None,
    pad_mode: Value = "reflect",
    **_: Value,
) -> Result:
    """`stft`: frequencies and frames in place of time; real and imaginary parts in a last axis, unless complex."""
    require_rank(input, 1, "input", 2)
    dtype = require_among(input, INEXACT, "Inexact", "input")
    size, hop = size_of(n_fft), _hop(n_fft, hop_length)
    _require_window(window, n_fft, win_length)
    is_complex = None if dtype is None else dtype <= COMPLEX if dtype <= COMPLEX or not dtype & COMPLEX else None
    wants_complex = bool_of(return_complex) if return_complex is not None else is_complex or None
    if return_complex is None and is_complex is False and _is_real(window):
        raise Refused("must be given for a real input", "return_complex")
    signal = axis_at(input.shape, number(-1))
    length = None if signal is None else signal.size
    centered = bool_of(center)
    if centered and pad_mode == "reflect":
        _require_reflection(length, size)
    frames = _frames(length, size, hop, centered)
    sides = bool_of(onesided) if onesided is not None else None if is_complex is None else not is_complex
    frequency = None if sides is None else _half_and_one(size) if sides else size
    if input.shape is None or rank(input.shape) is None or wants_complex is None:
        return Array(None, None)
    found = (*input.shape[:-1], SizedAxis(frequency), SizedAxis(frames, None if signal is None else signal.label))
    if wants_complex:
        return Array(found, complex_of(dtype))
    return Array((*found, SizedAxis(_TWO)), _parts_dtype(dtype))


def _is_real(window: Value) -> bool:
    """Whether a window is surely not complex."""
    return window is None or (isinstance(window, Array) and window.dtype is not None and not window.dtype & COMPLEX)


def _parts_dtype(dtype: DTypes | None) -> DTypes | None:
    """The dtype of real and imaginary parts: there are no complex numbers of bfloat16."""
    return real_of(complex_of(dtype))


def _hop(n_fft: Value, hop_length: Value) -> Size | None:
    size = size_of(n_fft)
    if hop_length is None:
        return over(size, number(4))
    constant = int_of(hop_length)
    if constant is not None and constant < 1:
        raise Refused(f"is {constant}, expected 1 or more", "hop_length")
    return size_of(hop_length)


def _require_window(window: Value, n_fft: Value, win_length: Value) -> None:
    size, width = int_of(n_fft), int_of(n_fft if win_length is None else win_length)
    if width is not None and size is not None and not 0 < width <= size:
        raise Refused(f"is {width}, expected 1 to {size}", "win_length")
    if not isinstance(window, Array):
        return
    require_rank(window, 1, "window", 1)
    axis = axis_at(window.shape, number(0))
    wanted = size_of(n_fft if win_length is None else win_length)
    if axis is not None and sizes_differ(axis.size, wanted):
        raise Refused(f"has {axis.size} entries, expected {wanted}", "window")


def _require_reflection(length: Size | None, n_fft: Size | None) -> None:
    """Half a window is reflected at both ends, which takes a longer signal."""
    known, size = None if length is None else length.constant, None if n_fft is None else n_fft.constant
    if known is not None and size is not None and size // 2 >= known:
        raise Refused(f"axis -1 is {known}, expected more than {size // 2}, half of n_fft", "input")


def _frames(length: Size | None, n_fft: Size | None, hop: Size | None, centered: bool | None) -> Size | None:
    """`(length - n_fft) // hop + 1`, of the length with padding."""
    if length is None or n_fft is None or hop is None or centered is None:
        return None
    if centered:
        length = plus(length, _padding(n_fft))
    elif length.constant is not None and n_fft.constant is not None and n_fft.constant > length.constant:
        raise Refused(f"is {n_fft}, but the signal has {length} entries", "n_fft")
    return plus(over(minus(length, n_fft), hop), _ONE)


def _padding(n_fft: Size) -> Size | None:
    """Half a window at both ends."""
    return times(over(n_fft, _TWO), _TWO)


@computed("fourier.istft")
def istft(
    input: Array,
    n_fft: Value,
    hop_length: Value = None,
    win_length: Value = None,
    window: Value = None,
    center: Value = True,
    onesided: Value = None,
    length: Value = None,
    return_complex: Value = False,
    **_: Value,
) -> Result:
    """`istft`: a signal from frequencies and frames."""
    dtype = require_among(input, COMPLEX, "Complex", "input")
    require_rank(input, 2, "input", 3)
    size, hop = size_of(n_fft), _hop(n_fft, hop_length)
    _require_window(window, n_fft, win_length)
    wants_complex, centered = bool_of(return_complex), bool_of(center)
    sides = bool_of(onesided) if onesided is not None else None
    frequency, frames = axis_at(input.shape, number(-2)), axis_at(input.shape, number(-1))
    wanted = size if sides is False else _half_and_one(size)
    is_other = frequency is not None and sizes_differ(frequency.size, wanted)
    if is_other and frequency is not None and (sides is not None or sizes_differ(frequency.size, size)):
        raise Refused(f"axis -2 is {frequency.size}, expected {wanted}", "input")
    count = None if frames is None else frames.size
    found = size_of(length) if length is not None else _signal(count, size, hop, centered)
    if wants_complex is None:
        dtype = None
    elif not wants_complex:
        dtype = real_of(dtype)
    if input.shape is None or any(isinstance(axis, Rest) for axis in input.shape):
        return Array(None, dtype)
    return Array((*input.shape[:-2], SizedAxis(found, None if frames is None else frames.label)), dtype)


def _signal(frames: Size | None, n_fft: Size | None, hop: Size | None, centered: bool | None) -> Size | None:
    """`n_fft + hop * (frames - 1)`, less half a window at both ends where frames are centered."""
    if frames is None or n_fft is None or hop is None or centered is None:
        return None
    whole = plus(times(minus(frames, _ONE), hop), n_fft)
    return minus(whole, _padding(n_fft)) if centered else whole
