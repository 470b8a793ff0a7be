"""autograd_functions: custom Functions with once_differentiable backward, gradient penalty, straight-through. A checker must stay silent."""

from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn


class GradReverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: float) -> Tensor:
        ctx.scale = scale
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return -ctx.scale * grad, None


class ClampSTE(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Float[Tensor, "*s"], low: float, high: float) -> Float[Tensor, "*s"]:
        ctx.save_for_backward(x)
        ctx.low, ctx.high = low, high
        return x.clamp(low, high).round()

    @staticmethod
    def backward(ctx: Any, grad: Float[Tensor, "*s"]) -> tuple[Float[Tensor, "*s"], None, None]:
        (x,) = ctx.saved_tensors
        inside = (x >= ctx.low) & (x <= ctx.high)
        return grad * inside, None, None


class LinearFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Float[Tensor, "b i"], w: Float[Tensor, "o i"]) -> Float[Tensor, "b o"]:
        ctx.save_for_backward(x, w)
        return x @ w.t()

    @staticmethod
    def backward(ctx: Any, grad: Float[Tensor, "b o"]) -> tuple[Float[Tensor, "b i"], Float[Tensor, "o i"]]:
        x, w = ctx.saved_tensors
        return grad @ w, grad.t() @ x


class Domain(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.randn(6, d))
        self.head = nn.Linear(6, 2)

    def forward(self, x: Float[Tensor, "b d"], scale: float = 1.0) -> Float[Tensor, "b 2"]:
        h: Tensor = GradReverse.apply(x, scale)
        h = LinearFunction.apply(h, self.w)
        return self.head(ClampSTE.apply(h, -1.0, 1.0))


def gradient_penalty(
    critic: nn.Module, real: Float[Tensor, "b c h w"], fake: Float[Tensor, "b c h w"]
) -> Float[Tensor, ""]:
    eps = torch.rand(real.size(0), 1, 1, 1)
    mixed = (eps * real + (1 - eps) * fake).requires_grad_(True)
    score = critic(mixed)
    (grad,) = torch.autograd.grad(score, mixed, torch.ones_like(score), create_graph=True, retain_graph=True)
    return ((grad.flatten(1).norm(2, dim=1) - 1) ** 2).mean()


def quantize(
    x: Float[Tensor, "n d"], codebook: Float[Tensor, "k d"]
) -> tuple[Float[Tensor, "n d"], Int64[Tensor, "n"]]:
    index = torch.cdist(x, codebook).argmin(dim=-1)
    q = codebook[index]
    return x + (q - x).detach(), index


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(3, 4, requires_grad=True)
    Domain(4)(x).sum().backward()
    critic = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(1))
    gp = gradient_penalty(critic, torch.randn(2, 3, 6, 6), torch.randn(2, 3, 6, 6))
    q, i = quantize(torch.randn(5, 3), torch.randn(7, 3))
    print("GOOD", tuple(gp.shape), tuple(q.shape), tuple(i.shape))


if __name__ == "__main__":
    main()
