"""log_softmax_twice_nll_of_log_probs_log (fixed twin)

kind: silent   facet: semantic   seen in: nll_loss(torch.log(log_softmax))
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)

    def forward(self, *, x: Float[Tensor, "b 32"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        out = F.log_softmax(self.fc(x), dim=-1)
        return F.nll_loss(out, y)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Net(), torch.randn(8, 32), torch.randint(0, 10, (8,))
    good = bool(torch.allclose(m(x=x, y=y), F.cross_entropy(m.fc(x), y)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
