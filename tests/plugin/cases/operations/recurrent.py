"""Recurrent layers: batch_first, directions, states."""

from typing import Optional

import torch
from jaxtyping import Float, Int
from neuraltypes import reveal
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def outputs(x: Float[Tensor, "b t 32"], one: Float[Tensor, "b 32"], states: Float[Tensor, "2 b 64"]) -> None:
    y, (h, c) = nn.LSTM(32, 64, batch_first=True)(x)
    reveal(y)  # N: Float[Tensor, "b t 64"]
    reveal(h)  # N: Float[Tensor, "1 b 64"]
    y, (h, c) = nn.LSTM(32, 64, num_layers=2, batch_first=True, bidirectional=True)(x)
    reveal(y)  # N: Float[Tensor, "b t 128"]
    reveal(c)  # N: Float[Tensor, "4 b 64"]
    reveal(torch.cat([h[-2], h[-1]], dim=1))  # N: Float[Tensor, "b 128"]
    y, last = nn.GRU(32, 64, 2, batch_first=True)(x, states)
    reveal(last)  # N: Float[Tensor, "2 b 64"]
    y, last = nn.GRU(32, 64, batch_first=True)(x, states)  # E: [shape-mismatch]
    y, last = nn.GRU(64, 64, batch_first=True)(x)  # E: [shape-mismatch]
    y, last = nn.RNN(32, 64, batch_first=True)(one)  # an unbatched sequence, perhaps
    h2, c2 = nn.LSTMCell(32, 64)(one)
    reveal(h2)  # N: Float[Tensor, "b 64"]
    reveal(nn.GRUCell(32, 64)(one))  # N: Float[Tensor, "b 64"]
    nn.GRUCell(32, 64)(x)  # E: [shape-mismatch]
    nn.LSTM(32, 64)(x.transpose(0, 1))
    y, (h, c) = nn.LSTM(32, 64, proj_size=16, batch_first=True)(x)
    reveal(y)  # N: Float[Tensor, "b t 16"]


class Tagger(nn.Module):
    def __init__(self, vocabulary: int, d: int, hidden: int, tags: int) -> None:
        super().__init__()
        self.tags = tags
        self.embed = nn.Embedding(vocabulary, d, padding_idx=0)
        self.lstm = nn.LSTM(d, hidden // 2, num_layers=2, bidirectional=True, batch_first=True, dropout=0.2)
        self.head = nn.Linear(hidden, tags)

    def forward(self, tokens: Int[Tensor, "b t"], lengths: Int[Tensor, "b"]) -> Float[Tensor, "b t {self.tags}"]:
        x = self.embed(tokens)
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        y, _ = self.lstm(packed)
        y, _ = pad_packed_sequence(y, batch_first=True, total_length=tokens.size(1))
        return self.head(y)

    def plain(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t {self.tags}"]:
        y, _ = self.lstm(self.embed(tokens))
        return self.head(y)


class Attentive(nn.Module):
    def __init__(self, d: int, hidden: int) -> None:
        super().__init__()
        self.d, self.hidden = d, hidden
        self.encoder = nn.GRU(d, hidden, bidirectional=True)
        self.score = nn.Linear(2 * hidden, 1)

    def forward(self, x: Float[Tensor, "t b {self.d}"]) -> Float[Tensor, "b 2*{self.hidden}"]:
        states, _ = self.encoder(x)
        weights = torch.softmax(self.score(states).squeeze(-1), dim=0)
        return (weights.unsqueeze(-1) * states).sum(dim=0)


class Stepwise(nn.Module):
    def __init__(self, d: int, hidden: int) -> None:
        super().__init__()
        self.d, self.hidden = d, hidden
        self.cell = nn.LSTMCell(d, hidden)
        self.start = nn.Parameter(torch.zeros(hidden))

    def forward(
        self, x: Float[Tensor, "b t {self.d}"], state: Optional[tuple[Tensor, Tensor]] = None
    ) -> Float[Tensor, "b t {self.hidden}"]:
        b = x.size(0)
        if state is None:
            h, c = x.new_zeros(b, self.hidden), x.new_zeros(b, self.hidden)
        else:
            h, c = state
        out = []
        for step in x.unbind(1):
            h, c = self.cell(step, (h, c))
            out.append(h)
        return torch.stack(out, dim=1)

    def transposed(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.hidden}"]:
        state = (self.start.expand(x.shape[0], -1), torch.zeros(x.shape[0], self.hidden))
        h, c = state
        outs = torch.empty(x.shape[0], x.shape[1], self.hidden)
        for i in range(x.shape[1]):
            h, c = self.cell(x[:, i], (h, c))
            outs[:, i] = h
        return outs


def layers(x: Float[Tensor, "b t 16"]) -> Float[Tensor, "b t 32"]:
    rnns = nn.ModuleList([nn.GRU(16 if i == 0 else 32, 32, batch_first=True) for i in range(3)])
    for rnn in rnns:
        x, _ = rnn(x)
    return x


def last_of_each(y: Float[Tensor, "b t h"], lengths: Int[Tensor, "b"]) -> Float[Tensor, "b h"]:
    index = (lengths - 1).view(-1, 1, 1).expand(-1, 1, y.size(2))
    picked = y.gather(1, index).squeeze(1)
    reveal(picked)  # N: Float[Tensor, "b h"]
    return y[torch.arange(y.size(0)), lengths - 1]
