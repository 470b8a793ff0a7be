"""Checkpoints without pickles, and runs that go on exactly where they stopped."""

import math
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EarlyStopping, EMAWeightAveraging, ModelCheckpoint, Timer
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, IterableDataset, RandomSampler

from models import CheckpointError, ExactResume, PickleFreeCheckpointIO, ResumableLoader
from models.checkpoints._encoding import decode, encode
from neuraltypes.archive import Archive, DigestError
from tests.models._pt import Classifier, data, loader, same_weights, trainer

pytestmark = pytest.mark.filterwarnings("ignore")  # of Lightning, about resumed runs and workers

SAMPLES: dict[str, Any] = {
    "numbers": [1, -(2**70), 0.1, math.inf, -math.inf, True, None],
    "containers": [(1, (2,)), {3, 1}, frozenset({"a"}), torch.Size([2, 3]), []],
    "keys": {0: "a", (1, 2): "b", None: "c", "$tensor": "d"},
    "torch": [torch.bfloat16, torch.device("cuda:1")],
    "bytes": b"\x00\xff",
    "ordered": OrderedDict(b=1, a=OrderedDict()),
    "tensors": {"a.b": torch.tensor(3), "a": {"b": torch.zeros(0, 2)}, "bf": torch.ones(2, dtype=torch.bfloat16)},
}


def equal(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor):
        return one.dtype is other.dtype and torch.equal(one, other)
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_value_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    plugin = PickleFreeCheckpointIO()
    plugin.save_checkpoint({"value": SAMPLES[name]}, tmp_path / "deeper" / "some.ckpt")
    assert equal(plugin.load_checkpoint(tmp_path / "deeper" / "some.ckpt"), {"value": SAMPLES[name]})


def test_nan_comes_back() -> None:
    assert math.isnan(decode(*encode(math.nan)))


def test_what_is_no_data_is_refused_by_its_place(tmp_path: Path) -> None:
    wrong = {"a": [{"b": nn.Linear(1, 1)}], "c": {"d": lambda: 0}, "e": np.float64(1)}
    (tmp_path / "some.ckpt").write_bytes(b"old")
    with pytest.raises(CheckpointError) as caught:
        PickleFreeCheckpointIO().save_checkpoint(wrong, tmp_path / "some.ckpt")
    assert str(caught.value).splitlines()[1:] == [
        "  a[0].b: a torch.nn.modules.linear.Linear",
        "  c.d: a builtins.function",
        "  e: a numpy.float64",
    ]
    with pytest.raises(CheckpointError, match=r"s\.t: is sparse"):
        PickleFreeCheckpointIO().save_checkpoint({"s": {"t": torch.eye(2).to_sparse()}}, tmp_path / "some.ckpt")
    assert (tmp_path / "some.ckpt").read_bytes() == b"old"


def test_a_damaged_or_foreign_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "some.ckpt"
    PickleFreeCheckpointIO().save_checkpoint({"w": torch.ones(100)}, path)
    with Archive.open(path) as archive:
        offset = archive.tensors["w"].offset
    broken = bytearray(path.read_bytes())
    broken[offset] ^= 1
    path.write_bytes(broken)
    with pytest.raises(DigestError):
        PickleFreeCheckpointIO().load_checkpoint(path)
    Classifier(cfg={}).save_to(path)
    with pytest.raises(CheckpointError, match="is an archive, and no checkpoint of a training run"):
        PickleFreeCheckpointIO().load_checkpoint(path)
    with pytest.raises(FileNotFoundError):
        PickleFreeCheckpointIO().load_checkpoint(tmp_path / "none.ckpt")


class Runs:
    """What a pickle may do when it is read."""

    def __reduce__(self) -> Any:
        return print, ("it ran",)


def test_files_of_torch_are_read_and_nothing_in_them_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"w": torch.ones(2)}, tmp_path / "plain.ckpt")
    assert equal(PickleFreeCheckpointIO().load_checkpoint(tmp_path / "plain.ckpt"), {"w": torch.ones(2)})
    torch.save({"w": Runs()}, tmp_path / "hostile.ckpt")
    with pytest.raises(pickle.UnpicklingError):
        PickleFreeCheckpointIO().load_checkpoint(tmp_path / "hostile.ckpt")
    assert "it ran" not in capsys.readouterr().out


class Dropped(Classifier):
    """A model whose training draws random numbers, with a schedule."""

    def __init__(self) -> None:
        optim = {"name": "adamw", "lr": 0.05, "sched": {"name": "cosine", "warmup": 2}, "clip_norm": 1.0}
        super().__init__(cfg={"encoder": {"dropout": 0.5}, "optim": optim})


class Noisy(Dataset[Any]):
    """Items with noise from torch's generator, of this process or of a worker."""

    def __init__(self) -> None:
        self.data = data()

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        x, y = self.data[index]
        return x + 0.1 * torch.randn(4), y


class Stream(IterableDataset[Any]):
    def __len__(self) -> int:
        return 24

    def __iter__(self) -> Iterator[Any]:
        return (Noisy()[n] for n in range(24))


def shuffled(**options: Any) -> ResumableLoader[Any]:
    given: dict[str, Any] = {"dataset": Noisy(), "batch_size": 4, "shuffle": True} | options
    return ResumableLoader(**given)


LOADERS: dict[str, Callable[[], ResumableLoader[Any]]] = {
    "shuffled": shuffled,
    "workers": lambda: shuffled(num_workers=2),
    "a generator": lambda: shuffled(generator=torch.Generator().manual_seed(5)),
    "a sampler": lambda: shuffled(
        shuffle=False, sampler=RandomSampler(Noisy(), generator=torch.Generator().manual_seed(5))
    ),
    "a stream": lambda: shuffled(dataset=Stream(), shuffle=False),
}


def run(folder: Path, kind: str, *, start: Path | None = None, seed: int = 0, **options: Any) -> Dropped:
    pl.seed_everything(seed, verbose=False)
    model = Dropped()
    every = ModelCheckpoint(folder, filename="{step}", every_n_train_steps=1, save_top_k=-1)
    callbacks = [ExactResume(), every, Timer(), *(options.pop("callbacks", list)())]
    plugins = [PickleFreeCheckpointIO()]
    given = {"max_epochs": 3, "enable_checkpointing": True} | options
    made = trainer(folder, callbacks=callbacks, plugins=plugins, **given)
    made.fit(model, LOADERS[kind](), loader(8), ckpt_path=start, weights_only=True)
    return model


@pytest.mark.parametrize("kind", LOADERS)
def test_a_run_goes_on_exactly_where_it_stopped(kind: str, tmp_path: Path) -> None:
    whole = run(tmp_path, kind)
    steps = (1, 5, 6, 8, 12, 17) if kind == "shuffled" else (6, 9)
    for step in steps:
        resumed = run(tmp_path / f"{step}", kind, start=tmp_path / f"step={step}.ckpt", seed=99)
        assert same_weights(resumed, whole), f"from step {step}"


@pytest.mark.parametrize(
    "options",
    [
        {"limit_train_batches": 4},
        {"accumulate_grad_batches": 2},
        {"val_check_interval": 2},
        {"callbacks": lambda: [EMAWeightAveraging(decay=0.5), EarlyStopping("val_loss", patience=9)]},
        {"precision": "bf16-mixed"},
        {"limit_val_batches": 0},
    ],
    ids=lambda options: next(iter(options)),
)
def test_however_it_trains(options: dict[str, Any], tmp_path: Path) -> None:
    whole = run(tmp_path, "shuffled", **options)
    for path in sorted(tmp_path.glob("step=*.ckpt"))[1:-1:5]:
        resumed = run(tmp_path / path.stem, "shuffled", start=path, seed=99, **options)
        assert same_weights(resumed, whole), path.stem


class Endless(IterableDataset[Any]):
    def __iter__(self) -> Iterator[Any]:
        return iter(Stream())


def test_data_without_a_length_is_refused(tmp_path: Path) -> None:
    made = trainer(tmp_path, callbacks=[ExactResume()])
    with pytest.raises(TypeError, match="ResumableLoader: the data set has no length"):
        made.fit(Classifier(cfg={}), ResumableLoader(Endless(), batch_size=4), loader(8))


def test_without_its_parts_a_run_differs(tmp_path: Path) -> None:
    """The test above can fail: each part is needed."""
    whole = run(tmp_path, "shuffled")
    pl.seed_everything(99, verbose=False)
    model = Dropped()
    made = trainer(tmp_path, plugins=[PickleFreeCheckpointIO()], max_epochs=3)
    made.fit(model, shuffled(), loader(8), ckpt_path=tmp_path / "step=9.ckpt")
    assert not same_weights(model, whole)


def test_checkpoints_are_archives_that_load(tmp_path: Path) -> None:
    whole = run(tmp_path, "shuffled", max_epochs=1)
    last = tmp_path / "step=6.ckpt"
    assert zipfile.is_zipfile(last)
    with Archive.open(last) as archive:
        archive.verify()
        assert "state_dict.decoder.weight" in archive.tensors
    loaded = Dropped.load_from_checkpoint(last, weights_only=True)
    assert same_weights(loaded, whole)
    assert loaded.cfg == whole.cfg


def test_the_loaders_of_a_model_s_config_go_on(tmp_path: Path) -> None:
    model = Classifier(cfg={})
    model.setup_training_data({"dataset": data(), "batch_size": 4})
    assert type(model.train_dataloader()) is ResumableLoader
    model.setup_training_data({"dataset": Endless(), "batch_size": 4})
    assert type(model.train_dataloader()) is DataLoader


def test_a_loader_alone_goes_on() -> None:
    torch.manual_seed(0)
    loader = shuffled(dataset=data())
    epochs = [[batch[0] for batch in loader] for _ in range(3)]
    assert not torch.equal(torch.cat(epochs[0]), torch.cat(epochs[1]))
    torch.manual_seed(0)
    first = shuffled(dataset=data())
    list(first)
    started = iter(first)
    seen = [next(started)[0] for _ in range(2)]
    other = shuffled(dataset=data())
    other.load_state_dict(first.state_dict())
    rest = [batch[0] for batch in other]
    assert equal([*seen, *rest], epochs[1])
    assert equal([batch[0] for batch in other], epochs[2])
