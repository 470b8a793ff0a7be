"""mask_decoder_gives_probabilities (fixed twin)

kind: silent   facet: semantic   seen in: jcwang0602/MLLMSeg#9
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class MaskDecoder(nn.Module):
    def __init__(self, c: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(c, c, 3, padding=1)
        self.conv2 = nn.Conv2d(c, 1, 1)

    def forward(self, features: Float[Tensor, "b c h w"]) -> Float[Tensor, "b 1 h w"]:
        x = F.gelu(self.conv1(features))
        score_map = self.conv2(x)
        return score_map


def sigmoid_focal_loss(
    inputs: Float[Tensor, "*s"], targets: Float[Tensor, "*s"], gamma: float = 2.0
) -> Float[Tensor, ""]:
    ce = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    p = inputs.sigmoid()
    p_t = p * targets + (1 - p) * (1 - targets)
    return (ce * (1 - p_t) ** gamma).mean()


class Segmenter(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.decoder = MaskDecoder(8)

    def forward(self, features: Float[Tensor, "b 8 h w"], mask: Float[Tensor, "b 1 h w"]) -> Float[Tensor, ""]:
        return sigmoid_focal_loss(self.decoder(features), mask)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Segmenter(), torch.randn(2, 8, 4, 4), torch.randint(0, 2, (2, 1, 4, 4)).float()
    raw = m.decoder.conv2(F.gelu(m.decoder.conv1(x)))
    print("GOOD" if torch.allclose(m(x, y), sigmoid_focal_loss(raw, y)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
