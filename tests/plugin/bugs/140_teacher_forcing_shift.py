"""teacher_forcing_shift

kind: silent   facet: shape   seen in: seq2seq training steps
ideal static checker: the target is shifted, the input is not
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Lm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.rnn = nn.GRU(16, 16, batch_first=True)
        self.head = nn.Linear(16, 50)

    def step(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        h, _ = self.rnn(self.embed(tokens))  # BUG: tokens[:, :-1]
        logits = self.head(h)
        return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())


def main() -> None:
    torch.manual_seed(0)
    good = Lm().step(torch.randint(0, 50, (2, 5))).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
