"""nested_configs: nested dataclass configs, properties of sizes, registries of types, builders, partials. A checker must stay silent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

ACTIVATIONS: Mapping[str, Callable[[], nn.Module]] = {
    "gelu": partial(nn.GELU, approximate="tanh"),
    "silu": nn.SiLU,
    "leaky": partial(nn.LeakyReLU, 0.1),
}


@dataclass(frozen=True)
class NormConfig:
    eps: float = 1e-5
    kind: str = "layer"

    def build(self, d: int) -> nn.Module:
        return nn.LayerNorm(d, eps=self.eps) if self.kind == "layer" else nn.RMSNorm(d, eps=self.eps)


@dataclass(frozen=True)
class FFNConfig:
    d_model: int = 16
    ratio: float = 8 / 3
    multiple_of: int = 8
    activation: str = "silu"

    @property
    def hidden(self) -> int:
        return self.multiple_of * (-(-int(self.d_model * self.ratio) // self.multiple_of))


@dataclass(frozen=True)
class ModelConfig:
    d_model: int = 16
    depth: int = 2
    norm: NormConfig = field(default_factory=NormConfig)
    mixer: str = "ffn"

    @property
    def ffn(self) -> FFNConfig:
        return FFNConfig(self.d_model)


class SwiGLU(nn.Module):
    def __init__(self, cfg: FFNConfig) -> None:
        super().__init__()
        self.gate_up = nn.Linear(cfg.d_model, 2 * cfg.hidden, bias=False)
        self.down = nn.Linear(cfg.hidden, cfg.d_model, bias=False)
        self.act = ACTIVATIONS[cfg.activation]()

    def forward(self, x: Float[Tensor, "*b d_model"]) -> Float[Tensor, "*b d_model"]:
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.down(self.act(gate) * up)


class Identity(nn.Module):
    def __init__(self, cfg: FFNConfig) -> None:
        super().__init__()

    def forward(self, x: Float[Tensor, "*b d_model"]) -> Float[Tensor, "*b d_model"]:
        return x


class Model(nn.Module):
    registry: ClassVar[dict[str, type[SwiGLU] | type[Identity]]] = {"ffn": SwiGLU, "identity": Identity}

    def __init__(self, cfg: ModelConfig) -> None:
        super().__init__()
        self.cfg = cfg
        mixer = self.registry[cfg.mixer]
        self.norms = nn.ModuleList(cfg.norm.build(cfg.d_model) for _ in range(cfg.depth))
        self.mixers = nn.ModuleList(mixer(cfg.ffn) for _ in range(cfg.depth))
        self.scales = nn.ParameterList([torch.full((cfg.d_model,), 1e-2) for _ in range(cfg.depth)])

    @property
    def width(self) -> int:
        return self.cfg.d_model

    def forward(self, x: Float[Tensor, "b t {self.width}"]) -> Float[Tensor, "b t {self.width}"]:
        for norm, mixer, scale in zip(self.norms, self.mixers, self.scales, strict=True):
            x = x + scale * mixer(norm(x))
        return x


def main() -> None:
    torch.manual_seed(0)
    small = ModelConfig()
    wide = replace(small, d_model=24, norm=NormConfig(kind="rms"), mixer="identity")
    print("GOOD", tuple(Model(small)(torch.randn(2, 3, 16)).shape), tuple(Model(wide)(torch.randn(2, 3, 24)).shape))


if __name__ == "__main__":
    main()
