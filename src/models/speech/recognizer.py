"""The speech recogniser: mel spectrograms, an encoder and a CTC decoder from a config; sound in, text out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jaxtyping import Float, Int
from omegaconf import DictConfig
from torch import Tensor

from models.model_pt import ModelPT
from models.speech.conformer import ConformerEncoder
from models.speech.ctc import CTCDecoder, CTCLoss, greedy_tokens
from models.speech.espeak import SAMPLE_RATE
from models.speech.mel import MelSpectrogram, SpecAugment
from models.speech.spoken import DIGITS, UtteranceBatch
from models.speech.words import Vocabulary, word_errors
from neuraltypes import NeuralType
from neuraltypes.elements import LengthsType, LogprobsType, MelSpectrogramType


@dataclass
class PreprocessorConfig:
    """Of a `MelSpectrogram`."""

    sample_rate: int = SAMPLE_RATE
    mels: int = 40
    window: float = 0.025
    hop: float = 0.01
    dither: float = 0.0


@dataclass
class AugmentConfig:
    """Of a `SpecAugment`."""

    bands: int = 0
    band_width: int = 8
    spans: int = 0
    span_width: float = 0.05


@dataclass
class EncoderConfig:
    """Sizes of a `ConformerEncoder`, whose `mels` are the preprocessor's."""

    d_model: int = 64
    depth: int = 3
    n_heads: int = 4
    kernel: int = 9
    expansion: int = 4
    channels: int = 16
    context: int = 1024
    dropout: float = 0.1


@dataclass
class SpeechRecognizerConfig:
    """What a `SpeechRecognizer` is made of, trained with, and on; the vocabulary is the pieces of its texts."""

    vocabulary: list[str] = field(default_factory=lambda: [f" {digit}" for digit in DIGITS])
    preprocessor: PreprocessorConfig = field(default_factory=PreprocessorConfig)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    optim: dict[str, Any] | None = None
    train_ds: dict[str, Any] | None = None
    validation_ds: dict[str, Any] | None = None
    test_ds: dict[str, Any] | None = None


class SpeechRecognizer(ModelPT):
    """What is said in a sound: `(B, M, T) -> (B, ceil(T / 4), classes)`, the classes tokens and the blank."""

    def __init__(self, *, cfg: SpeechRecognizerConfig | DictConfig | dict[str, Any] | str) -> None:
        super().__init__(cfg=cfg)
        self.vocabulary = Vocabulary(self.cfg.vocabulary)
        self.mels: int = self.cfg.preprocessor.mels
        self.classes: int = len(self.vocabulary) + 1
        self.preprocessor = MelSpectrogram.from_config_dict(self.cfg.preprocessor)
        self.augment = SpecAugment.from_config_dict(self.cfg.augment)
        self.encoder = ConformerEncoder.from_config_dict(self.cfg.encoder, mels=self.mels)
        self.decoder = CTCDecoder(d_model=self.encoder.d_model, tokens=len(self.vocabulary))
        self.loss = CTCLoss()

    def forward(
        self,
        *,
        mel: NeuralType[Float[Tensor, "batch=b {self.mels} time=t"], MelSpectrogramType],
        mel_length: NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ) -> tuple[
        NeuralType[Float[Tensor, "batch=b time=(t-1)//2//2+1 {self.classes}"], LogprobsType],
        NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ]:
        seen = self.augment(mel=mel, mel_length=mel_length)
        encoded, encoded_length = self.encoder(mel=seen, mel_length=mel_length)
        return self.decoder(encoded=encoded), encoded_length

    def postprocess(
        self,
        *,
        logprobs: NeuralType[Float[Tensor, "batch=b time=t classes"], LogprobsType],
        logprobs_length: NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ) -> list[str]:
        """The words of the likeliest path of each sound."""
        found = greedy_tokens(logprobs=logprobs, logprobs_length=logprobs_length)
        return [self.vocabulary.decode(tokens) for tokens in found]

    def training_step(self, batch: UtteranceBatch, batch_idx: int) -> Tensor:
        logprobs, logprobs_length = self._heard(batch)
        loss = self._losses(batch, logprobs, logprobs_length).sum() / batch.tokens_length.sum()
        self.log("loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch: UtteranceBatch, batch_idx: int, dataloader_idx: int = 0) -> None:
        self._score(batch)

    def test_step(self, batch: UtteranceBatch, batch_idx: int, dataloader_idx: int = 0) -> None:
        self._score(batch)

    def _score(self, batch: UtteranceBatch) -> None:
        logprobs, logprobs_length = self._heard(batch)
        self.log_ratio("loss", self._losses(batch, logprobs, logprobs_length).sum(), batch.tokens_length.sum())
        heard = self.postprocess(logprobs=logprobs, logprobs_length=logprobs_length)
        errors = sum(word_errors(reference=text, hypothesis=said) for text, said in zip(batch.text, heard, strict=True))
        self.log_ratio("wer", errors, sum(len(text.split()) for text in batch.text))

    def _heard(
        self, batch: UtteranceBatch
    ) -> tuple[
        NeuralType[Float[Tensor, "batch=b time=t classes"], LogprobsType],
        NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ]:
        mel, mel_length = self.preprocessor(audio=batch.audio, audio_length=batch.audio_length)
        return self(mel=mel, mel_length=mel_length)

    def _losses(
        self,
        batch: UtteranceBatch,
        logprobs: NeuralType[Float[Tensor, "batch=b time=t classes"], LogprobsType],
        logprobs_length: NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ) -> Tensor:
        """The loss of each utterance, in nats."""
        return self.loss(
            logprobs=logprobs,
            logprobs_length=logprobs_length,
            tokens=batch.tokens,
            tokens_length=batch.tokens_length,
        )
