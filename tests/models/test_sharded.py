"""Two processes on gloo that share a model's weights (FSDP2): weights, metrics, checkpoints and failures."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from pytorch_lightning.utilities.model_helpers import is_overridden
from torch import nn

from models import ConfigError, ExactResume, PickleFreeCheckpointIO, ShardedStrategy
from models.sharding import _read, _require_together, units_of
from neuraltypes.archive import Archive, import_checkpoint
from tests.models._pt import Classifier, loader
from tests.models._sharded_processes import Tied, classifier, measured
from tests.models._two_processes import batches, results, trainer
from tests.models.test_distributed import launch, reports, trained_alone

pytestmark = pytest.mark.filterwarnings("ignore")  # of Lightning, about workers and resumed runs
_MODULE = "tests.models._sharded_processes"
_NUMBERS = 4 * 8 + 8 + 8 * 3 + 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sharded")


@pytest.fixture(scope="module")
def alone(folder: Path) -> dict[str, Any]:
    """What one process finds with the same batches; it leaves a checkpoint of each epoch."""
    return trained_alone(classifier(), folder)


@pytest.fixture(scope="module")
def both(folder: Path, alone: dict[str, Any]) -> list[dict[str, Any]]:
    """What each of two processes found after that."""
    return reports(folder, _MODULE)


@pytest.fixture
def process_group(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever Lightning sets up for a process that is one of one is undone."""
    for name in ("MASTER_ADDR", "MASTER_PORT", "WORLD_SIZE", "NODE_RANK", "LOCAL_RANK"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
        monkeypatch.delenv(name)
    yield
    if dist.is_initialized():
        dist.destroy_process_group()


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found["weights"] == pytest.approx(expected["weights"], abs=1e-6)
    assert found["metrics"] == pytest.approx(expected["metrics"], abs=1e-6)
    assert found["step"] == expected["step"] == 6


def test_each_rank_has_its_part_and_all_together_the_weights_of_one_process(
    both: list[dict[str, Any]], alone: dict[str, Any]
) -> None:
    """With groups by pattern, clipping, averaging, a frozen weight, a tied one, and checks on."""
    assert both[0]["own numbers"] + both[1]["own numbers"] == _NUMBERS
    assert both[0]["trained"] == both[1]["trained"]
    same(both[0]["trained"], alone)
    assert both[0]["shape"] == [8, 4]


def test_calls_are_checked_on_all(both: list[dict[str, Any]]) -> None:
    for found in both:
        assert found["checked"].startswith("ShapeError: Classifier.forward(x=): axis 1 is 5, expected 4")


def test_metrics_are_those_of_one_process_on_uneven_batches(both: list[dict[str, Any]], folder: Path) -> None:
    expected = measured(trainer(folder, devices=1))
    assert [found["measured"] for found in both] == [pytest.approx(expected, abs=1e-6)] * 2


def test_of_a_tensor_in_parts_the_whole_shape_counts(both: list[dict[str, Any]]) -> None:
    assert [found["parts"] for found in both] == ["[3, 6] of [6, 6]"] * 2


def test_what_cannot_be_is_said_on_all(both: list[dict[str, Any]]) -> None:
    for found in both:
        assert found["other strategy"].startswith("ConfigError: optim.ema: Lightning's strategy saves a part")
        assert found["tensor parallel"].startswith("ConfigError: shard: ")
        assert "tensor_parallel_size=1" in found["tensor parallel"]
        assert 'did you mean "encoder"?' in found["no unit"]


def test_rank_0_saves_the_whole_model(both: list[dict[str, Any]], folder: Path) -> None:
    assert both[0]["digest"] == both[1]["digest"]
    with Archive.open(folder / "model.nt") as archive:
        archive.verify()
        assert archive.class_name == "__main__.Tied"
        assert archive.metadata["training"]["world_size"] == 2
        assert archive.tensors["other.weight"].alias_of == "decoder.weight"
    restored = Tied.restore_from(folder / "model.nt", allow={"__main__.Tied": Tied})
    assert (
        torch.cat([parameter.flatten() for parameter in restored.parameters()]).tolist()
        == (both[0]["trained"]["weights"])
    )
    assert restored.other.weight is restored.decoder.weight
    assert restored.eval()(x=torch.ones(1, 4))[0].tolist() == pytest.approx(both[0]["predicted"], abs=1e-6)


def test_archives_beside_folders_have_the_average(both: list[dict[str, Any]], folder: Path) -> None:
    assert both[0]["files"] == ["epoch=0.ckpt", "epoch=0.nt", "epoch=1.ckpt", "epoch=1.nt"]
    archived = Tied.restore_from(folder / "parts" / "epoch=0.nt", allow={"__main__.Tied": Tied}).state_dict()
    saved = PickleFreeCheckpointIO().load_checkpoint(folder / "parts" / "epoch=0.ckpt")
    average, current = saved["state_dict"], saved["current_model_state"]
    assert all(torch.equal(archived[name], average[name]) for name in archived)
    assert not torch.equal(average["encoder.linear.weight"], current["encoder.linear.weight"])


@pytest.mark.parametrize("name", ["resumed", "whole", "from whole"])
def test_two_go_on_as_if_they_had_not_stopped(name: str, both: list[dict[str, Any]]) -> None:
    assert both[0][name] == both[1][name] == both[0]["trained"]


def test_two_go_on_where_one_stopped(both: list[dict[str, Any]], alone: dict[str, Any]) -> None:
    assert both[0]["from one"] == both[1]["from one"]
    same(both[0]["from one"], alone)


@pytest.mark.parametrize("name", ["parts/epoch=0.ckpt", "whole/epoch=0.ckpt"])
def test_one_goes_on_where_two_stopped(
    name: str, both: list[dict[str, Any]], alone: dict[str, Any], folder: Path
) -> None:
    model = classifier()
    run = trainer(folder, devices=1, callbacks=[ExactResume()])
    run.fit(model, batches(8), loader(8), ckpt_path=folder / name)
    same(results(model, run), alone)


@pytest.mark.usefixtures("process_group")
def test_a_sharded_one_goes_on_where_two_stopped(
    both: list[dict[str, Any]], alone: dict[str, Any], folder: Path
) -> None:
    model = classifier()
    run = trainer(folder, devices=1, strategy=ShardedStrategy(), callbacks=[ExactResume()])
    run.fit(model, batches(8), loader(8), ckpt_path=folder / "parts" / "epoch=0.ckpt")
    same(results(model, run), alone)


@pytest.mark.parametrize("name", ["validated", "validated whole"])
def test_two_evaluate_what_they_saved(name: str, both: list[dict[str, Any]]) -> None:
    for found in both:
        assert found[name] == pytest.approx(both[0]["trained"]["metrics"]["val_loss"], abs=1e-6)


def test_an_archived_model_trains_on_sharded(both: list[dict[str, Any]]) -> None:
    assert both[0]["restored"]["weights"] == both[1]["restored"]["weights"]
    assert both[0]["restored"]["metrics"]["val_loss"] < both[0]["trained"]["metrics"]["val_loss"]


def test_units_may_compute_in_half_the_precision(both: list[dict[str, Any]]) -> None:
    half, full = both[0]["half"]["metrics"], both[0]["trained"]["metrics"]
    assert half == pytest.approx(full, abs=0.05)
    assert half != pytest.approx(full, abs=1e-4)


def test_a_folder_becomes_an_archive(both: list[dict[str, Any]], folder: Path) -> None:
    done = import_checkpoint(folder / "parts" / "epoch=1.ckpt", folder / "imported.nt", cls=Tied)
    assert done.form == "lightning"
    model = Tied.restore_from(folder / "imported.nt")
    assert (
        torch.cat([parameter.flatten() for parameter in model.parameters()]).tolist() == (both[0]["trained"]["weights"])
    )


def test_load_from_checkpoint_reads_a_folder(both: list[dict[str, Any]], folder: Path) -> None:
    model = Tied.load_from_checkpoint(folder / "parts" / "epoch=1.ckpt")
    assert model.cfg == classifier().cfg
    weights = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    assert weights.tolist() == both[0]["trained"]["weights"]
    read = PickleFreeCheckpointIO().load_checkpoint(folder / "parts" / "epoch=1.ckpt")
    assert [group["name"] for group in read["optimizer_states"][0]["param_groups"]] == [
        "rest",
        "rest, no decay",
        "encoder",
        "encoder, no decay",
    ]


def test_where_one_rank_fails_all_fail_with_its_error(tmp_path: Path) -> None:
    ended = launch(tmp_path, "fail0", _MODULE)
    assert all(process.returncode != 0 for process in ended)
    assert "ValueError: this rank has had enough" in ended[0].stderr
    assert "RankError" not in ended[0].stderr
    assert "RankError: rank 0 failed: ValueError: this rank has had enough" in ended[1].stderr


def test_without_such_a_strategy_nothing_is_configured() -> None:
    assert not is_overridden("configure_model", Classifier(cfg={}))


def test_an_overriding_class_calls_what_there_is() -> None:
    class Own(Classifier):
        def configure_model(self) -> None:
            super().configure_model()
            self.is_configured = True

    model = Own(cfg={})
    assert is_overridden("configure_model", model)
    model.configure_model()
    assert model.is_configured


class Blocks(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5, 4)
        self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(4, 4), nn.Dropout()) for _ in range(2))
        self.head = nn.Linear(4, 5)
        self.head.weight = self.embedding.weight


def test_units_are_the_outermost_modules_that_a_pattern_means() -> None:
    assert [*units_of(Blocks(), ["blocks.*"])] == ["blocks.0", "blocks.1"]
    assert [*units_of(Blocks(), ["blocks.*.0", "head"])] == ["blocks.0.0", "blocks.1.0", "head"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("block", "no module with weights is meant by 'block'; did you mean \"blocks\"?"),
        ("blocks.*.1", "no module with weights is meant by 'blocks.*.1'"),
        ("blocks", r"blocks is a ModuleList, which is never called itself; 'blocks.*' means the modules in it"),
    ],
)
def test_a_pattern_that_means_no_unit_is_an_error(pattern: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        units_of(Blocks(), [pattern])
    assert message in str(raised.value)


def test_a_tied_weight_lies_in_one_unit() -> None:
    model = Blocks()
    _require_together(model, units_of(model, ["blocks.*"]))
    with pytest.raises(ConfigError, match=r"embedding.weight and head.weight are one parameter, .* none and 'head'"):
        _require_together(model, units_of(model, ["head"]))


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ({"unit": "encoder"}, "shard.unit"),
        ({"units": [3]}, "shard.units"),
        ({"param_dtype": "bf16"}, "shard.param_dtype"),
        ({"reduce_dtype": "int64"}, "shard.reduce_dtype"),
        ({"reshard_after_forward": "yes"}, "shard.reshard_after_forward"),
    ],
)
def test_a_section_that_does_not_fit_is_an_error(section: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigError) as raised:
        _read(section)
    assert raised.value.problems[0].path == place
