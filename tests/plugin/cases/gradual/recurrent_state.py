"""Recurrent states that are carried along are silent."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class State(NamedTuple):
    h: Float[Tensor, "b hidden"]
    c: Float[Tensor, "b hidden"]


class Cell(nn.Module):
    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.gates = nn.Linear(inputs + hidden, 4 * hidden)

    def initial(self, batch: int) -> State:
        return State(torch.zeros(batch, self.hidden), torch.zeros(batch, self.hidden))

    def forward(self, x: Float[Tensor, "b inputs"], state: State | None = None) -> State:
        if state is None:
            state = self.initial(x.shape[0])
        i, f, g, o = self.gates(torch.cat([x, state.h], dim=-1)).chunk(4, dim=-1)
        c = f.sigmoid() * state.c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return State(h, c)


class Recurrent(nn.Module):
    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.cell = Cell(inputs, hidden)

    def forward(
        self, x: Float[Tensor, "b t inputs"], state: State | None = None
    ) -> tuple[Float[Tensor, "b t hidden"], State]:
        outputs = []
        for step in range(x.shape[1]):
            state = self.cell(x[:, step], state)
            outputs.append(state.h)
        assert state is not None
        return torch.stack(outputs, dim=1), state


class Stacked(nn.Module):
    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        self.cells = nn.ModuleList([Cell(a, b) for a, b in zip(sizes, sizes[1:], strict=False)])

    def forward(self, x: Float[Tensor, "b inputs"], states: list[State]) -> tuple[Float[Tensor, "b out"], list[State]]:
        new: list[State] = []
        for cell, state in zip(self.cells, states, strict=True):
            state = cell(x, state)
            new.append(state)
            x = state.h
        return x, new


class Decoder(nn.Module):
    def __init__(self, vocabulary: int, hidden: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.rnn = nn.GRU(hidden, hidden, batch_first=True)
        self.head = nn.Linear(hidden, vocabulary)

    def forward(
        self, tokens: Int[Tensor, "b t"], h: Float[Tensor, "1 b hidden"] | None = None
    ) -> tuple[Float[Tensor, "b t vocabulary"], Float[Tensor, "1 b state"]]:
        x = self.embedding(tokens)
        x, h = self.rnn(x, h)
        x = self.head(x)
        assert h is not None
        return x, h

    @torch.inference_mode()
    def generate(self, start: Int[Tensor, "b 1"], steps: int) -> Int[Tensor, "b t"]:
        h: Float[Tensor, "layers b hidden"] | None = None
        token = start
        tokens = [start]
        for _ in range(steps):
            logits, h = self(token, h)
            token = logits[:, -1].argmax(-1, keepdim=True)
            tokens.append(token)
        return torch.cat(tokens, dim=1)


def scan(x: Float[Tensor, "t b d"], h: Float[Tensor, "b d"]) -> Float[Tensor, "t b d"]:
    states = [h]
    for step in x:
        h = 0.9 * h + 0.1 * step
        states.append(h)
    return torch.stack(states[1:])


def backwards(x: Float[Tensor, "b t d"], cell: Cell) -> Float[Tensor, "b t hidden"]:
    state = cell.initial(len(x))
    outputs = []
    for t in reversed(range(x.size(1))):
        state = cell(x[:, t], state)
        outputs.append(state.h)
    outputs.reverse()
    return torch.stack(outputs, 1)


def packed(x: Float[Tensor, "b t d"], lengths: Int[Tensor, "b"], rnn: nn.LSTM) -> Float[Tensor, "b t hidden"]:
    sequence = nn.utils.rnn.pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
    output, (h, c) = rnn(sequence)
    padded, _ = nn.utils.rnn.pad_packed_sequence(output, batch_first=True, total_length=x.shape[1])
    return padded
