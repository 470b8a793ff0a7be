"""Training loops are silent."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset


class Digits(Dataset[tuple[Float[Tensor, "1 28 28"], Int[Tensor, ""]]]):
    def __init__(self, images: Float[Tensor, "n 1 28 28"], labels: Int[Tensor, "n"]) -> None:
        self.images = images
        self.labels = labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Float[Tensor, "1 28 28"], Int[Tensor, ""]]:
        return self.images[index], self.labels[index]


class Classifier(nn.Module):
    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dropout = nn.Dropout2d(0.25)
        self.fc1 = nn.Linear(9216, 128)
        self.fc2 = nn.Linear(128, classes)

    def forward(self, x: Float[Tensor, "n 1 28 28"]) -> Float[Tensor, "n classes"]:
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        x = self.dropout(x)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = self.fc2(x)
        return F.log_softmax(x, dim=1)


def train(model: Classifier, loader: DataLoader[tuple[Tensor, Tensor]], epochs: int = 3) -> list[float]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)
    losses: list[float] = []
    for epoch in range(epochs):
        model.train()
        for step, (images, labels) in enumerate(loader):
            optimizer.zero_grad(set_to_none=True)
            output = model(images)
            loss = F.nll_loss(output, labels)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            if step % 100 == 0:
                losses.append(loss.item())
        print(epoch, sum(losses) / max(len(losses), 1))
    return losses


@torch.no_grad()
def evaluate(model: Classifier, batches: Iterable[tuple[Float[Tensor, "n 1 28 28"], Int[Tensor, "n"]]]) -> float:
    model.eval()
    correct, total = 0, 0
    for images, labels in batches:
        predicted = model(images).argmax(dim=-1)
        correct += int((predicted == labels).sum().item())
        total += labels.size(0)
    return correct / total


def overfit_one_batch(images: Float[Tensor, "n 1 28 28"], labels: Int[Tensor, "n"]) -> Float[Tensor, ""]:
    model = Classifier()
    loss = torch.tensor(0.0)
    for _ in range(100):
        output = model(images)
        loss = F.nll_loss(output, labels)
        loss.backward()
    return loss


def average(losses: list[Float[Tensor, ""]]) -> Float[Tensor, ""]:
    total: Float[Tensor, ""] | None = None
    for loss in losses:
        total = loss if total is None else total + loss
    if total is None:
        return torch.tensor(0.0)
    return total / len(losses)


Metric = Callable[[Float[Tensor, "n classes"], Int[Tensor, "n"]], Float[Tensor, ""]]


def accuracy(output: Float[Tensor, "n classes"], labels: Int[Tensor, "n"]) -> Float[Tensor, ""]:
    return (output.argmax(-1) == labels).float().mean()


def cross_entropy(logits: Float[Tensor, "b c"], target: Int[Tensor, "b"]) -> Float[Tensor, ""]:
    return F.cross_entropy(logits, target)


METRICS: dict[str, Metric] = {"accuracy": accuracy, "loss": cross_entropy, "nll": F.nll_loss}


def measure(output: Float[Tensor, "n classes"], labels: Int[Tensor, "n"]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, metric in METRICS.items():
        found[name] = metric(output, labels).item()
    return found


def collected(model: Classifier, batches: Iterable[Float[Tensor, "n 1 28 28"]]) -> Float[Tensor, "total classes"]:
    outputs = []
    for batch in batches:
        outputs.append(model(batch).cpu())
    return torch.cat(outputs)


def history(batches: Iterable[tuple[Float[Tensor, "n c"], Int[Tensor, "n"]]]) -> dict[str, list[Tensor]]:
    found: dict[str, list[Tensor]] = defaultdict(list)
    for x, y in batches:
        found["x"].append(x)
        found["y"].append(y)
        found["mean"].append(x.mean())
    return found


@contextlib.contextmanager
def evaluating(model: nn.Module) -> Iterator[nn.Module]:
    was = model.training
    model.eval()
    try:
        yield model
    finally:
        model.train(was)


def with_context(model: Classifier, x: Float[Tensor, "n 1 28 28"]) -> Float[Tensor, "n classes"]:
    with evaluating(model), torch.no_grad():
        return model(x)


def with_scaler(model: Classifier, x: Float[Tensor, "n 1 28 28"], y: Int[Tensor, "n"], log: dict[str, Any]) -> None:
    scaler = torch.amp.GradScaler()
    with torch.autocast("cuda", dtype=torch.bfloat16):
        output = model(x)
        loss = F.cross_entropy(output.float(), y)
    scaler.scale(loss).backward()
    log["loss"] = loss.detach()
    log["output"] = output


class EMA:
    def __init__(self, model: nn.Module, decay: float = 0.999) -> None:
        self.decay = decay
        self.shadow = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}

    def update(self, model: nn.Module) -> None:
        for name, parameter in model.named_parameters():
            self.shadow[name].lerp_(parameter.detach(), 1 - self.decay)
            self.shadow[name] = self.shadow[name].to(parameter.dtype)

    def copy_to(self, model: nn.Module) -> None:
        for name, parameter in model.named_parameters():
            parameter.data.copy_(self.shadow[name])
