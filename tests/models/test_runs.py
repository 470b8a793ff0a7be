"""A run and its record: what the trainer has by default, what is written down, and the same run once more."""

import inspect
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytorch_lightning as pl
import torch
import yaml  # type: ignore[import-untyped]
from jaxtyping import Float, Int
from lightning_fabric.plugins import TorchCheckpointIO
from omegaconf import OmegaConf
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger
from torch import Tensor
from torch.nn import functional as F

from models import CheckReports, ConfigError, ExactResume, FailTogether, NeuralDataset, PickleFreeCheckpointIO, runs
from models.check_reports import replay
from models.checkpoints.pickle_free import is_pickle_free
from models.main import main
from models.runs._environment import git_state
from models.runs._loggers import RunLogger
from neuraltypes import ShapeError
from neuraltypes._switches import failure_handler, limit_in_force
from tests.models._pt import Classifier, ClassifierConfig, data, loader, same_weights
from tests.models.test_check_reports import batches, over

QUIET: dict[str, Any] = {
    "accelerator": "cpu",
    "devices": 1,
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "log_every_n_steps": 1,
    "max_epochs": 2,
}


class Point(NamedTuple):
    x: Float[Tensor, "4"]
    label: Int[Tensor, ""]


class PointBatch(NamedTuple):
    x: Float[Tensor, "b 4"]
    label: Int[Tensor, "b"]


class Points(NeuralDataset[Point, PointBatch]):
    def __init__(self, *, seed: int = 0) -> None:
        self.items = data(seed=seed)

    def __getitem__(self, index: int) -> Point:
        x, label = self.items[index]
        return Point(x, label)

    def __len__(self) -> int:
        return len(self.items)


@dataclass
class PointsConfig(ClassifierConfig):
    validation_ds: dict[str, Any] | None = None
    test_ds: dict[str, Any] | None = None


class OnPoints(Classifier):
    """Learns from typed points, with dropout: what is drawn at random decides where it ends."""

    def __init__(self, *, cfg: PointsConfig | dict[str, Any]) -> None:
        super().__init__(cfg=cfg)

    def training_step(self, batch: PointBatch, batch_idx: int) -> Tensor:  # type: ignore[override]
        loss = F.cross_entropy(self(x=batch.x), batch.label)
        self.log("loss", loss)
        return loss

    def validation_step(self, batch: PointBatch, batch_idx: int) -> None:  # type: ignore[override]
        self.log_mean("loss", F.cross_entropy(self(x=batch.x), batch.label, reduction="none"))

    def test_step(self, batch: PointBatch, batch_idx: int) -> None:  # type: ignore[override]
        self.log_ratio("accuracy", (self(x=batch.x).argmax(-1) == batch.label).sum(), len(batch.label))


def run_config(tmp_path: Path, **changes: Any) -> dict[str, Any]:
    dataset = {"_target_": "tests.models.test_runs.Points", "batch_size": 4}
    model = {
        "encoder": {"width": 6, "dropout": 0.3},
        "optim": {"name": "adamw", "lr": 0.05},
        "train_ds": dataset,
        "validation_ds": {**dataset, "seed": 1},
        "test_ds": {**dataset, "seed": 2},
    }
    trainer = {**QUIET, "default_root_dir": str(tmp_path / "runs")}
    return {"model": model, "trainer": trainer, "seed": 5, "threads": 1, "name": "points", "checks": "first", **changes}


def record_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "record" / "run.json").read_text())
    return found


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> runs.Finished[OnPoints]:
    return runs.train(OnPoints, run_config(tmp_path_factory.mktemp("finished")))


def test_a_run_is_made_again_from_its_record(finished: runs.Finished[OnPoints]) -> None:
    torch.rand(7)  # nothing counts but the record
    torch.set_num_threads(2)
    again = runs.train(OnPoints, finished.folder / "record" / "config.yaml")
    assert torch.get_num_threads() == 2
    assert same_weights(again.model, finished.model)
    assert again.metrics == finished.metrics
    assert (again.folder, again.folder.name) == (finished.folder.with_name("version_1"), "version_1")
    assert record_of(again.folder)["config_sha256"] == record_of(finished.folder)["config_sha256"]
    config = OmegaConf.load(finished.folder / "record" / "config.yaml")
    other = runs.train(OnPoints, OmegaConf.merge(config, {"seed": 6}))
    assert not same_weights(other.model, finished.model)
    assert record_of(other.folder)["config_sha256"] != record_of(finished.folder)["config_sha256"]


def test_the_record_says_what_the_run_was(finished: runs.Finished[OnPoints]) -> None:
    record = record_of(finished.folder)
    assert (record["outcome"], record["epoch"], record["global_step"]) == ("finished", 2, 12)
    assert record["started"] <= record["ended"]
    assert record["command"] == sys.orig_argv
    assert record["model"].endswith("test_runs.OnPoints")
    assert record["seed"] == {"seed": 5, "workers": True, "torch": 5}
    assert record["versions"]["torch"] == torch.__version__
    assert record["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert (record["training"]["world_size"], record["training"]["precision"]) == (1, "32-true")
    assert record["best"][0]["path"].startswith(str(finished.folder))
    config = OmegaConf.load(finished.folder / "record" / "config.yaml")
    values = yaml.safe_load((finished.folder / "record" / "config_resolved.yaml").read_text())
    assert config.model.encoder == values["model"]["encoder"] == {"width": 6, "dropout": 0.3}
    assert values["trainer"]["max_epochs"] == 2


def test_the_metrics_are_those_of_the_whole_run(finished: runs.Finished[OnPoints]) -> None:
    assert set(finished.metrics) == {"loss", "val/loss", "test/accuracy"}
    assert (finished.folder / "metrics.csv").is_file()
    assert list(finished.folder.glob("events.out.tfevents.*"))
    (checkpoint,) = finished.folder.glob("checkpoints/*.ckpt")
    assert is_pickle_free(checkpoint)


@pytest.mark.filterwarnings("ignore:.*callbacks used to create the checkpoint")
def test_a_run_goes_on_from_a_checkpoint_to_the_same_weights(finished: runs.Finished[OnPoints], tmp_path: Path) -> None:
    stop = pl.callbacks.ModelCheckpoint(every_n_train_steps=4, save_top_k=-1, filename="{step}")
    config = run_config(tmp_path)
    config["trainer"]["max_steps"] = 4  # in the middle of an epoch
    runs.train(OnPoints, config, callbacks=[stop])
    config = run_config(tmp_path, resume=str(tmp_path / "runs/points/version_0/checkpoints/step=4.ckpt"))
    resumed = runs.train(OnPoints, config)
    assert same_weights(resumed.model, finished.model)
    assert record_of(finished.folder)["resumed"] is None
    assert record_of(resumed.folder)["resumed"] == {"from": config["resume"], "global_step": 4}


def test_interpolations_are_kept_and_nothing_is_read_from_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD", "sesame")
    config = run_config(tmp_path, test=False)
    config["model"]["vocabulary"] = None
    config["model"]["classes"] = "${seed}"
    config["trainer"]["max_steps"] = 1
    config["model"]["train_ds"]["batch_size"] = "${model.encoder.width}"
    config["name"] = "a"
    record = runs.RunRecord(OmegaConf.create({**config, "note": "${oc.env:PASSWORD}", "by": "${note}"}))
    found = runs.train(OnPoints, config, callbacks=[record])
    written, values = ((found.folder / "record" / name).read_text() for name in ("config.yaml", "config_resolved.yaml"))
    assert "classes: ${seed}" in written
    assert "batch_size: ${model.encoder.width}" in written
    assert yaml.safe_load(values)["model"]["classes"] == 5
    assert yaml.safe_load(values)["model"]["train_ds"]["batch_size"] == 6
    assert yaml.safe_load(values)["note"] == "${oc.env:PASSWORD}"
    assert "sesame" not in written + values + (found.folder / "record" / "run.json").read_text()


class Stops(pl.Callback):
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        if trainer.global_step == 3:
            raise self.error


@pytest.mark.filterwarnings("ignore:.*KeyboardInterrupt")
def test_the_outcome_is_recorded(tmp_path: Path) -> None:
    error = ValueError("a number too large")
    error.add_note("look at the data")
    with pytest.raises(ValueError, match="too large"):
        runs.train(OnPoints, run_config(tmp_path), callbacks=[Stops(error)])
    record = record_of(tmp_path / "runs/points/version_0")
    assert (record["outcome"], record["global_step"]) == ("failed", 3)
    assert record["error"] == {
        "type": "builtins.ValueError",
        "message": "a number too large",
        "rank": 0,
        "notes": ["look at the data"],
    }
    with pytest.raises(SystemExit):
        runs.train(OnPoints, run_config(tmp_path), callbacks=[Stops(KeyboardInterrupt())])
    record = record_of(tmp_path / "runs/points/version_1")
    assert (record["outcome"], record["global_step"], "error" in record) == ("interrupted", 3, False)


class Watches(pl.Callback):
    """Reads the record before the first step."""

    def on_train_start(self, trainer: pl.Trainer, *_: Any) -> None:
        folder = Path(str(trainer.log_dir))
        self.record = record_of(folder)
        self.files = sorted(path.name for path in (folder / "record").iterdir())
        self.hidden = [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.filterwarnings("ignore:Checkpoint directory .* exists")
def test_the_record_is_there_before_the_first_step_and_whole(tmp_path: Path) -> None:
    watches = Watches()
    config = run_config(tmp_path, test=False)
    config["trainer"]["max_steps"] = 1
    run = runs.train(OnPoints, config, callbacks=[watches])
    assert (watches.record["outcome"], "ended" in watches.record) == ("running", False)
    assert {"config.yaml", "config_resolved.yaml", "run.json"} <= set(watches.files)
    assert not watches.hidden
    run.trainer.fit_loop.epoch_loop.max_steps = 2
    run.trainer.fit(run.model)  # a second fit in the same folder has a record of its own
    second = json.loads((run.folder / "record-2" / "run.json").read_text())
    assert (second["outcome"], second["global_step"]) == ("finished", 2)
    assert record_of(run.folder)["global_step"] == 1


def test_a_record_that_cannot_be_written_stops_the_run_before_it_starts(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    record = runs.RunRecord()
    trainer = runs.trainer(QUIET, default_root_dir=tmp_path / "file", logger=False, callbacks=[record])
    with pytest.raises(FileExistsError):
        trainer.fit(Classifier(cfg={}), loader(), loader())
    assert trainer.global_step == 0


def test_a_quick_look_leaves_nothing(tmp_path: Path) -> None:
    trainer = runs.trainer(QUIET, default_root_dir=tmp_path / "runs", fast_dev_run=True)
    trainer.fit(Classifier(cfg={}), loader(), loader())
    assert not (tmp_path / "runs").exists()
    runs.trainer(QUIET, default_root_dir=tmp_path / "runs", name="unused")
    assert not (tmp_path / "runs").exists()


def callbacks_of(trainer: pl.Trainer) -> list[pl.Callback]:
    found: list[pl.Callback] = trainer.callbacks  # type: ignore[attr-defined]
    return found


def test_a_trainer_has_our_defaults_and_what_is_given_comes_first(tmp_path: Path) -> None:
    plain = runs.trainer(QUIET, default_root_dir=tmp_path, name="kind")
    assert type(plain) is pl.Trainer
    ours = (runs.RunRecord, ExactResume, CheckReports, FailTogether)
    assert all(sum(type(each) is kind for each in callbacks_of(plain)) == 1 for kind in ours)
    assert isinstance(plain.strategy.checkpoint_io, PickleFreeCheckpointIO)
    csv, board = plain.loggers
    assert isinstance(csv, CSVLogger)
    assert isinstance(board, TensorBoardLogger)
    assert csv.log_dir == board.log_dir == str(tmp_path / "kind" / "version_0")

    class OwnReports(CheckReports):
        pass

    own: dict[str, Any] = {"callbacks": [OwnReports("off")], "plugins": [TorchCheckpointIO()], "logger": False}
    given = runs.trainer({**QUIET, "max_epochs": 7}, default_root_dir=tmp_path, max_epochs=3, **own)
    assert [type(each) for each in callbacks_of(given) if isinstance(each, CheckReports)] == [OwnReports]
    assert type(given.strategy.checkpoint_io) is TorchCheckpointIO
    assert (given.max_epochs, given.loggers) == (3, [])
    bare = runs.trainer({"barebones": True, "accelerator": "cpu"})
    assert not any(isinstance(each, ours) for each in callbacks_of(bare))


def test_sharded_strategies_keep_their_own_checkpoints() -> None:
    from models.runs._trainer import _is_sharded

    strategy = pl.strategies.ModelParallelStrategy()
    assert [_is_sharded(one) for one in ("fsdp", strategy, "ddp", None, "auto")] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"max_epoch": 3}, 'trainer.max_epoch: no such key; did you mean "max_epochs"?'),
        (OmegaConf.create({"max_epochs": "${nowhere}"}), "trainer.max_epochs|max_epochs: Interpolation key 'nowhere'"),
        (OmegaConf.create({"default_root_dir": "${oc.env:HOME}"}), 'default_root_dir: it uses the resolver "oc.env"'),
        ([1], "trainer: is a list, expected a mapping"),
    ],
)
def test_a_section_that_fits_no_trainer_is_refused(section: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        runs.trainer(section)


def test_the_config_of_a_trainer_has_arguments_of_lightnings() -> None:
    known = {name for name in inspect.signature(pl.Trainer.__init__).parameters if name != "self"}
    objects = {"callbacks", "plugins", "enable_autolog_hparams", "model_registry"}
    assert {each.name for each in fields(runs.TrainerConfig)} == known - objects


def test_a_config_that_fits_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'trainr: .*did you mean "trainer"'):
        runs.train(OnPoints, {**run_config(tmp_path), "trainr": {}})
    with pytest.raises(ConfigError, match='did you mean "first"'):
        runs.train(OnPoints, run_config(tmp_path, checks="frist"))
    assert not (tmp_path / "runs").exists()


def test_a_trainer_changes_nothing_of_the_process(tmp_path: Path) -> None:
    def state() -> tuple[Any, ...]:
        handler = failure_handler.get()
        return torch.get_rng_state().tolist(), dict(os.environ), Path.cwd(), limit_in_force(), handler

    before = state()
    trainer = runs.trainer(QUIET, default_root_dir=tmp_path, checks="off")
    assert state() == before
    model = Classifier(cfg={})
    trainer.fit(model, loader(), loader())
    assert state()[1:] == before[1:]


def test_checks_of_the_config_report_into_the_folder_of_the_run(tmp_path: Path) -> None:
    data = {"train_dataloaders": over(batches()), "val_dataloaders": over(batches(None))}
    with pytest.raises(ShapeError):
        runs.train(Classifier, run_config(tmp_path, model={}, checks={"policy": "first"}), data=data)
    folder = tmp_path / "runs/points/version_0"
    (report,) = folder.glob("check_failures/*.json")
    record = record_of(folder)
    assert (record["outcome"], record["global_step"]) == ("failed", 3)
    assert record["error"]["notes"] == [f"report: {report}"]
    assert type(replay(report, Classifier)) is ShapeError
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        runs.train(Classifier, run_config(tmp_path, model={}, checks="off"), data=data)


def test_two_runs_never_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CSVLogger, "_get_next_version", lambda self: 0)  # all of them look before the first writes
    loggers = [RunLogger(tmp_path, name="kind") for _ in range(3)]
    assert [logger.version for logger in loggers] == [0, 1, 2]
    assert [logger.version for logger in loggers] == [0, 1, 2]


@dataclass
class PointsRun(runs.RunConfig):
    model: PointsConfig = field(default_factory=PointsConfig)


def test_a_command_line_runs_the_record_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[runs.Finished[Classifier]] = []

    @main()
    def run(cfg: PointsRun) -> dict[str, float]:
        """Train on points."""
        points = {"train_dataloaders": loader(shuffle=True), "val_dataloaders": loader(seed=1)}
        found.append(runs.train(Classifier, cfg, data=points))
        return found[-1].metrics

    quiet = [f"trainer.{name}={value}" for name, value in QUIET.items() if name != "max_epochs"]
    quiet += [f"trainer.default_root_dir={tmp_path / 'runs'}", "model.hidden=5"]  # not from a key of the model's own
    assert run(["seed=3", "model.encoder.width=5", "trainer.max_epochs=1", *quiet]) == 0
    record = found[0].folder / "record"
    assert run(["-cp", str(record), "-cn", "config"]) == 0
    assert found[0].model.cfg.encoder.width == 5
    assert same_weights(found[0].model, found[1].model)


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org"]
    subprocess.run(["git", *who, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    git(folder, "init", "--initial-branch=work")
    (folder / "train.py").write_text("width = 1\n")
    (folder / ".gitignore").write_text("ignored/\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "Start")
    return folder


def test_what_git_knows_and_what_it_does_not(repository: Path) -> None:
    state, patch = git_state([repository])
    (found,) = state["repositories"]
    assert (found["branch"], found["dirty"], found["untracked"], patch) == ("work", False, [], b"")
    (repository / "train.py").write_text("width = 2\n")
    (repository / "new.py").touch()
    state, patch = git_state([repository, repository])
    (changed,) = state["repositories"]
    assert (changed["commit"], changed["dirty"], changed["untracked"]) == (found["commit"], True, ["new.py"])
    git(repository, "checkout", "train.py")
    (repository / "of.patch").write_bytes(patch)
    git(repository, "apply", "of.patch")
    assert (repository / "train.py").read_text() == "width = 2\n"


def test_a_large_change_is_cut_off_and_said_to_be(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.runs._environment._LARGEST_PATCH", 50)
    (repository / "train.py").write_text("width = 2\n")
    state, patch = git_state([repository])
    assert (len(patch), state["repositories"][0]["patch_complete"]) == (50, False)
    assert state["repositories"][0]["patch_bytes"] == 50
    monkeypatch.setattr("models.runs._environment._LARGEST_PATCH", 1 << 20)
    state, patch = git_state([repository])
    assert (len(patch) > 50, state["repositories"][0]["patch_complete"]) == (True, True)


def test_git_never_stops_a_run(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "ignored").mkdir()
    for folder in (tmp_path, repository / "ignored"):
        assert git_state([folder, None]) == ({"repositories": [], "problem": "in no git repository"}, b"")
    git(repository, "checkout", "--orphan", "empty")
    state, _ = git_state([repository])
    assert (state["repositories"][0]["commit"], state["repositories"][0]["branch"]) == (None, "empty")
    monkeypatch.setenv("PATH", str(tmp_path))
    state, patch = git_state([repository])
    assert (state["repositories"], patch) == ([], b"")
    assert state["problem"].startswith("FileNotFoundError")


def test_nothing_of_a_repository_is_run(repository: Path, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "diff.own.textconv"):
        git(repository, "config", key, str(program))
    (repository / ".git" / "info" / "attributes").write_text("*.py diff=own\n")
    (repository / "train.py").write_text("width = 2\n")
    _, patch = git_state([repository])
    assert b"+width = 2" in patch
    assert not (tmp_path / "ran").exists()
