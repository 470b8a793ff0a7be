"""357 filterbank_on_the_axis_of_frames

kind: crash   facet: shape   seen in: "mat1 and mat2 shapes cannot be multiplied" of log-mel front ends
ideal static checker: stft gives "b 257 frames": the filterbank "257 80" needs the frequencies last
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import AudioSignal, MelSpectrogramType


class LogMel(NeuralModule):
    window: Float[Tensor, "512"]
    filters: Float[Tensor, "257 80"]

    def __init__(self, *, n_fft: int = 512, hop: int = 160) -> None:
        super().__init__()
        self.hop = hop
        self.register_buffer("window", torch.hann_window(512))
        self.register_buffer("filters", torch.rand(257, 80))

    def forward(
        self, *, audio: NeuralType[Float[Tensor, "b samples"], AudioSignal(freq=16000)]
    ) -> NeuralType[Float[Tensor, "b 80 frames"], MelSpectrogramType]:
        spec = torch.stft(audio, 512, self.hop, window=self.window, return_complex=True)
        power = spec.abs().pow(2)
        mel = torch.matmul(power, self.filters)  # BUG: frames are last
        return torch.log(mel.clamp(min=1e-10))


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if LogMel()(audio=torch.randn(2, 1600)).shape == (2, 80, 11) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
