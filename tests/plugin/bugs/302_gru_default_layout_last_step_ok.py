"""302 gru_default_layout_last_step (fixed twin)

kind: silent   facet: axis   seen in: yunjey/pytorch-tutorial#151, keitakurita/Better_LSTM_PyTorch#6
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Sentiment(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 32)
        self.gru = nn.GRU(32, 64, num_layers=2, batch_first=True)
        self.fc = nn.Linear(64, 2)

    def forward(self, *, tokens: Int[Tensor, "batch time"]) -> Float[Tensor, "batch 2"]:
        output, _ = self.gru(self.embedding(tokens))
        return self.fc(output[:, -1, :])


def main() -> None:
    torch.manual_seed(0)
    m, x = Sentiment(), torch.randint(0, 100, (3, 5))
    x2 = x.clone()
    x2[0] = 0
    good = bool(torch.allclose(m(tokens=x)[1], m(tokens=x2)[1], atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
