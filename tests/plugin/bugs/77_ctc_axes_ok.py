"""ctc_axes (fixed twin)

kind: silent   facet: axis   seen in: "input length mismatch", CTC layouts
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Ctc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(64, 30)
        self.loss = nn.CTCLoss()

    def forward(
        self,
        *,
        x: Float[Tensor, "batch time 64"],
        targets: Int[Tensor, "batch labels"],
        lengths: Int[Tensor, "batch"],
        target_lengths: Int[Tensor, "batch"],
    ) -> Float[Tensor, ""]:
        log_probs = self.fc(x).log_softmax(dim=-1)
        return self.loss(log_probs.transpose(0, 1), targets, lengths, target_lengths)


def main() -> None:
    torch.manual_seed(0)
    x, y = torch.randn(2, 9, 64), torch.randint(1, 30, (2, 3))
    good = bool(Ctc()(x=x, targets=y, lengths=torch.tensor([9, 9]), target_lengths=torch.tensor([3, 3])) > 0)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
