"""C120_clip_symmetric_loss: both directions of a similarity matrix; the text side is the transpose, the targets are the diagonal. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Clip(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.logit_scale = nn.Parameter(torch.tensor(2.6593))

    def forward(self, *, img: Float[Tensor, "batch 128"], txt: Float[Tensor, "batch 128"]) -> Float[Tensor, ""]:
        img, txt = F.normalize(img, dim=-1), F.normalize(txt, dim=-1)
        logits = self.logit_scale.exp() * img @ txt.t()
        labels = torch.arange(img.shape[0])
        return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.t(), labels)) / 2


def main() -> None:
    torch.manual_seed(0)
    out = Clip()(img=torch.randn(4, 128), txt=torch.randn(4, 128))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
