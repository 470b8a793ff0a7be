"""379_one_expert_loses_its_axis (fixed twin)

kind: silent   facet: shape   seen in: databricks/megablocks#87
ideal static checker: nothing (clean)
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


@dataclass
class RouterConfig:
    hidden: int = 16
    experts: int = 4
    normalize: float = 1.0


class TopOneRouter(nn.Module):
    def __init__(self, config: RouterConfig) -> None:
        super().__init__()
        self.config = config
        self.layer = nn.Linear(config.hidden, config.experts, bias=False)

    def forward(
        self, x: Float[Tensor, "tokens {self.config.hidden}"]
    ) -> tuple[Float[Tensor, "tokens 1"], Int[Tensor, "tokens 1"]]:
        scores = self.layer(x).softmax(dim=-1)
        weights, indices = scores.max(dim=-1, keepdim=True)
        weights = weights / torch.norm(weights, p=self.config.normalize, dim=-1, keepdim=True)
        return weights, indices


def main() -> None:
    torch.manual_seed(0)
    weights, _ = TopOneRouter(RouterConfig())(torch.randn(6, 16))
    print("GOOD" if torch.allclose(weights, torch.ones(6, 1)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
