"""Arguments of Fourier transforms and windows."""

from __future__ import annotations

from typing import Any

import torch

from tests.rules._conformance import Arguments, Draw, T, arguments

_REAL = (torch.float32, torch.float64, torch.float16, torch.int64, torch.bool)
_ANY = (*_REAL, torch.complex64, torch.complex128)
_ONE = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")


def _tensor(draw: Draw, *, is_real: bool) -> T:
    dtype = draw.dtype() if draw.chance(0.05) else draw.dtype(*(_REAL if is_real else _ANY))
    return T(draw.shape(0 if draw.chance(0.05) else 1, 4), dtype)


def _along_one(draw: Draw, *, is_real: bool) -> Arguments:
    tensor = _tensor(draw, is_real=is_real)
    found: Arguments = {"input": tensor}
    if draw.chance(0.5):
        found["n"] = draw.randint(0 if draw.chance(0.1) else 1, 9)
    if draw.chance(0.6):
        found["dim"] = draw.dim(len(tensor.shape))
    return {**found, "norm": "ortho"} if draw.chance(0.2) else found


@arguments("torch.fft.fft", "torch.fft.ifft", "torch.fft.irfft", "torch.fft.hfft")
def transform(draw: Draw) -> Arguments:
    return _along_one(draw, is_real=False)


@arguments("torch.fft.rfft", "torch.fft.ihfft")
def of_real(draw: Draw) -> Arguments:
    return _along_one(draw, is_real=True)


def _along_many(draw: Draw, *, is_real: bool, is_two: bool) -> Arguments:
    tensor = _tensor(draw, is_real=is_real)
    if is_two and len(tensor.shape) < 2 and draw.chance(0.9):
        tensor = T((*tensor.shape, 3, 4), tensor.dtype)
    found: Arguments = {"input": tensor}
    ndim = len(tensor.shape)
    count = 2 if is_two else draw.randint(1, max(ndim, 1))
    if ndim >= count and draw.chance(0.5):
        found["dim"] = tuple(draw.sample(range(-ndim, 0), count))
        if draw.chance(0.05):
            found["dim"] = (found["dim"][0],) * count
    if draw.chance(0.5):
        found["s"] = tuple(-1 if draw.chance(0.1) else draw.randint(1, 7) for _ in range(count + draw.chance(0.05)))
    return found


@arguments("torch.fft.fft2", "torch.fft.ifft2", "torch.fft.irfft2", "torch.fft.hfft2")
def transform_two(draw: Draw) -> Arguments:
    return _along_many(draw, is_real=False, is_two=True)


@arguments("torch.fft.rfft2", "torch.fft.ihfft2")
def of_real_two(draw: Draw) -> Arguments:
    return _along_many(draw, is_real=True, is_two=True)


@arguments("torch.fft.fftn", "torch.fft.ifftn", "torch.fft.irfftn", "torch.fft.hfftn")
def transform_many(draw: Draw) -> Arguments:
    return _along_many(draw, is_real=False, is_two=False)


@arguments("torch.fft.rfftn", "torch.fft.ihfftn")
def of_real_many(draw: Draw) -> Arguments:
    return _along_many(draw, is_real=True, is_two=False)


@arguments("torch.fft.fftshift", "torch.fft.ifftshift")
def shift(draw: Draw) -> Arguments:
    tensor = draw.tensor(1)
    dim: Any = draw.dim(len(tensor.shape)) if draw.chance(0.5) else draw.dims(len(tensor.shape)) or None
    return {"input": tensor, "dim": dim}


@arguments("torch.fft.fftfreq", "torch.fft.rfftfreq")
def frequencies(draw: Draw) -> Arguments:
    found: Arguments = {"n": draw.size()}
    return {**found, "dtype": draw.dtype(torch.float64, torch.float32)} if draw.chance(0.3) else found


@arguments(*(f"torch.{name}_window" for name in ("hann", "hamming", "blackman", "bartlett", "kaiser")))
def window(draw: Draw) -> Arguments:
    found: Arguments = {"window_length": draw.randint(-1, 9), "periodic": draw.chance(0.5)}
    return {**found, "dtype": draw.dtype(torch.float64, torch.float32, torch.int64)} if draw.chance(0.4) else found


def _frames(draw: Draw) -> Arguments:
    n_fft = draw.randint(4, 9)
    found: Arguments = {"n_fft": n_fft}
    if draw.chance(0.5):
        found["hop_length"] = draw.randint(0 if draw.chance(0.1) else 1, 4)
    if draw.chance(0.3):
        found["win_length"] = draw.randint(1, n_fft + draw.chance(0.1))
    if draw.chance(0.4):
        found["window"] = T((found.get("win_length", n_fft) + draw.chance(0.1),))
    if draw.chance(0.4):
        found["center"] = draw.chance(0.5)
    return found


@arguments("torch.stft")
def stft(draw: Draw) -> Arguments:
    found = _frames(draw)
    shape = (*draw.shape(0, 2 if draw.chance(0.05) else 1), draw.randint(3 if draw.chance(0.1) else 10, 20))
    dtype = draw.dtype(torch.float32, torch.float32, torch.float64, torch.complex64)
    if dtype != torch.float32:
        found.pop("window", None)
    found |= {"input": T(shape, dtype if draw.chance(0.95) else torch.int64), "return_complex": draw.chance(0.7)}
    if draw.chance(0.1):
        found["pad_mode"] = "constant"
    if dtype == torch.complex64 or draw.chance(0.3):
        found["onesided"] = False
    if draw.chance(0.05):
        del found["return_complex"]
    return found


@arguments("torch.istft", "torch.Tensor.istft", on_cpu=True)  # it looks at the sums of the windows
def istft(draw: Draw) -> Arguments:
    found = _frames(draw)
    if "window" in found:
        del found["window"]
    found.pop("win_length", None)
    found["hop_length"] = min(found.get("hop_length", 1), found["n_fft"] // 2)
    frequencies = found["n_fft"] // 2 + 1
    if draw.chance(0.3):
        found["onesided"] = draw.chance(0.5)
        frequencies = frequencies if found["onesided"] else found["n_fft"]
    wrong = 1 if draw.chance(0.08) else 0
    dtype = draw.dtype(torch.complex64, torch.complex64, torch.complex128)
    shape = (*draw.shape(0, 1), frequencies + wrong, draw.randint(3, 8))
    found["input"] = T(shape, torch.float32 if draw.chance(0.05) else dtype)
    if draw.chance(0.2):
        found["length"] = draw.randint(4, 8)
    return found
