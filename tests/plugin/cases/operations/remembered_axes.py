"""What values remember by how the same function made them: the axis that they add up to 1 along, point into, count."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


def powers(x: Float[Tensor, "b 5"], y: Int[Tensor, "b"], keep: Bool[Tensor, "b 5"], gamma: float) -> None:
    log_p = x.log_softmax(-1)
    (1 - log_p) ** gamma  # E: of log-probabilities, not of probabilities; take exp of them first  [element-mismatch]
    (1.0 - log_p).pow(gamma)  # E: takes 1 - p of log-probabilities  [element-mismatch]
    torch.pow(1 - log_p, gamma)  # E: takes 1 - p of log-probabilities  [element-mismatch]
    pt = F.one_hot(y, 5) * log_p
    (1 - pt) ** 2  # E: takes 1 - p of log-probabilities  [element-mismatch]
    (1 - pt.sum(-1)) ** 2  # E: takes 1 - p of log-probabilities  [element-mismatch]
    (1 - log_p * keep) ** 2  # E: takes 1 - p of log-probabilities  [element-mismatch]
    picked = log_p.gather(1, y.unsqueeze(1)).squeeze(1)
    (1 - picked) ** 2  # E: takes 1 - p of log-probabilities  [element-mismatch]


def right_powers(x: Float[Tensor, "b 5"], y: Int[Tensor, "b"], w: Float[Tensor, "b 5"], gamma: float) -> None:
    log_p = x.log_softmax(-1)
    (1 - log_p.exp()) ** gamma
    (1 - x.softmax(-1)) ** gamma
    (1 - F.one_hot(y, 5) * log_p.exp()) ** gamma
    (1 - (F.one_hot(y, 5) * log_p).sum(-1).exp()) ** gamma
    (1 - w * log_p) ** gamma  # what the weights are is not known
    (1 + log_p) ** 2
    (gamma - log_p) ** 2
    picked = log_p.gather(1, y.unsqueeze(1)).squeeze(1)
    F.relu(1 - picked) ** 2  # a hinge
    F.relu(1 - picked + log_p.amax(-1))
    log_p.exp() * (1 - log_p)  # 1 more than the entropy, once it is summed
    pt = torch.exp(-F.cross_entropy(x, y, reduction="none"))
    (1 - pt) ** gamma


def classes(x: Float[Tensor, "batch classes seq"], y: Int[Tensor, "batch seq"]) -> None:
    F.nll_loss(x.log_softmax(-1), y)  # E: "nll_loss" adds up to 1 along axis 2; the classes are axis 1  [axis-kind]
    log_p = F.log_softmax(x, dim=-1)
    F.nll_loss(log_p, y)  # E: adds up to 1 along axis 2; the classes are axis 1  [axis-kind]
    F.nll_loss(input=log_p.float(), target=y)  # E: adds up to 1 along axis 2  [axis-kind]
    F.nll_loss(torch.log(torch.softmax(x, 2)), y)  # E: adds up to 1 along axis 2  [axis-kind]
    nn.NLLLoss()(log_p, y)  # E: adds up to 1 along axis 2  [axis-kind]


def right_classes(
    x: Float[Tensor, "batch classes seq"],
    y: Int[Tensor, "batch seq"],
    z: Float[Tensor, "batch classes"],
    k: Int[Tensor, "batch"],
    dim: int,
) -> None:
    F.nll_loss(x.log_softmax(1), y)
    F.nll_loss(x.log_softmax(dim=-2), y)
    F.nll_loss(x.softmax(1).log(), y)
    F.nll_loss(x.log_softmax(dim), y)
    F.nll_loss(z.log_softmax(-1), k)
    F.nll_loss(F.log_softmax(z, 1), k)
    F.nll_loss(F.log_softmax(x.transpose(1, 2), -1).transpose(1, 2), y)
    F.nll_loss(F.log_softmax(x.transpose(1, 2), -1).flatten(0, 1), y.flatten())
    nn.NLLLoss()(x.log_softmax(1), y)
    log_p = x.log_softmax(-1)
    log_p = x.log_softmax(1)
    F.nll_loss(log_p, y)


def mixtures(h: Float[Tensor, "batch time mix"], w: Float[Tensor, "batch time mix"]) -> None:
    log_p = h.sum(-1, keepdim=True) + F.log_softmax(w, -1)
    torch.logsumexp(log_p, dim=-1)  # E: adds up weights that add up to 1 along that axis  [shape-mismatch]
    log_p.logsumexp(2)  # E: adds up weights that add up to 1 along that axis  [shape-mismatch]
    torch.logsumexp(w.log_softmax(-1) + h.mean(2, keepdim=True), -1)  # E: adds up weights  [shape-mismatch]


def right_mixtures(h: Float[Tensor, "batch time mix"], w: Float[Tensor, "batch time mix"]) -> None:
    torch.logsumexp(h + F.log_softmax(w, -1), -1)
    torch.logsumexp(h.sum(-1, keepdim=True) + F.log_softmax(w, -1), 1)
    torch.logsumexp(h.sum(1, keepdim=True) + F.log_softmax(w, -1), -1)
    torch.logsumexp(h.sum(-1, keepdim=True) + w, -1)
    torch.logsumexp(h.sum(-1, keepdim=True) + F.log_softmax(w, 1), -1)
    p = w.softmax(-1)
    p / p.sum(1, keepdim=True)  # normalized over the slots, and then over the inputs
    p / p.sum(-1, keepdim=True)


def indices(x: Float[Tensor, "b t e"], y: Float[Tensor, "b t d"]) -> None:
    i = x.argmax(-1, keepdim=True)
    x.gather(1, i)  # E: "index" to "gather" points into an axis of "e", and axis 1 is "t"  [axis-kind]
    y.gather(1, i)  # E: points into an axis of "e", and axis 1 is "t"  [axis-kind]
    torch.zeros_like(x).scatter_(1, i, 1.0)  # E: points into an axis of "e", and axis 1 is "t"  [axis-kind]
    _, chosen = x.topk(2, dim=-1)
    x.gather(1, chosen)  # E: points into an axis of "e", and axis 1 is "t"  [axis-kind]
    x.gather(1, x.topk(2)[1])  # E: points into an axis of "e", and axis 1 is "t"  [axis-kind]
    x.gather(-1, torch.topk(x, 2, 1).indices)  # E: points into an axis of "t", and axis 2 is "e"  [axis-kind]
    torch.take_along_dim(x, x.argsort(1), 2)  # E: points into an axis of "t", and axis 2 is "e"  [axis-kind]


def right_indices(
    x: Float[Tensor, "b t e"],
    y: Float[Tensor, "b t d"],
    table: Float[Tensor, "b e d"],
    scores: Float[Tensor, "b t"],
    prefix: Float[Tensor, "b s"],
) -> None:
    i = x.argmax(-1, keepdim=True)
    x.gather(2, i)
    x.gather(-1, i)
    torch.zeros_like(x).scatter_(2, i, 1.0)
    _, chosen = x.topk(2, dim=-1)
    x.gather(2, chosen)
    x.gather(1, x.argmax(1, keepdim=True))
    x.gather(1, torch.topk(x, 2, 1).indices)
    _, best = scores.topk(3, dim=1)
    y.gather(1, best.unsqueeze(-1).expand(-1, -1, 4))
    table.gather(1, x.argmax(-1).unsqueeze(-1).expand(-1, -1, 4))
    order = scores.argsort(1)
    scores.gather(1, order.argsort(1))
    y.gather(1, x[:, :3].argmax(1, keepdim=True))  # places of the first three are places of all
    scores.gather(1, prefix.argmax(1, keepdim=True))
    x.gather(1, i // 2)
    x.gather(1, torch.max(x, x)[:, :1].long())


class Positions(nn.Module):
    pe: Tensor

    def __init__(self, d: int, n: int = 100) -> None:
        super().__init__()
        self.position_embedding = nn.Embedding(n, d)
        self.users = nn.Embedding(n, d)
        self.register_buffer("pe", torch.zeros(n, d))

    def wrong(self, x: Float[Tensor, "batch time d"]) -> None:
        self.pe[torch.arange(x.size(0))]  # E: reads positions by the number of the example  [axis-kind]
        self.position_embedding(torch.arange(x.size(0)))  # E: counts the examples of the batch ("batch")  [axis-kind]
        self.position_embedding(torch.arange(0, x.size(0)).unsqueeze(1))  # E: counts the examples  [axis-kind]
        b, t, _ = x.shape
        places = torch.arange(b, device=x.device)
        self.position_embedding(places)  # E: counts the examples of the batch  [axis-kind]

    def right(self, x: Float[Tensor, "batch time d"], y: Float[Tensor, "time batch d"]) -> None:
        self.pe[torch.arange(x.size(1))]
        self.pe[torch.arange(y.size(0))]
        b, t, _ = x.shape
        self.position_embedding(torch.arange(t, device=x.device))
        self.position_embedding(torch.arange(t).unsqueeze(0).expand(b, -1))
        self.position_embedding(torch.arange(t).repeat(b))
        self.users(torch.arange(b))
        self.position_embedding(torch.arange(b * t))

    def patches(self, x: Float[Tensor, "b n d"]) -> None:
        self.pe[: x.size(1)]
        self.pe[torch.arange(x.size(1))]
        self.position_embedding(torch.arange(x.size(1)))
