"""multinomial_of_logits (fixed twin)

kind: crash   facet: semantic   seen in: "probability tensor contains either inf, nan or element < 0", nanoGPT ports
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Sampler(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(32, 100)

    def forward(self, *, h: Float[Tensor, "b t 32"]) -> Int[Tensor, "b 1"]:
        logits = self.head(h[:, -1])
        return torch.multinomial(logits.softmax(dim=-1), num_samples=1)


def main() -> None:
    torch.manual_seed(0)
    good = Sampler()(h=torch.randn(2, 3, 32)).shape == (2, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
