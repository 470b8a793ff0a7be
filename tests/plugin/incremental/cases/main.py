"""Uses all of them."""

from aliases import Audio
from compat import WIDTH
from jaxtyping import BFloat16, Float, Int
from layers import Decoder, Encoder, Joined, Sized, Spoken, make_decoder
from makers import Sizes, Stack, Table, Widen, make_linear, make_stack
from meanings import Speech
from ops import halve, head, hear, play, play_all, resample, tail
from records import Batch, Config, Encoded
from scores import score
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import AudioSignal


def calls(x: Float[Tensor, "2 5"], y: Float[Tensor, "2 4"]) -> Float[Tensor, "2"]:
    head(y)
    tail(x)
    return head(x)


def wiring(x: Float[Tensor, "2 5"]) -> None:
    Decoder()(Encoder()(x))
    make_decoder()(Encoder()(x))
    Decoder(512)(Encoder(512)(x))
    Decoder(64)(Encoder(WIDTH)(x))
    nn.Sequential(Encoder(), Decoder())(x)
    reveal_type(Joined().layers(x))
    Joined().wrong(x)


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b 10"]:
        return self.decoder(self.encoder(x))

    def wide(self, x: Float[Tensor, "b {self.encoder.d_model}"]) -> Float[Tensor, "b 10"]:
        return self.decoder(x)


def elements(
    x: NeuralType[Float[Tensor, "2 3"], Speech], y: NeuralType[Float[Tensor, "2 3"], AudioSignal(freq=16000)]
) -> None:
    hear(x)
    resample(y)
    Spoken()(x=x)


def dtypes(x: BFloat16[Tensor, "2 3"], y: Float[Tensor, "3 7"], z: Int[Tensor, "2 5"]) -> None:
    halve(x)
    score(y)
    score(z)
    tail(z)


def aliases(x: Float[Tensor, "3 16"], y: list[Audio]) -> None:
    play(x)
    play_all([x])
    play_all(y)


def records(encoded: Encoded, batch: Batch) -> Float[Tensor, "2 3"]:
    config = Config()
    Decoder(64)(Encoder(config.width)(encoded.y))
    tail(batch["x"])
    Sized()(encoded.y)
    Model().wide(encoded.y)
    y, _lengths = encoded
    return y


def made(x: Float[Tensor, "2 5"]) -> None:
    reveal_type(Widen(5)(x))
    reveal_type(make_linear(5)(x))
    reveal_type(make_stack(5, 3)(x))
    reveal_type(Stack(Sizes()).blocks[0](x))
    reveal_type(Stack(Sizes()).act(x))
    reveal_type(Table().table)
