"""pairs_of_one_dimensional_labels (fixed twin)

kind: silent   facet: shape   seen in: HobbitLong/SupContrast, "labels need to be a column for torch.eq(labels, labels.T)"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class SupCon(nn.Module):
    def __init__(self, temperature: float = 0.07) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, features: Float[Tensor, "b d"], labels: Int[Tensor, "b"]) -> Float[Tensor, ""]:
        z = F.normalize(features, dim=1)
        logits = z @ z.T / self.temperature
        positives: Float[Tensor, "b b"] = torch.eq(labels[:, None], labels[None, :]).float()
        log_prob = logits - torch.logsumexp(logits, dim=1, keepdim=True)
        return -((positives * log_prob).sum(1) / positives.sum(-1)).mean()


def main() -> None:
    torch.manual_seed(0)
    f, y = torch.randn(6, 4), torch.randint(0, 2, (6,))
    z = F.normalize(f, dim=1)
    lp = (z @ z.T / 0.07).log_softmax(1)
    pos = (y[:, None] == y).float()
    ref = -((pos * lp).sum(1) / pos.sum(1)).mean()
    print("GOOD" if torch.allclose(SupCon()(f, y), ref) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
