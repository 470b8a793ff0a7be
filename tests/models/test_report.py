"""What `neuraltypes report` says of runs: header, numbers, curves, pictures, differences, and what is damaged."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger

from models.runs._draw import Range, draw, sparkline
from models.runs._logs import Series, read_logs
from models.runs._pictures import _stems
from models.runs.report import report
from neuraltypes._command_line import main

RECORD = {
    "outcome": "finished",
    "started": "2026-05-04T03:02:01+00:00",
    "ended": "2026-05-04T04:05:06+00:00",
    "seconds": 3785.0,
    "epoch": 3,
    "global_step": 12,
    "command": ["python", "-m", "train"],
    "config_sha256": "0123456789abcdef",
    "seed": {"seed": 5, "workers": True, "torch": 5},
    "versions": {"python": "3.11.7", "torch": "2.13.0"},
    "machine": {"platform": "Linux", "devices": [], "threads": 2},
    "training": {"world_size": 1},
    "git": {
        "problem": None,
        "repositories": [
            {
                "commit": "c0ffee0123456789",
                "branch": "work",
                "patch_bytes": 1234,
                "patch_complete": True,
                "untracked_files": 1,
            }
        ],
    },
    "best": [{"monitor": "val/loss", "mode": "min", "score": 0.25, "path": "best.ckpt"}],
}
METRICS = """epoch,loss,step,val/loss
0,4.0,0,
0,3.0,1,
0,,1,0.5
1,2.0,2,
1,nan,3,
1,,3,0.25
1,1.5,4,
1,,4,0.75
"""


def write_run(folder: Path, *, metrics: str | None = METRICS, config: str = "lr: 1\n", **changes: Any) -> str:
    """The files of a run."""
    (folder / "record").mkdir(parents=True)
    (folder / "record" / "run.json").write_text(json.dumps({**RECORD, **changes}))
    (folder / "record" / "config_resolved.yaml").write_text(config)
    if metrics is not None:
        (folder / "metrics.csv").write_text(metrics)
    return str(folder)


def text_of(*paths: str, **options: Any) -> str:
    lines, warnings = report(paths, **{"width": 60, **options})
    assert not warnings
    return "\n".join(lines)


def test_a_report_says_what_the_run_was(tmp_path: Path) -> None:
    path = write_run(tmp_path / "run")
    lines, _ = report([path], curves=False)
    assert lines[:10] == [
        path,
        "  outcome   finished after 1 h 3 min, epoch 3, step 12 (started 2026-05-04T03:02:01+00:00)",
        "  command   python -m train",
        f"  config    0123456789ab  {path}/record",
        "  seed      5, workers too",
        "  versions  python 3.11.7, torch 2.13.0",
        "  machine   Linux, no GPU, 1 process, threads: 2",
        "  git       c0ffee012345 on work, changed (record/git.patch, 1.23 kB), 1 untracked file",
        "  best      val/loss 0.25 (min): best.ckpt",
        "",
    ]


def test_last_lowest_and_highest_values_have_their_steps(tmp_path: Path) -> None:
    lines, _ = report([write_run(tmp_path / "run")], curves=False)
    assert [line.split() for line in lines[-2:]] == [
        ["loss", "5", "1.5", "4", "1.5", "4", "4", "0"],  # what is no number is neither lowest nor highest
        ["val/loss", "3", "0.75", "4", "0.25", "3", "0.75", "4"],
    ]
    lines, _ = report([write_run(tmp_path / "odd", metrics="loss,step\nnan,0\n1,1\ninf,2\n")], curves=False)
    assert lines[-1].split() == ["loss", "3", "inf", "2", "1", "1", "1", "1"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"outcome": "running", "seconds": None}, "outcome   no end is recorded: it is running, or was killed"),
        ({"outcome": "interrupted"}, "outcome   interrupted after 1 h 3 min"),
        (
            {"outcome": "failed", "error": {"type": "KeyError", "message": "'x'", "rank": 0, "notes": ["report: y"]}},
            "outcome   failed with KeyError: 'x' after 1 h",
        ),
        (
            {
                "outcome": "failed",
                "error": {"type": None, "message": "KeyError: 'x'", "rank": 3, "notes": []},
                "training": {"world_size": 4},
            },
            "outcome   failed with KeyError: 'x' (on rank 3) after",
        ),
        ({"seed": {"seed": None, "workers": False, "torch": 1}}, "seed      none was set"),
        ({"git": {"repositories": [], "problem": "in no git repository"}}, "git       in no git repository"),
        ({"resumed": {"from": "a.ckpt", "global_step": 4}}, "resumed   at step 4 from a.ckpt"),
        ({"command": ["a\x1b[31m"]}, r"command   a\x1b[31m"),
    ],
)
def test_the_header_follows_the_record(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    changes = dict(changes)
    path = write_run(tmp_path / "run", **changes)
    if changes.get("seconds", 1) is None:
        record = {name: value for name, value in {**RECORD, **changes}.items() if name != "seconds"}
        (tmp_path / "run/record/run.json").write_text(json.dumps(record))
    text = text_of(path)
    assert f"  {said}" in text
    assert ("report: y" in text) == ("report: y" in str(changes))


def test_the_last_record_counts(tmp_path: Path) -> None:
    path = write_run(tmp_path / "run")
    for number in (2, 10):
        (tmp_path / "run" / f"record-{number}").mkdir()
        record = {**RECORD, "seed": {"seed": number}}
        (tmp_path / "run" / f"record-{number}" / "run.json").write_text(json.dumps(record))
    assert "seed      10" in text_of(path)


def test_runs_are_compared(tmp_path: Path) -> None:
    first = write_run(tmp_path / "a", config="model: {width: 4, sizes: [1, 2]}\nlr: 1\n")
    other = METRICS.replace("0.25", "0.125").replace(",loss,", ",train,")
    seed = {"seed": {"seed": 6}, "versions": {"python": "3.11.7", "torch": "2.14.0"}}
    second = write_run(tmp_path / "b", metrics=other, config="model: {width: 8, sizes: [1, 2]}\nwd: 0\n", **seed)
    lines = text_of(first, second).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("differs"))
    assert [line.split() for line in lines[at + 1 : at + 6]] == [
        ["model.width", "4", "8"],
        ["lr", "1", "-"],
        ["record.versions.torch", "2.13.0", "2.14.0"],
        ["record.seed", "5", "6"],
        ["wd", "-", "0"],
    ]
    at = next(number for number, line in enumerate(lines) if line.startswith("val/loss"))
    assert [line.split() for line in lines[at + 1 : at + 3]] == [
        ["[1]", "3", "0.75", "4", "0.25", "3", "0.75", "4", "▅▂█"],
        ["[2]", "3", "0.75", "4", "0.125", "3", "0.75", "4", "▅▁█"],
    ]
    at = next(number for number, line in enumerate(lines) if line.startswith("train"))
    assert lines[at + 1].split() == ["[1]", "0", *["-"] * 6]
    assert "no difference is recorded" in text_of(first, write_run(tmp_path / "c", config=_config(first)))


def _config(run: str) -> str:
    return Path(run, "record", "config_resolved.yaml").read_text()


def test_damaged_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    damaged = METRICS + "1,1.0\n1,one,5,\n1,1.0,five,\n\0\0\0\n1,0.5,9,\n1,2"
    path = write_run(tmp_path / "run", metrics=damaged)
    lines, warnings = report([path], curves=False)
    assert warnings == [f"warning: {path}/metrics.csv: 5 damaged lines left out (the first is line 10)"]
    assert lines[-2].split()[:4] == ["loss", "6", "0.5", "9"]
    path = write_run(tmp_path / "other", metrics="loss,accuracy\n1,2\n")
    assert "names no" in report([path])[1][0]


def test_a_damaged_record_is_no_obstacle(tmp_path: Path) -> None:
    path = write_run(tmp_path / "run")
    (tmp_path / "run/record/run.json").write_text('{"outcome": ')
    (tmp_path / "run/record/config_resolved.yaml").write_text("a: [\n")
    lines, warnings = report([path])
    assert len(warnings) == 2
    assert lines[1] == "  record    none: only the logs are known"
    (tmp_path / "run/record/run.json").write_text(json.dumps({name: [3] for name in RECORD}))
    assert report([path])[0][1].startswith("  outcome   [3]")


def test_logs_of_lightning_alone_are_read(tmp_path: Path) -> None:
    for logger in (CSVLogger(tmp_path, name="csv"), TensorBoardLogger(tmp_path, name="board")):
        logger.log_hyperparams({"width": 4})
        for step in range(3):
            logger.log_metrics({"loss": 2.0 / (step + 1), "epoch": 0}, step=step)
        logger.finalize("success")
        text = text_of(str(logger.log_dir))
        assert "record    none" in text
        assert ["loss", "3", "0.666667", "2", "0.666667", "2", "2", "0"] in [line.split() for line in text.splitlines()]
    assert text_of(str(tmp_path / "csv/version_0"), str(tmp_path / "board/version_0")).count("0.666667") == 4


def test_damaged_events_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    logger = TensorBoardLogger(tmp_path, name="board")
    for step in range(50):
        logger.log_metrics({"loss": float(step)}, step=step)
    logger.finalize("success")
    (events,) = Path(logger.log_dir).glob("events*")
    content = bytearray(events.read_bytes())
    content[len(content) // 2] ^= 0xFF
    events.write_bytes(content)
    found = read_logs(Path(logger.log_dir))
    assert 10 < len(found.metrics["loss"].values) < 40
    assert re.search(r"damaged, read as far as byte \d+ of \d+$", found.warnings[0])
    events.write_bytes(bytes(content[:-3]))
    assert len(read_logs(Path(logger.log_dir)).warnings) == 1


def test_what_is_no_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(tmp_path / "runs" / "kind" / "version_0")
    said = {
        str(tmp_path / "nowhere"): f"error: no such folder: {tmp_path}/nowhere",
        str(tmp_path / "runs"): f"holds no run: no record, metrics.csv or events of TensorBoard; there are runs in "
        f"{tmp_path}/runs/kind/version_0",
    }
    for path, message in said.items():
        assert main(["report", path]) == 2
        assert message in capsys.readouterr().err
    run = str(tmp_path / "runs/kind/version_0")
    assert main(["report", run, "--metric", "acc*"]) == 2
    assert "no metric is called acc*; there are loss, val/loss" in capsys.readouterr().err


def test_the_command_prints_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_run(tmp_path / "run", metrics=METRICS + "x\n")
    assert main(["report", path, "--metric", "val/*", "--width", "50", "--ascii"]) == 0
    said = capsys.readouterr()
    assert said.err == f"warning: {path}/metrics.csv: 1 damaged line left out (the first is line 10)\n"
    assert said.out.isascii()
    assert max(map(len, said.out.split("val/loss\n")[1].splitlines())) <= 50
    assert "\nloss " not in said.out
    assert main(["report", path, "--no-curves"]) == 0
    assert "\nval/loss\n" not in capsys.readouterr().out


def test_a_report_needs_neither_torch_nor_lightning(tmp_path: Path) -> None:
    path = write_run(tmp_path / "run")
    code = (
        "import sys; from neuraltypes._command_line import main; status = main(sys.argv[1:])\n"
        "print(status, *(name for name in ('torch', 'pytorch_lightning', 'matplotlib') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, "report", path], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0"


PNG = b"\x89PNG\r\n\x1a\n"


def test_pictures_go_into_a_file_or_a_folder(tmp_path: Path) -> None:
    runs = [write_run(tmp_path / name) for name in ("$a", "_b")]
    assert f"picture: {tmp_path}/all.png" in text_of(*runs, png=str(tmp_path / "all.png"))
    assert f"picture: {tmp_path}/each/val_loss.png" in text_of(runs[0], png=str(tmp_path / "each"))
    for name in ("all.png", "each/val_loss.png", "each/loss.png"):
        assert (tmp_path / name).read_bytes().startswith(PNG)
    assert _stems(["val/loss", "val_loss", "Val_Loss", "../..", "a b"]) == [
        "val_loss",
        "val_loss-2",
        "Val_Loss-3",
        "_",
        "a_b",
    ]


def test_a_curve_goes_through_its_values() -> None:
    series = Series([0, 1, 2, 3], [0.0, 1.0, math.nan, 3.0])
    assert draw(series, width=12, height=2, is_ascii=True) == [
        "3 |    ..''",
        "0 |.'''",
        "   0      3",
    ]
    braille = draw(series, width=12, height=2)
    assert braille == ["3 │    ⢀⠤⠔⠉", "0 │⣀⠤⠒⠉⠁", "   0      3"]


def test_a_curve_of_one_value_and_a_long_one_fit() -> None:
    flat = draw(Series([5], [2.0]), width=20, height=3, is_ascii=True)
    assert flat[0].startswith("2 |")
    assert sum(line.count("'") + line.count(".") for line in flat) == 1
    long = Series(list(range(10_000)), [math.sin(step / 500) for step in range(10_000)])
    assert max(map(len, draw(long, width=70, height=6))) <= 70
    assert len(sparkline(long, Range(-1.0, 1.0), width=24)) == 24


def test_bars_share_a_scale() -> None:
    assert sparkline(Series([0, 1, 2], [0.0, 4.0, 8.0]), Range(0.0, 8.0), width=24) == "▁▅█"
    assert sparkline(Series([0, 1], [0.0, 4.0]), Range(0.0, 8.0), width=24, is_ascii=True) == ".+"
    assert sparkline(Series([0, 1, 2, 3], [0.0, 2.0, 6.0, 8.0]), Range(0.0, 8.0), width=2) == "▂█"
    assert sparkline(Series([0], [math.nan]), Range(0.0, 8.0), width=2) == ""
