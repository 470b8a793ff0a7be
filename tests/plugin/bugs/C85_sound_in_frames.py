"""C85 sound_in_frames: windows, spectra and filterbanks with the frequencies on either side, masks of random stripes. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import AudioSignal, LengthsType, MelSpectrogramType


class LogMel(NeuralModule):
    window: Float[Tensor, "400"]
    filters: Float[Tensor, "80 201"]

    def __init__(self, *, hop: int = 160) -> None:
        super().__init__()
        self.hop = hop
        self.register_buffer("window", torch.hann_window(400))
        self.register_buffer("filters", torch.rand(80, 201))

    def forward(
        self,
        *,
        audio: NeuralType[Float[Tensor, "b samples"], AudioSignal(freq=16000)],
        lengths: NeuralType[Int[Tensor, "b"], LengthsType],
    ) -> tuple[NeuralType[Float[Tensor, "b 80 frames"], MelSpectrogramType], NeuralType[Int[Tensor, "b"], LengthsType]]:
        audio = torch.cat([audio[:, :1], audio[:, 1:] - 0.97 * audio[:, :-1]], dim=1)
        spec = torch.stft(audio, 400, self.hop, window=self.window, return_complex=True)
        power = spec.real.pow(2) + spec.imag.pow(2)
        mel = self.filters @ power
        other = (power.transpose(1, 2) @ self.filters.T).transpose(1, 2)
        assert torch.allclose(mel, other, rtol=1e-3)
        return mel.clamp(min=1e-10).log10(), lengths // self.hop + 1


def augment(spec: NeuralType[Float[Tensor, "b mel t"], MelSpectrogramType], width: int) -> Float[Tensor, "b mel t"]:
    b, mel, t = spec.shape
    start = torch.randint(0, mel - width, (b, 1))
    rows = torch.arange(mel)[None, :]
    stripe = (rows >= start) & (rows < start + width)
    return spec.masked_fill(stripe.unsqueeze(2), spec.mean().item())


class Subsample(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, d, 3, stride=2), nn.ReLU(), nn.Conv2d(d, d, 3, stride=2), nn.ReLU())
        self.out = nn.Linear(d * 19, d)

    def forward(self, mel: Float[Tensor, "b 80 t"]) -> Float[Tensor, "b t4 d"]:
        x = self.conv(mel.transpose(1, 2).unsqueeze(1))
        b, c, t, f = x.shape
        return self.out(x.transpose(1, 2).reshape(b, t, c * f))


def stacked(x: Float[Tensor, "b t d"], left: int = 2, right: int = 1) -> Float[Tensor, "b t k"]:
    padded = F.pad(x, (0, 0, left, right))
    return padded.unfold(1, left + right + 1, 1).transpose(2, 3).flatten(2)


def main() -> None:
    torch.manual_seed(0)
    mel, frames = LogMel()(audio=torch.randn(2, 3200), lengths=torch.tensor([3200, 1600]))
    out = Subsample(8)(augment(mel, 10))
    print("GOOD", tuple(mel.shape), frames.tolist(), tuple(stacked(out).shape))


if __name__ == "__main__":
    main()
