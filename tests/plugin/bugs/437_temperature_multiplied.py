"""437 temperature_multiplied

kind: silent   facet: semantic   seen in: bowang-lab/BLEEP#5
ideal static checker: logits are divided by a temperature, not multiplied
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Sample(nn.Module):
    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature
        self.head = nn.Linear(64, 100)

    def forward(self, *, h: Float[Tensor, "b 64"]) -> Int[Tensor, "b 1"]:
        probs = F.softmax(self.head(h) * self.temperature, dim=-1)  # BUG: divide by it
        return torch.multinomial(probs, 1)


def main() -> None:
    torch.manual_seed(0)
    m, h = Sample(1e-4), torch.randn(64, 64)
    good = bool(torch.equal(m(h=h)[:, 0], m.head(h).argmax(-1)))  # near zero it is greedy
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
