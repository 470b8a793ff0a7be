"""348 one_position_too_many (fixed twin)

kind: crash   facet: shape   seen in: wav2vec ports: "The size of tensor a (49) must match the size of tensor b (50)"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import AcousticEncodedRepresentation, AudioSignal


class SpeechEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv1d(1, 64, kernel_size=10, stride=5),
            nn.GELU(),
            nn.Conv1d(64, 64, kernel_size=8, stride=4),
            nn.GELU(),
            nn.Conv1d(64, 64, kernel_size=8, stride=4),
            nn.GELU(),
            nn.Conv1d(64, 64, kernel_size=4, stride=4),
        )
        self.positions = nn.Parameter(torch.zeros(1, 49, 64))
        self.layer = nn.TransformerEncoderLayer(64, 4, 128, batch_first=True)

    def forward(
        self, wave: NeuralType[Float[Tensor, "b 16000"], AudioSignal(freq=16000)]
    ) -> NeuralType[Float[Tensor, "b 49 64"], AcousticEncodedRepresentation]:
        x = self.stem(wave.unsqueeze(1)).transpose(1, 2)
        return self.layer(x + self.positions)


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if SpeechEncoder()(torch.randn(2, 16000)).shape == (2, 49, 64) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
