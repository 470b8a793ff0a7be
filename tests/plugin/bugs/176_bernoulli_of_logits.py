"""bernoulli_of_logits

kind: crash   facet: semantic   seen in: dropout policies and hard gates
ideal static checker: Bernoulli's first argument is a probability
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Bernoulli


class Gate(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.open = nn.Linear(d, 1)

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b 1"]:
        return Bernoulli(self.open(x)).sample()  # BUG: logits=


def main() -> None:
    torch.manual_seed(0)

    good = Gate(8)(torch.randn(64, 8)).shape == (64, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
