"""C76 statistics_of_the_batch: redundancy reduction normalizes over the examples and multiplies features with features. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class BarlowTwins(nn.Module):
    def __init__(self, d: int, out: int) -> None:
        super().__init__()
        self.projector = nn.Sequential(nn.Linear(d, out), nn.BatchNorm1d(out), nn.ReLU(), nn.Linear(out, out))

    def forward(self, one: Float[Tensor, "b d"], two: Float[Tensor, "b d"]) -> Float[Tensor, ""]:
        z1, z2 = self.projector(one), self.projector(two)
        z1 = (z1 - z1.mean(dim=0)) / (z1.std(dim=0) + 1e-6)
        z2 = (z2 - z2.mean(dim=0)) / (z2.std(dim=0) + 1e-6)
        c = z1.T @ z2 / one.size(0)
        diagonal = (c.diagonal() - 1).pow(2).sum()
        return diagonal + 5e-3 * (c - torch.diag(c.diagonal())).pow(2).sum()


def variance_and_covariance(z: Float[Tensor, "b d"]) -> Float[Tensor, ""]:
    centred = z - z.mean(dim=0, keepdim=True)
    std = torch.sqrt(centred.var(dim=0) + 1e-4)
    cov = centred.T @ centred / (z.size(0) - 1)
    off = cov.masked_fill(torch.eye(z.size(1), dtype=torch.bool, device=z.device), 0.0)
    return F.relu(1 - std).mean() + off.pow(2).sum() / z.size(1)


def whitened(z: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
    z = z - z.mean(0)
    u, _, v = torch.linalg.svd(z, full_matrices=False)
    return u @ v


def main() -> None:
    torch.manual_seed(0)
    z = torch.randn(12, 4)
    loss = BarlowTwins(4, 6)(z, z + 0.1 * torch.randn(12, 4)) + variance_and_covariance(z)
    print("GOOD", tuple(loss.shape), tuple(whitened(z).shape))


if __name__ == "__main__":
    main()
