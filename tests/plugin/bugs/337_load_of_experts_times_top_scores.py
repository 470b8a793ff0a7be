"""337 load_of_experts_times_top_scores

kind: crash   facet: shape   seen in: mindspore-ai/hyper-parallel#752
ideal static checker: the mean of "tokens k" over tokens has size k, the fraction of tokens has one entry for each expert
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, LossType


class LoadBalance(nn.Module):
    def __init__(self, experts: int = 8, top_k: int = 2) -> None:
        super().__init__()
        self.experts = experts
        self.top_k = top_k

    def forward(
        self, router_logits: NeuralType[Float[Tensor, "tokens 8"], LogitsType]
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        probs = router_logits.softmax(dim=-1)
        top_scores, selected = probs.topk(2, dim=-1)
        counts = F.one_hot(selected, num_classes=8).float().sum(dim=1)
        fraction = counts.mean(dim=0) / self.top_k
        mean_score = top_scores.mean(dim=0)  # BUG: of the chosen two, not of the eight
        return self.experts * (fraction * mean_score).sum()


def main() -> None:
    torch.manual_seed(0)
    loss = LoadBalance()(torch.zeros(32, 8))
    print("GOOD" if loss.shape == () else "SILENT-WRONG")


if __name__ == "__main__":
    main()
