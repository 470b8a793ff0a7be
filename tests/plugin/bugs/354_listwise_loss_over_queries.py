"""354 listwise_loss_over_queries

kind: silent   facet: semantic   seen in: ListNet re-implementations: softmax(dim=0) left from single queries
ideal static checker: the distribution is over the documents (dim=1) of each query
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Ranker(nn.Module):
    def __init__(self, features: int = 46) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(46, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(
        self,
        docs: Float[Tensor, "queries docs 46"],
        relevance: Float[Tensor, "queries docs"],
        padded: Bool[Tensor, "queries docs"],
    ) -> Float[Tensor, ""]:
        scores = self.score(docs).squeeze(-1)
        scores = scores.masked_fill(padded, -1e9)
        relevance = relevance.masked_fill(padded, -1e9)
        target = F.softmax(relevance, dim=1)
        log_probs = F.log_softmax(scores, dim=0)  # BUG: over the queries
        return -(target * log_probs).sum(dim=1).mean()


def main() -> None:
    torch.manual_seed(0)
    m, docs, rel = Ranker(), torch.randn(3, 5, 46), torch.rand(3, 5)
    none = torch.zeros(3, 5, dtype=torch.bool)
    right = F.cross_entropy(m.score(docs).squeeze(-1), rel.softmax(-1))
    print("GOOD" if torch.allclose(m(docs, rel, none), right, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
