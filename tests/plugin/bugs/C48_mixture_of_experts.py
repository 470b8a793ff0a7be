"""mixture_of_experts: dispatch by index, by capacity, by sorted tokens; expert choice; balancing losses. A checker must stay silent."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn


@dataclass(frozen=True)
class Config:
    d: int = 8
    hidden: int = 16
    experts: int = 4
    k: int = 2
    capacity: int = 6


class Expert(nn.Module):
    def __init__(self, cfg: Config) -> None:
        super().__init__()
        self.w1, self.w2, self.w3 = (
            nn.Linear(cfg.d, cfg.hidden),
            nn.Linear(cfg.hidden, cfg.d),
            nn.Linear(cfg.d, cfg.hidden),
        )

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class TokenChoice(nn.Module):
    def __init__(self, cfg: Config) -> None:
        super().__init__()
        self.cfg = cfg
        self.gate = nn.Linear(cfg.d, cfg.experts, bias=False)
        self.experts = nn.ModuleList(Expert(cfg) for _ in range(cfg.experts))

    def route(self, x: Float[Tensor, "n d"]) -> tuple[Float[Tensor, "n k"], Int64[Tensor, "n k"], Float[Tensor, ""]]:
        logits = self.gate(x)
        probs = logits.softmax(dim=-1)
        weight, index = probs.topk(self.cfg.k, dim=-1)
        fraction = F.one_hot(index, self.cfg.experts).float().sum(dim=1).mean(dim=0)
        balance = self.cfg.experts * (fraction * probs.mean(dim=0)).sum()
        z_loss = logits.logsumexp(dim=-1).square().mean()
        return weight / weight.sum(dim=-1, keepdim=True), index, balance + 1e-3 * z_loss

    def forward(self, x: Float[Tensor, "b t d"]) -> tuple[Float[Tensor, "b t d"], Float[Tensor, ""]]:
        flat = x.reshape(-1, x.shape[-1])
        weight, index, aux = self.route(flat)
        out = torch.zeros_like(flat)
        for i, expert in enumerate(self.experts):
            token, slot = torch.where(index == i)
            out.index_add_(0, token, expert(flat[token]) * weight[token, slot, None])
        return out.view_as(x), aux

    def forward_sorted(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        weight, index, _ = self.route(x)
        order = index.view(-1).argsort()
        counts = index.view(-1).bincount(minlength=self.cfg.experts).tolist()
        parts = x[order // self.cfg.k].split(counts)
        done = torch.cat([expert(part) for expert, part in zip(self.experts, parts, strict=True)])
        restored = torch.empty_like(done).index_copy(0, order, done)
        return (restored.view(-1, self.cfg.k, x.shape[-1]) * weight.unsqueeze(-1)).sum(dim=1)


class ExpertChoice(nn.Module):
    def __init__(self, cfg: Config) -> None:
        super().__init__()
        self.cfg = cfg
        self.gate = nn.Parameter(torch.randn(cfg.d, cfg.experts))
        self.w1 = nn.Parameter(torch.randn(cfg.experts, cfg.d, cfg.hidden))
        self.w2 = nn.Parameter(torch.randn(cfg.experts, cfg.hidden, cfg.d))

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        scores = (x @ self.gate).softmax(dim=-1)
        weight, token = scores.t().topk(self.cfg.capacity, dim=-1)
        picked = x[token]
        hidden = torch.einsum("ecd,edh->ech", picked, self.w1).relu()
        y = torch.bmm(hidden, self.w2) * weight.unsqueeze(-1)
        return torch.zeros_like(x).index_add(0, token.flatten(), y.flatten(0, 1))


class SoftMoE(nn.Module):
    def __init__(self, cfg: Config, slots: int) -> None:
        super().__init__()
        self.phi = nn.Parameter(torch.randn(cfg.d, cfg.experts, slots))
        self.experts = nn.ModuleList(Expert(cfg) for _ in range(cfg.experts))

    def forward(self, x: Float[Tensor, "b n d"]) -> Float[Tensor, "b n d"]:
        logits = torch.einsum("bnd,des->bnes", x, self.phi)
        dispatch = logits.softmax(dim=1)
        combine = logits.flatten(2).softmax(dim=-1).view_as(logits)
        slots = torch.einsum("bnd,bnes->besd", x, dispatch)
        outs = torch.stack(
            [f(s.flatten(0, 1)).view_as(s) for f, s in zip(self.experts, slots.unbind(1), strict=True)], dim=1
        )
        return torch.einsum("besd,bnes->bnd", outs, combine)


def main() -> None:
    torch.manual_seed(0)
    cfg = Config()
    m, x = TokenChoice(cfg), torch.randn(2, 5, 8)
    out, aux = m(x)
    assert torch.allclose(m.forward_sorted(x.view(-1, 8)), out.view(-1, 8), atol=1e-5)
    print(
        "GOOD",
        tuple(out.shape),
        tuple(aux.shape),
        tuple(ExpertChoice(cfg)(x[0].repeat(2, 1)).shape),
        tuple(SoftMoE(cfg, 2)(x).shape),
    )


if __name__ == "__main__":
    main()
