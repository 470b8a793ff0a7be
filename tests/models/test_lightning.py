"""What Lightning offers, on a `ModelPT`."""

import csv
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import (
    EarlyStopping,
    ModelCheckpoint,
    ModelSummary,
    RichModelSummary,
    RichProgressBar,
    StochasticWeightAveraging,
    TQDMProgressBar,
)
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger
from torch import Tensor

from tests.models._pt import Classifier, data, loader, same_weights, trainer

pytestmark = pytest.mark.filterwarnings("ignore")  # of Lightning and its loggers


def fit(folder: Path, model: Classifier | None = None, **options: Any) -> tuple[pl.Trainer, Classifier]:
    torch.manual_seed(0)
    model = Classifier(cfg={}) if model is None else model
    run = trainer(folder, **options)
    run.fit(model, loader(), loader(8))
    return run, model


def test_it_learns_and_stops_early(tmp_path: Path) -> None:
    stop = EarlyStopping("val_loss", stopping_threshold=0.9)
    run, model = fit(tmp_path, max_epochs=50, callbacks=[stop])
    assert 0 < stop.stopped_epoch < 49
    (found,) = run.validate(model, loader(8), verbose=False)
    assert found["val_loss"] < 0.9
    (found,) = run.test(model, loader(8), verbose=False)
    assert found["test_loss"] < 0.9
    predicted: Any = run.predict(model, loader(8))
    assert [labels.shape for labels in predicted] == [(4,), (4,)]


def test_loggers_have_metrics_and_config(tmp_path: Path) -> None:
    loggers = [CSVLogger(tmp_path), TensorBoardLogger(tmp_path)]
    fit(tmp_path, logger=loggers, log_every_n_steps=1)
    rows_folder, events_folder = (Path(str(logger.log_dir)) for logger in loggers)
    with (rows_folder / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sum(bool(row["loss"]) for row in rows) == 6
    assert "width: 8" in (rows_folder / "hparams.yaml").read_text()
    assert list(events_folder.glob("events.*"))


@pytest.mark.parametrize("bar", [TQDMProgressBar, RichProgressBar])
def test_progress_is_shown(bar: type[pl.Callback], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summary = ModelSummary() if bar is TQDMProgressBar else RichModelSummary()
    fit(tmp_path, callbacks=[bar(), summary], enable_progress_bar=True, enable_model_summary=True)
    said = capsys.readouterr()
    assert "6/6" in said.out + said.err
    if bar is RichProgressBar:
        assert "encoder" in said.out


@pytest.mark.parametrize("precision", ["bf16-mixed", "64-true"])
def test_other_precisions(precision: Any, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = Classifier(cfg={})
    run = trainer(tmp_path, precision=precision)
    batches = [[x.double() if precision == "64-true" else x, y] for x, y in loader()]
    run.fit(model, torch.utils.data.DataLoader(batches, batch_size=None), loader(8))  # type: ignore[arg-type]
    assert run.global_step == 6
    assert model.decoder.weight.dtype is (torch.float64 if precision == "64-true" else torch.float32)


def test_accumulated_batches_are_one(tmp_path: Path) -> None:
    """Two halves give the step of the whole, but for the statistics of the batches."""

    class WithoutStatistics(Classifier):
        def __init__(self, *, cfg: Any) -> None:
            super().__init__(cfg=cfg)
            self.norm = torch.nn.Identity()  # type: ignore[assignment]

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    models = []
    for options, size in (({"accumulate_grad_batches": 2}, 4), ({}, 8)):
        torch.manual_seed(0)
        models.append(WithoutStatistics(cfg={}))
        run = trainer(tmp_path, **options)
        run.fit(models[-1], loader(batch_size=size), loader(8))
        assert run.global_step == 3
    for one, other in zip(*(model.parameters() for model in models), strict=True):
        torch.testing.assert_close(one, other)


def test_a_run_for_development_and_one_that_overfits(tmp_path: Path) -> None:
    run, _ = fit(tmp_path, fast_dev_run=True)
    assert run.global_step == 1
    run, model = fit(tmp_path, overfit_batches=1, max_epochs=60)
    assert run.global_step == 60
    assert run.callback_metrics["loss"] < 0.3
    assert model.cfg.classes == 3


def test_the_best_checkpoint_is_kept_and_loaded(tmp_path: Path) -> None:
    best = ModelCheckpoint(tmp_path, monitor="val_loss", save_top_k=1)
    run, model = fit(tmp_path, callbacks=[best], enable_checkpointing=True, max_epochs=3)
    assert len(list(tmp_path.glob("*.ckpt"))) == 1
    (found,) = run.test(model, loader(8), ckpt_path="best", weights_only=True, verbose=False)
    loaded = Classifier.load_from_checkpoint(best.best_model_path, weights_only=True).eval()
    x, y = data(8).tensors
    with torch.no_grad():
        assert found["test_loss"] == pytest.approx(float(torch.nn.functional.cross_entropy(loaded(x=x), y)), abs=1e-5)


def test_averaged_weights_of_lightning_s_own(tmp_path: Path) -> None:
    swa = StochasticWeightAveraging(swa_lrs=0.01, swa_epoch_start=1)
    _, model = fit(tmp_path, callbacks=[swa], max_epochs=3)
    model.save_to(tmp_path / "model.nt")
    assert same_weights(Classifier.restore_from(tmp_path / "model.nt"), model)


def test_a_part_is_compiled_and_checked(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = Classifier(cfg={})
    model.encoder = torch.compile(model.encoder, backend="eager")  # type: ignore[assignment]
    _, model = fit(tmp_path, model)
    plain = Classifier(cfg={})
    plain.load_state_dict(model.state_dict())
    x: Tensor = data(8).tensors[0]
    torch.testing.assert_close(plain.eval()(x=x), model.eval()(x=x))
