"""440 router_softmax_twice (fixed twin)

kind: silent   facet: semantic   seen in: mixture-of-experts routers: softmax of the top-k probabilities
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Router(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(64, 8)

    def forward(self, *, x: Float[Tensor, "n 64"]) -> tuple[Float[Tensor, "n 2"], Int[Tensor, "n 2"]]:
        probs = F.softmax(self.gate(x), dim=-1)
        weight, index = probs.topk(2, dim=-1)
        return weight / weight.sum(dim=-1, keepdim=True), index


def main() -> None:
    torch.manual_seed(0)
    m, x = Router(), torch.randn(6, 64)
    w, _ = m(x=x)
    good = bool(torch.allclose(w, F.softmax(m.gate(x).topk(2).values, dim=-1)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
