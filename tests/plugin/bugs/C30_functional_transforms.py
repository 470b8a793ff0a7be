"""functional_transforms: vmap, functional_call, per-sample gradients, jvp, ensembles of stacked modules. A checker must stay silent."""

import copy

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.func import functional_call, grad, jacrev, jvp, stack_module_state, vmap


class Net(nn.Module):
    def __init__(self, d_in: int, classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(d_in, 8), nn.Tanh(), nn.Linear(8, classes))

    def forward(self, x: Float[Tensor, "*b d_in"]) -> Float[Tensor, "*b classes"]:
        return self.layers(x)


def per_sample_gradients(
    net: Net, x: Float[Tensor, "b d_in"], y: Int64[Tensor, "b"]
) -> dict[str, Float[Tensor, "b ..."]]:
    params = {name: p.detach() for name, p in net.named_parameters()}

    def loss(params: dict[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        out = functional_call(net, params, (x.unsqueeze(0),))
        return F.cross_entropy(out, y.unsqueeze(0))

    return vmap(grad(loss), in_dims=(None, 0, 0))(params, x, y)


def ensemble(nets: list[Net], x: Float[Tensor, "b d_in"]) -> Float[Tensor, "n b classes"]:
    params, buffers = stack_module_state(nets)
    base = copy.deepcopy(nets[0]).to("meta")

    def call(params: dict[str, Tensor], buffers: dict[str, Tensor], x: Tensor) -> Tensor:
        return functional_call(base, (params, buffers), (x,))

    return vmap(call, in_dims=(0, 0, None))(params, buffers, x)


def divergence(net: Net, x: Float[Tensor, "b d"]) -> Float[Tensor, "b"]:
    jacobian = vmap(jacrev(net))(x)
    return jacobian.diagonal(dim1=-2, dim2=-1).sum(-1)


def hutchinson(net: Net, x: Float[Tensor, "b d"]) -> Float[Tensor, "b"]:
    noise = torch.randn_like(x)
    tangent = jvp(net, (x,), (noise,))[1]
    return (tangent * noise).sum(-1)


pairwise = vmap(vmap(lambda a, b: (a * b).sum(), in_dims=(None, 0)), in_dims=(0, None))


def main() -> None:
    torch.manual_seed(0)
    net, x, y = Net(5, 3), torch.randn(4, 5), torch.randint(0, 3, (4,))
    grads = per_sample_gradients(net, x, y)
    square = Net(5, 5)
    print(
        "GOOD",
        len(grads),
        tuple(ensemble([Net(5, 3), Net(5, 3)], x).shape),
        tuple(divergence(square, x).shape),
        tuple(hutchinson(square, x).shape),
        tuple(pairwise(x, x).shape),
    )


if __name__ == "__main__":
    main()
