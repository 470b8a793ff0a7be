"""What torch itself hands out (buffers, hooks, optimizers, functional calls, `__getattr__`) is silent."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.autograd import grad
from torch.func import functional_call, vmap
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split


class Positional(nn.Module):
    def __init__(self, d: int, length: int = 512) -> None:
        super().__init__()
        table = torch.zeros(length, d)
        table[:, 0::2] = torch.arange(length).unsqueeze(1).sin()
        self.register_buffer("table", table, persistent=False)
        self.weight = nn.Parameter(torch.ones(d))

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        table = self.get_buffer("table")
        return x + table[: x.size(1)] * self.weight


class Hooked(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.captured: list[Float[Tensor, "..."]] = []
        self.handle = inner.register_forward_hook(self.hook)
        inner.register_forward_hook(lambda module, inputs, output: None)

    def hook(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Float[Tensor, "b *rest"]) -> None:
        self.captured.append(output.detach())

    def forward(self, x: Float[Tensor, "b *rest"]) -> Float[Tensor, "b *out"]:
        y = self.inner(x)
        self.handle.remove()
        return y


def penalty(model: Callable[[Tensor], Tensor], x: Float[Tensor, "b d"], y: Float[Tensor, "b d"]) -> Float[Tensor, ""]:
    mixed = (x + y).requires_grad_()
    (gradient,) = grad(model(mixed).sum(), mixed, create_graph=True)
    return (gradient.norm(dim=-1) - 1).pow(2).mean()


def per_sample(model: nn.Module, x: Float[Tensor, "b d"], y: Int[Tensor, "b"]) -> dict[str, Tensor]:
    parameters: dict[str, Tensor] = {**dict(model.named_parameters())}

    def loss(parameters: dict[str, Tensor], x: Float[Tensor, "d"], y: Int[Tensor, ""]) -> Float[Tensor, ""]:
        logits = functional_call(model, parameters, (x.unsqueeze(0),))
        return F.cross_entropy(logits, y.unsqueeze(0))

    batched = vmap(torch.func.grad(loss), in_dims=(None, 0, 0))
    result: dict[str, Tensor] = batched(parameters, x, y)
    return result


def optimize(x: Float[Tensor, "n d"], steps: int = 10) -> Float[Tensor, "n d"]:
    x = x.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([x])

    def closure() -> Float[Tensor, ""]:
        optimizer.zero_grad()
        loss = x.pow(2).sum()
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return x.detach()


def loaders(x: Float[Tensor, "n d"], y: Int[Tensor, "n"]) -> Float[Tensor, "b d"]:
    dataset = TensorDataset(x, y)
    train, test = random_split(dataset, [0.8, 0.2])
    loader = DataLoader(train, batch_size=4, shuffle=True)
    total = torch.zeros(x.shape[1])
    for features, labels in loader:
        total += features[labels > 0].sum(0)
    for index in range(len(test)):
        features, label = test[index]
        print(features, label)
    features, labels = next(iter(loader))
    return features


class Stream(Dataset[dict[str, Tensor]]):
    def __init__(self, xs: list[Float[Tensor, "_ d"]], transform: Callable[[Tensor], Tensor] | None = None) -> None:
        self.xs = xs
        self.transform = transform

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        x = self.xs[index]
        if self.transform:
            x = self.transform(x)
        return {"x": x, "length": torch.tensor(x.shape[0])}

    def __len__(self) -> int:
        return len(self.xs)


def distributed(model: Positional, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
    wrapped = DistributedDataParallel(model)
    y = wrapped(x)
    torch.distributed.all_reduce(y)
    inner = wrapped.module
    gathered = [torch.empty_like(x) for _ in range(torch.distributed.get_world_size())]
    torch.distributed.all_gather(gathered, x)
    return inner(torch.cat(gathered))


def in_place(x: Float[Tensor, "b t"], index: Int[Tensor, "n"]) -> Float[Tensor, "b t"]:
    x[index] = 0
    x[:, 0] += 1
    x[x > 0] = x.mean()
    x.clamp_(0, 1).mul_(2)
    x[..., None, :1] = torch.zeros(1)
    x[0], x[1] = x[1].clone(), x[0].clone()
    x.data = x.data * 2
    x.grad = None
    x.requires_grad = True
    del x.grad
    return x


def comparisons(x: Float[Tensor, "b t"], y: Float[Tensor, "b t"], n: int) -> bool:
    if (x > y).any() or not torch.isfinite(x).all():
        return False
    if x.dtype == torch.float32 and x.device == y.device and x.is_cuda:
        return True
    assert x.shape == (2, n), f"got {x.shape}"
    assert x.shape[1:] == y.shape[1:] and len(x.shape) == 2 and x.dim() == 2
    return bool(x.sum() > 0) and float(x[0, 0]) > 0 and int(y.argmax()) in range(n)


def gated(x: Float[Tensor, "b 2*d"], dim: int = -1) -> Float[Tensor, "b d"]:
    a, b = x.chunk(2, dim)
    a, b = torch.split(x, x.shape[dim] // 2, dim)
    return a * b.sigmoid()


def load(path: str, model: nn.Module, **options: Any) -> nn.Module:
    state = torch.load(path, **options)
    state = {key.removeprefix("module."): value for key, value in state.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    for name, parameter in model.named_parameters():
        if name in missing and parameter.ndim >= 2:
            nn.init.kaiming_normal_(parameter)
    getattr(model, "head").weight.data.zero_()
    model.head = nn.Linear(3, 4)
    print(unexpected)
    return model
