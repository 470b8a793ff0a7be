"""Metrics by set: exact over uneven batches, aggregated as told. (Over processes: test_processes.py.)"""

import math
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, DistributedSampler
from torchmetrics.classification import MulticlassAccuracy

from models import ConfigError, Ratio
from models.data._metrics import Evaluation, SetResults, weighted
from models.data._samplers import BlockSampler
from tests.models.data._parts import Classifier, Points, quiet_trainer


class Counting(Classifier):
    """Logs the labels' mean, and returns them."""

    def validation_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> Any:
        self.log_mean("label", batch.y)
        self.log_mean("half", batch.y.float().mean(), weight=len(batch.y) / 2)
        self.log_ratio("large", (batch.y > 1).sum(), len(batch.y))
        return batch.y

    test_step = validation_step

    def multi_validation_epoch_end(self, outputs: list[Any], dataloader_idx: int) -> dict[str, Any]:
        labels = torch.cat(outputs)
        return {"sum": labels.sum(), "first": float(labels[0]), "pooled": Ratio(float(labels.sum()), len(labels))}


def validated(model: Classifier, data: Any, **options: Any) -> dict[str, float]:
    model.setup_validation_data(data, **options)
    trainer = quiet_trainer()
    trainer.validate(model, verbose=False)
    return {name: value.item() for name, value in trainer.callback_metrics.items()}


def test_uneven_batches_count_by_their_samples_and_metrics_are_named_by_set() -> None:
    found = validated(
        Counting(),
        {"a": {"dataset": Points(7, 1), "batch_size": 3}, "b": {"dataset": Points(4, 2), "batch_size": 4}},
    )
    for name, data in (("a", Points(7, 1)), ("b", Points(4, 2))):
        mean = data.y.double().mean().item()
        assert found[f"{name}/label"] == pytest.approx(mean, rel=1e-6)
        assert found[f"{name}/half"] == pytest.approx(mean, rel=1e-6)
        assert found[f"{name}/large"] == pytest.approx((data.y > 1).double().mean().item(), rel=1e-6)
        assert found[f"{name}/sum"] == data.y.sum()
        assert found[f"{name}/first"] == data.y[0]
    assert set(found) == {f"{s}/{m}" for s in "ab" for m in ("label", "half", "large", "sum", "first", "pooled")}


def test_a_single_set_without_a_name_is_called_by_its_stage() -> None:
    model = Counting()
    assert "val/label" in validated(model, {"dataset": Points(4)})
    model.setup_test_data({"dataset": Points(4)})
    trainer = quiet_trainer()
    trainer.test(model, verbose=False)
    assert set(trainer.callback_metrics) == {"test/label", "test/half", "test/large"}


SETS = {"a": {"dataset": Points(7, 1), "batch_size": 3}, "b": {"dataset": Points(4, 2), "batch_size": 3}}


@pytest.mark.parametrize("how", ["mean", "weighted", "b"])
@pytest.mark.parametrize("place", ["argument", "config"])
def test_the_aggregate_is_chosen_and_can_be_monitored(how: str, place: str) -> None:
    class Plain(Counting):
        multi_validation_epoch_end: Any = Classifier.multi_validation_epoch_end

    found = (
        validated(Plain(), SETS, aggregate=how)
        if place == "argument"
        else validated(Plain(), {**SETS, "aggregate": how})
    )
    a, b = Points(7, 1).y.double(), Points(4, 2).y.double()
    expected = {"mean": (a.mean() + b.mean()) / 2, "weighted": torch.cat([a, b]).mean(), "b": b.mean()}[how]
    assert found["val/label"] == pytest.approx(expected.item(), rel=1e-6)


def test_a_metric_without_a_weight_is_not_aggregated_by_weight() -> None:
    with pytest.raises(ValueError, match='"sum" of set "a" has no weight; log it with log_mean'):
        validated(Counting(), SETS, aggregate="weighted")
    pooled = torch.cat([Points(7, 1).y, Points(4, 2).y]).double().mean().item()

    class Pooled(Counting):
        def multi_validation_epoch_end(self, outputs: list[Any], dataloader_idx: int) -> dict[str, Any]:
            return {"pooled": super().multi_validation_epoch_end(outputs, dataloader_idx)["pooled"]}

    assert validated(Pooled(), SETS, aggregate="weighted")["val/pooled"] == pytest.approx(pooled, rel=1e-6)


def test_an_aggregate_that_is_no_set_is_refused_before_the_first_batch() -> None:
    with pytest.raises(ConfigError, match=r'aggregate: is "wieghted", .* did you mean "weighted"\?'):
        validated(Counting(), SETS, aggregate="wieghted")
    with pytest.raises(ConfigError, match='a set is called "val"'):
        validated(Counting(), {**SETS, "val": Points(2)}, aggregate="mean")


def test_a_checkpoint_can_monitor_the_aggregate_over_epochs() -> None:
    model = Classifier()
    model.setup_training_data({"dataset": Points(4), "batch_size": 2})
    model.setup_validation_data(SETS, aggregate="weighted")
    stopping = pl.callbacks.EarlyStopping("val/loss", patience=3)
    trainer = quiet_trainer(max_epochs=2, callbacks=[stopping])
    trainer.fit(model)
    assert stopping.best_score == pytest.approx(trainer.callback_metrics["val/loss"].item(), abs=0.5)
    assert {"a/loss", "b/accuracy", "val/accuracy"} <= set(trainer.callback_metrics)


def test_loaders_that_a_trainer_is_given_keep_their_names() -> None:
    data = Points(4)
    loader = DataLoader(data, batch_size=3, collate_fn=data.collate_fn)
    for loaders, names in (({"x": loader}, ["x"]), ([loader, loader], ["0", "1"]), (loader, ["val"])):
        trainer = quiet_trainer()
        trainer.validate(Classifier(), loaders, verbose=False)
        assert {name.split("/")[0] for name in trainer.callback_metrics} == set(names)


def test_masks_are_weights_and_what_has_no_weight_may_be_nan() -> None:
    values = torch.tensor([[1.0, 3.0, math.nan], [5.0, 6.0, 7.0]])
    mask = torch.tensor([[True, True, False], [True, False, False]])
    total, weight = weighted(values, mask)
    assert (total.item(), weight.item(), total.dtype) == (9.0, 3.0, torch.float64)
    assert weighted(values[1], 2)[1].item() == 6.0
    assert weighted(4.0, 3)[0].item() == 12.0
    with pytest.raises(ValueError, match="needs its weight"):
        weighted(torch.tensor(1.0), None)
    with pytest.raises(ValueError, match=r"shape \[2\] do not fit values of shape \[3\]"):
        weighted(torch.zeros(3), torch.ones(2))


def test_sums_are_exact_where_single_precision_is_not() -> None:
    evaluation = Evaluation([SetResults("a")])
    evaluation.begin_batch(0, 0)
    evaluation.add("big", *weighted(torch.tensor([2.0**24]), None))
    for _ in range(3):
        evaluation.add("big", *weighted(torch.tensor([1.0]), None))
    assert evaluation.gather()[0].ratios["big"] == Ratio(2.0**24 + 3, 4)


def test_metrics_of_torchmetrics_are_kept_by_set() -> None:
    class WithMetric(Classifier):
        def __init__(self) -> None:
            super().__init__()
            self.measure = MulticlassAccuracy(3, average="micro")

        def validation_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> None:
            super().validation_step(batch, batch_idx)
            self.update_metric("same", self.measure, self(x=batch.x), batch.y)

    model = WithMetric()
    model.measure.update(torch.tensor([0, 0]), torch.tensor([1, 1]))
    found = validated(model, SETS, aggregate="mean")
    assert found["a/same"] == pytest.approx(found["a/accuracy"])
    assert found["val/same"] == pytest.approx(found["val/accuracy"])
    assert model.measure.update_count == 1
    with pytest.raises(ValueError, match='"same" of set "a" has no weight'):
        validated(model, SETS, aggregate="weighted")


def test_outputs_are_kept_only_where_something_reads_them() -> None:
    class Returning(Classifier):
        def validation_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> Any:
            kept.append(len(self.data_state.evaluation.current.outputs))  # type: ignore[union-attr]
            return batch.x

    kept: list[int] = []
    validated(Returning(), {"dataset": Points(6), "batch_size": 2})
    assert kept == [0, 0, 0]

    class OnDevice:
        def to(self, device: torch.device, **_: Any) -> str:
            return f"on {device}"

    class Reading(Returning):
        def validation_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> Any:
            super().validation_step(batch, batch_idx)
            return {"n": OnDevice()}

        def multi_validation_epoch_end(self, outputs: list[Any], dataloader_idx: int) -> None:
            assert outputs == [{"n": "on cpu"}] * 3

    validated(Reading(), {"dataset": Points(6), "batch_size": 2})
    assert kept[3:] == [0, 1, 2]


def test_metrics_outside_an_evaluation_are_an_error() -> None:
    with pytest.raises(RuntimeError, match="belong in validation_step and test_step"):
        Classifier().log_mean("loss", torch.ones(2))

    class Forgetful(Classifier):
        def on_validation_batch_start(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> None: ...

    with pytest.raises(RuntimeError, match=r"on_validation_batch_start .* calls super"):
        validated(Forgetful(), {"dataset": Points(3)})


@pytest.mark.parametrize(
    ("n", "batch_size", "n_ranks"), [(7, 3, 2), (6, 3, 2), (9, 3, 2), (1, 4, 3), (0, 2, 2), (10, 2, 4)]
)
def test_processes_get_whole_batches_in_turn_and_equally_many(n: int, batch_size: int, n_ranks: int) -> None:
    counted: dict[int, list[int]] = {}
    steps = set()
    for rank in range(n_ranks):
        sampler = BlockSampler(range(n), batch_size=batch_size, num_replicas=n_ranks, rank=rank, drop_last=False)
        batches = list(DataLoader(range(n), batch_size=batch_size, sampler=sampler))  # type: ignore[arg-type]
        assert len(sampler) == len(list(sampler))
        steps.add(len(batches))
        counted |= {rank + n_ranks * i: batch.tolist() for i, batch in enumerate(batches[: sampler.n_counted])}
    assert len(steps) == 1
    assert [counted[i] for i in sorted(counted)] == [
        batch.tolist()
        for batch in DataLoader(range(n), batch_size=batch_size)  # type: ignore[arg-type]
    ]


def test_shuffled_and_dropped_batches_are_dealt_out_alike() -> None:
    seen = []
    for rank in range(2):
        sampler = BlockSampler(range(41), batch_size=2, num_replicas=2, rank=rank, shuffle=True, drop_last=True)
        sampler.set_epoch(3)
        seen += list(sampler)
    assert len(set(seen)) == len(seen) == 40
    assert sorted(seen) != seen


def test_repeats_of_another_sampler_are_said() -> None:
    data = Points(5)
    sampler: Any = DistributedSampler(data, num_replicas=2, rank=0, shuffle=False)
    loader = DataLoader(data, batch_size=2, sampler=sampler, collate_fn=data.collate_fn)
    with pytest.warns(UserWarning, match='set "val": 1 samples are evaluated twice'):
        quiet_trainer().validate(Classifier(), loader, verbose=False)
