"""The encoder: layers in a list."""

from blocks.attention import Attention
from blocks.convolution import Subsampling
from blocks.deep.feed_forward import FeedForward
from configs import EncoderConfig
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, MelSpectrogramType


class Layer(nn.Module):
    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.attention = Attention(d_model)
        self.feed_forward = FeedForward(d_model)

    def forward(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        x = x + self.attention(self.norm(x))
        return x + self.feed_forward(x)


class Encoder(NeuralModule):
    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.d_model = config.d_model
        self.subsampling = Subsampling(config.n_mels, config.d_model)
        self.layers = nn.ModuleList([Layer(config.d_model) for _ in range(config.n_layers)])

    def forward(
        self, *, mel: NeuralType[Float[Tensor, "b mel=80 t"], MelSpectrogramType]
    ) -> NeuralType[Float[Tensor, "b t_out {self.d_model}"], EncodedRepresentation]:
        x = self.subsampling(mel)
        for layer in self.layers:
            x = layer(x)
        return x
