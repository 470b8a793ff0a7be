"""Models for configs in files."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


class Encoder(NeuralModule):
    def __init__(self, *, mels: int = 80, width: int = 512) -> None:
        super().__init__()
        self.mels, self.width = mels, width
        self.linear = nn.Linear(mels, width)

    def forward(self, *, mel: Float[Tensor, "b t {self.mels}"]) -> Float[Tensor, "b t {self.width}"]:
        encoded: Tensor = self.linear(mel)
        return encoded


class Decoder(NeuralModule):
    def __init__(self, *, width: int = 256, classes: int = 10) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(width, classes)

    def forward(self, *, encoded: Float[Tensor, "b t {self.width}"]) -> Float[Tensor, "b t c"]:
        decoded: Tensor = self.linear(encoded)
        return decoded


class Model(NeuralModule):
    def __init__(self, *, encoder: Encoder, decoder: Decoder) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, *, mel: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t c"]:
        return self.decoder(encoded=self.encoder(mel=mel))


class Configured(NeuralModule):
    """Takes its config as a whole and makes its parts of it."""

    def __init__(self, *, cfg: Any) -> None:
        super().__init__()
        self.encoder: Encoder = self.from_config_dict(cfg.encoder)
        self.decoder = Decoder.from_config_dict(cfg.decoder)

    def forward(self, *, mel: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t c"]:
        return self.decoder(encoded=self.encoder(mel=mel))


class Lax(NeuralModule):
    """Declares less than its parts take; what they ask of the input itself, the input can be."""

    def __init__(self, *, decoder: Decoder, other: Decoder | None = None) -> None:
        super().__init__()
        self.decoder, self.other = decoder, other

    def forward(self, *, x: Float[Tensor, "b t c"]) -> Float[Tensor, "b t d"]:
        decoded: Tensor = self.decoder(encoded=x)
        return decoded if self.other is None else decoded + self.other(encoded=x)


class Doubled(NeuralModule):
    """What its part asks for is computed: which sizes come is not the config's to say."""

    def __init__(self, *, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, *, x: Float[Tensor, "b t c"]) -> Float[Tensor, "b t d"]:
        return self.decoder(encoded=torch.cat([x, x], dim=2))


class Branching(NeuralModule):
    """Goes where its numbers tell it to."""

    def __init__(self, *, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3"]:
        return x if x.sum().item() > 0 else -x


class Picky(NeuralModule):
    def __init__(self, *, heads: int = 3) -> None:
        super().__init__()
        if heads % 2:
            raise ValueError("heads must be even")
        self.scale = torch.ones(heads)


class Untyped(NeuralModule):
    def __init__(self, *, width: int = 3) -> None:
        super().__init__()
