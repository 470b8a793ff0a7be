"""Train a small GPT on real text, every `forward` checked: `python -m models.demo [--config FILE] [key=value ...]`."""

from __future__ import annotations

import argparse
import logging
import math
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import TQDMProgressBar
from tokenizers import Tokenizer
from torch.utils.data import DataLoader

from models.baselines import ByteModel, gzip_bits_per_byte
from models.config import DEFAULT_FILE, ConfigError, DemoConfig, load_config
from models.language_model import generate
from models.plots import plot_curves
from models.text import HeldOutWindows, RandomWindows, Split, encode, resegment, split_topics, train_tokenizer
from models.training import LanguageModelTraining
from neuraltypes import CheckError, checks, set_checks


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, compare with the baselines, sample, show what a wrong batch gives; exit status 0 if it learned."""
    options = _parse(arguments)
    try:
        config = load_config(options.config, options.overrides)
        _set_checks(config.trainer.checks)
    except ConfigError as error:
        print(f"models.demo: {error}", file=sys.stderr)
        return 2
    torch.set_num_threads(config.trainer.threads)
    pl.seed_everything(config.trainer.seed, verbose=False)
    _quieten_lightning()
    split = split_topics(held_out_fraction=config.data.held_out_fraction)
    tokenizer = train_tokenizer(split.train, vocab_size=config.model.vocab_size)
    print(f"text: {len(split.train.encode()):,} bytes to train on, {len(split.held_out.encode()):,} held out")
    start = time.perf_counter()
    training = train(config, split, tokenizer)
    print(f"trained {training.steps} steps in {time.perf_counter() - start:.0f} s, checks: {config.trainer.checks}\n")
    has_learned = _report(training, split)
    _save_curves(config, training)
    _print_sample(config, training, tokenizer)
    _show_wrong_batch(training)
    return int(not has_learned)


def train(config: DemoConfig, split: Split, tokenizer: Tokenizer) -> LanguageModelTraining:
    """The trained module, with its curves."""
    c = config.trainer
    stream = resegment(tokenizer, split.train, dropout=config.data.bpe_dropout, copies=config.data.segmentations)
    windows = RandomWindows(stream, context=config.model.context, n_windows=c.steps * c.batch_size)
    held_out = HeldOutWindows(encode(tokenizer, split.held_out), context=config.model.context)
    training = LanguageModelTraining(
        model=config.model, optimizer=config.optimizer, steps=c.steps, held_out_bytes=len(split.held_out.encode())
    )
    trainer = pl.Trainer(
        accelerator="cpu",
        precision=c.precision,  # type: ignore[arg-type]  # Lightning refuses what it does not know
        max_steps=c.steps,
        val_check_interval=math.ceil(c.steps / c.evaluations),
        num_sanity_val_steps=0,
        gradient_clip_val=c.clip,
        callbacks=[TQDMProgressBar(refresh_rate=10)],
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
    )
    evaluation = DataLoader(held_out, batch_size=32)
    trainer.fit(training, DataLoader(windows, batch_size=c.batch_size), evaluation)
    if not training.curves.held_out or training.curves.held_out[-1][0] != c.steps:
        trainer.validate(training, evaluation, verbose=False)
    return training


def _set_checks(policy: str) -> None:
    try:
        set_checks(policy)  # type: ignore[arg-type]  # refused there when it is none
    except ValueError as error:
        raise ConfigError(f"trainer.checks: {error}") from None


def _quieten_lightning() -> None:
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    # Lightning 2.6 asks torch 2.13 in a way that torch has deprecated.
    warnings.filterwarnings("ignore", ".*LeafSpec.*is deprecated", FutureWarning)
    warnings.filterwarnings("ignore", ".*does not have many workers")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.demo", description=__doc__)
    parser.add_argument("--config", type=Path, default=DEFAULT_FILE, help="a YAML file (default: %(default)s)")
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="for example trainer.steps=100")
    return parser.parse_intermixed_args(arguments)


def _report(training: LanguageModelTraining, split: Split) -> bool:
    """Print the model's figures beside the baselines'; whether it beats bytes of order 2."""
    _, loss, bits_per_byte = training.curves.held_out[-1]
    train, held_out = split.train.encode(), split.held_out.encode()
    order_2, order_3 = (ByteModel(train, order=order).bits_per_byte(held_out) for order in (2, 3))
    rows = {
        "this model": bits_per_byte,
        "bytes, order 2": order_2,
        "bytes, order 3": order_3,
        "gzip -9": gzip_bits_per_byte(held_out),
    }
    print(f"held-out loss {loss:.3f} nats per token, perplexity {math.exp(loss):.1f}")
    print("held-out bits per byte")
    for name, bits in rows.items():
        print(f"  {name:16s} {bits:.3f}")
    return bits_per_byte < order_2


def _save_curves(config: DemoConfig, training: LanguageModelTraining) -> None:
    path = Path(config.output) / "loss.png"
    plot_curves(training.curves, path)
    print(f"\nloss curve: {path}")


def _print_sample(config: DemoConfig, training: LanguageModelTraining, tokenizer: Tokenizer) -> None:
    s = config.sample
    prompt = tokenizer.encode(s.prompt).ids
    sample = generate(training.model, prompt, n_new=s.tokens, temperature=s.temperature, top_k=s.top_k)
    print(f"\nsample after {s.prompt!r}:\n{tokenizer.decode(sample)}\n")


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
