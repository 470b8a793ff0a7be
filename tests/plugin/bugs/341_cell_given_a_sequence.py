"""341 cell_given_a_sequence

kind: crash   facet: shape   seen in: forum "LSTMCell: Expected input to be 1D or 2D, got 3D instead"
ideal static checker: LSTMCell takes one step ("b d"), got "b t 32"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class StepDecoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(32, 64)
        self.out = nn.Linear(64, 20)

    def forward(self, x: Float[Tensor, "b t 32"]) -> Float[Tensor, "b t 20"]:
        h = x.new_zeros(x.size(0), 64)
        c = torch.zeros_like(h)
        outputs = []
        for step in range(x.size(1)):
            h, c = self.cell(x[:, step : step + 1], (h, c))  # BUG: a slice keeps the axis of time
            outputs.append(self.out(h))
        return torch.stack(outputs, dim=1)


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if StepDecoder()(torch.randn(2, 5, 32)).shape == (2, 5, 20) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
