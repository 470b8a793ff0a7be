"""Train a small GPT on real text, every `forward` checked: `python -m models.demo [key=value ...]`.

The exit status is 0 if it learned, 1 if it did not, and 2 if the configuration does not fit.
"""

from __future__ import annotations

import logging
import math
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytorch_lightning as pl
import torch
from omegaconf import OmegaConf
from pytorch_lightning.callbacks import TQDMProgressBar
from tokenizers import Tokenizer

from models import runs
from models.baselines import ByteModel, gzip_bits_per_byte
from models.config import DemoConfig, checked
from models.main import main as command
from models.plots import plot_curves
from models.text import HeldOutWindows, RandomWindows, Split, encode, resegment, split_topics, train_tokenizer
from models.training import Curves, LanguageModelTraining, RecordCurves, TrainingConfig
from neuraltypes import CheckError, checks

_OURS, _TO_BEAT = "this model", "bytes, order 2"


class Trained(NamedTuple):
    """A trained model, the curves of its training, and the folder with its logs and record."""

    model: LanguageModelTraining
    curves: Curves
    folder: str


def _status(figures: Mapping[str, float]) -> int:
    """0 if the model beats bytes of order 2."""
    return int(figures[_OURS] >= figures[_TO_BEAT])


@command(config_path="configs", config_name="language_model", status=_status)
def main(cfg: DemoConfig) -> dict[str, float]:
    """Train a small GPT, compare it with baselines, sample, and show what a wrong batch gives."""
    config = checked(cfg)
    torch.set_num_threads(config.trainer.threads)
    pl.seed_everything(config.trainer.seed, verbose=False)
    _quieten_lightning()
    split = split_topics(held_out_fraction=config.data.held_out_fraction)
    tokenizer = train_tokenizer(split.train, vocab_size=config.model.vocab_size)
    print(f"text: {len(split.train.encode()):,} bytes to train on, {len(split.held_out.encode()):,} held out")
    start = time.perf_counter()
    trained = train(config, split, tokenizer)
    seconds = time.perf_counter() - start
    print(f"trained {config.trainer.steps} steps in {seconds:.0f} s, checks: {_policy(config.checks)}\n")
    figures = _report(trained.curves, split)
    _save(config, trained)
    _print_sample(config, trained.model)
    _show_wrong_batch(trained.model)
    return figures


def train(config: DemoConfig, split: Split, tokenizer: Tokenizer) -> Trained:
    """The trained model, with its curves."""
    c = config.trainer
    stream = resegment(tokenizer, split.train, dropout=config.data.bpe_dropout, copies=config.data.segmentations)
    windows = RandomWindows(stream, context=config.model.context, n_windows=c.steps * c.batch_size)
    n_bytes = len(split.held_out.encode())
    held_out = HeldOutWindows(encode(tokenizer, split.held_out), context=config.model.context, n_bytes=n_bytes)
    file = _saved(tokenizer, Path(config.output))
    model = LanguageModelTraining(
        cfg=TrainingConfig(model=config.model, tokenizer=file, optim=config.optim, checks=config.checks)
    )
    model.setup_training_data({"dataset": windows, "batch_size": c.batch_size, "shuffle": False})
    model.setup_validation_data({"dataset": held_out, "batch_size": 32})
    recorded = RecordCurves()
    trainer = runs.trainer(
        config=OmegaConf.structured(config),
        default_root_dir=config.output,
        accelerator="cpu",
        precision=c.precision,
        max_steps=c.steps,
        val_check_interval=math.ceil(c.steps / c.evaluations),
        num_sanity_val_steps=0,
        log_every_n_steps=min(50, c.steps),
        callbacks=[_Bar(refresh_rate=10), recorded],
        enable_checkpointing=False,
        enable_model_summary=False,
    )
    trainer.fit(model)
    if not recorded.curves.held_out or recorded.curves.held_out[-1][0] != c.steps:
        trainer.validate(model, verbose=False)
    return Trained(model, recorded.curves, str(trainer.log_dir))


class _Bar(TQDMProgressBar):
    """Lightning's bar, which also shows the last held-out bits per byte."""

    def get_metrics(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> dict[str, Any]:
        found = dict(super().get_metrics(trainer, pl_module))
        bits = trainer.callback_metrics.get("val/bits_per_byte")
        return found if bits is None else found | {"bits_per_byte": f"{float(bits):.3f}"}


def _saved(tokenizer: Tokenizer, folder: Path) -> str:
    """The path of the tokenizer's file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = str(folder / "tokenizer.json")
    tokenizer.save(path)
    return path


def _policy(given: Any) -> str:
    """The policy of a config's `checks`; a bare `off` in YAML is False."""
    policy = given.get("policy", "always") if isinstance(given, Mapping) else given
    return "off" if policy is False else str(policy)


def _quieten_lightning() -> None:
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    # Lightning 2.6 asks torch 2.13 in a way that torch has deprecated.
    warnings.filterwarnings("ignore", ".*LeafSpec.*is deprecated", FutureWarning)
    warnings.filterwarnings("ignore", ".*does not have many workers")


def _report(curves: Curves, split: Split) -> dict[str, float]:
    """Print the model's figures beside the baselines', and give their bits per byte."""
    _, loss, bits_per_byte = curves.held_out[-1]
    train, held_out = split.train.encode(), split.held_out.encode()
    order_2, order_3 = (ByteModel(train, order=order).bits_per_byte(held_out) for order in (2, 3))
    rows = {_OURS: bits_per_byte, _TO_BEAT: order_2, "bytes, order 3": order_3, "gzip -9": gzip_bits_per_byte(held_out)}
    print(f"held-out loss {loss:.3f} nats per token, perplexity {math.exp(loss):.1f}")
    print("held-out bits per byte")
    for name, bits in rows.items():
        print(f"  {name:16s} {bits:.3f}")
    return rows


def _save(config: DemoConfig, trained: Trained) -> None:
    picture, archive = Path(config.output) / "loss.png", Path(config.output) / "model.nt"
    plot_curves(trained.curves, picture)
    trained.model.save_to(archive, progress=False)
    print(f"\nloss curve: {picture}\nmodel: {archive}")
    print(f"run: {trained.folder} (neuraltypes report {trained.folder})")


def _print_sample(config: DemoConfig, model: LanguageModelTraining) -> None:
    s = config.sample
    sample = model.complete(s.prompt, n_new=s.tokens, temperature=s.temperature, top_k=s.top_k)
    print(f"\nsample after {s.prompt!r}:\n{sample}\n")


def _show_wrong_batch(training: LanguageModelTraining) -> None:
    print("Wrong batches: targets one token short, tokens that are floats, embeddings for logits.")
    tokens = torch.zeros(2, 8, dtype=torch.long)
    logits = training.model(tokens=tokens)
    calls: tuple[Callable[[], object], ...] = (
        lambda: training.loss(logits=logits, targets=tokens[:, 1:]),  # type: ignore[shape-mismatch]
        lambda: training.model(tokens=tokens.float()),  # type: ignore[dtype-mismatch]
        lambda: training.loss(logits=training.model.embedding(tokens=tokens), targets=tokens),  # type: ignore[element-mismatch]
    )
    for call in calls:
        try:
            with checks("always"):
                call()
        except CheckError as error:
            print(f"\n{type(error).__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main())
