"""regression_difference_broadcasts

kind: silent   facet: shape   seen in: forum: loss does not decrease with own MSE
ideal static checker: "b 1" minus "b" is b x b
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Regressor(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 1)

    def errors(self, x: Float[Tensor, "b 4"], y: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
        return (self.fc(x) - y).pow(2)  # BUG: every output against every target


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Regressor(), torch.randn(3, 4), torch.randn(3)
    print("GOOD" if m.errors(x, y).shape == (3,) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
