"""hidden_state_unsqueezed_again

kind: crash   facet: shape   seen in: timbmg/Sentence-VAE#45
ideal static checker: GRU takes a state of 3 axes, got 4
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class SentenceDecoder(nn.Module):
    def __init__(self, vocab: int, latent: int, hidden: int, layers: int) -> None:
        super().__init__()
        self.layers, self.hidden = layers, hidden
        self.embed = nn.Embedding(vocab, hidden)
        self.to_hidden = nn.Linear(latent, hidden * layers)
        self.rnn = nn.GRU(hidden, hidden, layers, batch_first=True)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, z: Float[Tensor, "b latent"], tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b t vocab"]:
        state = self.to_hidden(z).view(z.shape[0], self.layers, self.hidden).transpose(0, 1).contiguous()
        state = state.unsqueeze(0)  # BUG: has its axis of layers already
        out, _ = self.rnn(self.embed(tokens), state)
        return self.out(out)


def main() -> None:
    torch.manual_seed(0)
    out = SentenceDecoder(10, 4, 8, 2)(torch.randn(3, 4), torch.randint(0, 10, (3, 5)))
    print("GOOD" if out.shape == (3, 5, 10) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
