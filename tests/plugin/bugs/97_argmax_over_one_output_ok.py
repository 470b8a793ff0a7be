"""argmax_over_one_output (fixed twin)

kind: silent   facet: semantic   seen in: accuracy of binary classifiers
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Binary(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 1)

    def accuracy(self, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        pred = (self.fc(x) > 0).long().squeeze(1)
        return (pred == y).float().mean()


def main() -> None:
    torch.manual_seed(0)
    m, x = Binary(), torch.randn(64, 32)
    good = bool(m.accuracy(x, (m.fc(x) > 0).long()[:, 0]) == 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
