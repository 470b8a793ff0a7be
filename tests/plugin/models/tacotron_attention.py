"""Tacotron 2's decoder with location-sensitive attention: Shen et al. 2018, arXiv:1712.05884."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from neuraltypes import reveal


class LocationLayer(nn.Module):
    def __init__(self, n_filters: int, kernel_size: int, attention_dim: int) -> None:
        super().__init__()
        self.attention_dim = attention_dim
        padding = (kernel_size - 1) // 2
        self.conv = nn.Conv1d(2, n_filters, kernel_size=31, padding=15, bias=False)
        self.smooth = nn.Conv1d(n_filters, n_filters, kernel_size=kernel_size, padding=padding, bias=False)
        self.dense = nn.Linear(n_filters, attention_dim, bias=False)

    def forward(self, weights: Float[Tensor, "b 2 t"]) -> Float[Tensor, "b t {self.attention_dim}"]:
        processed = self.conv(weights)
        processed = processed.transpose(1, 2)
        processed = torch.tanh(self.dense(processed))
        reveal(processed)  # N: Revealed neural type is Float[Tensor, "b t attention_dim"]
        return processed


class Attention(nn.Module):
    def __init__(self, query_dim: int, memory_dim: int, attention_dim: int) -> None:
        super().__init__()
        self.query_dim = query_dim
        self.memory_dim = memory_dim
        self.attention_dim = attention_dim
        self.query_layer = nn.Linear(query_dim, attention_dim, bias=False)
        self.memory_layer = nn.Linear(memory_dim, attention_dim, bias=False)
        self.location_layer = LocationLayer(8, 5, attention_dim)
        self.v = nn.Linear(attention_dim, 1, bias=False)

    def energies(
        self,
        query: Float[Tensor, "b {self.query_dim}"],
        processed_memory: Float[Tensor, "b t {self.attention_dim}"],
        weights_cat: Float[Tensor, "b 2 t"],
    ) -> Float[Tensor, "b t"]:
        processed_query = self.query_layer(query.unsqueeze(1))
        processed_weights = self.location_layer(weights_cat)
        energies = self.v(torch.tanh(processed_query + processed_weights + processed_memory))
        energies = energies.squeeze(-1)
        reveal(energies)  # N: Revealed neural type is Float[Tensor, "b t"]
        return energies

    def forward(
        self,
        query: Float[Tensor, "b {self.query_dim}"],
        memory: Float[Tensor, "b t {self.memory_dim}"],
        weights_cat: Float[Tensor, "b 2 t"],
        mask: Bool[Tensor, "b t"],
    ) -> tuple[Float[Tensor, "b {self.memory_dim}"], Float[Tensor, "b t"]]:
        alignment = self.energies(query, self.memory_layer(memory), weights_cat)
        alignment = alignment.masked_fill(mask, -1e4)
        attention_weights = F.softmax(alignment, dim=1)
        context = torch.bmm(attention_weights.unsqueeze(1), memory)
        context = context.squeeze(1)
        reveal(context)  # N: Revealed neural type is Float[Tensor, "b memory_dim"]
        return context, attention_weights


class Prenet(nn.Module):
    def __init__(self, in_dim: int, out_dim: int) -> None:
        super().__init__()
        self.in_dim = in_dim
        self.out_dim = out_dim
        self.layers = nn.ModuleList([nn.Linear(in_dim, out_dim), nn.Linear(out_dim, out_dim)])

    def forward(self, x: Float[Tensor, "*batch {self.in_dim}"]) -> Float[Tensor, "*batch {self.out_dim}"]:
        for linear in self.layers:
            x = F.dropout(F.relu(linear(x)), p=0.5, training=True)
        return x


class Decoder(nn.Module):
    def __init__(self, n_mels: int, memory_dim: int, rnn_dim: int) -> None:
        super().__init__()
        self.n_mels = n_mels
        self.memory_dim = memory_dim
        self.rnn_dim = rnn_dim
        self.prenet = Prenet(n_mels, 32)
        self.attention_rnn = nn.LSTMCell(32 + memory_dim, rnn_dim)
        self.attention = Attention(rnn_dim, memory_dim, attention_dim=16)
        self.decoder_rnn = nn.LSTMCell(rnn_dim + memory_dim, rnn_dim)
        self.projection = nn.Linear(rnn_dim + memory_dim, n_mels)
        self.gate = nn.Linear(rnn_dim + memory_dim, 1)

    def forward(
        self,
        memory: Float[Tensor, "b t {self.memory_dim}"],
        mels: Float[Tensor, "b {self.n_mels} frames"],
        mask: Bool[Tensor, "b t"],
    ) -> tuple[Float[Tensor, "b {self.n_mels} frames"], Float[Tensor, "b frames"], Float[Tensor, "b frames t"]]:
        B, T, _ = memory.shape
        frames = mels.permute(2, 0, 1)
        go = memory.new_zeros(1, B, self.n_mels)
        inputs = self.prenet(torch.cat((go, frames[:-1]), dim=0))
        h = c = memory.new_zeros(B, self.rnn_dim)
        h2 = c2 = memory.new_zeros(B, self.rnn_dim)
        weights = weights_cum = memory.new_zeros(B, T)
        context = memory.new_zeros(B, self.memory_dim)
        outputs, gates, alignments = [], [], []
        for x in inputs:
            h, c = self.attention_rnn(torch.cat((x, context), -1), (h, c))
            weights_cat = torch.stack((weights, weights_cum), dim=1)
            context, weights = self.attention(h, memory, weights_cat, mask)
            weights_cum = weights_cum + weights
            h2, c2 = self.decoder_rnn(torch.cat((h, context), -1), (h2, c2))
            hidden = torch.cat((h2, context), dim=1)
            outputs.append(self.projection(hidden))
            gates.append(self.gate(hidden).squeeze(1))
            alignments.append(weights)
        out = torch.stack(outputs, dim=2)
        gate = torch.stack(gates).t()
        alignment = torch.stack(alignments, dim=1)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b n_mels _"]
        reveal(gate)  # N: Revealed neural type is Float[Tensor, "b _"]
        reveal(alignment)  # N: Revealed neural type is Float[Tensor, "b _ t"]
        return out, gate, alignment


def check() -> tuple[Tensor, Tensor]:
    decoder = Decoder(n_mels=20, memory_dim=24, rnn_dim=32)
    mask = torch.zeros(2, 7, dtype=torch.bool)
    out, gate, alignment = decoder(torch.randn(2, 7, 24), torch.randn(2, 20, 11), mask)
    reveal(alignment)  # N: Revealed neural type is Float[Tensor, "batch=2 11 time=7"]
    return reveal((out, gate))  # N: is tuple[Float[Tensor, "batch=2 20 11"], Float[Tensor, "batch=2 11"]]
