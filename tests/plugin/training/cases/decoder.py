"""The head."""

from configs import DecoderConfig
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, LogitsType, LogprobsType


class Decoder(NeuralModule):
    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.d_model = config.d_model
        self.vocabulary = config.vocabulary
        self.linear = nn.Linear(config.d_model, config.vocabulary)

    def forward(
        self, *, encoded: NeuralType[Float[Tensor, "b t {self.d_model}"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "b t {self.vocabulary}"], LogitsType]:
        return self.linear(encoded)


def log_probabilities(
    logits: NeuralType[Float[Tensor, "b t v"], LogitsType],
) -> NeuralType[Float[Tensor, "b t v"], LogprobsType]:
    return logits.log_softmax(dim=-1)
