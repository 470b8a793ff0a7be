"""Targets that each step of a sequence model has read itself; there is nothing to predict."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.Embedding(100, 64)
        self.rnn = nn.GRU(64, 64, batch_first=True)
        self.both = nn.GRU(64, 32, batch_first=True, bidirectional=True)
        self.head = nn.Linear(64, 100)
        self.enc = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, batch_first=True), 2)
        self.loss = nn.CrossEntropyLoss()

    def recurrent(self, ids: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        h, _ = self.rnn(self.emb(ids))
        logits = self.head(h)
        return F.cross_entropy(logits.reshape(-1, 100), ids.reshape(-1))  # E: each step has read  [element-mismatch]

    def by_module(self, ids: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        x = self.emb(ids) * 8.0
        out, state = self.rnn(x)
        state
        return self.loss(self.head(F.relu(out)).transpose(1, 2), ids)  # E: each step has read  [element-mismatch]

    def causal(self, ids: Int[Tensor, "b t"], mask: Float[Tensor, "t t"]) -> Float[Tensor, ""]:
        labels = ids.flatten()
        h = self.enc(self.emb(ids), mask=mask, is_causal=True)
        logp = F.log_softmax(self.head(h), dim=-1)
        return F.nll_loss(logp.flatten(0, 1), labels)  # E: each step has read itself  [element-mismatch]

    def shifted(self, ids: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        h, _ = self.rnn(self.emb(ids))
        logits = self.head(h)[:, :-1]
        return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())

    def shifted_before(self, ids: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        h, _ = self.rnn(self.emb(ids.roll(1, 1)))
        return F.cross_entropy(self.head(h).flatten(0, 1), ids.flatten())

    def both_directions(self, ids: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        h, _ = self.both(self.emb(ids))
        return F.cross_entropy(self.head(h).flatten(0, 1), ids.flatten())

    def hidden(self, ids: Int[Tensor, "b t"], hide: Bool[Tensor, "b t"]) -> Float[Tensor, ""]:
        h, _ = self.rnn(self.emb(ids.masked_fill(hide, 99)))
        return F.cross_entropy(self.head(h).flatten(0, 1), ids.flatten())

    def thinned(self, ids: Int[Tensor, "b t"], keep: Float[Tensor, "b t 1"]) -> Float[Tensor, ""]:
        h, _ = self.rnn(self.emb(ids) * keep)
        return F.cross_entropy(self.head(h).flatten(0, 1), ids.flatten())

    def rebuilt(self, ids: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        x = self.emb(ids)
        _, h = self.rnn(x)
        out, _ = self.rnn(torch.zeros_like(x), h)
        return F.cross_entropy(self.head(out).flatten(0, 1), ids.flatten())

    def tags(self, ids: Int[Tensor, "b t"], tags: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        h, _ = self.rnn(self.emb(ids))
        return F.cross_entropy(self.head(h).flatten(0, 1), tags.flatten())
