"""Which batch did not fit: reports without data, replayed, and runs that stop or go on."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from omegaconf import OmegaConf
from torch import Tensor
from torch.utils.data import DataLoader

from models import CheckReports, ConfigError
from models.check_reports import replay
from neuraltypes import ShapeError
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
