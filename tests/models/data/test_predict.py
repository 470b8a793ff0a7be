"""From raw input to finished output in one call, with the preprocessing that training had."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytorch_lightning as pl
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from models import ModelData, NeuralDataset, WiringError
from neuraltypes import AnnotationError, NeuralModule, NeuralType, ShapeError
from neuraltypes.elements import (
    AudioSignal,
    LengthsType,
    LogprobsType,
    MelSpectrogramType,
    ValidMaskType,
)
from tests.models.data._parts import Classifier, quiet_trainer


class Features(NamedTuple):
    mel: NeuralType[Float[Tensor, "b time=t 2"], MelSpectrogramType]
    mel_length: NeuralType[Int[Tensor, "b"], LengthsType]


class Preprocessor(NeuralModule):
    """Doubles the signal's channel and scales it by what training found."""

    def __init__(self, *, gain: float = 1.0) -> None:
        super().__init__()
        self.scale: Tensor
        self.register_buffer("scale", torch.tensor(gain))
        self.dropout = nn.Dropout(0.9)

    def forward(
        self,
        *,
        audio: NeuralType[Float[Tensor, "b time=t"], AudioSignal],
        audio_length: NeuralType[Int[Tensor, "b"], LengthsType],
    ) -> Features:
        return Features(self.dropout(audio)[..., None].expand(-1, -1, 2) * self.scale, audio_length)


class Recogniser(ModelData, NeuralModule, pl.LightningModule):
    def __init__(self, *, preprocessor: Preprocessor) -> None:
        super().__init__()
        self.preprocessor = preprocessor
        self.linear = nn.Linear(2, 3)

    def forward(
        self,
        *,
        mel: NeuralType[Float[Tensor, "b time=t 2"], MelSpectrogramType],
        mel_length: NeuralType[Int[Tensor, "b"], LengthsType],
    ) -> NeuralType[Float[Tensor, "b time=t k"], LogprobsType]:
        return self.linear(mel).log_softmax(-1)

    def postprocess(
        self,
        *,
        logprobs: NeuralType[Float[Tensor, "b time=t k"], LogprobsType],
        mel_length: NeuralType[Int[Tensor, "b"], LengthsType],
    ) -> list[str]:
        best = logprobs.argmax(-1)
        return ["".join("abc"[i] for i in row[:n].tolist()) for row, n in zip(best, mel_length.tolist(), strict=True)]


def recogniser(gain: float = 1.0) -> Recogniser:
    return Recogniser(preprocessor=Preprocessor(gain=gain))


def test_one_call_from_raw_input_to_finished_output() -> None:
    model = recogniser()
    sounds = [torch.randn(n) for n in (3, 5, 2)]
    texts = model.predict(sounds)
    assert [len(text) for text in texts] == [3, 5, 2]
    assert model.predict(sounds[1]) == texts[1]
    assert model.predict(audio=sounds[2]) == texts[2]
    assert model.predict([{"audio": sound} for sound in sounds]) == texts
    assert model.predict(sounds, batch_size=2) == texts
    assert model.predict([]) == []


def test_modes_and_gradients_are_as_before() -> None:
    model = recogniser().train()
    model.linear.eval()
    before = [module.training for module in model.modules()]
    sound = torch.randn(40)
    assert model.predict(sound) == model.predict(sound)  # no dropout
    assert [module.training for module in model.modules()] == before
    with pytest.raises(ShapeError):
        model.predict(torch.randn(3, 3))
    assert [module.training for module in model.modules()] == before
    assert torch.is_grad_enabled()


def test_preprocessing_is_saved_and_restored_with_the_model(tmp_path: Path) -> None:
    model = recogniser(gain=3.0)
    model.preprocessor.scale.fill_(-5.0)
    model.save_to(tmp_path / "model.nt")
    restored = Recogniser.restore_from(tmp_path / "model.nt")
    assert restored.preprocessor.scale == -5.0
    sounds = [torch.randn(9), torch.randn(4)]
    assert restored.predict(sounds) == model.predict(sounds)
    assert restored.to_config_dict()["preprocessor"]["gain"] == 3.0


class Sound(NamedTuple):
    audio: NeuralType[Float[Tensor, "time=t"], AudioSignal]
    text: str


class SoundBatch(NamedTuple):
    audio: NeuralType[Float[Tensor, "b time=t"], AudioSignal]
    audio_length: NeuralType[Int[Tensor, "b"], LengthsType]
    text: list[str]


class Sounds(NeuralDataset[Sound, SoundBatch]):
    def __getitem__(self, index: int) -> Sound:
        return Sound(torch.linspace(-1, index, 3 + index), "")

    def __len__(self) -> int:
        return 4


def test_the_trainer_predicts_by_the_same_steps() -> None:
    model = recogniser()
    model.setup_prediction_data({"dataset": Sounds(), "batch_size": 3})
    batches: Any = quiet_trainer().predict(model)
    texts = [text for batch in batches for text in batch]
    assert texts == model.predict([Sounds()[i].audio for i in range(4)])
    assert texts == model.predict([Sounds()[i] for i in range(4)])


def test_the_steps_are_checked_against_each_other() -> None:
    class Bare(NamedTuple):
        audio: NeuralType[Float[Tensor, "time=t"], MelSpectrogramType]

    class BareSet(NeuralDataset[Bare]):
        pass

    class Mistaken(Recogniser):
        def postprocess(  # type: ignore[override]
            self, *, logprobs: Float[Tensor, "b 1"], mel_length: Float[Tensor, "b"]
        ) -> list[str]:
            return []

    model = Mistaken(preprocessor=Preprocessor())
    data: Any = BareSet()
    loader = torch.utils.data.DataLoader(data, sampler=[0], collate_fn=data.collate_fn)
    with pytest.raises(WiringError) as caught:
        quiet_trainer().predict(model, loader)
    assert [(one.field, one.taker, one.reason.split(";")[0]) for one in caught.value.misfits] == [
        ("audio", "Mistaken.preprocessor(audio=)", "types that do not fit"),
        ("audio_length", "Mistaken.preprocessor(audio_length=)", "the data have no such field"),
        ("logprobs", "Mistaken.postprocess(logprobs=)", "types that do not fit"),
        ("mel_length", "Mistaken.postprocess(mel_length=)", "types that do not fit"),
    ]


def test_methods_are_checked_as_forward_is() -> None:
    with pytest.raises(ShapeError, match=r"Recogniser.postprocess\(mel_length=\)"):
        recogniser().postprocess(logprobs=torch.zeros(2, 3, 3), mel_length=torch.tensor([1]))


def test_raw_text_goes_through_a_method() -> None:
    class Reader(ModelData, NeuralModule, pl.LightningModule):
        def preprocess(self, *, text: list[str]) -> Float[Tensor, "b 2"]:
            return torch.tensor([[len(one), one.count("a")] for one in text], dtype=torch.float32)

        def forward(self, *, x: Float[Tensor, "b 2"]) -> Float[Tensor, "b"]:
            return x.sum(1)

    model = Reader()
    assert [x.item() for x in model.predict(["banana", "tea"])] == [9.0, 4.0]
    assert model.predict("aa").item() == 4.0


def test_outputs_are_told_apart_by_input() -> None:
    class Pair(NamedTuple):
        states: Float[Tensor, "layer batch=b 2"]
        means: dict[str, Tensor]

    class Model(ModelData, NeuralModule, pl.LightningModule):
        def forward(self, *, x: Float[Tensor, "b 2"]) -> Pair:
            return Pair(torch.stack([x, x + 1]), {"mean": x.mean(1)})

    model = Model()
    first, second = model.predict([torch.zeros(2), torch.ones(2)])
    assert isinstance(first, Pair)
    assert first.states.tolist() == [[0, 0], [1, 1]]
    assert second.means["mean"].item() == 1

    class Total(ModelData, NeuralModule, pl.LightningModule):
        def forward(self, *, x: Float[Tensor, "b 2"]) -> Float[Tensor, ""]:
            return x.sum()

    with pytest.raises(TypeError, match=r'Total.forward returns, Float\[Tensor, ""\], cannot be told apart'):
        Total().predict([torch.zeros(2), torch.ones(2)])


def test_optional_masks_are_made_where_they_can_be() -> None:
    class Model(ModelData, NeuralModule, pl.LightningModule):
        def forward(
            self,
            *,
            x: NeuralType[Float[Tensor, "b t"], AudioSignal],
            x_mask: NeuralType[Bool[Tensor, "b t"], ValidMaskType] | None = None,
            most: NeuralType[Int[Tensor, "b"], LengthsType] | None = None,
        ) -> Float[Tensor, "b"]:
            assert x_mask is not None
            assert most is None
            return x_mask.sum(1).float()

    assert [x.item() for x in Model().predict([torch.zeros(2), torch.zeros(3)])] == [2.0, 3.0]


def test_inputs_that_are_missing_unknown_or_nameless_are_refused() -> None:
    model = recogniser()
    with pytest.raises(
        TypeError, match='input 0 has "audi", the model takes audio, audio_length; did you mean "audio"'
    ):
        model.predict(audi=torch.zeros(2))
    with pytest.raises(TypeError, match="input 0 and others do not all have audio"):
        model.predict(audio_length=torch.tensor(3))
    with pytest.raises(TypeError, match="input 1 and others do not all have audio_length"):
        model.predict([{"audio": torch.zeros(2), "audio_length": torch.tensor(2)}, {"audio": torch.zeros(2)}])
    with pytest.raises(TypeError, match="one of both"):
        model.predict()

    class Two(ModelData, NeuralModule, pl.LightningModule):
        def forward(self, *, x: Float[Tensor, "b"], y: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
            return x + y

    with pytest.raises(TypeError, match="input 0 has no names, and the model takes x, y"):
        Two().predict(torch.tensor(1.0))
    assert Two().predict(x=torch.tensor(1.0), y=2.0) == 3.0


def test_steps_that_do_not_say_how_they_fit_together_are_refused() -> None:
    class Unclear(Classifier):
        def postprocess(self, *, a: Float[Tensor, "b k"], b: Float[Tensor, "b k"]) -> list[int]:
            return []

    with pytest.raises(
        AnnotationError, match=r"postprocess takes a, b, and Unclear.forward does not name its 1 outputs"
    ):
        Unclear().predict(torch.zeros(4))
