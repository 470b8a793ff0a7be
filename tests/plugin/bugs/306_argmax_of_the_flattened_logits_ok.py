"""306 argmax_of_the_flattened_logits (fixed twin)

kind: silent   facet: axis   seen in: Zasder3/train-CLIP#6
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Accuracy(nn.Module):
    def forward(self, *, logits: Float[Tensor, "batch 10"], y: Int[Tensor, "batch"]) -> Float[Tensor, ""]:
        pred = torch.argmax(logits, dim=-1)
        return (pred == y).float().mean()


def main() -> None:
    torch.manual_seed(0)
    logits = torch.randn(16, 10)
    good = bool(Accuracy()(logits=logits, y=logits.argmax(-1)) == 1.0)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
