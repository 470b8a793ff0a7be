"""The model with its steps."""

import sigkit
from batches import Batch
from configs import Config, DecoderConfig
from decoder import Decoder, log_probabilities
from encoder import Encoder
from jaxtyping import Float, Int
from losses import ctc, frame_loss
from oldmetrics import Mean, accuracy
from torch import Tensor, nn


class Recogniser(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.encoder = Encoder(config.encoder)
        self.decoder = Decoder(config.decoder)
        self.resampler = sigkit.Resampler(config.encoder.n_mels)
        self.loss = Mean()

    def training_step(self, batch: Batch, index: int) -> Float[Tensor, ""]:
        encoded = self.encoder(mel=batch.mel)
        logits = self.decoder(encoded=encoded)
        loss = ctc(log_probabilities(logits), batch.targets, batch.lengths, batch.target_lengths)
        self.loss.update(loss)
        return loss

    def score(self, logits: Float[Tensor, "b t v"], targets: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
        b, t, v = logits.shape
        return accuracy(logits.reshape(b * t, v), targets.reshape(b * t))

    def wrong(self, mel: Float[Tensor, "b 80 t"], targets: Int[Tensor, "b n"]) -> Float[Tensor, ""]:
        encoded = self.encoder(mel=mel.transpose(1, 2))
        logits = Decoder(DecoderConfig(d_model=32))(encoded=encoded)
        return frame_loss(logits, targets)


def make(d_model: int = 64) -> Recogniser:
    return Recogniser(Config(decoder=DecoderConfig(d_model=d_model)))
