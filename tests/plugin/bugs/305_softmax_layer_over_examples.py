"""305 softmax_layer_over_examples

kind: silent   facet: axis   seen in: PetrochukM/PyTorch-NLP#2, DEEP-PolyU/KEQA_WSDM19#2
ideal static checker: nn.Softmax(dim=0) over the batch axis of "batch 10"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Head(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(32, 64),
            nn.ReLU(),
            nn.Linear(64, 10),
            nn.Softmax(dim=0),  # BUG: normalises across samples
        )

    def forward(self, *, x: Float[Tensor, "batch 32"]) -> Float[Tensor, "batch 10"]:
        return self.net(x)


def main() -> None:
    torch.manual_seed(0)
    out = Head()(x=torch.randn(4, 32))
    good = bool(torch.allclose(out.sum(-1), torch.ones(4)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
