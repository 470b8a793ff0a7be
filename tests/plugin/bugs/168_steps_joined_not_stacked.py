"""steps_joined_not_stacked

kind: crash   facet: shape   seen in: hand-written decoders
ideal static checker: cat along axis 1 makes (b, t*h)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Decoder(nn.Module):
    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(width, width)
        self.out = nn.Linear(width, classes)

    def forward(self, x: Float[Tensor, "b t width"]) -> Float[Tensor, "b t classes"]:
        h = torch.zeros_like(x[:, 0])
        c = torch.zeros_like(h)
        states: list[Tensor] = []
        for step in x.unbind(dim=1):
            h, c = self.cell(step, (h, c))
            states.append(h)
        return self.out(torch.cat(states, dim=1))  # BUG: stack


def main() -> None:
    torch.manual_seed(0)

    good = Decoder(8, 4)(torch.randn(2, 5, 8)).shape == (2, 5, 4)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
