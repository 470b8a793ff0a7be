"""321 multinomial_of_log_probs

kind: crash   facet: semantic   seen in: "probability tensor contains either inf, nan or element < 0"
ideal static checker: multinomial expects Probs, got LogProbs
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Sampler(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 100)

    def forward(self, *, hidden: Float[Tensor, "b t 64"]) -> Int[Tensor, "b 1"]:
        logits = self.head(hidden)[:, -1, :]
        probs = F.log_softmax(logits, dim=-1)  # BUG: softmax wanted
        return torch.multinomial(probs, num_samples=1)


def main() -> None:
    torch.manual_seed(0)
    out = Sampler()(hidden=torch.randn(2, 5, 64))
    good = out.shape == (2, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
