"""328 one_hot_labels_into_generator (fixed twin)

kind: crash   facet: dtype   seen in: "expected m1 and m2 to have the same dtype, but got: long int != float"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class LabelEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(10, 32)

    def forward(self, *, y: Int[Tensor, "b"]) -> Float[Tensor, "b 32"]:
        onehot = F.one_hot(y, num_classes=10)
        return self.fc(onehot.float())


def main() -> None:
    torch.manual_seed(0)
    out = LabelEncoder()(y=torch.randint(0, 10, (6,)))
    good = out.shape == (6, 32)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
