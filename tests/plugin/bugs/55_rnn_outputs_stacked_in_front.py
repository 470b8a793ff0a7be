"""rnn_outputs_stacked_in_front

kind: silent   facet: axis   seen in: hand-written RNN loops
ideal static checker: torch.stack puts time before the batch
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Rnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.GRUCell(16, 32)

    def forward(self, *, x: Float[Tensor, "b t 16"]) -> Float[Tensor, "b t 32"]:
        h = x.new_zeros(x.size(0), 32)
        outputs = []
        for step in range(x.size(1)):
            h = self.cell(x[:, step], h)
            outputs.append(h)
        return torch.stack(outputs)  # BUG: dim=1 missing


def main() -> None:
    torch.manual_seed(0)
    good = Rnn()(x=torch.randn(3, 5, 16)).shape == (3, 5, 32)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
