"""What a tensor of unknown axes means, once it went through modules that mypy gives `Any` for."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.distributions import Bernoulli, Categorical


class Net(nn.Module):
    def __init__(self, multi: bool) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)
        self.act = nn.Sigmoid() if multi else nn.Softmax(dim=-1)
        self.maybe = nn.Identity() if multi else nn.Softmax(dim=-1)
        self.drop = nn.Dropout(0.1)
        self.log = nn.LogSoftmax(dim=-1)
        self.loss = nn.CrossEntropyLoss()
        self.nll = nn.NLLLoss()
        self.bce = nn.BCELoss()
        self.both = nn.Sequential(nn.Linear(32, 10), nn.Softmax(dim=-1), nn.Dropout(0.1))

    def forward(self, x: Tensor, y: Tensor, soft: Tensor) -> None:
        z = self.fc(x)
        self.loss(z, y)
        self.loss(self.act(z), y)  # E: holds ProbsType  [element-mismatch]
        self.loss(self.maybe(z), y)
        self.loss(self.drop(z.softmax(-1)), y)  # E: holds ProbsType  [element-mismatch]
        self.loss(self.drop(z), y)
        self.loss(self.both(x), y)  # E: holds ProbsType  [element-mismatch]
        self.nll(z, y)  # E: holds UnnormalizedType  [element-mismatch]
        self.nll(self.log(z), y)
        self.nll(z.log_softmax(-1), y)
        self.nll(z.softmax(-1).log(), y)
        self.nll(z.softmax(-1), y)  # E: holds ProbsType  [element-mismatch]
        self.bce(z, soft)  # E: holds UnnormalizedType  [element-mismatch]
        self.bce(z.sigmoid(), soft)
        self.bce(z.sigmoid(), self.fc(x))  # E: holds UnnormalizedType  [element-mismatch]
        Categorical(z)  # E: holds UnnormalizedType  [element-mismatch]
        Categorical(z.softmax(-1))
        Categorical(logits=z)
        Bernoulli(probs=z)  # E: holds UnnormalizedType  [element-mismatch]
        torch.multinomial(z, 1)  # E: holds UnnormalizedType  [element-mismatch]
        torch.multinomial((z / 0.7).softmax(-1), 1)
        F.kl_div(z.log_softmax(-1), z)  # E: holds UnnormalizedType  [element-mismatch]
        F.kl_div(z.log_softmax(-1), z.softmax(-1))

    def rebound(self, x: Tensor, y: Tensor, deep: int) -> None:
        h = x
        x = self.fc(x)
        F.nll_loss(x, y)  # E: holds UnnormalizedType  [element-mismatch]
        x = x.log_softmax(-1)
        F.nll_loss(x, y)
        p = self.fc(h)
        if deep:
            p = p.softmax(-1)
        F.cross_entropy(p, y)
        F.nll_loss(p, y)
        q = self.fc(h).softmax(-1)
        q.log_()
        F.nll_loss(q, y)
        for _ in range(deep):
            r = self.fc(h)
            r = r.softmax(-1)
        F.nll_loss(r, y)
        s = self.fc(h)
        s += 1
        F.binary_cross_entropy(s, y)

    def batch(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        x, y = batch
        logits, probs = self.two(x)
        F.cross_entropy(logits, y)
        F.cross_entropy(probs, y)  # E: holds ProbsType  [element-mismatch]
        return self.loss(self.fc(x)[:, -1].softmax(-1), y)  # E: holds ProbsType  [element-mismatch]

    def two(self, x: Tensor) -> tuple[Tensor, Tensor]:
        z = self.fc(x)
        return z, z.softmax(-1)


def given(x: Tensor, p: Tensor, y: Tensor) -> None:
    F.cross_entropy(p, y)
    F.nll_loss(x, y)
    nn.NLLLoss()(x.softmax(-1), y)  # E: holds ProbsType  [element-mismatch]
    nn.NLLLoss()(x.relu(), y)
