"""Modules that a constructor is handed: their sizes, in the class by their names and outside as they were given."""

from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Encoder(nn.Module):
    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.n_in = 80
        self.changing = d_model
        self.linear = nn.Linear(80, d_model)

    def grow(self) -> None:
        self.changing += 1

    def forward(self, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t {self.d_model}"]:
        return self.linear(x)


class Wider(Encoder):
    def __init__(self, half: int) -> None:
        super().__init__(2 * half)


class Decoder(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.d = d
        self.linear = nn.Linear(d, 10)

    def forward(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t 10"]:
        return self.linear(x)


class Model(nn.Module):
    def __init__(self, encoder: Encoder, decoder: Decoder, head: nn.Linear, width: int = 9) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.head = head
        self.proj = nn.Linear(encoder.d_model, decoder.d)
        self.twice = nn.Linear(2 * encoder.d_model, 3)
        self.of_number = nn.Linear(256, 3)
        self.of_width = nn.Linear(width, 3)
        self.of_decoder = nn.Linear(decoder.d, 3)
        self.of_head = nn.Linear(head.out_features, 4)
        self.of_changing = nn.Linear(encoder.changing, 4)

    def forward(self, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t 10"]:
        y = self.encoder(x)
        reveal(y)  # N: is Float[Tensor, "b t d_model"]
        reveal(self.encoder.d_model)  # N: size encoder.d_model
        self.twice(y)  # E: axis -1 is encoder.d_model, expected 2*encoder.d_model
        return self.decoder(self.proj(y))

    def may_be_right(self, x: Float[Tensor, "b t 80"], y: Float[Tensor, "b t d"], z: Float[Tensor, "b t 9"]) -> None:
        """What is handed may be of any size."""
        self.decoder(self.encoder(x))
        self.of_number(self.encoder(x))
        self.of_width(self.encoder(x))
        self.of_decoder(self.encoder(x))
        self.of_changing(self.encoder(x))
        self.of_head(self.head(x))
        self.head(self.encoder(x))
        self.proj(y)
        self.of_decoder(y)
        self.proj(z)
        self.decoder(z)

    def result(self, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t 512"]:
        return self.encoder(x)

    def named(self, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t {self.encoder.d_model}"]:
        y: Float[Tensor, "b t e"] = self.encoder(x)
        reveal(y)  # N: Tensor
        return self.encoder(x)

    def mapped(self, x: Float[Tensor, "b t {self.encoder.d_model}"]) -> Float[Tensor, "b t {self.decoder.d}"]:
        return self.proj(x)


class Held(nn.Module):
    def __init__(self, encoder: Encoder, other: Encoder | None = None) -> None:
        super().__init__()
        self.encoder = encoder
        self.other = other or encoder
        if other is not None:
            self.encoder = other

    def forward(self, x: Float[Tensor, "b t 80"]) -> Float[Tensor, "b t 7"]:
        reveal(self.encoder(x))  # N: is Float[Tensor, "b t _"]
        return self.other(x)


def given(x: Float[Tensor, "b t 80"], wide: Float[Tensor, "b t 512"], narrow: Float[Tensor, "b t 256"]) -> None:
    model = Model(Encoder(512), Decoder(256), nn.Linear(80, 7))
    reveal(model.encoder(x))  # N: is Float[Tensor, "b t 512"]
    model.encoder(wide)  # E: axis 2 is 512, expected 80
    reveal(model.mapped(wide))  # N: is Float[Tensor, "b t 256"]
    model.mapped(narrow)  # E: axis 2 is 256, expected 512
    model.proj(narrow)  # E: axis -1 is 256, expected 512
    model.decoder(wide)  # E: axis 2 is 512, expected 256
    reveal(model.of_head(model.head(x)))  # N: is Float[Tensor, "b t 4"]
    model.of_head(x)  # E: axis -1 is 80, expected 7
    model.of_changing(x)
    wider = Wider(128)
    other = Model(decoder=Decoder(3), encoder=wider, head=nn.Linear(80, 7))
    reveal(other.mapped(narrow))  # N: is Float[Tensor, "b t 3"]
    other.mapped(wide)  # E: axis 2 is 512, expected 256
    held = Held(Encoder(5))
    held.encoder(x)


def unknown(encoder: Encoder, x: Float[Tensor, "b t 80"], wide: Float[Tensor, "b t 512"]) -> None:
    model = Model(encoder, Decoder(256), nn.Linear(80, 7))
    reveal(model.mapped(wide))  # N: is Float[Tensor, "b t 256"]
    model.proj(wide)
    model.encoder(x)
