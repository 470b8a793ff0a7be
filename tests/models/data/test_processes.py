"""Two processes on gloo find what one process finds, whatever the numbers of samples and batches."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.models.data._evaluate import SETS, findings

pytestmark = pytest.mark.filterwarnings("ignore:.*recommended to use:UserWarning")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each of two processes found."""
    results = tmp_path_factory.mktemp("processes") / "found"
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    ran = subprocess.run(
        [*command, "-m", "tests.models.data._evaluate", str(results)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    return [json.loads(Path(f"{results}.{rank}").read_text()) for rank in range(2)]


@pytest.fixture(scope="module")
def alone() -> dict[str, Any]:
    """What one process finds."""
    return findings(1)


@pytest.mark.parametrize("stage", ["fit", "validate", "test"])
def test_metrics_are_those_of_one_process(both: list[dict[str, Any]], alone: dict[str, Any], stage: str) -> None:
    names = {"seven/loss", "one/accuracy", "val/f1"} if stage != "test" else {"given/loss", "test/accuracy"}
    assert names <= alone[stage].keys()
    for found in both:
        assert found[stage].keys() == alone[stage].keys()
        assert found[stage] == pytest.approx(alone[stage], rel=1e-6, abs=1e-7)


def test_no_sample_counts_twice(both: list[dict[str, Any]]) -> None:
    for found in both:
        assert [found["validate"][f"{name}/samples"] for name in SETS] == [7, 6, 9, 1]


def test_outputs_come_in_the_order_of_the_data(both: list[dict[str, Any]], alone: dict[str, Any]) -> None:
    for found in both:
        assert found["order"] == alone["order"]
    assert alone["order"][0] == [item["dataset"].x[i, 0].item() for item in [SETS["seven"]] for i in range(7)]


def test_all_processes_make_equally_many_steps(both: list[dict[str, Any]], alone: dict[str, Any]) -> None:
    assert alone["steps"] == 3 + 2 + 3 + 1
    assert [found["steps"] for found in both] == [2 + 1 + 2 + 1] * 2


def test_what_is_iterated_over_is_shared(both: list[dict[str, Any]], alone: dict[str, Any]) -> None:
    assert [found["stream"] for found in both] == [[0, 2, 4, 6, 8], [1, 3, 5, 7]]
    assert [found["stream mean"] for found in both] == [alone["stream mean"]] * 2


def test_predictions_are_made_once(both: list[dict[str, Any]], alone: dict[str, Any]) -> None:
    rows = sorted(row for found in both for row in found["predicted"])
    assert [pytest.approx(row, abs=1e-6) for row in rows] == sorted(alone["predicted"])


def test_repeats_of_lightnings_sampler_are_said(both: list[dict[str, Any]]) -> None:
    assert 'set "val": 1 samples are evaluated twice' in both[0]["repeats"][0]


def test_a_metric_of_one_process_only_is_an_error_on_all(both: list[dict[str, Any]]) -> None:
    for found in both:
        assert found["error"] == (
            'metric "f1" of set "val" was updated on processes [0] of 2 only; update it in every step'
        )
