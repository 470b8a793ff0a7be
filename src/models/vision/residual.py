"""A small residual network for images. `B` batch, `C` channels, `H` and `W` height and width in pixels.

Source: He et al. 2016, arXiv:1512.03385 and, for the order inside a block, arXiv:1603.05027.
"""

from __future__ import annotations

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import (
    EncodedRepresentation,
    ImageFeatureValue,
    LabelsType,
    LogitsType,
    LossType,
    NormalizedImageValue,
)


class ResidualBlock(NeuralModule):
    """Two 3 x 3 convolutions, each after a normalisation and a ReLU, beside a shortcut.

    `(B, c_in, H, W) -> (B, c_out, ceil(H / stride), ceil(W / stride))`.
    """

    def __init__(self, *, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        self.c_in = c_in
        self.c_out = c_out
        self.stride = stride
        self.norm_in = nn.BatchNorm2d(c_in)
        self.conv_in = nn.Conv2d(c_in, c_out, kernel_size=3, stride=stride, padding=1, bias=False)
        self.norm_out = nn.BatchNorm2d(c_out)
        self.conv_out = nn.Conv2d(c_out, c_out, kernel_size=3, padding=1, bias=False)
        self.shortcut = nn.Conv2d(c_in, c_out, kernel_size=1, stride=stride, bias=False)

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b {self.c_in} h w"], ImageFeatureValue]
    ) -> NeuralType[Float[Tensor, "b {self.c_out} (h-1)//{self.stride}+1 (w-1)//{self.stride}+1"], ImageFeatureValue]:
        active = F.relu(self.norm_in(x))
        residual = self.conv_out(F.relu(self.norm_out(self.conv_in(active))))
        return residual + self.shortcut(active)


class ImageEncoder(NeuralModule):
    """Residual blocks, of which each after the first halves the image and widens by `width`, then the mean over pixels.

    `(B, C, H, W) -> (B, width * depth)`.
    """

    def __init__(self, *, channels: int = 1, width: int = 32, depth: int = 3) -> None:
        super().__init__()
        if depth < 1:
            raise ValueError(f"ImageEncoder: depth is {depth}, expected at least 1")
        self.channels = channels
        self.width = width
        self.d_model = width * depth
        self.stem = nn.Conv2d(channels, width, kernel_size=3, padding=1, bias=False)
        self.blocks = nn.ModuleList(
            ResidualBlock(c_in=width * max(i, 1), c_out=width * (i + 1), stride=1 if i == 0 else 2)
            for i in range(depth)
        )
        self.norm = nn.BatchNorm2d(self.d_model)

    def forward(
        self, *, image: NeuralType[Float[Tensor, "b {self.channels} h w"], NormalizedImageValue]
    ) -> NeuralType[Float[Tensor, "b {self.d_model}"], EncodedRepresentation]:
        x = self.stem(image)
        for block in self.blocks:
            x = block(x=x)
        return F.relu(self.norm(x)).mean(dim=(2, 3))


class LinearClassifier(NeuralModule):
    """Logits of each class: `(B, d_model) -> (B, classes)`."""

    def __init__(self, *, d_model: int, classes: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.classes = classes
        self.linear = nn.Linear(d_model, classes)

    def forward(
        self, *, encoded: NeuralType[Float[Tensor, "b {self.d_model}"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "b {self.classes}"], LogitsType]:
        return self.linear(encoded)


class ClassificationLoss(NeuralModule):
    """Cross entropy in nats, of each image: `(B, classes), (B) -> (B)`."""

    def __init__(self, *, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.label_smoothing = label_smoothing

    def forward(
        self,
        *,
        logits: NeuralType[Float[Tensor, "b classes"], LogitsType],
        labels: NeuralType[Int[Tensor, "b"], LabelsType],
    ) -> NeuralType[Float[Tensor, "b"], LossType]:
        return F.cross_entropy(logits, labels, reduction="none", label_smoothing=self.label_smoothing)
