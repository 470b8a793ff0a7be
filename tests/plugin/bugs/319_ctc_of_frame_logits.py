"""319 ctc_of_frame_logits

kind: silent   facet: semantic   seen in: gwx314/STARS#9
ideal static checker: ctc_loss expects LogProbs, got Logits
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class CtcHead(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.proj = nn.Linear(64, 30)

    def forward(
        self,
        *,
        x: Float[Tensor, "b t 64"],
        labels: Int[Tensor, "b s"],
        x_len: Int[Tensor, "b"],
        y_len: Int[Tensor, "b"],
    ) -> Float[Tensor, ""]:
        frame_logits = self.proj(x)
        scores = frame_logits.transpose(0, 1)  # BUG: log_softmax missing
        return F.ctc_loss(scores, labels, x_len, y_len)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = CtcHead(), torch.randn(2, 12, 64), torch.randint(1, 30, (2, 4))
    n, k = torch.tensor([12, 12]), torch.tensor([4, 4])
    right = F.ctc_loss(m.proj(x).log_softmax(-1).transpose(0, 1), y, n, k)
    good = bool(torch.allclose(m(x=x, labels=y, x_len=n, y_len=k), right))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
