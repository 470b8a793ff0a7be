"""state_space: selective scans, linear attention, causal depthwise convolution, retention, gated recurrences. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


def scan(decay: Float[Tensor, "b t d n"], inputs: Float[Tensor, "b t d n"]) -> Float[Tensor, "b t d n"]:
    state = torch.zeros_like(inputs[:, 0])
    states = []
    for a, u in zip(decay.unbind(1), inputs.unbind(1), strict=True):
        state = a * state + u
        states.append(state)
    return torch.stack(states, dim=1)


class Mamba(nn.Module):
    def __init__(self, d_model: int, d_state: int = 4, d_conv: int = 3, expand: int = 2) -> None:
        super().__init__()
        self.d_inner, self.d_state = expand * d_model, d_state
        self.dt_rank = max(1, d_model // 4)
        self.in_proj = nn.Linear(d_model, 2 * self.d_inner, bias=False)
        self.conv = nn.Conv1d(self.d_inner, self.d_inner, d_conv, groups=self.d_inner, padding=d_conv - 1)
        self.x_proj = nn.Linear(self.d_inner, self.dt_rank + 2 * d_state, bias=False)
        self.dt_proj = nn.Linear(self.dt_rank, self.d_inner)
        self.a_log = nn.Parameter(torch.arange(1, d_state + 1).float().repeat(self.d_inner, 1).log())
        self.skip = nn.Parameter(torch.ones(self.d_inner))
        self.out_proj = nn.Linear(self.d_inner, d_model, bias=False)

    def forward(self, x: Float[Tensor, "b t d_model"]) -> Float[Tensor, "b t d_model"]:
        t = x.shape[1]
        u, gate = self.in_proj(x).chunk(2, dim=-1)
        u = F.silu(self.conv(u.transpose(1, 2))[..., :t].transpose(1, 2))
        dt, b, c = self.x_proj(u).split([self.dt_rank, self.d_state, self.d_state], dim=-1)
        dt = F.softplus(self.dt_proj(dt))
        a = -self.a_log.exp()
        states = scan((dt.unsqueeze(-1) * a).exp(), dt.unsqueeze(-1) * b.unsqueeze(2) * u.unsqueeze(-1))
        y = (states @ c.unsqueeze(-1)).squeeze(-1) + self.skip * u
        return self.out_proj(y * F.silu(gate))


class LinearAttention(nn.Module):
    def __init__(self, d: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(d, 3 * d)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        b, t, d = x.shape
        q, k, v = (y.view(b, t, self.heads, -1) for y in self.qkv(x).chunk(3, dim=-1))
        q, k = F.elu(q) + 1, F.elu(k) + 1
        kv = torch.einsum("bthd,bthe->bthde", k, v).cumsum(dim=1)
        norm = 1 / (torch.einsum("bthd,bthd->bth", q, k.cumsum(dim=1)) + 1e-6)
        return torch.einsum("bthd,bthde,bth->bthe", q, kv, norm).reshape(b, t, d)


class Retention(nn.Module):
    gamma: Tensor

    def __init__(self, d: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v = (nn.Linear(d, d) for _ in range(3))
        self.register_buffer("gamma", 1 - 2.0 ** (-5 - torch.arange(heads).float()))
        self.norm = nn.GroupNorm(heads, d)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        b, t, d = x.shape
        q, k, v = (f(x).view(b, t, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        distance = torch.arange(t)[:, None] - torch.arange(t)[None, :]
        decay = torch.where(distance >= 0, self.gamma[:, None, None] ** distance.clamp(min=0), 0.0)
        out = (q @ k.mT * decay) @ v
        return self.norm(out.transpose(1, 2).reshape(b * t, d)).view(b, t, d)


class CausalConv(nn.Conv1d):
    def __init__(self, c_in: int, c_out: int, k: int, dilation: int = 1) -> None:
        super().__init__(c_in, c_out, k, dilation=dilation)
        self.left = (k - 1) * dilation

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b o t"]:
        return super().forward(F.pad(x, (self.left, 0)))


class MinGRU(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.project = nn.Linear(d, 2 * d)

    def forward(
        self, x: Float[Tensor, "b t d"], h: Float[Tensor, "b 1 d"] | None = None
    ) -> tuple[Float[Tensor, "b t d"], Float[Tensor, "b 1 d"]]:
        z, candidate = self.project(x).chunk(2, dim=-1)
        z = z.sigmoid()
        if h is None:
            h = x.new_zeros(x.shape[0], 1, x.shape[2])
        out = []
        for t in range(x.shape[1]):
            h = torch.lerp(h, candidate[:, t : t + 1], z[:, t : t + 1])
            out.append(h)
        return torch.cat(out, dim=1), h


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 5, 8)
    shapes = [Mamba(8)(x), LinearAttention(8, 2)(x), Retention(8, 2)(x), CausalConv(5, 3, 3, 2)(x), MinGRU(8)(x)[0]]
    print("GOOD", [tuple(s.shape) for s in shapes])


if __name__ == "__main__":
    main()
