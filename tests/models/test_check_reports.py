"""Which batch did not fit: reports without data, replayed, and runs that stop or go on."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytorch_lightning as pl
import torch
from jaxtyping import Float
from omegaconf import OmegaConf
from pytorch_lightning.loggers import CSVLogger
from torch import Tensor
from torch.utils.data import DataLoader

from models import CheckReports, ConfigError, FailTogether, RankError
from models.check_reports import replay
from neuraltypes import NeuralModule, ShapeError
from tests.models._pt import Classifier, data, trainer

SECRET = 12345.5


def batches(wrong: int | None = 3) -> list[list[Tensor]]:
    """Six batches, of which one is too wide."""
    made = [[data()[n : n + 4][0], data()[n : n + 4][1]] for n in range(0, 24, 4)]
    if wrong is not None:
        made[wrong][0] = torch.full((4, 5), SECRET)
    return made


def over(made: list[list[Tensor]]) -> DataLoader[Any]:
    return DataLoader(made, batch_size=None)  # type: ignore[arg-type]  # a list is a data set


def fit(tmp_path: Path, reports: CheckReports, train: list[list[Tensor]] | None = None) -> Any:
    model = Classifier(cfg={})
    run = trainer(tmp_path, callbacks=[reports])
    run.fit(model, over(batches() if train is None else train), over(batches(None)))
    return run


def test_the_first_wrong_batch_is_written_down(tmp_path: Path) -> None:
    reports = CheckReports("always")
    with pytest.raises(ShapeError) as caught:
        fit(tmp_path, reports)
    (path,) = reports.paths
    assert path == tmp_path / "check_failures" / "train-epoch0-batch3-rank0.json"
    assert f"report: {path}" in caught.value.__notes__
    report = json.loads(path.read_text())
    assert (report["batch_idx"], report["global_step"], report["module"], report["function"]) == (3, 3, "", "forward")
    assert report["arguments"] == {"x": {"dtype": "float32", "shape": [4, 5], "device": "cpu"}}
    assert report["batch"]["list"][1] == {"dtype": "int64", "shape": [4], "device": "cpu"}
    assert report["error"]["failures"][0]["argument"] == "x"
    assert report["config"]["cfg"]["encoder"] == {"width": 8, "dropout": 0.0}
    assert str(SECRET) not in path.read_text()


def test_a_report_is_replayed(tmp_path: Path) -> None:
    reports = CheckReports("always")
    with pytest.raises(ShapeError) as caught:
        fit(tmp_path, reports)
    again = replay(reports.paths[0], Classifier(cfg={}))
    assert type(again) is ShapeError
    assert str(again).splitlines()[0] == str(caught.value).splitlines()[0]
    changed = json.loads(reports.paths[0].read_text())
    changed["arguments"]["x"]["shape"] = [4, 4]
    reports.paths[0].write_text(json.dumps(changed))
    assert replay(reports.paths[0], Classifier(cfg={})) is None


def test_a_model_is_made_of_the_report(tmp_path: Path) -> None:
    reports = CheckReports("always")
    with pytest.raises(ShapeError):
        fit(tmp_path, reports)
    assert type(replay(reports.paths[0], Classifier)) is ShapeError
    report = json.loads(reports.paths[0].read_text())
    report["config"]["cfg"]["encoder"]["width"] = "wide"
    reports.paths[0].write_text(json.dumps(report))
    with pytest.raises(ConfigError, match="wide"):
        replay(reports.paths[0], Classifier)


class Pair(NamedTuple):
    x: Float[Tensor, "b 4"]
    scale: float


class Scale(NeuralModule):
    def forward(self, *, pair: Pair, times: int, wide: Float[Tensor, "b 8"]) -> Float[Tensor, "b 8"]:
        return wide * pair.scale * times


class WithPair(Classifier):
    """Hands its batch on as a named tuple, beside a whole number."""

    def __init__(self, *, cfg: Any) -> None:
        super().__init__(cfg=cfg)
        self.scale = Scale()

    def training_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        x = batch[0][:, :4]
        return self.scale(pair=Pair(x, SECRET), times=3, wide=batch[0].repeat(1, 2)).mean() + self(x=x).mean()


def test_records_and_plain_values_are_replayed(tmp_path: Path) -> None:
    reports = CheckReports("always")
    with pytest.raises(ShapeError):
        trainer(tmp_path, callbacks=[reports]).fit(WithPair(cfg={}), over(batches()), over(batches(None)))
    report = json.loads(reports.paths[0].read_text())
    assert report["module"] == "scale"
    assert report["arguments"]["times"] == {"type": "builtins.int"}
    assert str(SECRET) not in reports.paths[0].read_text()
    assert type(replay(reports.paths[0], WithPair(cfg={}))) is ShapeError
    report["arguments"]["pair"]["type"] = "somewhere.Else"
    reports.paths[0].write_text(json.dumps(report))
    with pytest.raises(ValueError, match=r"pair was somewhere.Else, which cannot be made of its type alone"):
        replay(reports.paths[0], WithPair(cfg={}))
    report["module"] = None
    reports.paths[0].write_text(json.dumps(report))
    with pytest.raises(ValueError, match=r"of forward of a .*Scale, which is no part of the model"):
        replay(reports.paths[0], WithPair(cfg={}))


def test_each_run_has_a_report_in_its_folder(tmp_path: Path) -> None:
    reports = CheckReports("always", on_failure="go on")
    train = batches(None)
    train[2][0] = train[2][0].int()
    loggers = [CSVLogger(tmp_path, name="runs"), CSVLogger(tmp_path, name="runs")]
    for logger in (*loggers, loggers[-1]):
        run = trainer(tmp_path, callbacks=[reports], logger=logger, log_every_n_steps=1)
        with pytest.warns(UserWarning, match="batch 2 of train does not fit; report"):
            run.fit(Longer(cfg={}), over(train), over(batches(None)))
    folders = [tmp_path / f"runs/version_{number}/check_failures" for number in range(2)]
    name = "train-epoch0-batch2-rank0"
    assert reports.paths == [folders[0] / f"{name}.json", folders[1] / f"{name}.json", folders[1] / f"{name}-2.json"]


class Telling(FailTogether):
    """Raises as it does where another rank failed."""

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        raise RankError(1, "it failed")


def test_nothing_is_left_behind_where_another_rank_failed(tmp_path: Path) -> None:
    model = Classifier(cfg={})
    with_checks(model, {"policy": "off", "on_failure": "go on"})
    with pytest.raises(RankError):
        trainer(tmp_path, callbacks=[Telling()]).fit(model, over(batches()), over(batches(None)))
    with pytest.raises(ShapeError):
        model(x=torch.zeros(4, 5))


class Longer(Classifier):
    """Takes batches that its parts do not declare: whole numbers."""

    def __init__(self, *, cfg: Any) -> None:
        super().__init__(cfg=cfg)
        self.encoder.linear.register_forward_pre_hook(lambda _, given: (given[0].float(),))

    def forward(self, *, x: Tensor) -> Tensor:
        logits: Tensor = self.decoder(self.norm(self.encoder(x=x)))
        return logits


def test_a_run_goes_on_as_told(tmp_path: Path) -> None:
    reports = CheckReports("always", on_failure="go on")
    train = batches(None)
    train[2][0], train[4][0] = train[2][0].int(), train[4][0].int()
    run = trainer(tmp_path, callbacks=[reports])
    with pytest.warns(UserWarning, match="batch 2 of train does not fit; report"):
        run.fit(Longer(cfg={}), over(train), over(batches(None)))
    assert run.global_step == 6
    assert [path.name for path in reports.paths] == ["train-epoch0-batch2-rank0.json"]  # the first alone
    assert json.loads(reports.paths[0].read_text())["module"] == "encoder"


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with pytest.raises(ShapeError):
        fit(tmp_path, CheckReports("always", on_failure="stop"))
    model = Classifier(cfg={})
    for reports in (CheckReports("off", on_failure="go on"), CheckReports("first", calls=1)):
        run = trainer(tmp_path, callbacks=[reports])
        run.fit(model, over(batches(None)), over(batches(None)))
        with pytest.raises(ShapeError):
            model(x=torch.zeros(4, 5))
        assert not reports.paths


def test_the_policy_counts_in_the_run(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        fit(tmp_path, CheckReports("off"))
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        fit(tmp_path, CheckReports("first", calls=2))


def test_checks_stand_in_the_config() -> None:
    model = Classifier(cfg={})
    fitting: tuple[Any, ...] = (("first", "first"), (False, "off"), ({"policy": "first", "calls": 3}, "first"))
    for given, policy in fitting:
        (found,) = with_checks(model, given).configure_callbacks()
        assert isinstance(found, CheckReports)
        assert found._policy == policy
    wrong: tuple[Any, ...] = (
        (
            "alway",
            r"checks: expected Literal\['always', .* \| None, got str 'alway'; did you mean \"always\"\?",
        ),
        ({"polcy": "off"}, r"checks.polcy: CheckReports has no such parameter; did you mean \"policy\""),
        ({"policy": "off", "calls": 3}, r"checks: .*calls=3 goes with policy"),
        ({"on_failure": "ignore"}, r"checks.on_failure: expected Literal\['stop', 'go on'\], got str 'ignore'"),
    )
    for given, message in wrong:
        with pytest.raises(ConfigError, match=message):
            with_checks(model, given).configure_callbacks()


def with_checks(model: Classifier, given: Any) -> Any:
    model._set_cfg(OmegaConf.create({"checks": given, "optim": None}))
    return model
