"""A tagger of words with a bidirectional LSTM, of characters too, and a CRF: Lample et al. 2016, arXiv:1603.01360."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from neuraltypes import reveal


class CharEncoder(nn.Module):
    def __init__(self, num_chars: int, char_dim: int, out_dim: int) -> None:
        super().__init__()
        self.out_dim = out_dim
        self.embed = nn.Embedding(num_chars, char_dim, padding_idx=0)
        self.conv = nn.Conv1d(char_dim, out_dim, kernel_size=3, padding=1)

    def forward(self, chars: Int[Tensor, "b t letters"]) -> Float[Tensor, "b t {self.out_dim}"]:
        b, t, letters = chars.shape
        x = self.embed(chars.view(b * t, letters))
        x = self.conv(x.transpose(1, 2))
        x, _ = x.max(dim=-1)
        x = x.view(b, t, -1)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b t out_dim"]
        return x


class CRF(nn.Module):
    """A linear chain of tags."""

    def __init__(self, num_tags: int) -> None:
        super().__init__()
        self.num_tags = num_tags
        self.transitions = nn.Parameter(torch.randn(num_tags, num_tags))
        self.start = nn.Parameter(torch.zeros(num_tags))

    def forward(self, emissions: Float[Tensor, "b t {self.num_tags}"], mask: Bool[Tensor, "b t"]) -> Float[Tensor, "b"]:
        score = self.start + emissions[:, 0]
        for i in range(1, emissions.size(1)):
            broadcast = score.unsqueeze(2) + self.transitions + emissions[:, i].unsqueeze(1)
            following = torch.logsumexp(broadcast, dim=1)
            score = torch.where(mask[:, i].unsqueeze(1), following, score)
        out = torch.logsumexp(score, dim=1)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b"]
        return out

    def decode(self, emissions: Float[Tensor, "b t {self.num_tags}"]) -> Int[Tensor, "b t"]:
        score = self.start + emissions[:, 0]
        history = []
        for emission in emissions.unbind(1)[1:]:
            best, backpointers = (score[:, :, None] + self.transitions).max(dim=1)
            score = best + emission
            history.append(backpointers)
        tags = [score.argmax(dim=-1)]
        for backpointers in reversed(history):
            tags.append(backpointers.gather(1, tags[-1].unsqueeze(1)).squeeze(1))
        path = torch.stack(tags[::-1], dim=1)
        reveal(path)  # N: Revealed neural type is Int64[Tensor, "b _"]
        return path


class Tagger(nn.Module):
    def __init__(self, vocab_size: int, num_chars: int, num_tags: int, hidden_dim: int = 32) -> None:
        super().__init__()
        self.num_tags = num_tags
        self.hidden_dim = hidden_dim
        self.word_embeds = nn.Embedding(vocab_size, 24)
        self.chars = CharEncoder(num_chars, 8, 16)
        self.lstm = nn.LSTM(24 + 16, hidden_dim // 2, num_layers=2, bidirectional=True, batch_first=True)
        self.refine = nn.GRU(hidden_dim, hidden_dim, batch_first=True)
        self.hidden2tag = nn.Linear(hidden_dim, num_tags)
        self.crf = CRF(num_tags)

    def init_hidden(self, batch_size: int) -> tuple[Float[Tensor, "4 b e"], Float[Tensor, "4 b e"]]:
        shape = (2 * 2, batch_size, self.hidden_dim // 2)
        return torch.zeros(shape), torch.zeros(shape)

    def forward(
        self, words: Int[Tensor, "b t"], chars: Int[Tensor, "b t letters"], lengths: Int[Tensor, "b"]
    ) -> Float[Tensor, "b t {self.num_tags}"]:
        embeds = torch.cat([self.word_embeds(words), self.chars(chars)], dim=-1)
        lstm_out, (h_n, _) = self.lstm(embeds, self.init_hidden(words.size(0)))
        reveal(h_n)  # N: Revealed neural type is Float[Tensor, "4 b hidden_dim//2"]
        packed = pack_padded_sequence(lstm_out, lengths.cpu(), batch_first=True, enforce_sorted=False)
        packed_out, _ = self.refine(packed)
        out, _ = pad_packed_sequence(packed_out, batch_first=True, total_length=words.size(1))
        out = lstm_out + out
        tag_space = self.hidden2tag(out)
        reveal(tag_space)  # N: Revealed neural type is Float[Tensor, "b t num_tags"]
        return tag_space


def check() -> tuple[Tensor, Tensor]:
    model = Tagger(vocab_size=100, num_chars=30, num_tags=7)
    lengths = torch.full((2,), 9)
    emissions = model(torch.randint(0, 100, (2, 9)), torch.randint(0, 30, (2, 9, 12)), lengths)
    score = model.crf(emissions, torch.ones(2, 9, dtype=torch.bool))
    path = model.crf.decode(emissions)
    reveal(emissions)  # N: Revealed neural type is Float[Tensor, "batch=2 time=9 7"]
    return reveal((score, path))  # N: is tuple[Float[Tensor, "batch=2"], Int[Tensor, "batch=2 time=9"]]
