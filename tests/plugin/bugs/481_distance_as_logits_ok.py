"""481 distance_as_logits (fixed twin)

kind: silent   facet: semantic   seen in: Hsankesara/Prototypical-Networks#2, sicara/easy-few-shot-learning#143
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class ProtoLoss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(32, 64)

    def forward(
        self, *, query: Float[Tensor, "q 32"], protos: Float[Tensor, "way 64"], y: Int[Tensor, "q"]
    ) -> Float[Tensor, ""]:
        dist = torch.cdist(self.embed(query), protos)
        return F.cross_entropy(-dist, y)


def main() -> None:
    torch.manual_seed(0)
    m, x = ProtoLoss(), torch.randn(5, 32)
    p = m.embed(x).detach() * 1.0
    good = bool(m(query=x, protos=p * 1.01, y=torch.arange(5)) < 1.609)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
