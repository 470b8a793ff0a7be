"""What a data set gives is compared with what the model takes, before the first batch, with both sides in the error."""

from typing import Any, NamedTuple, TypedDict

import pytest
import pytorch_lightning as pl
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.utils.data import DataLoader

from models import ModelData, NeuralDataset, WiringError
from models.data._checks import check_wiring
from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import AudioSignal, LabelsType, LengthsType, LogitsType, MelSpectrogramType, ProbsType
from tests.models.data._parts import Classifier, Points, quiet_trainer

AudioIn = NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)]


class Item(NamedTuple):
    audio: NeuralType[Float[Tensor, "t"], AudioSignal(freq=8000)]
    label: NeuralType[Int[Tensor, ""], LabelsType]


class DictItem(TypedDict):
    audio: NeuralType[Float[Tensor, "t"], AudioSignal(freq=8000)]
    label: NeuralType[Int[Tensor, ""], LabelsType]


class Sounds(NeuralDataset[Item]):
    def __getitem__(self, index: int) -> Item:
        return Item(torch.zeros(3), torch.tensor(0))

    def __len__(self) -> int:
        return 2


class SoundDicts(NeuralDataset[DictItem]):
    def __getitem__(self, index: int) -> DictItem:
        return {"audio": torch.zeros(3), "label": torch.tensor(0)}

    def __len__(self) -> int:
        return 2


class Loss(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b"], target: NeuralType[Float[Tensor, "b"], ProbsType]) -> Float[Tensor, ""]:
        return (x - target).mean()


class Model(ModelData, NeuralModule, pl.LightningModule):
    """Takes 16 kHz, and a loss whose targets are probabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.loss = Loss()
        self.free = nn.Linear(3, 3)

    def forward(self, *, audio: AudioIn, speed: float = 1.0) -> Float[Tensor, "b"]:
        return audio.mean(1)


def wiring_of(step: Any, data: Any = None, model: type[Model] = Model) -> list[tuple[str, str, str]]:
    """The misfits when `data` go to a model with that training step."""
    own = type("Own", (model,), {"training_step": step})()
    data = Sounds() if data is None else data
    try:
        check_wiring(own, "train", DataLoader(data, batch_size=2, collate_fn=data.collate_fn))
    except WiringError as error:
        return [(one.field, one.taker.split(" ")[-1], one.reason.split(";")[0]) for one in error.misfits]
    return []


FREQ = "the same element, but a parameter differs"


def test_a_field_that_is_handed_on_must_fit_and_the_error_shows_both_sides() -> None:
    def step(self: Any, batch: Any, batch_idx: int) -> Any:
        return self(audio=batch.audio)

    own = type("Own", (Model,), {"training_step": step})()
    own.setup_training_data({"dataset": Sounds(), "batch_size": 2})
    with pytest.raises(WiringError) as caught:
        own.train_dataloader()
    lines = str(caught.value).splitlines()
    assert lines[0] == "training data do not fit the model: audio"
    assert lines[1] == f"  audio: {FREQ}"
    assert lines[2].split("  gives  ") == [
        lines[2].split("  gives  ")[0],
        'NeuralType[Float[Tensor, "batch=b t"], AudioSignal(freq=8000)]',
    ]
    assert "Sounds" in lines[2]
    assert "test_wiring.py:" in lines[3]
    assert lines[3].endswith('Own.forward(audio=)  takes  NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)]')


def test_every_way_to_hand_a_field_on_is_seen() -> None:
    def by_alias(self: Any, batch: Any, batch_idx: int) -> Any:
        sound = batch.audio
        with torch.no_grad():
            return self.forward(audio=sound)

    def by_unpacking(self: Any, batch: Any, batch_idx: int) -> Any:
        sound, _ = batch
        return self(audio=sound)

    def by_key(self: Any, batch: Any, batch_idx: int) -> Any:
        return self(audio=batch["audio"])

    def to_a_part(self: Any, batch: Any, batch_idx: int) -> Any:
        return self.loss(x=self.free(batch.audio), target=batch.label)

    def to_a_method(self: Any, batch: Any, batch_idx: int) -> Any:
        return self.prepare(audio=batch.audio)

    def prepare(self: Any, *, audio: NeuralType[Float[Tensor, "b t c"], MelSpectrogramType]) -> Any:
        return audio

    audio = ("audio", "Own.forward(audio=)", FREQ)
    assert wiring_of(by_alias) == [audio]
    assert wiring_of(by_unpacking) == [audio]
    assert wiring_of(by_key, SoundDicts()) == [audio]
    assert wiring_of(to_a_part) == [("label", "Own.loss(target=)", "types that do not fit")]
    with_method = type("WithMethod", (Model,), {"prepare": prepare})
    assert wiring_of(to_a_method, model=with_method) == [("audio", "Own.prepare(audio=)", "types that do not fit")]


def test_all_fields_at_once_must_be_taken_and_suffice() -> None:
    def step(self: Any, batch: Any, batch_idx: int) -> Any:
        return self(**batch)

    def with_names(self: Any, batch: Any, batch_idx: int) -> Any:
        return self.loss(x=batch_idx, **batch._asdict())

    assert wiring_of(step, SoundDicts()) == [
        ("audio", "Own.forward(audio=)", FREQ),
        ("label", "Own.forward", "it is not taken"),
    ]
    assert wiring_of(with_names)[0] == ("target", "Own.loss(target=)", "the data have no such field")


def test_what_may_be_changed_or_may_not_run_is_not_checked() -> None:
    def changed(self: Any, batch: Any, batch_idx: int) -> Any:
        sound = batch.audio
        sound = self.free(sound)
        return self(audio=sound)

    def transformed(self: Any, batch: Any, batch_idx: int) -> Any:
        return self(audio=batch.audio * 2)

    def replaced(self: Any, batch: Any, batch_idx: int) -> Any:
        batch = self.free(batch)
        return self(audio=batch.audio)

    def branching(self: Any, batch: Any, batch_idx: int) -> Any:
        if batch_idx > 100:
            return self.free(batch.spectrogram)
        return self(audio=batch.audio)

    def untyped(self: Any, batch: Any, batch_idx: int) -> Any:
        return self.free(batch.audio)

    for step in (changed, transformed, replaced, branching, untyped):
        assert wiring_of(step) == [], step.__name__


def test_a_field_that_the_data_do_not_have_is_named_with_the_nearest() -> None:
    def step(self: Any, batch: Any, batch_idx: int) -> Any:
        return self.free(batch.audios)

    own = type("Own", (Model,), {"training_step": step})()
    with pytest.raises(WiringError, match=r'no such field; did you mean "audio"\?'):
        check_wiring(own, "train", DataLoader(Sounds(), collate_fn=Sounds().collate_fn))


class Takes(NamedTuple):
    audio: NeuralType[Float[Tensor, "b t"], AudioSignal(freq=8000)]
    lengths: NeuralType[Int[Tensor, "b"], LengthsType]


def annotated_step(self: Any, batch: Takes, batch_idx: int) -> Any: ...


def test_an_annotated_batch_says_what_the_step_takes_and_more_is_allowed() -> None:
    found = wiring_of(annotated_step)
    assert found == [("lengths", "Own.training_step(batch.lengths)", "the data have no such field")]


def test_sizes_kinds_and_dtypes_are_compared() -> None:
    class Wide(NamedTuple):
        x: Float[Tensor, "time=t channel=80"]
        y: Float[Tensor, "channel=c time=t"]
        z: Int[Tensor, "3"]
        any_float: Float[Tensor, "3"]

    class Data(NeuralDataset[Wide]):
        pass

    class Mixed(ModelData, NeuralModule, pl.LightningModule):
        def __init__(self, width: int = 64) -> None:
            super().__init__()
            self.width = width

        def forward(
            self,
            *,
            x: Float[Tensor, "b time=t channel={self.width}"],
            y: Float[Tensor, "b time=t channel=c"],
            z: Float[Tensor, "b 3"],
            any_float: Float[Tensor, "b 3"],
        ) -> Float[Tensor, "b"]:
            return x[:, 0, 0]

    def step(self: Any, batch: Any, batch_idx: int) -> Any:
        return self(x=batch.x, y=batch.y, z=batch.z, any_float=batch.any_float)

    own: Any = type("Own", (Mixed,), {"training_step": step})
    data: Any = Data()
    with pytest.raises(WiringError) as caught:
        check_wiring(own(), "train", DataLoader(data, sampler=[], collate_fn=data.collate_fn))
    assert [(one.field, one.reason) for one in caught.value.misfits] == [
        ("x", "the same kinds of axes, but a size differs"),
        ("y", "the same axes in another order"),
        ("z", "types that do not fit"),
    ]
    assert caught.value.misfits[0].expected == 'Float[Tensor, "b time=t channel=64"]'


def test_a_wider_dtype_may_hold_the_narrower_one() -> None:
    class Narrow(NamedTuple):
        x: NeuralType[Float[Tensor, "t"], LogitsType]

    from jaxtyping import Float32

    class Data(NeuralDataset[Narrow]):
        pass

    def take(self: Any, *, x: NeuralType[Float32[Tensor, "b t"], LogitsType]) -> Any: ...

    def step(self: Any, batch: Any, batch_idx: int) -> Any:
        return self.take(x=batch.x)

    assert wiring_of(step, Data(), type("T", (Model,), {"take": take})) == []


def test_loaders_that_a_trainer_is_given_are_checked_and_only_once() -> None:
    class Wrong(Classifier):
        def training_step(self, batch: Any, batch_idx: int) -> Tensor:
            return self(x=batch.y).sum()

    data = Points(4)
    loader = DataLoader(data, batch_size=2, collate_fn=data.collate_fn)
    with pytest.raises(WiringError, match="y: types that do not fit"):
        quiet_trainer().fit(Wrong(), loader, loader)
    model = Classifier()
    quiet_trainer().fit(model, loader, loader)
    assert [stage for stage, _ in model.data_state.checked] == ["validation", "train"]


def test_the_own_prediction_step_is_wired_by_name() -> None:
    model = Classifier()
    data = Sounds()
    with pytest.raises(WiringError, match=r"(?s)prediction data do not fit the model: x.*no such field; it has audio"):
        quiet_trainer().predict(model, DataLoader(data, collate_fn=data.collate_fn))
    points = Points(3)
    assert len(quiet_trainer().predict(model, DataLoader(points, collate_fn=points.collate_fn)) or []) == 3
