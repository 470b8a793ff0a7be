"""306 argmax_of_the_flattened_logits

kind: silent   facet: axis   seen in: Zasder3/train-CLIP#6
ideal static checker: argmax without dim gives one index for the whole batch; compared with "batch"
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Accuracy(nn.Module):
    def forward(self, *, logits: Float[Tensor, "batch 10"], y: Int[Tensor, "batch"]) -> Float[Tensor, ""]:
        pred = torch.argmax(logits)  # BUG: dim=-1 missing
        return (pred == y).float().mean()


def main() -> None:
    torch.manual_seed(0)
    logits = torch.randn(16, 10)
    good = bool(Accuracy()(logits=logits, y=logits.argmax(-1)) == 1.0)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
