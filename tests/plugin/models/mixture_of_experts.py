"""A sparse mixture of experts with a balancing loss: Shazeer et al. 2017, arXiv:1701.06538; Fedus et al. 2021."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


class Expert(nn.Module):
    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.up = nn.Linear(d_model, d_ff)
        self.down = nn.Linear(d_ff, d_model)

    def forward(self, x: Float[Tensor, "tokens {self.d_model}"]) -> Float[Tensor, "tokens {self.d_model}"]:
        out = self.down(F.gelu(self.up(x)))
        reveal(out)  # N: Revealed neural type is Float[Tensor, "tokens d_model"]
        return out


class Router(nn.Module):
    """Which experts see a token, with what weight."""

    def __init__(self, d_model: int, num_experts: int, top_k: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.num_experts = num_experts
        self.top_k = top_k
        self.gate = nn.Linear(d_model, num_experts, bias=False)

    def forward(
        self, x: Float[Tensor, "tokens {self.d_model}"]
    ) -> tuple[
        Float[Tensor, "tokens {self.top_k}"],
        Int[Tensor, "tokens {self.top_k}"],
        Float[Tensor, "tokens {self.num_experts}"],
    ]:
        logits = self.gate(x)
        if self.training:
            logits = logits + torch.randn_like(logits) / self.num_experts
        probs = F.softmax(logits, dim=-1, dtype=torch.float)
        weights, indices = torch.topk(probs, self.top_k, dim=-1)
        weights /= weights.sum(dim=-1, keepdim=True)
        weights = weights.to(x.dtype)
        reveal(weights)  # N: Revealed neural type is Float[Tensor, "tokens top_k"]
        reveal(indices)  # N: Revealed neural type is Int64[Tensor, "tokens top_k"]
        return weights, indices, probs


class SparseMoE(nn.Module):
    def __init__(self, d_model: int, d_ff: int, num_experts: int = 8, top_k: int = 2) -> None:
        super().__init__()
        self.d_model = d_model
        self.num_experts = num_experts
        self.router = Router(d_model, num_experts, top_k)
        self.experts = nn.ModuleList([Expert(d_model, d_ff) for _ in range(num_experts)])

    def balance_loss(
        self, probs: Float[Tensor, "tokens {self.num_experts}"], indices: Int[Tensor, "tokens k"]
    ) -> Float[Tensor, ""]:
        chosen = F.one_hot(indices, num_classes=self.num_experts).sum(dim=1).float()
        tokens_per_expert = chosen.mean(dim=0)
        prob_per_expert = probs.mean(dim=0)
        loss = self.num_experts * torch.sum(tokens_per_expert * prob_per_expert)
        reveal(loss)  # N: Revealed neural type is Float[Tensor, ""]
        return loss

    def forward(
        self, hidden_states: Float[Tensor, "b t {self.d_model}"]
    ) -> tuple[Float[Tensor, "b t {self.d_model}"], Float[Tensor, ""]]:
        batch_size, sequence_length, hidden_dim = hidden_states.shape
        flat = hidden_states.view(-1, hidden_dim)
        weights, indices, probs = self.router(flat)
        final = torch.zeros((batch_size * sequence_length, hidden_dim), dtype=flat.dtype, device=flat.device)
        expert_mask = F.one_hot(indices, num_classes=self.num_experts).permute(2, 1, 0)
        for expert_idx in range(self.num_experts):
            expert_layer = self.experts[expert_idx]
            idx, top_x = torch.where(expert_mask[expert_idx])
            current = flat[None, top_x].reshape(-1, hidden_dim)
            current = expert_layer(current) * weights[top_x, idx, None]
            final.index_add_(0, top_x, current.to(flat.dtype))
        out = final.reshape(batch_size, sequence_length, hidden_dim)
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b t d_model"]
        return out, self.balance_loss(probs, indices)


class MoEClassifier(nn.Module):
    def __init__(self, d_model: int, classes: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.classes = classes
        self.norm = nn.LayerNorm(d_model)
        self.moe = SparseMoE(d_model, 4 * d_model, num_experts=4)
        self.head = nn.Linear(d_model, classes)

    def forward(
        self, x: Float[Tensor, "b t {self.d_model}"]
    ) -> tuple[Float[Tensor, "b {self.classes}"], Float[Tensor, ""]]:
        y, aux_loss = self.moe(self.norm(x))
        x = x + y
        logits = self.head(x.mean(dim=1))
        reveal(logits)  # N: Revealed neural type is Float[Tensor, "b classes"]
        return logits, aux_loss


def check() -> tuple[Tensor, Tensor]:
    model = MoEClassifier(d_model=16, classes=10)
    outputs = model(torch.randn(2, 7, 16))
    return reveal(outputs)  # N: is tuple[Float[Tensor, "batch=2 10"], Float[Tensor, ""]]
