"""401_sentiment_of_integers

kind: crash   facet: dtype   seen in: PacktPublishing/Mastering-PyTorch#4
ideal static checker: binary_cross_entropy_with_logits needs targets of floats, got int64
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.optim import Optimizer

from neuraltypes import NeuralType
from neuraltypes.elements import LabelsType, LogitsType, TokenIndex


class SentimentRNN(nn.Module):
    def __init__(self, vocab: int, dim: int = 16, hidden: int = 24) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.rnn = nn.RNN(dim, hidden)
        self.fc = nn.Linear(hidden, 1)

    def forward(
        self, text: NeuralType[Int[Tensor, "time batch"], TokenIndex]
    ) -> NeuralType[Float[Tensor, "batch 1"], LogitsType]:
        _, hidden = self.rnn(self.embed(text))
        return self.fc(hidden.squeeze(0))


def train_step(
    model: SentimentRNN,
    optimizer: Optimizer,
    text: NeuralType[Int[Tensor, "time batch"], TokenIndex],
    sentiment: NeuralType[Int[Tensor, "batch"], LabelsType],
) -> float:
    criterion = nn.BCEWithLogitsLoss()
    optimizer.zero_grad()
    predictions = model(text).squeeze(1)
    loss = criterion(predictions, sentiment)  # BUG: sentiment.float()
    loss.backward()
    optimizer.step()
    return float(loss.item())


def main() -> None:
    torch.manual_seed(0)
    model = SentimentRNN(12)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss = train_step(model, optimizer, torch.randint(0, 12, (5, 3)), torch.tensor([0, 1, 1]))
    print("GOOD" if loss > 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
