"""375_kernels_weighed_over_examples

kind: silent   facet: semantic   seen in: xmu-xiaoma666/External-Attention-pytorch#18
ideal static checker: softmax of "kernels b c 1 1" over dim 1, the examples; the kernels are dim 0
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


class SelectiveKernel(NeuralModule):
    """Each channel chooses among convolutions of several sizes."""

    def __init__(self, *, channels: int, kernels: tuple[int, ...] = (1, 3, 5), reduction: int = 4) -> None:
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(channels, channels, k, padding=k // 2) for k in kernels])
        self.squeeze = nn.Linear(channels, channels // reduction)
        self.excite = nn.ModuleList([nn.Linear(channels // reduction, channels) for _ in kernels])
        self.softmax = nn.Softmax(dim=1)  # BUG: the kernels are axis 0

    def forward(
        self, *, x: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels height width"]:
        b, c, _, _ = x.shape
        branches = torch.stack([conv(x) for conv in self.convs], dim=0)
        pooled = branches.sum(dim=0).mean(dim=(-2, -1))
        hidden = self.squeeze(pooled)
        scores = torch.stack([fc(hidden).view(b, c, 1, 1) for fc in self.excite], dim=0)
        weights = self.softmax(scores)
        return (weights * branches).sum(dim=0)


def main() -> None:
    torch.manual_seed(0)
    block = SelectiveKernel(channels=8)
    x = torch.randn(3, 8, 6, 6)
    alone = block(x=x[:1])
    print("GOOD" if torch.allclose(block(x=x)[:1], alone, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
