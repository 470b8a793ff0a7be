"""From sound to what a recogniser reads: mel spectrograms, and their augmentation.

`B` batch, `N` samples, `T` frames, `M` mel bands.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from neuraltypes import NeuralModule, NeuralType, typecheck
from neuraltypes.elements import AudioSignal, LengthsType, MelSpectrogramType, ValidMaskType

_HZ_PER_MEL = 200 / 3
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _HZ_PER_MEL
_LOG_STEP = math.log(6.4) / 27
_SILENCE = 2.0**-24
_SPREAD = 1e-5


@typecheck
def valid_frames(
    *, lengths: NeuralType[Int[Tensor, "batch=b"], LengthsType], t: int
) -> NeuralType[Bool[Tensor, "batch=b time={t}"], ValidMaskType]:
    """True for the first `lengths[i]` of `t` frames of each sequence: `(B) -> (B, t)`."""
    return torch.arange(t, device=lengths.device) < lengths[:, None]


def hz_to_mel(hz: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """Frequencies on Slaney's mel scale: linear below 1 kHz, where 3 mel are 200 Hz; above, 27 mel for a factor of 6.4.

    Source: Slaney 1998, "Auditory Toolbox", Interval Research technical report 1998-010.
    """
    above = _BREAK_MEL + (hz.clamp(min=_BREAK_HZ) / _BREAK_HZ).log() / _LOG_STEP
    return torch.where(hz < _BREAK_HZ, hz / _HZ_PER_MEL, above)


def mel_to_hz(mel: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """The inverse of `hz_to_mel`."""
    above = _BREAK_HZ * ((mel.clamp(min=_BREAK_MEL) - _BREAK_MEL) * _LOG_STEP).exp()
    return torch.where(mel < _BREAK_MEL, mel * _HZ_PER_MEL, above)


def mel_filters(*, mels: int, n_fft: int, sample_rate: int) -> Float[Tensor, "mels n_fft//2+1"]:
    """Weights of the frequencies of an FFT in each band: triangles from 0 Hz to half the sample rate, of area 1 Hz.

    Each reaches from the centre of the band before to that of the band after, and the centres are equally far apart on
    the mel scale. Source: Slaney 1998, as `hz_to_mel`.

    Raises:
        ValueError: the FFT is too short to have a frequency in each band.
    """
    nyquist = sample_rate / 2
    hz = torch.linspace(0.0, nyquist, n_fft // 2 + 1, dtype=torch.float64, device="cpu")  # not where a model is made
    edges = mel_to_hz(torch.linspace(0.0, float(hz_to_mel(hz[-1:])), mels + 2, dtype=torch.float64, device="cpu"))
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (hz - left) / (centre - left), (right - hz) / (right - centre)
    weights = torch.minimum(rising, falling).clamp(min=0.0) * 2 / (right - left)
    if not bool((weights.sum(1) > 0).all()):
        raise ValueError(f"mel_filters: an FFT of {n_fft} samples has no frequency in some of {mels} bands")
    return weights.float()


class MelSpectrogram(NeuralModule):
    """Logarithms of the energy in mel bands, each band of each sound with mean 0 and standard deviation 1.

    `(B, N) -> (B, M, N // hop + 1)`; frame `i` is centred on sample `i * hop`, with silence before and after the sound.
    What stands in the padding of a batch does not count, and in the padding of the result there are zeros.

    Args:
        sample_rate: in Hz.
        mels: how many bands.
        window, hop: the length of a frame, and from one to the next, in seconds.
        dither: the standard deviation of noise that is added to sounds in training.
    """

    window: Float[Tensor, "{self.length}"]
    filters: Float[Tensor, "{self.mels} {self.n_fft}//2+1"]

    def __init__(
        self,
        *,
        sample_rate: int = 22_050,
        mels: int = 40,
        window: float = 0.025,
        hop: float = 0.01,
        dither: float = 0.0,
    ) -> None:
        super().__init__()
        self.mels = mels
        self.dither = dither
        self.length, self.hop = round(window * sample_rate), round(hop * sample_rate)
        self.n_fft = 2 ** math.ceil(math.log2(self.length))
        self.register_buffer("window", torch.hann_window(self.length), persistent=False)
        filters = mel_filters(mels=mels, n_fft=self.n_fft, sample_rate=sample_rate)
        self.register_buffer("filters", filters, persistent=False)

    def forward(
        self,
        *,
        audio: NeuralType[Float[Tensor, "batch=b time=n"], AudioSignal],
        audio_length: NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ) -> tuple[
        NeuralType[Float[Tensor, "batch=b {self.mels} time=n//{self.hop}+1"], MelSpectrogramType],
        NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ]:
        sound = audio.masked_fill(~valid_frames(lengths=audio_length, t=audio.shape[1]), 0.0)
        if self.training and self.dither > 0:
            sound = sound + self.dither * torch.randn_like(sound)
        energy = (self.filters @ self._power(sound) + _SILENCE).log()
        mel_length = audio_length // self.hop + 1
        return normalised(energy, valid_frames(lengths=mel_length, t=energy.shape[2])), mel_length

    def _power(self, sound: Float[Tensor, "b n"]) -> Float[Tensor, "b {self.n_fft}//2+1 n//{self.hop}+1"]:
        spectrum = torch.stft(
            sound, self.n_fft, self.hop, self.length, self.window, pad_mode="constant", return_complex=True
        )
        return spectrum.real.square() + spectrum.imag.square()


def normalised(x: Float[Tensor, "b m t"], valid: Bool[Tensor, "b t"]) -> Float[Tensor, "b m t"]:
    """`x` with mean 0 and standard deviation 1 over the valid frames of each row, and 0 in all others."""
    counted = valid[:, None]
    n = counted.sum(2, keepdim=True)
    mean = (x * counted).sum(2, keepdim=True) / n
    centred = (x - mean) * counted
    spread = (centred.square().sum(2, keepdim=True) / n).sqrt()
    return centred / (spread + _SPREAD)


class SpecAugment(NeuralModule):
    """In training, bands and spans of time of each spectrogram set to 0, its mean: `(B, M, T) -> (B, M, T)`.

    Source: Park et al. 2019, arXiv:1904.08779, without the warping of time.

    Args:
        bands, band_width: how many stripes of frequencies, and the most mel bands of each.
        spans, span_width: how many stripes of time, and the most of the sound that each takes, from 0 to 1.
    """

    def __init__(self, *, bands: int = 0, band_width: int = 8, spans: int = 0, span_width: float = 0.05) -> None:
        super().__init__()
        self.bands, self.band_width, self.spans, self.span_width = bands, band_width, spans, span_width

    def forward(
        self,
        *,
        mel: NeuralType[Float[Tensor, "batch=b m time=t"], MelSpectrogramType],
        mel_length: NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ) -> NeuralType[Float[Tensor, "batch=b m time=t"], MelSpectrogramType]:
        if not self.training:
            return mel
        b, m, t = mel.shape
        hidden = torch.zeros(b, m, t, dtype=torch.bool, device=mel.device)
        for _ in range(self.bands):
            width = torch.full((b,), float(self.band_width), device=mel.device)
            hidden = hidden | stripe(torch.full((b,), m, device=mel.device), width, m)[:, :, None]
        for _ in range(self.spans):
            hidden = hidden | stripe(mel_length, self.span_width * mel_length, t)[:, None]
        return mel.masked_fill(hidden, 0.0)


def stripe(size: Int[Tensor, "b"], widest: Float[Tensor, "b"], n: int) -> Bool[Tensor, "b {n}"]:
    """True for a stripe of each row: of random width up to `widest`, at a random place among its first `size`."""
    width = torch.rand_like(widest) * (widest + 1)
    start = torch.rand_like(widest) * (size - width).clamp(min=0)
    place = torch.arange(n, device=size.device)
    return (place >= start[:, None].floor()) & (place < (start.floor() + width.floor())[:, None])
