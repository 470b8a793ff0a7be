"""The sections of a model's config: checked before anything is built, with file and line, and read by fits."""

import sys
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
from omegaconf import OmegaConf
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from torch.utils.data import DataLoader

from models import ConfigError, ModelPT, WiringError
from neuraltypes.config import Report, check, load
from tests.models._pt import trainer
from tests.models._sections import Classifier, ClassifierConfig, Keywords, OwnOptimizer, Points, WidePoints

pytestmark = pytest.mark.filterwarnings("ignore")  # of Lightning
HERE = "tests.models._sections"

FITS = f"""\
width: 16
model:
  _target_: {HERE}.Classifier
  encoder: {{width: "${{width}}"}}
  decoder:
    width: ${{width}}
  checks: {{policy: first, calls: 3}}
  optim:
    name: adamw
    lr: 0.01
    groups:
      encoder: {{modules: encoder, lr: 1.0e-3}}
      rest: {{}}
    no_decay: vectors
    sched: {{name: cosine, warmup: 0.1}}
    clip_norm: 1
    ema: {{decay: 0.9}}
    freeze: decoder.linear.bias
  train_ds:
    _target_: {HERE}.Points
    n: 24
    batch_size: 8
  validation_ds:
    near: {{dataset: {{_target_: {HERE}.Points, n: 5}}, batch_size: 2}}
    far: {{_target_: {HERE}.Points, n: 3, seed: 2, batch_size: 2}}
    aggregate: weighted
"""


def checked(folder: Path, *changes: tuple[str, str]) -> Report:
    text = FITS
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "model.yaml"
    file.write_text(text)
    return check(file)


def problems(folder: Path, *changes: tuple[str, str]) -> list[str]:
    return [str(problem).removeprefix(f"{folder}/") for problem in checked(folder, *changes).problems]


def test_a_config_of_a_whole_model_fits_and_trains(tmp_path: Path) -> None:
    assert checked(tmp_path) == Report()
    best = ModelCheckpoint(tmp_path, monitor="val/loss", save_top_k=1)
    stop = EarlyStopping("val/accuracy", mode="max", stopping_threshold=0.0)
    model = Classifier.from_config_dict(load(tmp_path / "model.yaml").model)
    run = trainer(tmp_path, max_epochs=9, callbacks=[best, stop], enable_checkpointing=True)
    run.fit(model)
    sums = sum(n * float(run.callback_metrics[f"{name}/loss"]) for name, n in (("near", 5), ("far", 3)))
    assert float(run.callback_metrics["val/loss"]) == pytest.approx(sums / 8)
    assert best.best_model_score == run.callback_metrics["val/loss"]
    assert run.current_epoch == 1  # it was stopped by the aggregate at once


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("decoder:", "decodr:", '5: model.decodr: ClassifierConfig has no such field; did you mean "decoder"?'),
        ("policy: first", "policy: frist", "7: model.checks.policy: expected Literal['always', 'first', 'off'] | None"),
        ("name: adamw", "name: adamv", "9: model.optim.name: no Optimizer is called 'adamv'; did you mean \"Adam\"?"),
        ("lr: 0.01", "lr: fast", "10: model.optim.lr: expected float | Tensor, got str 'fast'"),
        ("lr: 0.01", "lrr: 0.01", '10: model.optim.lrr: AdamW has no such parameter; did you mean "lr"?'),
        ("lr: 1.0e-3", "lr: x", "12: model.optim.groups.encoder.lr: expected float | Tensor, got str 'x'"),
        ("modules: encoder", "modules: enc", "12: model.optim.groups.encoder.modules: no parameter is meant by 'enc'"),
        ("rest: {}", "more: {modules: encoder}", "13: model.optim.groups.more: encoder.linear.weight is in the group"),
        ("no_decay: vectors", "no_decay: biases", "14: model.optim.no_decay: no parameter is meant by 'biases'"),
        ("name: cosine", "name: cosin", "15: model.optim.sched.name: no LRScheduler is called 'cosin'; did you mean"),
        ("warmup: 0.1", "warmup: half", "15: model.optim.sched.warmup: expected int | float | None, got str 'half'"),
        ("clip_norm: 1", "clip_norm: -1", "16: model.optim.clip_norm: is -1, expected a number from 0"),
        ("decay: 0.9", "decai: 0.9", "17: model.optim.ema.decai: Average has no such parameter; did you mean"),
        ("freeze: decoder.linear.bias", "freeze: decodr", "18: model.optim.freeze: no parameter is meant by 'decodr'"),
        ("n: 24", 'n: "24"', "21: model.train_ds.n: expected int, got str '24'"),
        ("    n: 24\n", "", "19: model.train_ds.n: is missing, Points requires it: expected int"),
        ("size: 8", "size: ${widt}", "22: model.train_ds.batch_size: Interpolation key 'widt' not found; did you mean"),
        ("batch_size: 8", "batchsize: 8", "22: model.train_ds.batchsize: Points has no such parameter; did you mean"),
        ("batch_size: 8", "num_workers: two", "22: model.train_ds.num_workers: expected int, got str 'two'"),
        (f"{{_target_: {HERE}.Points, n: 5}}", f"{{_target_: {HERE}.Point}}", "24: model.validation_ds.near.dataset._"),
        ("aggregate: weighted", "aggregate: [far]", "26: model.validation_ds.aggregate: expected str | None, got a"),
        (f"far: {{_target_: {HERE}.Points", "far: {_target_: json.JSONDecoder", "25: model.validation_ds.far._target_"),
    ],
)
def test_what_does_not_fit_has_its_path_and_line(old: str, new: str, expected: str, tmp_path: Path) -> None:
    found = problems(tmp_path, (old, new))
    assert any(one.startswith(f"model.yaml:{expected}") for one in found), found
    assert len(found) <= 2 + new.count("Point}")


def test_all_is_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(tmp_path, ("clip_norm", "clip_nrm"), ("decoder:", "decodr:"), ("n: 24", "n: x"), ("adamw", "sgdd"))
    assert [one.split(":")[1] for one in found] == ["5", "9", "21"]  # of which class `clip_nrm` is, nobody knows


def test_data_that_do_not_fit_the_model_are_seen_without_making_them(tmp_path: Path) -> None:
    wide = f"far: {{_target_: {HERE}.WidePoints, n: 3"
    (found,) = problems(tmp_path, (f"far: {{_target_: {HERE}.Points, n: 3, seed: 2", wide))
    assert found.splitlines() == [
        'model.yaml:25: model.validation_ds.far: validation data "far" do not fit the model: x',
        '  x: WidePoints gives Float[Tensor, "batch=b 5"]',
        (
            '    _sections.py:113 Classifier.forward(x=)  takes Float[Tensor, "b 4"]: '
            "the same kinds of axes, but a size differs"
        ),
    ]
    (found,) = problems(
        tmp_path, (f"train_ds:\n    _target_: {HERE}.Points", f"train_ds:\n    _target_: {HERE}.Wide" + "Points")
    )
    assert found.startswith("model.yaml:19: model.train_ds: training data do not fit the model: x\n")


def test_sizes_inside_a_model_are_compared(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, ("width: ${width}\n", "width: 8\n"))
    assert found.startswith("model.yaml:2: model: its modules do not fit each other: Decoder.forward(encoded=): axis 1")
    assert found.splitlines()[-1] == "  config    model.encoder.width is 16 | model.decoder.width is 8"


def test_what_a_class_reads_in_its_own_way_is_not_checked() -> None:
    own = {"optim": {"rate": 0.1}, "train_ds": {"_target_": "any", "size": 4, "batch_size": 2}}
    config = {"_target_": f"{HERE}.OwnOptimizer", **own}
    assert check(config) == Report()
    assert len(OwnOptimizer(cfg=own).train_dataloader()) == 2


def test_typed_keywords_have_sections_too(tmp_path: Path) -> None:
    data = {"_target_": f"{HERE}.Points", "n": 16, "batch_size": 4}
    config = {"_target_": f"{HERE}.Keywords", "width": 4, "optim": {"name": "sgd"}, "train_ds": data}
    assert check(config) == Report()
    found = check(config | {"optim": {"name": "sgd", "lr": "x"}, "train_ds": data | {"batch_size": "4"}}).problems
    assert [problem.path for problem in found] == ["optim.lr", "train_ds.batch_size"]
    model = Keywords.from_config_dict(config)
    assert model.cfg.train_ds == data
    run = trainer(tmp_path, max_epochs=1)
    run.fit(model)
    assert run.global_step == 4
    model.save_to(tmp_path / "model.nt")
    restored = ModelPT.restore_from(tmp_path / "model.nt")
    assert restored.to_config_dict() == model.to_config_dict() == {k: v for k, v in config.items() if k != "_target_"}
    restored.change_cfg(train_ds=data | {"n": 8})
    assert len(restored.train_dataloader()) == 2


def test_text_among_keywords_is_no_interpolation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET", "12345")
    model = Keywords(train_ds={"_target_": "${oc.env:SECRET}"})
    assert model.cfg.train_ds._target_ == "${oc.env:SECRET}"
    model.save_to(tmp_path / "model.nt")
    assert Keywords.restore_from(tmp_path / "model.nt").cfg.train_ds._target_ == "${oc.env:SECRET}"


def test_the_file_of_a_cfg_is_named(tmp_path: Path) -> None:
    file = tmp_path / "cfg.yaml"
    file.write_text(f"_target_: {HERE}.Classifier\nencoder:\n  widht: 3\noptim: {{name: sgd, lr: x}}\n")
    with pytest.raises(ConfigError) as caught:
        Classifier(cfg=file)
    assert str(caught.value) == f'{file}:3: encoder.widht: EncoderConfig has no such field; did you mean "width"?'
    file.write_text(file.read_text().replace("widht", "width"))
    with pytest.raises(ConfigError) as caught:
        Classifier(cfg=file).configure_optimizers()
    assert str(caught.value) == f"{file}:4: optim.lr: expected float | Tensor, got str 'x'"
    with pytest.raises(ConfigError, match=r"cfg.yaml:1: _target_: ClassifierConfig has no such field"):
        OwnOptimizer(cfg=file)


def test_all_that_does_not_fit_a_schema_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Classifier(cfg={"encoder": {"width": "x"}, "decoder": {"clases": 3, "width": "${encoder.with}"}})
    assert [problem.path for problem in caught.value.problems] == ["encoder.width", "decoder.width", "decoder.clases"]
    typed = OmegaConf.structured(ClassifierConfig)
    assert OmegaConf.get_type(Classifier(cfg={}).cfg) is OmegaConf.get_type(typed) is ClassifierConfig


class Points24(pl.LightningDataModule):
    def train_dataloader(self) -> Any:
        return DataLoader(Points(n=24), batch_size=8)


class Wrong(pl.LightningDataModule):
    def train_dataloader(self) -> Any:
        data = WidePoints.__new__(WidePoints)
        return DataLoader(data, batch_size=8, sampler=[0], collate_fn=data.collate_fn)


def test_a_data_module_is_taken_by_the_trainer_and_checked(tmp_path: Path) -> None:
    model = Classifier(cfg={"optim": {"name": "sgd"}})
    run = trainer(tmp_path, max_epochs=1, limit_val_batches=0)
    run.fit(model, datamodule=Points24())
    assert run.global_step == 3
    with pytest.raises(WiringError, match=r"WidePoints gives Float.*\n.*takes Float"):
        trainer(tmp_path, limit_val_batches=0).fit(model, datamodule=Wrong())


def test_the_command_line_makes_one_from_a_cfg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = pytest.importorskip("pytorch_lightning.cli")
    pytest.importorskip("jsonargparse")
    data = f"{{_target_: {HERE}.Points, n: 16, batch_size: 8}}"
    file = tmp_path / "run.yaml"
    file.write_text(f"model:\n  cfg:\n    encoder: {{width: 5}}\n    optim: {{name: sgd}}\n    train_ds: {data}\n")
    quiet = {"accelerator": "cpu", "logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    options = ["--config", str(file), "--model.cfg.decoder.width=5", "--trainer.max_epochs=1"]
    monkeypatch.setattr(sys, "argv", ["train.py", "fit", *options, "--trainer.limit_val_batches=0"])
    made = cli.LightningCLI(Classifier, save_config_callback=None, trainer_defaults=quiet)
    assert made.trainer.global_step == 2
    assert made.model.decoder.linear.in_features == 5
