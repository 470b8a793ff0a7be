"""forward_softmax_then_cross_entropy (fixed twin)

kind: silent   facet: semantic   seen in: tutorials with softmax in forward and CrossEntropyLoss in the loop
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)

    def forward(self, *, x: Float[Tensor, "b 32"]) -> Float[Tensor, "b 10"]:
        return F.softmax(self.fc(x), dim=1)


def step(net: Net, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
    return F.nll_loss(net(x=x).log(), y)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Net(), torch.randn(8, 32), torch.randint(0, 10, (8,))
    good = bool(torch.allclose(step(m, x, y), F.cross_entropy(m.fc(x), y)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
