"""393_pooled_over_the_frequencies (fixed twin)

kind: crash   facet: shape   seen in: qqueing/DeepSpeaker-pytorch#12
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import AcousticEncodedRepresentation, SpectrogramType


class DeepSpeaker(NeuralModule):
    def __init__(self, *, embedding: int = 512) -> None:
        super().__init__()
        self.embedding = embedding
        widths = [1, 64, 128, 256, 512]
        self.stages = nn.Sequential(
            nn.Conv2d(1, 64, kernel_size=5, stride=2, padding=2),
            nn.ReLU(inplace=True),
            nn.Conv2d(64, 128, kernel_size=5, stride=2, padding=2),
            nn.ReLU(inplace=True),
            nn.Conv2d(128, 256, kernel_size=5, stride=2, padding=2),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 512, kernel_size=5, stride=2, padding=2),
            nn.ReLU(inplace=True),
        )
        self.avgpool = nn.AvgPool2d((1, 2))
        self.fc = nn.Linear(widths[-1] * 4, embedding)

    def forward(
        self, *, spectrogram: NeuralType[Float[Tensor, "batch 1 64 32"], SpectrogramType]
    ) -> NeuralType[Float[Tensor, "batch {self.embedding}"], AcousticEncodedRepresentation]:
        x = self.avgpool(self.stages(spectrogram))
        x = x.view(x.size(0), -1)
        return F.normalize(self.fc(x), dim=1)


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if DeepSpeaker()(spectrogram=torch.randn(2, 1, 64, 32)).shape == (2, 512) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
