"""334 quantiles_along_targets (fixed twin)

kind: silent   facet: shape   seen in: BY571/QR-DQN#1
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class QuantileLoss(nn.Module):
    """Huber quantile regression between all pairs of quantiles."""

    def __init__(self, quantiles: int) -> None:
        super().__init__()
        self.quantiles = quantiles

    def forward(self, current: Float[Tensor, "b n_current"], target: Float[Tensor, "b n_target"]) -> Float[Tensor, ""]:
        n = current.shape[1]
        tau = (torch.arange(n, dtype=torch.float32, device=current.device) + 0.5) / n
        errors = target.unsqueeze(1) - current.unsqueeze(2)
        huber = torch.where(errors.abs() <= 1.0, 0.5 * errors**2, errors.abs() - 0.5)
        weight = (tau[None, :, None] - (errors.detach() < 0).float()).abs()
        return (weight * huber).mean(dim=2).sum(dim=1).mean()


def main() -> None:
    torch.manual_seed(0)
    current, target = torch.randn(4, 7), torch.randn(4, 7)
    tau = (torch.arange(7) + 0.5) / 7
    e = target[:, None, :] - current[:, :, None]
    right = (tau[None, :, None] - (e < 0).float()).abs() * F.huber_loss(
        current[:, :, None].expand(4, 7, 7), target[:, None].expand(4, 7, 7), reduction="none"
    )
    loss = QuantileLoss(7)(current, target)
    print("GOOD" if torch.allclose(loss, right.mean(2).sum(1).mean()) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
