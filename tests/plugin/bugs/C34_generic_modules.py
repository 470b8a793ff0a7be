"""generic_modules: Generic wrappers, Protocol backbones, overloads, TypedDict batches, NamedTuple outputs. A checker must stay silent."""

from collections.abc import Callable
from typing import Generic, Literal, NamedTuple, Protocol, TypedDict, TypeVar, overload

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)


class Residual(nn.Module, Generic[M]):
    def __init__(self, inner: M) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        return x + self.inner(x)


class Backbone(Protocol):
    out_features: int

    def __call__(self, image: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b d"]: ...


class ConvBackbone(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.out_features = 2 * width
        self.net = nn.Sequential(
            nn.Conv2d(3, width, 3, 2, 1),
            nn.ReLU(),
            nn.Conv2d(width, 2 * width, 3, 2, 1),
            nn.ReLU(),
            nn.AdaptiveMaxPool2d(1),
        )

    def forward(self, image: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b features"]:
        return self.net(image)[..., 0, 0]


class Batch(TypedDict):
    image: Float[Tensor, "b 3 h w"]
    label: Int64[Tensor, "b"]


class Output(NamedTuple):
    logits: Float[Tensor, "b classes"]
    features: Float[Tensor, "b d"]


class Model(nn.Module):
    def __init__(self, backbone: Backbone, classes: int, act: Callable[[Tensor], Tensor] = F.relu) -> None:
        super().__init__()
        self.backbone = backbone
        self.neck = Residual(nn.Linear(backbone.out_features, backbone.out_features))
        self.head = nn.Linear(backbone.out_features, classes)
        self.act = act

    @overload
    def forward(self, batch: Batch, *, features: Literal[True]) -> Output: ...
    @overload
    def forward(self, batch: Batch, *, features: Literal[False] = ...) -> Float[Tensor, "b classes"]: ...
    def forward(self, batch: Batch, *, features: bool = False) -> Output | Float[Tensor, "b classes"]:
        h = self.act(self.neck(self.backbone(batch["image"])))
        logits = self.head(h)
        return Output(logits, h) if features else logits

    def loss(self, batch: Batch) -> Float[Tensor, ""]:
        out = self.forward(batch, features=True)
        return F.cross_entropy(out.logits, batch["label"]) + 1e-3 * out.features.square().mean()


def main() -> None:
    torch.manual_seed(0)
    model = Model(ConvBackbone(4), 5)
    batch: Batch = {"image": torch.randn(2, 3, 16, 16), "label": torch.tensor([0, 4])}
    print("GOOD", tuple(model(batch).shape), tuple(model.loss(batch).shape))


if __name__ == "__main__":
    main()
