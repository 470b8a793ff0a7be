"""480 infonce_zero_targets

kind: silent   facet: semantic   seen in: YihengZhang-CV/SeCo-Sequence-Contrastive-Learning#3, amazon-science/video-contrastive-learning#5, RElbers/info-nce-pytorch#13
ideal static checker: cross_entropy of an in-batch similarity matrix: the positives are on the diagonal, arange(b), not zeros
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class InfoNCE(nn.Module):
    def forward(self, *, q: Float[Tensor, "batch 128"], k: Float[Tensor, "batch 128"]) -> Float[Tensor, ""]:
        q, k = F.normalize(q, dim=1), F.normalize(k, dim=1)
        logits = q @ k.t() / 0.07
        labels = torch.zeros(q.shape[0], dtype=torch.long)
        return F.cross_entropy(logits, labels)  # BUG: positives are on the diagonal, arange(batch)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(8, 128)
    good = bool(InfoNCE()(q=x, k=x) < 0.1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
