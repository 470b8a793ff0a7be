"""C69 soft_nearest_examples: a softmax over the batch on purpose: each query attends to the examples of a support set. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class MatchingNetwork(nn.Module):
    def forward(
        self, *, query: Float[Tensor, "q d"], support: Float[Tensor, "s d"], labels: Int[Tensor, "s"]
    ) -> Float[Tensor, "q 5"]:
        similarity = F.cosine_similarity(query[:, None], support[None], dim=-1)
        weights = similarity.softmax(dim=1)
        probs = weights @ F.one_hot(labels, 5).to(weights.dtype)
        return torch.log(probs.clamp(min=1e-6))


def main() -> None:
    torch.manual_seed(0)
    out = MatchingNetwork()(query=torch.randn(3, 8), support=torch.randn(6, 8), labels=torch.randint(0, 5, (6,)))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
