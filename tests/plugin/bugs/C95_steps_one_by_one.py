"""C95 steps_one_by_one: cells, layers given one step, both layouts, states of both directions taken apart rightly. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import LabelsType, LengthsType, LogitsType, LossType, TokenIndex


class Decoder(NeuralModule):
    def __init__(self, *, features: int, hidden: int, labels: int) -> None:
        super().__init__()
        self.features, self.labels = features, labels
        self.lstm = nn.LSTM(features + labels, hidden, batch_first=True)
        self.fc = nn.Linear(hidden, labels)

    def forward(
        self, *, encoded: Float[Tensor, "batch time {self.features}"]
    ) -> NeuralType[Float[Tensor, "batch time {self.labels}"], LogitsType]:
        before = encoded.new_zeros(encoded.size(0), 1, self.labels)
        outputs, state = [], None
        for step in range(encoded.size(1)):
            out, state = self.lstm(torch.cat([encoded[:, step : step + 1], before], dim=-1), state)
            before = self.fc(out)
            outputs.append(before)
        return torch.cat(outputs, dim=1)


class TimeFirst(NeuralModule):
    def __init__(self, *, d: int) -> None:
        super().__init__()
        self.d = d
        self.cell = nn.GRUCell(d, d)

    def forward(self, *, x: Float[Tensor, "time batch {self.d}"]) -> Float[Tensor, "time batch {self.d}"]:
        state = torch.zeros_like(x[0])
        states = []
        for frame in x:
            state = self.cell(frame, state)
            states.append(state)
        return torch.stack(states)


class Classifier(nn.Module):
    def __init__(self, vocab: int, dim: int = 8, hidden: int = 6, layers: int = 2) -> None:
        super().__init__()
        self.layers, self.hidden = layers, hidden
        self.embed = nn.Embedding(vocab, dim)
        self.gru = nn.GRU(dim, hidden, layers, bidirectional=True, batch_first=True)
        self.out = nn.Linear(2 * hidden, 3)

    def forward(
        self,
        tokens: NeuralType[Int[Tensor, "batch time"], TokenIndex],
        lengths: NeuralType[Int[Tensor, "batch"], LengthsType],
    ) -> NeuralType[Float[Tensor, "batch 3"], LogitsType]:
        packed = pack_padded_sequence(self.embed(tokens), lengths.cpu(), batch_first=True, enforce_sorted=False)
        output, states = self.gru(packed)
        padded, _ = pad_packed_sequence(output, batch_first=True, total_length=tokens.size(1))
        last = states.view(self.layers, 2, tokens.size(0), self.hidden)[-1]
        joined = last.transpose(0, 1).reshape(tokens.size(0), 2 * self.hidden)
        weights = torch.bmm(padded, joined.unsqueeze(2)).squeeze(2)
        weights = weights.masked_fill(torch.arange(tokens.size(1)) >= lengths[:, None], float("-inf"))
        context = (weights.softmax(dim=1).unsqueeze(-1) * padded).sum(dim=1)
        return self.out(context + torch.cat([states[-2], states[-1]], dim=-1))


def ctc(
    frames: NeuralType[Float[Tensor, "batch time classes"], LogitsType],
    labels: NeuralType[Int[Tensor, "batch chars"], LabelsType],
    lengths: NeuralType[Int[Tensor, "batch"], LengthsType],
) -> NeuralType[Float[Tensor, ""], LossType]:
    log_p = frames.log_softmax(dim=-1).transpose(0, 1)
    steps, batch, _ = log_p.shape
    return F.ctc_loss(log_p, labels, torch.full((batch,), steps, dtype=torch.long), lengths)


def main() -> None:
    torch.manual_seed(0)
    out = Decoder(features=5, hidden=7, labels=4)(encoded=torch.randn(3, 6, 5))
    print(
        "GOOD",
        tuple(out.shape),
        tuple(TimeFirst(d=4)(x=torch.randn(6, 3, 4)).shape),
        tuple(Classifier(9)(torch.randint(0, 9, (3, 6)), torch.tensor([6, 4, 2])).shape),
        ctc(out, torch.randint(1, 4, (3, 2)), torch.tensor([2, 1, 2])).ndim,
    )


if __name__ == "__main__":
    main()
