"""ctc_on_softmax (fixed twin)

kind: silent   facet: semantic   seen in: deep speech ports
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Ctc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(64, 30), nn.Softmax(dim=-1))
        self.loss = nn.CTCLoss(blank=0)

    def forward(
        self,
        *,
        x: Float[Tensor, "time batch 64"],
        targets: Int[Tensor, "batch labels"],
        lengths: Int[Tensor, "batch"],
        target_lengths: Int[Tensor, "batch"],
    ) -> Float[Tensor, ""]:
        return self.loss(self.net(x).log(), targets, lengths, target_lengths)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Ctc(), torch.randn(9, 2, 64), torch.randint(1, 30, (2, 3))
    n, k = torch.tensor([9, 9]), torch.tensor([3, 3])
    good = bool(torch.allclose(m(x=x, targets=y, lengths=n, target_lengths=k), F.ctc_loss(m.net(x).log(), y, n, k)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
