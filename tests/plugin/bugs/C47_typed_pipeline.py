"""typed_pipeline: elements and kinds through unusual but right uses of them. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import (
    AcousticEncodedRepresentation,
    EncodedRepresentation,
    LengthsType,
    LogitsType,
    LogprobsType,
    LossType,
    MaskType,
    ProbsType,
    SpectrogramType,
)

Spec = NeuralType[Float[Tensor, "batch freq=80 time"], SpectrogramType]
Encoded = NeuralType[Float[Tensor, "batch time d"], EncodedRepresentation]


class Front(NeuralModule):
    def __init__(self, *, d: int) -> None:
        super().__init__()
        self.d = d
        self.conv = nn.Conv1d(80, d, 3, stride=2, padding=1)

    def forward(
        self, *, spec: Spec, lengths: NeuralType[Int[Tensor, "batch"], LengthsType]
    ) -> tuple[
        NeuralType[Float[Tensor, "batch t_out {self.d}"], AcousticEncodedRepresentation],
        NeuralType[Int[Tensor, "batch"], LengthsType],
    ]:
        h = F.gelu(self.conv(spec)).mT
        return h, (lengths + 1) // 2


class Pool(NeuralModule):
    def forward(
        self, *, encoded: Encoded, ignore: NeuralType[Bool[Tensor, "batch time"], MaskType] | None = None
    ) -> NeuralType[Float[Tensor, "batch d"], EncodedRepresentation]:
        if ignore is None:
            return encoded.mean(dim=1)
        keep = (~ignore).unsqueeze(-1)
        return (encoded * keep).sum(dim=1) / keep.sum(dim=1).clamp(min=1)


class Ensemble(NeuralModule):
    """Averages in probability space, then goes back to log-probabilities."""

    def __init__(self, *, d: int, classes: int, members: int) -> None:
        super().__init__()
        self.classes = classes
        self.heads = nn.ModuleList([nn.Linear(d, classes) for _ in range(members)])

    def forward(
        self, *, pooled: NeuralType[Float[Tensor, "batch d"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "batch {self.classes}"], LogprobsType]:
        probs = torch.stack([head(pooled).softmax(dim=-1) for head in self.heads]).mean(dim=0)
        return probs.clamp(min=1e-9).log()


class Calibrated(NeuralModule):
    def __init__(self) -> None:
        super().__init__()
        self.log_t = nn.Parameter(torch.zeros(()))

    def forward(
        self, *, logits: NeuralType[Float[Tensor, "batch k"], LogitsType]
    ) -> NeuralType[Float[Tensor, "batch k"], ProbsType]:
        return torch.softmax(logits / self.log_t.exp(), dim=-1)


def to_logits(
    log_probs: NeuralType[Float[Tensor, "batch k"], LogprobsType],
) -> NeuralType[Float[Tensor, "batch k"], LogitsType]:
    prior = torch.full((log_probs.shape[-1],), 1 / log_probs.shape[-1]).log()
    return log_probs - prior


class Brier(NeuralModule):
    def forward(
        self, *, probs: NeuralType[Float[Tensor, "batch k"], ProbsType], target: Int[Tensor, "batch"]
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        hot = F.one_hot(target, probs.shape[-1]).to(probs.dtype)
        return (probs - hot).square().sum(dim=-1).mean()


class Whole(nn.Module):
    def __init__(self, d: int = 6, classes: int = 4) -> None:
        super().__init__()
        self.front, self.pool = Front(d=d), Pool()
        self.ensemble = Ensemble(d=d, classes=classes, members=2)
        self.calibrated, self.brier = Calibrated(), Brier()

    def forward(self, spec: Spec, lengths: Int[Tensor, "batch"], target: Int[Tensor, "batch"]) -> Float[Tensor, ""]:
        encoded, n = self.front(spec=spec, lengths=lengths)
        ignore = torch.arange(encoded.shape[1]) >= n.unsqueeze(1)
        log_probs = self.ensemble(pooled=self.pool(encoded=encoded, ignore=ignore))
        nll = F.nll_loss(log_probs, target)
        probs = self.calibrated(logits=to_logits(log_probs))
        margin = probs.topk(2, dim=-1).values.diff(dim=-1).neg().squeeze(-1)
        return nll + self.brier(probs=probs, target=target) - 0.1 * margin.mean()


def main() -> None:
    torch.manual_seed(0)
    loss = Whole()(torch.randn(3, 80, 9), torch.tensor([9, 7, 4]), torch.tensor([0, 3, 1]))
    print("GOOD", tuple(loss.shape))


if __name__ == "__main__":
    main()
