"""What models are made with."""

from dataclasses import dataclass, field
from typing import Final

N_MELS: Final = 80


@dataclass
class EncoderConfig:
    n_mels: int = N_MELS
    d_model: int = 64
    n_layers: int = 2


@dataclass(frozen=True)
class DecoderConfig:
    d_model: int = 64
    vocabulary: int = 29


@dataclass
class Config:
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    decoder: DecoderConfig = field(default_factory=DecoderConfig)
    rate: float = 0.1
