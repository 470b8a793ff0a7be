"""294 last_state_keeps_layer_axis

kind: silent   facet: shape   seen in: pytorch/pytorch#19675 (h_n is layers first, whatever batch_first)
ideal static checker: h_n is "1 b 64": the result is "1 b 10", declared "b 10"
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
        return self.fc(h_n)  # BUG: h_n[-1] is the last layer


def main() -> None:
    torch.manual_seed(0)
    out = Classifier()(x=torch.randn(3, 5, 80))
    good = out.shape == (3, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
