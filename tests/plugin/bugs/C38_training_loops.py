"""training_loops: EMA, hooks, autocast, gradient accumulation, compiled steps, distillation, mixup. A checker must stay silent."""

import copy

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn


class EMA:
    def __init__(self, model: nn.Module, decay: float = 0.99) -> None:
        self.model, self.decay = copy.deepcopy(model).requires_grad_(False), decay

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        for shadow, value in zip(self.model.parameters(), model.parameters(), strict=True):
            shadow.lerp_(value, 1 - self.decay)


class Probe:
    def __init__(self, layer: nn.Module) -> None:
        self.seen: list[Tensor] = []
        self.handle = layer.register_forward_hook(lambda _m, _i, out: self.seen.append(out.detach()))


class Net(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d((1, 1))
        )
        self.head = nn.Linear(4, classes)

    def forward(self, x: Float[Tensor, "b 1 h w"]) -> Float[Tensor, "b classes"]:
        return self.head(torch.flatten(self.trunk(x), start_dim=1))


def distillation(
    student: Float[Tensor, "b k"], teacher: Float[Tensor, "b k"], target: Int64[Tensor, "b"], t: float = 2.0
) -> Float[Tensor, ""]:
    soft = F.kl_div(
        F.log_softmax(student / t, dim=-1), F.log_softmax(teacher / t, dim=-1), reduction="batchmean", log_target=True
    )
    return 0.5 * t**2 * soft + 0.5 * F.cross_entropy(student, target, label_smoothing=0.1)


def mixup(
    x: Float[Tensor, "b 1 h w"], y: Int64[Tensor, "b"], classes: int
) -> tuple[Float[Tensor, "b 1 h w"], Float[Tensor, "b {classes}"]]:
    lam = torch.rand(x.size(0))
    order = torch.randperm(len(x))
    hot = F.one_hot(y, classes).float()
    mixed = lam[:, None, None, None] * x + (1 - lam[:, None, None, None]) * x[order]
    return mixed, lam[:, None] * hot + (1 - lam[:, None]) * hot[order]


def soft_cross_entropy(logits: Float[Tensor, "b k"], target: Float[Tensor, "b k"]) -> Float[Tensor, ""]:
    return -(target * logits.log_softmax(dim=1)).sum(dim=1).mean()


def train(model: Net, batches: list[tuple[Tensor, Tensor]], accumulate: int = 2) -> float:
    ema, probe = EMA(model), Probe(model.trunk)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    last = 0.0
    for step, (x, y) in enumerate(batches):
        mixed, soft = mixup(x, y, 3)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(mixed)
            loss = soft_cross_entropy(logits.float(), soft)
        with torch.no_grad():
            teacher = ema.model(x)
        loss = loss + distillation(model(x), teacher, y)
        (loss / accumulate).backward()
        if (step + 1) % accumulate == 0:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            ema.update(model)
        last = loss.item()
    return last + float(len(probe.seen))


@torch.no_grad()
def accuracy(model: nn.Module, x: Float[Tensor, "b 1 h w"], y: Int64[Tensor, "b"]) -> dict[str, float]:
    logits = model.eval()(x)
    top1 = (logits.argmax(dim=1) == y).float().mean().item()
    top2 = logits.topk(2, dim=1).indices.eq(y[:, None]).any(dim=1).float().mean().item()
    return {"top1": top1, "top2": top2}


def main() -> None:
    torch.manual_seed(0)
    model = Net(3)
    data = [(torch.randn(4, 1, 6, 6), torch.randint(0, 3, (4,))) for _ in range(4)]
    last = train(model, data)
    print("GOOD", last > 0, accuracy(model, *data[0])["top2"] >= 0)


if __name__ == "__main__":
    main()
