"""429 ctc_batch_first

kind: silent   facet: axis   seen in: forum, "Expected input_lengths to have value at most"
ideal static checker: ctc_loss expects (time, batch, classes), got "batch time 32"
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class ASR(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(64, 32)

    def forward(
        self,
        *,
        h: Float[Tensor, "batch time 64"],
        y: Int[Tensor, "batch length"],
        h_len: Int[Tensor, "batch"],
        y_len: Int[Tensor, "batch"],
    ) -> Float[Tensor, ""]:
        logp = F.log_softmax(self.head(h), dim=-1)
        return F.ctc_loss(logp, y, h_len, y_len)  # BUG: wants (time, batch, classes)


def main() -> None:
    torch.manual_seed(0)
    m, h, y = ASR(), torch.randn(8, 8, 64), torch.randint(1, 32, (8, 3))
    n, k = torch.full((8,), 8), torch.full((8,), 3)
    ref = F.ctc_loss(m.head(h).log_softmax(-1).transpose(0, 1), y, n, k)
    good = bool(torch.allclose(m(h=h, y=y, h_len=n, y_len=k), ref))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
