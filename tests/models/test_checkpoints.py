"""Archives in training: beside Lightning's checkpoints, as where training goes on from, and from wrapped modules."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EMAWeightAveraging, ModelCheckpoint
from pytorch_lightning.demos.boring_classes import BoringModel
from torch import nn
from torch.nn.parallel import DataParallel

from models import ArchiveCheckpoint
from neuraltypes.archive import Archive, StateError
from tests.models._pt import Classifier, Keywords, loader, same_weights, trainer

pytestmark = pytest.mark.filterwarnings("ignore:Checkpoint directory .* exists and is not empty")


def stems(folder: Path, suffix: str) -> list[str]:
    return sorted(path.stem for path in folder.glob(f"*{suffix}"))


def fit(model: pl.LightningModule, folder: Path, *callbacks: Any, **options: Any) -> pl.Trainer:
    run = trainer(folder, callbacks=list(callbacks), enable_checkpointing=True, **options)
    run.fit(model, loader(), loader(8))
    return run


def test_archives_lie_beside_the_best_and_the_last_checkpoint(tmp_path: Path) -> None:
    best = ModelCheckpoint(tmp_path, filename="best-{epoch}", monitor="val_loss", save_last=True)
    model = Classifier(cfg={})
    # Given before the callback whose files it follows.
    run = fit(model, tmp_path, ArchiveCheckpoint(), best, max_epochs=4)
    assert stems(tmp_path, ".nt") == stems(tmp_path, ".ckpt")
    assert len(stems(tmp_path, ".nt")) == 2
    restored = Classifier.restore_from(tmp_path / "last.nt", trainer=run)
    assert restored.trainer is run
    assert same_weights(restored, model)
    kept = Classifier.restore_from(Path(best.best_model_path).with_suffix(".nt"))
    assert same_weights(kept, Classifier.load_from_checkpoint(best.best_model_path, weights_only=True))
    with Archive.open(tmp_path / "last.nt") as archive:
        training = archive.metadata["training"]
    assert (training["epoch"], training["global_step"], training["lightning"]) == (3, 24, version("pytorch-lightning"))
    assert training["metrics"].keys() == {"loss", "val_loss"}


def test_archives_go_with_their_checkpoints(tmp_path: Path) -> None:
    every = ModelCheckpoint(
        tmp_path, filename="{step}", every_n_train_steps=2, save_top_k=2, monitor="step", mode="max"
    )
    fit(Classifier(cfg={}), tmp_path, every, ArchiveCheckpoint())
    assert stems(tmp_path, ".nt") == stems(tmp_path, ".ckpt") == ["step=4", "step=6"]


def test_a_checkpoint_that_is_written_over_has_its_archive_written_over(tmp_path: Path) -> None:
    same = ModelCheckpoint(tmp_path, filename="same", enable_version_counter=False, every_n_epochs=1)
    model = Classifier(cfg={})
    fit(model, tmp_path, same, ArchiveCheckpoint(), max_epochs=3)
    assert stems(tmp_path, ".nt") == ["same"]
    assert same_weights(Classifier.restore_from(tmp_path / "same.nt"), model)


def test_archives_of_every_epoch_hold_what_their_checkpoints_hold(tmp_path: Path) -> None:
    fit(Classifier(cfg={}), tmp_path, ModelCheckpoint(tmp_path, save_top_k=-1), ArchiveCheckpoint(), max_epochs=3)
    assert len(stems(tmp_path, ".nt")) == 3
    for path in tmp_path.glob("*.ckpt"):
        saved = Classifier.load_from_checkpoint(path, weights_only=True)
        assert same_weights(Classifier.restore_from(path.with_suffix(".nt")), saved)


def test_archives_are_followed_across_a_resume(tmp_path: Path) -> None:
    def checkpoint() -> ModelCheckpoint:
        return ModelCheckpoint(tmp_path, filename="{step}", monitor="step", mode="max", save_top_k=1)

    fit(Classifier(cfg={}), tmp_path, checkpoint(), ArchiveCheckpoint())
    run = trainer(tmp_path, callbacks=[checkpoint(), ArchiveCheckpoint()], enable_checkpointing=True, max_epochs=3)
    run.fit(Classifier(cfg={}), loader(), loader(8), ckpt_path=tmp_path / "step=6.ckpt", weights_only=True)
    assert stems(tmp_path, ".nt") == stems(tmp_path, ".ckpt") == ["step=18", "step=6"]  # it resumed from that


def test_an_archive_holds_the_averaged_weights_that_its_checkpoint_holds(tmp_path: Path) -> None:
    last = ModelCheckpoint(tmp_path, filename="last")
    fit(Classifier(cfg={}), tmp_path, EMAWeightAveraging(decay=0.5), last, ArchiveCheckpoint())
    archived = Classifier.restore_from(tmp_path / "last.nt")
    held = torch.load(tmp_path / "last.ckpt", weights_only=True)
    averaged, current = held["state_dict"], held["current_model_state"]
    assert not torch.equal(averaged["decoder.weight"], current["decoder.weight"])
    assert torch.equal(archived.decoder.weight, averaged["decoder.weight"])


class Unsavable(Classifier):
    def __init__(self, *, act: Any, **more: Any) -> None:
        super().__init__(cfg={}, **more)


def test_what_could_not_be_restored_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="its constructor was given what is no data"):
        fit(Unsavable(act=object()), tmp_path, ModelCheckpoint(tmp_path), ArchiveCheckpoint())
    run = trainer(tmp_path, callbacks=[ArchiveCheckpoint(), ModelCheckpoint(tmp_path)], enable_checkpointing=True)
    with pytest.raises(TypeError, match="is no NeuralModule"):
        run.fit(BoringModel(), loader())
    assert not stems(tmp_path, ".nt")


def test_training_goes_on_from_an_archive(tmp_path: Path) -> None:
    model = Classifier(cfg={})
    fit(model, tmp_path)
    model.save_to(tmp_path / "model.nt")
    before = (tmp_path / "model.nt").read_bytes()
    restored = Classifier.restore_from(tmp_path / "model.nt")
    fit(restored, tmp_path)
    fit(model, tmp_path)
    assert same_weights(restored, model)
    assert (tmp_path / "model.nt").read_bytes() == before


class Compiled(Keywords):
    """One that compiles and wraps its parts."""

    def __init__(self, *, compiled: bool = True) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
        self.module = nn.Linear(4, 4)  # a name that wrappers use, too
        if compiled:
            self.net = torch.compile(self.net, backend="eager")  # type: ignore[assignment]
            self.linear = DataParallel(self.linear)  # type: ignore[assignment]


PLAIN = {"module.weight", "module.bias", "linear.weight", "linear.bias", "net.0.weight", "net.1.running_mean"}


def test_names_are_those_of_the_model_without_wrappers(tmp_path: Path) -> None:
    wrapped, plain = Compiled(), Compiled(compiled=False)
    assert wrapped.state_dict().keys() == plain.state_dict().keys()
    assert wrapped.state_dict().keys() > PLAIN
    plain.load_state_dict(wrapped.state_dict())
    assert same_weights(plain, wrapped)
    other = Compiled()
    other.load_state_dict(plain.state_dict())
    assert torch.equal(other.net.get_submodule("_orig_mod.1").running_mean, plain.net[1].running_mean)  # type: ignore[arg-type]
    assert same_weights(other, plain)
    wrapped.save_to(tmp_path / "model.nt")
    assert same_weights(Compiled.restore_from(tmp_path / "model.nt"), wrapped)
    unwrapped = Compiled.restore_from(tmp_path / "model.nt", config={"compiled": False})
    assert same_weights(unwrapped, wrapped)
    assert isinstance(unwrapped.net, nn.Sequential)


def test_names_with_wrappers_are_taken(tmp_path: Path) -> None:
    plain = Compiled(compiled=False)
    outside = nn.ModuleDict({"_orig_mod": plain})
    fresh = Compiled(compiled=False)
    fresh.load_state_dict(outside.state_dict())
    assert same_weights(fresh, plain)
    parallel = Compiled()
    parallel.load_state_dict({f"module.{name}": value for name, value in plain.state_dict().items()})
    assert same_weights(parallel, plain)
    with pytest.raises(RuntimeError, match=r'Unexpected key\(s\) in state_dict: "nothing.weight"'):
        fresh.load_state_dict({**plain.state_dict(), "nothing.weight": torch.zeros(1)})


def test_wrapped_parts_of_a_part_are_found(tmp_path: Path) -> None:
    outer, other = nn.Sequential(Compiled()), nn.Sequential(Compiled(compiled=False))
    assert outer.state_dict().keys() == other.state_dict().keys()
    outer.load_state_dict(other.state_dict())
    assert same_weights(outer, other)


def test_metadata_of_the_caller_is_kept_beside_that_of_training(tmp_path: Path) -> None:
    model = Classifier(cfg={})
    model.save_to(tmp_path / "before.nt", metadata={"author": "me"})
    fit(model, tmp_path)
    model.save_to(tmp_path / "after.nt", metadata={"author": "me"})
    with Archive.open(tmp_path / "before.nt") as before, Archive.open(tmp_path / "after.nt") as after:
        assert before.metadata == {"author": "me"}
        assert after.metadata.keys() == {"author", "training"}
        assert after.metadata["training"]["global_step"] == 6


def test_a_restore_without_a_fit_leaves_nothing_half_done(tmp_path: Path) -> None:
    Classifier(cfg={}).save_to(tmp_path / "model.nt")
    with pytest.raises(StateError):
        Classifier.restore_from(tmp_path / "model.nt", config=["cfg.classes=5"])
    with pytest.raises(TypeError, match="restore_from makes a new model"):
        Classifier(cfg={}).restore_from(tmp_path / "model.nt")
