"""declared_logits_returns_probs (fixed twin)

kind: silent   facet: semantic   seen in: models documented to give logits
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType
from torch import Tensor, nn


class Head(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)

    def forward(self, *, x: Float[Tensor, "b 32"]) -> NeuralType[Float[Tensor, "b 10"], LogitsType]:
        return self.fc(x)


def main() -> None:
    torch.manual_seed(0)
    m, x = Head(), torch.randn(4, 32)
    good = bool((m(x=x).sum(-1) - 1).abs().max() > 1e-3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
