"""softmax_of_one_output

kind: silent   facet: semantic   seen in: StackOverflow "softmax outputs always 1"
ideal static checker: softmax over an axis of size 1
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Binary(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 1)

    def forward(self, *, x: Float[Tensor, "b 32"]) -> Float[Tensor, "b 1"]:
        return F.softmax(self.fc(x), dim=1)  # BUG: sigmoid; a softmax of one number is 1


def main() -> None:
    torch.manual_seed(0)
    m, x = Binary(), torch.randn(4, 32)
    good = bool((m(x=x) < 1).all())
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
