"""router_weights_without_axis

kind: crash   facet: shape   seen in: MoE re-implementations, "expanded weights need unsqueeze(-1)" (meta-pytorch/torchtune#1902)
ideal static checker: weights "n k" times expert outputs "n k d"
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn


@dataclass
class MoEConfig:
    d_model: int = 16
    experts: int = 4
    top_k: int = 2


class Router(nn.Module):
    def __init__(self, cfg: MoEConfig) -> None:
        super().__init__()
        self.k = cfg.top_k
        self.gate = nn.Linear(cfg.d_model, cfg.experts, bias=False)

    def forward(self, x: Float[Tensor, "n d"]) -> tuple[Tensor, Tensor]:
        probs = self.gate(x).softmax(dim=-1)
        weights, index = probs.topk(self.k, dim=-1)
        return weights / weights.sum(dim=-1, keepdim=True), index


class MoE(nn.Module):
    def __init__(self, cfg: MoEConfig) -> None:
        super().__init__()
        self.router = Router(cfg)
        self.experts = nn.ModuleList([nn.Linear(cfg.d_model, cfg.d_model) for _ in range(cfg.experts)])

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        weights, index = self.router(x)
        every = torch.stack([expert(x) for expert in self.experts], dim=1)
        chosen = every.gather(1, index.unsqueeze(-1).expand(-1, -1, x.shape[-1]))
        return (weights * chosen).sum(dim=1)  # BUG: (n, k) * (n, k, d)


def main() -> None:
    torch.manual_seed(0)
    out = MoE(MoEConfig())(torch.randn(5, 16))
    print("GOOD" if out.shape == (5, 16) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
