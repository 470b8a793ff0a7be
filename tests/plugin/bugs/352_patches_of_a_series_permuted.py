"""352 patches_of_a_series_permuted

kind: crash   facet: shape   seen in: PatchTST ports: "mat1 and mat2 shapes cannot be multiplied (224x11 and 16x64)"
ideal static checker: Linear(16, 64) over the axis of the 11 patches
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, RegressionValuesType


class PatchEmbedding(NeuralModule):
    """Overlapping patches of each of the seven series."""

    def __init__(self, *, patch: int = 16, stride: int = 8) -> None:
        super().__init__()
        self.value = nn.Linear(16, 64)
        self.positions = nn.Parameter(torch.zeros(11, 64))

    def forward(
        self, *, series: NeuralType[Float[Tensor, "b 96 7"], RegressionValuesType]
    ) -> NeuralType[Float[Tensor, "b 7 11 64"], EncodedRepresentation]:
        x = series.transpose(1, 2)
        x = x.unfold(-1, 16, 8)
        return self.value(x.permute(0, 1, 3, 2)) + self.positions  # BUG: unfold already puts the patch last


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if PatchEmbedding()(series=torch.randn(2, 96, 7)).shape == (2, 7, 11, 64) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
