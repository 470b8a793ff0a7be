"""Losses that are given what they cannot judge: distances, one side twice, a mean, one class for all pairs."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


def distances(x: Float[Tensor, "q d"], way: Float[Tensor, "way d"], y: Int[Tensor, "q"], t: float) -> None:
    near = torch.cdist(x, way)
    F.cross_entropy(near, y)  # E: holds distances, of which the lowest is nearest; take -distances  [element-mismatch]
    F.cross_entropy(near / 0.1, y)  # E: holds distances  [element-mismatch]
    F.cross_entropy(near**2, y)  # E: holds distances  [element-mismatch]
    nn.CrossEntropyLoss()(near, y)  # E: holds distances  [element-mismatch]
    squares = ((x.unsqueeze(1) - way) ** 2).sum(-1)
    F.cross_entropy(squares, y)  # E: holds distances  [element-mismatch]
    difference = x.unsqueeze(1) - way
    F.cross_entropy(difference.norm(dim=-1), y)  # E: holds distances  [element-mismatch]
    F.cross_entropy(difference.pow(2).sum(-1), y)  # E: holds distances  [element-mismatch]


def right_distances(x: Float[Tensor, "q d"], way: Float[Tensor, "way d"], y: Int[Tensor, "q"], t: float) -> None:
    near = torch.cdist(x, way)
    F.cross_entropy(-near, y)
    F.cross_entropy(near * -1, y)
    F.cross_entropy(near / t, y)  # which may be negative
    F.cross_entropy(1 / (1 + near), y)
    F.cross_entropy(x @ way.t(), y)
    F.cross_entropy((x.unsqueeze(1) * way).sum(-1), y)
    F.cross_entropy(-((x.unsqueeze(1) - way) ** 2).sum(-1), y)
    torch.softmax(near, -1)  # weights of what is far


def one_class_for_all(q: Float[Tensor, "batch d"], k: Float[Tensor, "batch d"]) -> None:
    logits = q @ k.t() / 0.07
    labels = torch.zeros(q.shape[0], dtype=torch.long)
    F.cross_entropy(logits, labels)  # E: "target" to "cross_entropy" says one class for all rows of "batch batch"
    F.cross_entropy(q.mm(k.T), labels.long())  # E: whose pairs are on the diagonal; take torch.arange of them
    F.cross_entropy(logits, torch.arange(q.shape[0]))
    positive = (q * k).sum(-1, keepdim=True)
    F.cross_entropy(torch.cat([positive, logits], dim=1), labels)  # the first column has the pairs


def to_a_queue(q: Float[Tensor, "batch d"], queue: Float[Tensor, "n d"]) -> None:
    F.cross_entropy(q @ queue.t(), torch.zeros(q.shape[0], dtype=torch.long))


def divergences(student: Float[Tensor, "b 5"], teacher: Float[Tensor, "b 5"], t: float) -> None:
    soft = F.softmax(teacher / t, dim=-1)
    F.kl_div(F.log_softmax(teacher / t, dim=-1), soft)  # E: is made of what input is made of: the loss is always 0
    log_p = F.log_softmax(student, dim=-1)
    F.kl_div(log_p, student.softmax(-1).detach())  # E: the loss is always 0  [element-mismatch]
    nn.KLDivLoss()(log_p, student.softmax(-1))  # E: the loss is always 0  [element-mismatch]
    F.kl_div(F.log_softmax(student / t, dim=-1), soft)
    F.kl_div(F.log_softmax(teacher, dim=-1), soft)  # of another temperature
    other = student
    other = other + teacher
    F.kl_div(F.log_softmax(student, dim=-1), other.softmax(-1))


def changed_between(x: Float[Tensor, "b 5"]) -> None:
    before = x.softmax(-1)
    x = x + 1 * x.mean()
    F.kl_div(x.log_softmax(-1), before)


def powers(x: Float[Tensor, "b 5"], y: Int[Tensor, "b"], gamma: float) -> None:
    loss = F.cross_entropy(x, y)
    pt = torch.exp(-loss)
    (1 - pt) ** gamma  # E: takes 1 - p of a mean over the batch, not of each example; write reduction="none"
    (1 - torch.exp(-F.nll_loss(x.log_softmax(-1), y))).pow(2)  # E: takes 1 - p of a mean over the batch
    each = F.cross_entropy(x, y, reduction="none")
    (1 - torch.exp(-each)) ** gamma
    torch.exp(loss)  # the perplexity
    (1 - torch.exp(loss)) ** gamma
    (1 - torch.exp(-each.mean())) ** gamma  # in so many words


class Overlap(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Conv2d(16, 1, 1)

    def forward(self, *, x: Float[Tensor, "b 16 h w"], mask: Float[Tensor, "b 1 h w"]) -> None:
        logits = self.head(x)
        overlap = (logits * mask).sum()
        2 * overlap / (logits.sum() + mask.sum())  # E: divides by a sum of raw outputs, which may be 0 or negative
        flat = logits.flatten(1)
        total = flat.sum(1) + mask.flatten(1).sum(1)
        (flat * mask.flatten(1)).sum(1) / (total + 1)  # E: divides by a sum of raw outputs
        p = logits.sigmoid()
        2 * overlap / (p.sum() + mask.sum())
        overlap / mask.sum()  # the mean of what is chosen
        overlap / (mask.sum() + 1)
        overlap / (p.flatten(1).sum(1) + mask.flatten(1).sum(1) + 1)


def rows(adj: Float[Tensor, "n n"], wide: Float[Tensor, "n 5"], one: Float[Tensor, "1 1"]) -> None:
    adj / adj.sum(dim=1)  # E: lines up one number for each row of "n n" with its columns; write keepdim=True
    degree = adj.sum(-1)
    adj / degree  # E: lines up one number for each row of "n n" with its columns  [axis-kind]
    torch.div(adj, degree.clamp(min=1))  # E: lines up one number for each row of "n n"  [axis-kind]
    adj / (degree + 1e-8)  # E: lines up one number for each row of "n n"  [axis-kind]
    adj / adj.sum(dim=0)
    adj / adj.sum(dim=1, keepdim=True)
    adj / degree.unsqueeze(1)
    adj / degree[:, None]
    adj - adj.mean(0) - adj.mean(1)  # a symmetric matrix, centred
    wide / wide.sum(0)
    one / one.sum(1)
    other = adj + adj.t()
    other / degree  # of something else
