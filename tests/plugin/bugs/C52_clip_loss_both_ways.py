"""C52 clip_loss_both_ways: similarities between all pairs of a batch, classified along both axes. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class ClipLoss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, *, image: Float[Tensor, "batch 64"], text: Float[Tensor, "batch 64"]) -> Float[Tensor, ""]:
        image, text = F.normalize(image), F.normalize(text)
        logits = self.scale.exp() * image @ text.t()
        labels = torch.arange(logits.shape[0], device=logits.device)
        return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.t(), labels)) / 2


def main() -> None:
    torch.manual_seed(0)
    out = ClipLoss()(image=torch.randn(4, 64), text=torch.randn(4, 64))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
