"""last_step_of_batch_first

kind: silent   facet: axis   seen in: StackOverflow, lstm_out[-1] with batch_first
ideal static checker: out[-1] is the last sample, not the last step
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Last(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(8, 32, batch_first=True)
        self.fc = nn.Linear(32, 2)

    def forward(self, *, x: Float[Tensor, "batch time 8"]) -> Float[Tensor, "batch 2"]:
        out, _ = self.lstm(x)
        return self.fc(out[-1])  # BUG: out[:, -1]


def main() -> None:
    torch.manual_seed(0)
    good = Last()(x=torch.randn(3, 5, 8)).shape == (3, 2)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
