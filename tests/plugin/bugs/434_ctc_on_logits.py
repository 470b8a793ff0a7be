"""434 ctc_on_logits

kind: silent   facet: semantic   seen in: gwx314/STARS#9
ideal static checker: ctc_loss expects LogProbs, got Logits
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class ASR(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 32)
        self.loss = nn.CTCLoss()

    def forward(
        self,
        *,
        h: Float[Tensor, "time batch 64"],
        y: Int[Tensor, "batch length"],
        h_len: Int[Tensor, "batch"],
        y_len: Int[Tensor, "batch"],
    ) -> Float[Tensor, ""]:
        return self.loss(self.head(h), y, h_len, y_len)  # BUG: log_softmax missing


def main() -> None:
    torch.manual_seed(0)
    m, h, y = ASR(), torch.randn(9, 4, 64), torch.randint(1, 32, (4, 3))
    n, k = torch.full((4,), 9), torch.full((4,), 3)
    ref = m.loss(m.head(h).log_softmax(-1), y, n, k)
    good = bool(torch.allclose(m(h=h, y=y, h_len=n, y_len=k), ref))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
