"""sampling_of_all_positions

kind: crash   facet: shape   seen in: StackOverflow "prob_dist must be 1 or 2 dim"
ideal static checker: multinomial takes 1 or 2 axes, got "b t vocab"
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class LanguageModel(nn.Module):
    def __init__(self, vocab: int, d: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocab, d)
        self.head = nn.Linear(d, vocab, bias=False)

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t vocab"]:
        return self.head(self.embed(tokens))

    @torch.no_grad()
    def generate(self, tokens: Tensor, steps: int) -> Tensor:
        for _ in range(steps):
            logits = self(tokens)
            probs = torch.softmax(logits, dim=-1)  # BUG: of the last position only
            tokens = torch.cat([tokens, torch.multinomial(probs, 1)], dim=1)
        return tokens


def main() -> None:
    torch.manual_seed(0)
    out = LanguageModel(11, 8).generate(torch.zeros(2, 3, dtype=torch.long), 4)
    print("GOOD" if out.shape == (2, 7) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
