"""beam_search: beams flattened into the batch and back, states reordered by gather and index_select. A checker must stay silent."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn


class Beams(NamedTuple):
    tokens: Int64[Tensor, "b k _"]
    scores: Float[Tensor, "b k"]
    state: Float[Tensor, "1 b*k hidden"]


class Decoder(nn.Module):
    def __init__(self, vocab: int, hidden: int) -> None:
        super().__init__()
        self.vocab = vocab
        self.embed = nn.Embedding(vocab, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.out = nn.Linear(hidden, vocab)

    def step(
        self, token: Int64[Tensor, "n"], state: Float[Tensor, "1 n hidden"]
    ) -> tuple[Float[Tensor, "n vocab"], Float[Tensor, "1 n hidden"]]:
        y, state = self.gru(self.embed(token).unsqueeze(1), state)
        return F.log_softmax(self.out(y.squeeze(1)), dim=-1), state

    def advance(self, beams: Beams) -> Beams:
        b, k, t = beams.tokens.shape
        log_probs, state = self.step(beams.tokens[:, :, -1].reshape(b * k), beams.state)
        total = beams.scores.unsqueeze(-1) + log_probs.view(b, k, self.vocab)
        scores, flat = total.view(b, -1).topk(k, dim=-1)
        origin = torch.div(flat, self.vocab, rounding_mode="floor")
        token = flat % self.vocab
        kept = beams.tokens.gather(1, origin.unsqueeze(-1).expand(-1, -1, t))
        rows = (origin + torch.arange(b)[:, None] * k).view(-1)
        return Beams(torch.cat([kept, token.unsqueeze(-1)], dim=-1), scores, state.index_select(1, rows))

    def search(self, state: Float[Tensor, "1 b hidden"], width: int, steps: int) -> Int64[Tensor, "b t"]:
        b = state.size(1)
        scores = torch.full((b, width), float("-inf"))
        scores[:, 0] = 0.0
        start = torch.zeros(b, width, 1, dtype=torch.long)
        beams = Beams(start, scores, state.repeat_interleave(width, dim=1))
        for _ in range(steps):
            beams = self.advance(beams)
        best = beams.scores.argmax(dim=1)
        return beams.tokens[torch.arange(b), best]


def main() -> None:
    torch.manual_seed(0)
    out = Decoder(7, 6).search(torch.randn(1, 2, 6), 3, 4)
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
