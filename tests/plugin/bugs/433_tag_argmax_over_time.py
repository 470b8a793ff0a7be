"""433 tag_argmax_over_time

kind: crash   facet: axis   seen in: NER scripts: accuracy from argmax(dim=1)
ideal static checker: argmax over axis 1, the time of "batch time 9": comparing "batch 9" with "batch time"
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Accuracy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 9)

    def forward(self, *, h: Float[Tensor, "batch time 64"], tags: Int[Tensor, "batch time"]) -> Float[Tensor, ""]:
        pred = self.head(h).argmax(dim=1)  # BUG: axis 1 is the time
        return (pred == tags).float().mean()


def main() -> None:
    torch.manual_seed(0)
    out = Accuracy()(h=torch.randn(2, 6, 64), tags=torch.randint(0, 9, (2, 6)))
    good = out.shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
