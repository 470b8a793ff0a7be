"""294 last_state_keeps_layer_axis (fixed twin)

kind: silent   facet: shape   seen in: pytorch/pytorch#19675 (h_n is layers first, whatever batch_first)
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(input_size=80, hidden_size=64, batch_first=True)
        self.fc = nn.Linear(64, 10)

    def forward(self, *, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b 10"]:
        _, (h_n, _) = self.rnn(x)
        return self.fc(h_n[-1])


def main() -> None:
    torch.manual_seed(0)
    out = Classifier()(x=torch.randn(3, 5, 80))
    good = out.shape == (3, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
