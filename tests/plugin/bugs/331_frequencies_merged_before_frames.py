"""331 frequencies_merged_before_frames

kind: silent   facet: shape   seen in: vitrioil/Speech-Separation#4
ideal static checker: view of "b 8 t 257" as (b, t, 2056) mixes frames and channels; permute(0, 2, 1, 3) is wanted
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import ProbsType, SpectrogramType


class Separator(nn.Module):
    """A mask for each bin of the spectrogram."""

    def __init__(self, bins: int = 257, hidden: int = 64) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, kernel_size=(1, 7), padding=(0, 3))
        self.conv2 = nn.Conv2d(16, 8, kernel_size=5, padding=2)
        self.lstm = nn.LSTM(8 * 257, hidden, batch_first=True, bidirectional=True)
        self.mask = nn.Linear(2 * hidden, 257)

    def forward(
        self, spec: NeuralType[Float[Tensor, "b t 257"], SpectrogramType]
    ) -> NeuralType[Float[Tensor, "b t 257"], ProbsType]:
        x = F.relu(self.conv1(spec.unsqueeze(1)))
        x = F.relu(self.conv2(x))
        b, c, t, f = x.shape
        x = x.view(b, t, c * f)  # BUG: channels are before frames
        x, _ = self.lstm(x)
        return torch.sigmoid(self.mask(x))


def main() -> None:
    torch.manual_seed(0)
    model, spec = Separator().eval(), torch.randn(2, 10, 257).abs()
    maps = F.relu(model.conv2(F.relu(model.conv1(spec[:, None]))))
    right = model.mask(model.lstm(maps.transpose(1, 2).flatten(2))[0]).sigmoid()
    print("GOOD" if torch.allclose(model(spec), right, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
