"""376_routes_compete_for_capsules (fixed twin)

kind: silent   facet: semantic   seen in: higgsfield/Capsule-Network-Tutorial#7
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


def squash(x: Tensor, dim: int = -2) -> Tensor:
    norm = (x**2).sum(dim=dim, keepdim=True)
    return norm / (1 + norm) * x / (norm.sqrt() + 1e-8)


class DigitCapsules(nn.Module):
    def __init__(self, routes: int = 24, capsules: int = 10, size_in: int = 8, size_out: int = 16) -> None:
        super().__init__()
        self.routes, self.capsules = routes, capsules
        self.weight = nn.Parameter(torch.randn(1, routes, capsules, size_out, size_in))

    def coupling(self, scores: Tensor) -> Tensor:
        return F.softmax(scores, dim=2)

    def forward(self, x: Float[Tensor, "b {self.routes} 8"]) -> Float[Tensor, "b {self.capsules} 16"]:
        votes = self.weight @ x[:, :, None, :, None]
        scores = torch.zeros(1, self.routes, self.capsules, 1, 1)
        for _ in range(2):
            means = (self.coupling(scores) * votes).sum(dim=1, keepdim=True)
            agreement = votes.transpose(3, 4) @ squash(means)
            scores = scores + agreement.mean(dim=0, keepdim=True)
        means = (self.coupling(scores) * votes).sum(dim=1, keepdim=True)
        return squash(means).squeeze(-1).squeeze(1)


def main() -> None:
    torch.manual_seed(0)
    layer = DigitCapsules()
    shares = layer.coupling(torch.randn(1, 24, 10, 1, 1)).sum(2)
    assert layer(torch.randn(2, 24, 8)).shape == (2, 10, 16)
    print("GOOD" if torch.allclose(shares, torch.ones_like(shares)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
