"""Writing in place: the tensor that is written to keeps its shape."""

import torch
from jaxtyping import Bool, Float, Int
from neuraltypes import reveal
from torch import Tensor, nn


def added(
    x: Float[Tensor, "b t d"], row: Float[Tensor, "d"], y: Float[Tensor, "b d"], one: Float[Tensor, "1 d"]
) -> None:
    x += row
    x *= 2
    x -= x.mean(-1, keepdim=True)
    x /= x.norm(dim=-1, keepdim=True)
    x += y  # E: [shape-mismatch]
    x += y[:, None]
    reveal(x)  # N: Float[Tensor, "b t d"]
    one += y  # E: [shape-mismatch]
    total = torch.tensor(0.0)
    total += x.sum()
    z = x[:, 0]
    z += y
    z = z + x.mean(1)
    reveal(z)  # N: Float[Tensor, "b d"]
    out = torch.zeros(x.shape[0], 1)
    out = out + x.sum(1)
    loss = torch.tensor(0.0)
    for i in range(3):
        loss += x[i].sum()
        loss = loss + y.pow(2).mean()
    reveal(loss)  # N: Float[Tensor, ""]


def assigned(x: Float[Tensor, "b t d"], y: Float[Tensor, "b d"], m: Bool[Tensor, "b t"], at: Int[Tensor, "b"]) -> None:
    x[:, 0] = y
    x[:, 0] = 0.0
    x[..., -1] = 1
    x[m] = 0.0
    x[~m] = y[0]
    x[torch.arange(x.shape[0]), at] = y
    x[:, :1] = y[:, None]
    x[:, :2] = y[:, None]
    x[0] = y  # E: [shape-mismatch]
    x[:, 0] += y
    x[..., 0] *= 0.5
    x[x < 0] = 0
    x[:, 0, 0] = torch.zeros(3)  # E: [shape-mismatch]
    x[:, 1:] = x[:, :-1].clone()
    x.data[0] = 0
    reveal(x)  # N: Float[Tensor, "b t d"]


def methods(
    x: Float[Tensor, "b t d"], y: Float[Tensor, "b d"], m: Bool[Tensor, "b t"], idx: Int[Tensor, "b d"]
) -> None:
    reveal(x.add_(1))  # N: Float[Tensor, "b t d"]
    x.mul_(0.9).add_(x, alpha=0.1)
    x.masked_fill_(m[..., None], 0.0)
    x.masked_fill_(m, 0.0)  # E: [shape-mismatch]
    x.add_(y)  # E: [shape-mismatch]
    x.copy_(y[:, None])
    x.copy_(y)  # E: [shape-mismatch]
    x.clamp_(0, 1)
    x.zero_()
    x.fill_(3.0)
    x.relu_()
    x.transpose_(0, 1)
    y.scatter_(1, idx, 1.0)
    y.scatter_add_(1, idx, y)
    y.index_fill_(0, idx[:, 0], 0.0)
    y.lerp_(y, 0.1)
    y.uniform_(-1, 1).requires_grad_()
    y.normal_()
    y.unsqueeze_(0)
    y.detach_()


def one_hot(labels: Int[Tensor, "b"], classes: int) -> Float[Tensor, "b classes"]:
    out = torch.zeros(labels.shape[0], classes)
    out.scatter_(1, labels.unsqueeze(1), 1.0)
    return torch.zeros(len(labels), classes).scatter_(1, labels[:, None], 1)


def momentum(student: nn.Module, teacher: nn.Module, decay: float) -> None:
    with torch.no_grad():
        for a, b in zip(student.parameters(), teacher.parameters(), strict=True):
            b.mul_(decay).add_(a, alpha=1 - decay)
            b.data = decay * b.data + (1 - decay) * a.data
            a.grad.zero_() if a.grad is not None else None


def windows(x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
    out = torch.empty_like(x)
    state = torch.zeros(x.shape[0], x.shape[2])
    for i in range(x.shape[1]):
        state = 0.9 * state + 0.1 * x[:, i]
        out[:, i] = state
    return out


def padded(rows: list[Tensor], n: int) -> Float[Tensor, "b n d"]:
    out = torch.zeros(len(rows), n, rows[0].shape[-1])
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out


def results_go_where_they_fit(x: Float[Tensor, "b t"], counts: Int[Tensor, "b t"]) -> None:
    torch.add(x, x, out=counts)  # E: cannot hold Float  [dtype-mismatch]
    reveal(torch.add(counts, counts, out=x))  # N: Float[Tensor, "b t"]
    torch.exp(counts, out=counts)  # E: [dtype-mismatch]
