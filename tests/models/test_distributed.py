"""Two processes on gloo: equal weights, the metrics of one process, archives, resumption, and failing together."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning.callbacks import ModelCheckpoint

from models import ExactResume
from neuraltypes.archive import Archive
from tests.models._pt import loader
from tests.models._two_processes import Watched, batches, classifier, results, trainer

pytestmark = pytest.mark.filterwarnings("ignore")  # of Lightning, about workers and resumed runs
ROOT = Path(__file__).parents[2]
_MODULE = "tests.models._two_processes"


def launch(folder: Path, what: str, module: str = _MODULE) -> list[subprocess.CompletedProcess[str]]:
    """Two processes that no launcher watches over."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment = os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", module, str(rank), str(port), str(folder), what],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        ended = [process.communicate(timeout=240) for process in started]
    finally:
        for process in started:
            process.kill()
    return [
        subprocess.CompletedProcess(process.args, process.returncode, *said)
        for process, said in zip(started, ended, strict=True)
    ]


def trained_alone(model: Watched, folder: Path) -> dict[str, Any]:
    torch.set_num_threads(1)
    every = ModelCheckpoint(folder / "one", filename="{epoch}", save_top_k=-1)
    run = trainer(folder, devices=1, callbacks=[every, ExactResume()], enable_checkpointing=True)
    run.fit(model, batches(8), loader(8))
    return results(model, run)


def reports(folder: Path, module: str = _MODULE) -> list[dict[str, Any]]:
    """What each of two processes found."""
    for ended in launch(folder, "train", module):
        assert ended.returncode == 0, ended.stderr[-4000:]
    return [json.loads((folder / f"rank{rank}.json").read_text()) for rank in range(2)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("two")


@pytest.fixture(scope="module")
def alone(folder: Path) -> dict[str, Any]:
    """What one process finds with the same batches; it leaves a checkpoint of each epoch."""
    return trained_alone(classifier(), folder)


@pytest.fixture(scope="module")
def both(folder: Path, alone: dict[str, Any]) -> list[dict[str, Any]]:
    """What each of two processes found after that."""
    return reports(folder)


def test_ranks_have_equal_weights_and_metrics(both: list[dict[str, Any]]) -> None:
    assert both[0]["trained"] == both[1]["trained"]


def test_they_are_those_of_one_process(both: list[dict[str, Any]], alone: dict[str, Any]) -> None:
    found = both[0]["trained"]
    assert found["step"] == alone["step"] == 6  # the schedule and the number of steps know of both
    assert found["weights"] == pytest.approx(alone["weights"], abs=1e-6)
    assert found["metrics"] == pytest.approx(alone["metrics"], abs=1e-6)
    assert found["metrics"].keys() == {"val_loss", "mean_loss_epoch"}


def test_rank_0_saves_for_all(both: list[dict[str, Any]], folder: Path) -> None:
    assert both[0]["digest"] == both[1]["digest"]
    assert [found["is there"] for found in both] == [found["restored"] for found in both] == [True, True]
    with Archive.open(folder / "model.nt") as archive:
        archive.verify()
        assert archive.metadata["training"]["world_size"] == 2


def test_a_save_that_fails_fails_on_all(both: list[dict[str, Any]]) -> None:
    for found in both:
        assert "FileNotFoundError" in found["folder"]
        assert "sparse: is sparse" in found["state"]


def test_archives_lie_beside_checkpoints(both: list[dict[str, Any]]) -> None:
    assert both[0]["files"] == both[1]["files"] == ["epoch=0.ckpt", "epoch=0.nt", "epoch=1.ckpt", "epoch=1.nt"]


def test_two_go_on_as_if_they_had_not_stopped(both: list[dict[str, Any]]) -> None:
    assert both[0]["resumed"]["weights"] == both[0]["trained"]["weights"]
    assert both[1]["resumed"]["weights"] == both[0]["trained"]["weights"]


def test_two_go_on_where_one_stopped(both: list[dict[str, Any]], alone: dict[str, Any]) -> None:
    assert both[0]["from one"]["weights"] == both[1]["from one"]["weights"]
    assert both[0]["from one"]["weights"] == pytest.approx(alone["weights"], abs=1e-6)
    assert both[0]["from one"]["step"] == 6


def test_one_goes_on_where_two_stopped(both: list[dict[str, Any]], alone: dict[str, Any], folder: Path) -> None:
    model = classifier()
    run = trainer(folder, devices=1, callbacks=[ExactResume()])
    run.fit(model, batches(8), loader(8), ckpt_path=folder / "two" / "epoch=0.ckpt")
    assert results(model, run)["weights"] == pytest.approx(alone["weights"], abs=1e-6)
    archived = Watched.restore_from(folder / "two" / "epoch=1.nt", allow={"__main__.Watched": Watched})
    weights = torch.cat([parameter.detach().flatten() for parameter in archived.parameters()])
    assert weights.tolist() == both[0]["trained"]["weights"]


def test_calls_are_checked_on_all(both: list[dict[str, Any]]) -> None:
    assert [found["checked"] for found in both] == ["ShapeError", "ShapeError"]


@pytest.mark.parametrize("rank", [0, 1])
def test_where_one_rank_fails_all_fail_with_its_error(rank: int, tmp_path: Path) -> None:
    ended = launch(tmp_path, f"fail{rank}")
    assert all(process.returncode != 0 for process in ended)
    assert "ValueError: this rank has had enough" in ended[rank].stderr
    assert "RankError" not in ended[rank].stderr
    assert f"RankError: rank {rank} failed: ValueError: this rank has had enough" in ended[1 - rank].stderr
    assert [path.name for path in tmp_path.glob("*/record*")] == ["record"]  # of rank 0, which says who failed
    record = json.loads((tmp_path / "version_0" / "record" / "run.json").read_text())
    assert (record["outcome"], record["training"]["world_size"], record["error"]["rank"]) == ("failed", 2, rank)
    assert record["error"]["message"].endswith("this rank has had enough")
