"""`vmap(f)` takes an axis more than `f`, and gives one; `grad(f)` gives the shape of what it differentiates by."""

from typing import assert_type

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import grad, vmap


def outer(x: Float[Tensor, "d"]) -> Float[Tensor, "d d"]:
    return x[:, None] * x


def both(x: Float[Tensor, "d"], y: Float[Tensor, "d"]) -> tuple[Float[Tensor, "d"], Float[Tensor, ""]]:
    return x, y.sum()


def loss(weight: Float[Tensor, "d k"], x: Float[Tensor, "d"]) -> Float[Tensor, ""]:
    return (x @ weight).sum()


def plain(x: Tensor) -> Tensor:
    return x.sum()


def of_examples(examples: Float[Tensor, "b 4"], x: Float[Tensor, "4"], cube: Float[Tensor, "2 3 4"]) -> None:
    assert_type(vmap(outer)(examples), Float[Tensor, "b 4 4"])
    assert_type(torch.vmap(outer, in_dims=1)(examples), Float[Tensor, "4 b b"])
    assert_type(vmap(outer, in_dims=1, out_dims=2)(examples), Float[Tensor, "b b 4"])
    assert_type(vmap(both)(examples, examples), tuple[Float[Tensor, "b 4"], Float[Tensor, "b"]])
    assert_type(vmap(vmap(outer))(cube), Float[Tensor, "2 3 4 4"])
    assert_type(vmap(both, in_dims=(0, None))(examples, x)[1], Float[Tensor, "b"])
    vmap(outer)(x)  # E: expected "Tensor[Float, tuple[Any, Any], Any]"  [arg-type]


def by_name(examples: Float[Tensor, "b 4"], others: Float[Tensor, "c 4"], x: Float[Tensor, "4"]) -> None:
    mapped = vmap(both)
    mapped(examples, examples)
    mapped(examples, others)  # E: "y" to "mapped" does not fit: axis 0 "mapped" is c, expected b  [shape-mismatch]
    of_one = vmap(outer)
    of_one(x)  # E: Argument "x" to "of_one" has 1 axis, expected 2  [shape-mismatch]


def along_time(steps: Float[Tensor, "time features"]) -> Float[Tensor, "time features features"]:
    mapped = vmap(outer)
    return mapped(steps)


def gradients(
    weight: Float[Tensor, "4 k"], x: Float[Tensor, "4"], examples: Float[Tensor, "b 4"], narrow: Float[Tensor, "b 3"]
) -> None:
    assert_type(grad(loss)(weight, x), Float[Tensor, "4 k"])
    assert_type(grad(loss, argnums=1)(weight, x), Float[Tensor, "4"])
    of_each = vmap(grad(loss), in_dims=(None, 0))
    assert_type(of_each(weight, examples), Float[Tensor, "b 4 k"])
    grad(loss)(weight, x) + x  # E: "4 k" and "4" do not broadcast  [shape-mismatch]
    of_each(weight, narrow)  # E: axis 1 "d" is 3, expected 4  [shape-mismatch]


def unknown_transforms(
    x: Float[Tensor, "b 4"], weight: Float[Tensor, "4 k"], dims: tuple[int, ...], dim: int, cube: Float[Tensor, "2 3 4"]
) -> None:
    vmap(outer, in_dims=dims)(cube)
    vmap(outer, in_dims=-1)(x) @ cube
    vmap(outer, out_dims=dim)(x) @ cube
    vmap(plain)(x) @ cube
    vmap(lambda one: one.sum())(x) + cube
    first, second = grad(loss, argnums=(0, 1))(weight, x[0])
    torch.func.jacrev(outer)(x[0]) + cube


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 5)

    def one(self, x: Float[Tensor, "4"]) -> Float[Tensor, "5"]:
        return self.linear(x)

    def forward(self, x: Float[Tensor, "b 4"]) -> Float[Tensor, "b 5"]:
        return vmap(self.one)(x)


def scripted(x: Float[Tensor, "b 4"]) -> Float[Tensor, "b 5"]:
    network = torch.jit.script(nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 5)))
    network.save("network.pt")
    network(x.T @ x + network(x).sum())
    network(x[:, :3])  # E: axis -1 is 3, expected 4  [shape-mismatch]
    torch.jit.trace(Net(), x).save("network.pt")
    return network(x)
