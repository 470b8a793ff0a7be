"""A `NeuralModule` takes its inputs by keyword."""

from jaxtyping import Float, Int
from torch import Tensor

from neuraltypes import NeuralModule


class Encoder(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b t"], n: Int[Tensor, "b"] | None = None) -> Float[Tensor, "b"]: ...


class Positional(NeuralModule):
    def forward(self, x: Float[Tensor, "b t"]) -> None: ...  # E: [keyword-only] # N: (self, *, x: Float[Tensor, "b t"])


class Inputs(NeuralModule):
    def forward(self, *x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]: ...  # E: [keyword-only]


class Nothing(NeuralModule):
    def forward(self) -> Float[Tensor, "b"]: ...


class Kwargs(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b t"], **more: Tensor) -> Float[Tensor, "b"]: ...


def calls(encoder: Encoder, x: Float[Tensor, "2 3"], n: Int[Tensor, "2"]) -> None:
    encoder(x=x)
    encoder(x=x, n=n)
    encoder(n=n, x=x)
    encoder(x)  # E: [keyword-only] # N: encoder(x=x)
    encoder(x, n)  # E: [keyword-only] # N: encoder(x=x, n=n)
    encoder(x, n=n)  # E: [keyword-only] # N: encoder(x=x, n=n)
    encoder(n)  # E: [keyword-only] # E: [shape-mismatch] # E: [dtype-mismatch]
    encoder(*[x])  # E: [call-arg]
    encoder(**{"x": x})
    Nothing()()
    Kwargs()(x=x, y=n)
    encoder.forward(x=x)


def mypys_own(encoder: Encoder, x: Float[Tensor, "2 3"]) -> None:
    encoder()  # E: Missing named argument "x"  [call-arg]
    encoder(x=x, z=x)  # E: Unexpected keyword argument "z"  [call-arg]
