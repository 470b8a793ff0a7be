"""338 router_probabilities_as_logits (fixed twin)

kind: silent   facet: semantic   seen in: huggingface/transformers#45120
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, LogitsType, LossType


class TopKRouter(NeuralModule):
    def __init__(self, *, d_model: int, experts: int, top_k: int) -> None:
        super().__init__()
        self.experts = experts
        self.top_k = top_k
        self.weight = nn.Parameter(torch.randn(experts, d_model))

    def forward(
        self, *, hidden: NeuralType[Float[Tensor, "tokens d"], EncodedRepresentation]
    ) -> tuple[NeuralType[Float[Tensor, "tokens {self.experts}"], LogitsType], Tensor, Tensor]:
        router_logits = F.linear(hidden, self.weight)
        router_probs = F.softmax(router_logits, dim=-1)
        scores, chosen = torch.topk(router_probs, self.top_k, dim=-1)
        scores = scores / scores.sum(dim=-1, keepdim=True)
        return router_logits, scores, chosen


class BalanceLoss(NeuralModule):
    def forward(
        self, *, router_logits: NeuralType[Float[Tensor, "tokens experts"], LogitsType]
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        probs = F.softmax(router_logits, dim=-1)
        return probs.shape[-1] * probs.mean(dim=0).pow(2).sum()


def main() -> None:
    torch.manual_seed(0)
    router, x = TopKRouter(d_model=16, experts=4, top_k=2), torch.randn(10, 16)
    logits, _, _ = router(hidden=x)
    BalanceLoss()(router_logits=logits)
    print("GOOD" if torch.allclose(logits, x @ router.weight.T, atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
