"""BERT's encoder: Devlin et al. 2019, doi:10.18653/v1/N19-1423."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


@dataclass
class BertConfig:
    vocab_size: int = 30522
    hidden_size: int = 768
    num_layers: int = 12
    num_heads: int = 12
    intermediate_size: int = 3072
    max_position: int = 512
    dropout: float = 0.1


class BertEmbeddings(nn.Module):
    position_ids: Tensor

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.hidden_size = config.hidden_size
        self.word_embeddings = nn.Embedding(config.vocab_size, config.hidden_size, padding_idx=0)
        self.position_embeddings = nn.Embedding(config.max_position, config.hidden_size)
        self.token_type_embeddings = nn.Embedding(2, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=1e-12)
        self.dropout = nn.Dropout(config.dropout)
        self.register_buffer("position_ids", torch.arange(config.max_position).expand((1, -1)))

    def forward(
        self, input_ids: Int[Tensor, "b t"], token_type_ids: Int[Tensor, "b t"] | None = None
    ) -> Float[Tensor, "b t {self.hidden_size}"]:
        seq_length = input_ids.size(1)
        position_ids = self.position_ids[:, :seq_length]
        if token_type_ids is None:
            token_type_ids = torch.zeros_like(input_ids)
        embeddings = self.word_embeddings(input_ids) + self.token_type_embeddings(token_type_ids)
        embeddings += self.position_embeddings(position_ids)
        embeddings = self.dropout(self.LayerNorm(embeddings))
        reveal(embeddings)  # N: Revealed neural type is Float[Tensor, "b t hidden_size"]
        return embeddings


class BertSelfAttention(nn.Module):
    def __init__(self, hidden_size: int, num_heads: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.num_attention_heads = num_heads
        self.attention_head_size = int(hidden_size / num_heads)
        self.query = nn.Linear(hidden_size, hidden_size)
        self.key = nn.Linear(hidden_size, hidden_size)
        self.value = nn.Linear(hidden_size, hidden_size)
        self.dropout = nn.Dropout(dropout)

    def transpose_for_scores(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b heads t e"]:
        new_shape = x.size()[:-1] + (self.num_attention_heads, self.attention_head_size)
        x = x.view(new_shape)
        return x.permute(0, 2, 1, 3)

    def forward(
        self, hidden_states: Float[Tensor, "b t {self.hidden_size}"], attention_mask: Float[Tensor, "b 1 1 t"]
    ) -> Float[Tensor, "b t {self.hidden_size}"]:
        query_layer = self.transpose_for_scores(self.query(hidden_states))
        key_layer = self.transpose_for_scores(self.key(hidden_states))
        value_layer = self.transpose_for_scores(self.value(hidden_states))
        scores = torch.matmul(query_layer, key_layer.transpose(-1, -2))
        scores = scores / math.sqrt(self.attention_head_size)
        scores = scores + attention_mask
        probs = self.dropout(nn.functional.softmax(scores, dim=-1))
        context = torch.matmul(probs, value_layer)
        context = context.permute(0, 2, 1, 3).contiguous()
        context = context.view(context.size()[:-2] + (self.hidden_size,))
        reveal(context)  # N: Revealed neural type is Float[Tensor, "b t hidden_size"]
        return context


class BertLayer(nn.Module):
    def __init__(self, hidden_size: int, num_heads: int, intermediate_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.attention = BertSelfAttention(hidden_size, num_heads)
        self.attention_output = nn.Linear(hidden_size, hidden_size)
        self.attention_norm = nn.LayerNorm(hidden_size)
        self.intermediate = nn.Linear(hidden_size, intermediate_size)
        self.output = nn.Linear(intermediate_size, hidden_size)
        self.output_norm = nn.LayerNorm(hidden_size)

    def forward(
        self, hidden_states: Float[Tensor, "b t {self.hidden_size}"], mask: Float[Tensor, "b 1 1 t"]
    ) -> Float[Tensor, "b t {self.hidden_size}"]:
        attended = self.attention_output(self.attention(hidden_states, mask))
        hidden_states = self.attention_norm(attended + hidden_states)
        inner = nn.functional.gelu(self.intermediate(hidden_states))
        hidden_states = self.output_norm(self.output(inner) + hidden_states)
        reveal(hidden_states)  # N: Revealed neural type is Float[Tensor, "b t hidden_size"]
        return hidden_states


class BertModel(nn.Module):
    def __init__(self, config: BertConfig, num_labels: int) -> None:
        super().__init__()
        self.num_labels = num_labels
        self.embeddings = BertEmbeddings(config)
        self.layers = nn.ModuleList(
            BertLayer(config.hidden_size, config.num_heads, config.intermediate_size) for _ in range(config.num_layers)
        )
        self.pooler = nn.Linear(config.hidden_size, config.hidden_size)
        self.classifier = nn.Linear(config.hidden_size, num_labels)

    def forward(
        self, input_ids: Int[Tensor, "b t"], attention_mask: Bool[Tensor, "b t"]
    ) -> Float[Tensor, "b {self.num_labels}"]:
        extended_mask = attention_mask[:, None, None, :].to(torch.float32)
        extended_mask = (1.0 - extended_mask) * -10000.0
        hidden = self.embeddings(input_ids)
        for layer in self.layers:
            hidden = layer(hidden, extended_mask)
        pooled = torch.tanh(self.pooler(hidden[:, 0]))
        logits = self.classifier(pooled)
        reveal(logits)  # N: Revealed neural type is Float[Tensor, "b num_labels"]
        return logits


def check() -> Tensor:
    config = BertConfig(vocab_size=50, hidden_size=16, num_layers=2, num_heads=4, intermediate_size=32, max_position=20)
    model = BertModel(config, num_labels=3)
    logits = model(torch.randint(0, 50, (2, 7)), torch.ones(2, 7, dtype=torch.bool))
    return reveal(logits)  # N: Revealed neural type is Float[Tensor, "batch=2 3"]
