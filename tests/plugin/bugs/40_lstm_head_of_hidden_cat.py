"""lstm_head_of_hidden_cat

kind: crash   facet: shape   seen in: StackOverflow BiLSTM classifier
ideal static checker: both final states side by side are 2 * hidden
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Classifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(1000, 50)
        self.lstm = nn.LSTM(50, 64, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(64, 2)  # BUG: forward and backward come

    def forward(self, *, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b 2"]:
        _, (h, _) = self.lstm(self.embed(tokens))
        return self.fc(torch.cat((h[-2], h[-1]), dim=1))


def main() -> None:
    torch.manual_seed(0)
    good = Classifier()(tokens=torch.randint(0, 1000, (3, 7))).shape == (3, 2)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
