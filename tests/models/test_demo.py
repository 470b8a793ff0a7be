"""The demo: what it prints and writes, its exit status, and that its recipe learns."""

import os
import re
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from matplotlib.image import imread
from omegaconf import OmegaConf
from pytorch_lightning.core.optimizer import LightningOptimizer
from torch import Tensor

from models import demo
from models.baselines import ByteModel, gzip_bits_per_byte
from models.config import DemoConfig, checked
from models.optim._schedules import schedule
from models.text import Split, split_topics, train_tokenizer
from models.training import Curves, LanguageModelTraining, TrainingConfig
from neuraltypes.config import load

FILE = Path(demo.__file__).parent / "configs" / "language_model.yaml"

TINY = (
    *("trainer.steps=3", "trainer.batch_size=2", "trainer.evaluations=1", "trainer.threads=1", "data.segmentations=1"),
    *("model.vocab_size=400", "model.context=32", "model.d_model=16", "model.n_layers=1", "model.n_heads=2"),
    *("sample.tokens=6", "sample.prompt='The loop'"),
)


TRAIN = demo.train


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def run(folder: Path) -> subprocess.CompletedProcess[str]:
    """The command, run with tiny sizes in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "models.demo", *TINY, "output=made/here"],
        cwd=folder,
        env=os.environ | {"OMP_NUM_THREADS": "1", "NEURALTYPES_CHECKS": ""},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def split() -> Split:
    return split_topics()


def test_status_is_1_when_the_model_does_not_beat_bytes_of_order_2(run: subprocess.CompletedProcess[str]) -> None:
    assert "Traceback" not in run.stderr
    assert run.returncode == 1


def test_sizes_of_the_text_are_printed(run: subprocess.CompletedProcess[str], split: Split) -> None:
    train, held_out = len(split.train.encode()), len(split.held_out.encode())
    assert run.stdout.startswith(f"text: {train:,} bytes to train on, {held_out:,} held out\n")
    assert re.search(r"^trained 3 steps in \d+ s, checks: always$", run.stdout, re.MULTILINE)


def test_held_out_figures_are_printed_beside_the_baselines(run: subprocess.CompletedProcess[str], split: Split) -> None:
    report = re.search(
        r"held-out loss (\S+) nats per token, perplexity (\S+)\nheld-out bits per byte\n  this model +(\S+)\n"
        r"  bytes, order 2 +(\S+)\n  bytes, order 3 +(\S+)\n  gzip -9 +(\S+)\n",
        run.stdout,
    )
    assert report is not None
    nats, perplexity, bits, order_2, order_3, gzip = map(float, report.groups())
    train, held_out = split.train.encode(), split.held_out.encode()
    assert nats == pytest.approx(5.99, abs=0.1), "three steps from ln 400"
    assert perplexity == pytest.approx(2.718282**nats, rel=0.01)
    assert 4 < bits < 5
    assert order_2 == pytest.approx(ByteModel(train, order=2).bits_per_byte(held_out), abs=6e-4)
    assert gzip == pytest.approx(gzip_bits_per_byte(held_out), abs=6e-4)
    assert order_3 < gzip < order_2 < bits


def test_sample_follows_its_prompt(run: subprocess.CompletedProcess[str]) -> None:
    assert re.search(r"^sample after 'The loop':\nThe loop", run.stdout, re.MULTILINE)


def test_progress_is_shown(run: subprocess.CompletedProcess[str]) -> None:
    assert re.search(r"Epoch 0: 100%.* 3/3 .*loss=.*bits_per_byte=", run.stdout + run.stderr)


@pytest.mark.parametrize(
    "first_line",
    [
        "ShapeError: NextTokenLoss.forward(targets=): axis 1 't' is 7, expected 8 (bound by logits axis 1)",
        "DTypeError: LanguageModel.forward(tokens=): dtype is float32, expected Int",
        "ElementError: NextTokenLoss.forward(logits=): holds EmbeddedTextType(), expected LogitsType()",
    ],
)
def test_wrong_batches_show_their_errors_in_full(run: subprocess.CompletedProcess[str], first_line: str) -> None:
    _, _, shown = run.stdout.partition("Wrong batches: ")
    errors = shown.strip().split("\n\n")[1:]
    (error,) = (error for error in errors if error.startswith(first_line))
    assert len(errors) == 3
    assert [line.split()[0] for line in error.splitlines()[1:]] == ["expected", "got", "bindings", "module"]


def test_archive_of_the_model_completes_the_prompt(run: subprocess.CompletedProcess[str], folder: Path) -> None:
    assert "\nmodel: made/here/model.nt\n" in run.stdout
    restored = LanguageModelTraining.restore_from(folder / "made" / "here" / "model.nt")
    assert f"\nsample after 'The loop':\n{restored.complete('The loop', n_new=6)}\n\n" in run.stdout


def test_loss_curve_is_a_png(run: subprocess.CompletedProcess[str], folder: Path) -> None:
    assert "\nloss curve: made/here/loss.png\n" in run.stdout
    content = (folder / "made" / "here" / "loss.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">4sII", content[12:24]) == (b"IHDR", 840, 540)
    pixels = imread(folder / "made" / "here" / "loss.png")
    assert pixels.shape[:2] == (540, 840)
    assert len({tuple(pixel) for pixel in pixels.reshape(-1, pixels.shape[2])[::7]}) > 20, "more than a blank page"


def trained(curves: Sequence[tuple[int, float, float]]) -> Any:
    """Stands in for the training: a module that says that it reached these figures."""

    def train(config: DemoConfig, split: Split, tokenizer: Any) -> demo.Trained:
        tokenizer.save(f"{config.output}/tokenizer.json")
        cfg = TrainingConfig(model=config.model, tokenizer=f"{config.output}/tokenizer.json")
        return demo.Trained(LanguageModelTraining(cfg=cfg), Curves([3.0] * 30, list(curves)), "runs")

    return train


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The command in this process, with tiny sizes, without the training and the models of bytes."""

    class QuickByteModel:
        def __init__(self, data: bytes, *, order: int) -> None:
            self.bits = {2: 2.5, 3: 2.1}[order]

        def bits_per_byte(self, data: bytes) -> float:
            return self.bits

    monkeypatch.setenv("PL_GLOBAL_SEED", "0")
    monkeypatch.setattr(demo, "ByteModel", QuickByteModel)
    monkeypatch.setattr(demo, "train", trained([(1, 1.0, 2.0), (3, 1.0, 2.499)]))

    def run(*arguments: str) -> int:
        return demo.main([*TINY, f"output={tmp_path}", *arguments])

    return run


@pytest.mark.parametrize(("bits", "status"), [(2.499, 0), (2.501, 1)])
def test_status_says_whether_the_last_figure_is_below_order_2(
    main: Any, monkeypatch: pytest.MonkeyPatch, bits: float, status: int
) -> None:
    monkeypatch.setattr(demo, "train", trained([(1, 1.0, 2.5 - (bits - 2.5)), (3, 1.0, bits)]))
    assert main() == status


def test_all_of_the_command_line_reaches_the_training(
    main: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "other.yaml"
    changed = {"sample": {"temperature": 0.5}, "trainer": {"seed": 7}}
    OmegaConf.save(OmegaConf.merge(load(FILE), changed), file)
    seen: list[DemoConfig] = []

    def train(config: DemoConfig, split: Split, tokenizer: Any) -> Any:
        seen.append(config)
        return trained([(3, 1.0, 2.0)])(config, split, tokenizer)

    monkeypatch.setattr(demo, "train", train)
    assert main(f"--config-path={tmp_path}", "--config-name=other", "optim.clip_norm=0.5") == 0
    assert (seen[0].sample.temperature, seen[0].trainer.seed, seen[0].optim["clip_norm"]) == (0.5, 7, 0.5)
    assert seen[0].model.vocab_size == 400


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("trainer.stepz=3", "Could not override 'trainer.stepz'"),
        ("trainer.steps=many", "trainer.steps: expected int, got str 'many'"),
        ("trainer.steps=0", "trainer.steps is 0, expected 1 or more"),
        ("trainer.steps", "trainer.steps"),
        ("checks=sometimes", "checks: expected Literal['always', 'first', 'off'] | None, got str 'sometimes'"),
        ("--config-name=missing", "missing"),
    ],
)
def test_status_is_2_and_nothing_runs_when_the_configuration_does_not_fit(
    main: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argument: str, message: str
) -> None:
    monkeypatch.setattr(demo, "split_topics", None)
    assert main(argument) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert "Traceback" not in captured.err


def test_nearest_key_is_suggested(main: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main("trainer.stepz=3") == 2
    hints = [line for line in capsys.readouterr().err.splitlines() if "did you mean" in line]
    assert hints == ['  trainer.stepz: did you mean "trainer.steps"?']


def test_checks_that_are_off_are_printed_so(main: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main("checks=off") == 0
    assert "checks: off\n" in capsys.readouterr().out


@pytest.mark.parametrize("checks", ["off", "first"])
def test_wrong_batches_show_their_errors_when_checks_are_over(
    main: Any, capsys: pytest.CaptureFixture[str], checks: str
) -> None:
    assert main(f"checks={checks}", "sample.tokens=110") == 0
    assert capsys.readouterr().out.count("Error: ") == 3


def test_precision_that_there_is_none_of_is_refused_with_its_key(
    main: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "train", TRAIN)
    assert main("trainer.precision=half") == 2
    assert "trainer.precision" in capsys.readouterr().err


def train(split: Split, folder: Path, *overrides: str) -> Curves:
    pl.seed_everything(0, verbose=False)
    settings = [*TINY, "data.bpe_dropout=0", "trainer.precision=32-true", f"output={folder}", *overrides]
    config = checked(OmegaConf.merge(load(FILE), OmegaConf.from_dotlist([one.replace("'", "") for one in settings])))
    trained = demo.train(config, split, train_tokenizer(split.train, vocab_size=config.model.vocab_size))
    assert (trained.model.cfg.checks, trained.model.cfg.optim) == (config.checks, config.optim)
    return trained.curves


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch, split: Split) -> Split:
    monkeypatch.setenv("PL_GLOBAL_SEED", "0")
    return Split(split.train[:20_000], split.held_out[:2000])


def test_training_is_reproducible_by_the_seed(short: Split, tmp_path: Path) -> None:
    first, second = (train(short, tmp_path) for _ in range(2))
    assert first == second
    assert len(first.training) == 3


@pytest.mark.parametrize("checks", ["off", "first"])
def test_training_is_the_same_however_much_is_checked(short: Split, tmp_path: Path, checks: str) -> None:
    assert train(short, tmp_path, f"checks={checks}") == train(short, tmp_path, "checks=always")


@pytest.mark.parametrize(
    ("steps", "evaluations"),
    [
        (4, 2),
        (6, 3),
        (11, 4),
        (3, 3),
        (1, 1),
    ],
)
def test_last_evaluation_is_of_the_trained_model(short: Split, tmp_path: Path, steps: int, evaluations: int) -> None:
    held_out = train(short, tmp_path, f"trainer.steps={steps}", f"trainer.evaluations={evaluations}").held_out
    assert held_out[-1][0] == steps
    assert len(held_out) == evaluations


def test_rate_changes_at_each_step(monkeypatch: pytest.MonkeyPatch, short: Split, tmp_path: Path) -> None:
    rates: list[float] = []
    loss_of = LanguageModelTraining.losses

    def losses(self: LanguageModelTraining, inputs: Tensor, targets: Tensor) -> Tensor:
        if self.training:
            optimizer = self.optimizers()
            assert isinstance(optimizer, LightningOptimizer)
            rates.append(optimizer.param_groups[0]["lr"])
        return loss_of(self, inputs, targets)

    monkeypatch.setattr(LanguageModelTraining, "losses", losses)
    train(short, tmp_path, "trainer.steps=5", "optim.lr=0.5", "optim.sched.warmup=0.4")
    expected = [0.5 * schedule(step, name="cosine", steps=5, warmup=2) for step in range(5)]
    assert rates == pytest.approx(expected)
    assert max(rates) == rates[2] == 0.5


def test_clipping_bounds_the_gradient(monkeypatch: pytest.MonkeyPatch, short: Split, tmp_path: Path) -> None:
    norms: list[float] = []

    def keep(self: LanguageModelTraining, optimizer: Any) -> None:
        norms.append(torch.nn.utils.get_total_norm([p.grad for p in self.parameters() if p.grad is not None]).item())

    monkeypatch.setattr(LanguageModelTraining, "on_before_zero_grad", keep)
    train(short, tmp_path, "optim.clip_norm=0.01")
    assert norms[1:] == pytest.approx([0.01] * (len(norms) - 1), rel=1e-3)


def test_recipe_learns(monkeypatch: pytest.MonkeyPatch, split: Split, tmp_path: Path) -> None:
    monkeypatch.setenv("PL_GLOBAL_SEED", "0")
    sizes = ("model.vocab_size=512", "model.context=64", "model.d_model=64", "model.n_layers=2", "model.dropout=0")
    steps = ("trainer.steps=160", "trainer.batch_size=16", "trainer.evaluations=2", "optim.lr=1e-2")
    curves = train(split, tmp_path, *sizes, *steps)
    (_, _, halfway), (_, _, bits) = curves.held_out
    guessing = 4.16  # ln 512 nats a token, over the bytes
    order_1 = ByteModel(split.train.encode(), order=1).bits_per_byte(split.held_out.encode())
    assert curves.training[0] == pytest.approx(6.24, abs=0.05)
    assert sum(curves.training[-20:]) / 20 < 4.8
    assert bits < halfway < guessing - 0.7
    assert bits < order_1 - 0.2
