"""Calls that hand their arguments on: checkpoints, `functional_call`, functions with gradients of their own, `map`."""

from typing import Any

import torch
from jaxtyping import Float, Float32
from torch import Tensor, nn
from torch.func import functional_call
from torch.utils.checkpoint import checkpoint

from neuraltypes import reveal


class Head(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.out = nn.Linear(d, 3)
        self.blocks = nn.ModuleList([nn.Linear(d, d) for _ in range(3)])

    def forward(self, x: Float[Tensor, "b {self.d}"], scale: float = 1.0) -> Float[Tensor, "b 3"]:
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=False)
        reveal(checkpoint(self.norm, x, use_reentrant=False))  # N: Float[Tensor, "b d"]
        checkpoint(self.out, x.T, use_reentrant=False)  # E: [shape-mismatch]
        return checkpoint(self.out, x, use_reentrant=False)


def with_other_parameters(x: Float[Tensor, "b 8"], v: Float[Tensor, "8"], weights: dict[str, Tensor]) -> None:
    head = Head(8)
    reveal(functional_call(head, weights, (x,)))  # N: Float[Tensor, "b 3"]
    reveal(functional_call(head, weights, x))  # N: Float[Tensor, "b 3"]
    reveal(functional_call(head, weights, (x,), {"scale": 2.0}))  # N: Float[Tensor, "b 3"]
    reveal(functional_call(nn.Linear(8, 5), weights, args=(x,)))  # N: Float[Tensor, "b 5"]
    functional_call(head, weights, v)  # E: [shape-mismatch]
    functional_call(head, weights, (x, "no scale"))
    inputs = (x,)
    reveal(functional_call(head, weights, inputs))  # N: Any


class Outer(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d d"]:
        ctx.save_for_backward(x)
        return x[..., None] * x[:, None]

    @staticmethod
    def backward(ctx: Any, g: Float[Tensor, "b d d"]) -> Float[Tensor, "b d"]:
        (x,) = ctx.saved_tensors
        return (g @ x[..., None])[..., 0]


class Apart(torch.autograd.Function):
    @staticmethod
    def forward(x: Float[Tensor, "b d"]) -> Float[Tensor, "b"]:
        return x.sum(-1)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None: ...


class Silent(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x


class SilentPair(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor | None]:
        return x, None


def with_their_own_gradients(x: Float32[Tensor, "b d"], v: Float32[Tensor, "d"]) -> None:
    reveal(Outer.apply(x))  # N: Float[Tensor, "b d d"]
    Outer.apply(v)  # E: [shape-mismatch]
    reveal(Apart.apply(x))  # N: Float[Tensor, "b"]
    Apart.apply(v)  # E: [shape-mismatch]
    Silent.apply(v)


def what_says_nothing_may_be_anything(x: Tensor, weight: nn.Parameter, bias: nn.Parameter | None) -> tuple[Tensor]:
    weight = Silent.apply(weight)
    if bias is not None:
        bias = Silent.apply(bias)
    known = Outer.apply(torch.zeros(3, 4))
    known @ torch.zeros(5, 6)  # E: [shape-mismatch]
    weight = Outer.apply(weight)
    pair = SilentPair.apply(x)
    pair = (one for one in pair)
    return SilentPair.apply(x)


@torch.autocast("cuda", enabled=False)  # E: [untyped-decorator]
def norm(x: Float[Tensor, "b d"]) -> Float[Tensor, "b"]:
    return x.float().norm(dim=-1)


def decorated(x: Float32[Tensor, "b d"]) -> None:
    reveal(norm(x))  # N: Float[Tensor, "b"]


def gradients(x: Float32[Tensor, "b d"], w: Float32[Tensor, "d"]) -> None:
    loss = (x @ w).sum()
    reveal(torch.autograd.grad(loss, x)[0])  # N: Float32[Tensor, "b d"]
    of_x, of_w = torch.autograd.grad(loss, [x, w], create_graph=True)
    reveal(of_w)  # N: Float32[Tensor, "d"]
    reveal(torch.autograd.grad(x @ w, x, grad_outputs=torch.ones_like(x @ w))[0])  # N: Float32[Tensor, "b d"]
    of_w + of_x.T  # E: [shape-mismatch]
    torch.autograd.grad(x @ w, x, grad_outputs=torch.ones(3, 3))  # E: the shape of the output  [shape-mismatch]
    torch.autograd.grad(torch.ones(3) * w.sum(), w)  # E: needs grad_outputs  [shape-mismatch]
    torch.autograd.grad(x @ w, x)
    reveal(torch.autograd.grad(loss, x, torch.ones(4), is_grads_batched=True)[0])  # N: Tensor


def mapped(xs: list[Float32[Tensor, "b d"]], v: Float32[Tensor, "d"], head: Head) -> None:
    reveal(torch.stack(list(map(torch.relu, xs))))  # N: Float32[Tensor, "_ b d"]
    reveal([*map(torch.matmul, xs, [v, v])][0])  # N: [Tensor, "b"]
    one, two = map(nn.Linear(4, 5), [torch.zeros(2, 4), torch.zeros(3, 4)])
    reveal(one)  # N: [Tensor, "_ 5"]
    one @ torch.zeros(4, 2)  # E: [shape-mismatch]
    reveal(list(map(len, xs))[0])  # N: int
    reveal(torch.stack(list({"x": v, "y": v}.values())))  # N: Float32[Tensor, "_ d"]
    reveal(torch.cat(tuple(x.sum(-1) for x in xs)))  # N: Float32[Tensor, "_"]
    torch.cat(tuple(x.sum(-1) for x in xs))[0, 0]  # E: [shape-mismatch]
