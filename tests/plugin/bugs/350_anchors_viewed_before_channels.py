"""350 anchors_viewed_before_channels

kind: silent   facet: shape   seen in: RetinaNet re-implementations: "outputs.view(b, -1, classes)" without the permute
ideal static checker: view of "b 9*20 h w" as (b, ..., 20) cuts across channels and pixels; permute(0, 2, 3, 1) is wanted
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import ImageFeatureValue, ProbsType


class ClassificationHead(nn.Module):
    def __init__(self, channels: int = 64, anchors: int = 9, classes: int = 20) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(64, 64, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(64, 64, kernel_size=3, padding=1)
        self.output = nn.Conv2d(64, 9 * 20, kernel_size=3, padding=1)

    def forward(
        self, features: NeuralType[Float[Tensor, "b 64 h w"], ImageFeatureValue]
    ) -> NeuralType[Float[Tensor, "b anchors 20"], ProbsType]:
        x = torch.relu(self.conv1(features))
        x = torch.relu(self.conv2(x))
        x = torch.sigmoid(self.output(x))
        b = x.shape[0]
        return x.view(b, -1, 20)  # BUG: pixels are last, not classes


def main() -> None:
    torch.manual_seed(0)
    head, x = ClassificationHead(), torch.randn(2, 64, 4, 5)
    first = head.output(head.conv2(head.conv1(x).relu()).relu()).sigmoid()[0, :20, 0, 0]
    print("GOOD" if torch.allclose(head(x)[0, 0], first, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
