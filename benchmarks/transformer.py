"""Transformers (d=256, 4 layers) with every forward checked, against the same code unchecked: training, and one token.

Two cuts of the same size: the usual one, with torch's norms (14 checked calls a forward pass), and the demo's language
model, in which norms, rotations and dropouts are checked modules too (45 calls). The unchecked copy is the same file,
loaded while the environment says `NEURALTYPES_CHECKS=off`; the copies share their weights, for else each would find the
caches full of another's.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from models import language_model as demo
from neuraltypes import checks

import _transformer as usual
from _measure import measure

SIZES: dict[str, Any] = {"vocab_size": 512, "context": 64, "d_model": 256, "n_layers": 4, "n_heads": 4}


def load_unchecked(checked: ModuleType) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{checked.__name__}_unchecked", Path(str(checked.__file__)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    os.environ["NEURALTYPES_CHECKS"] = "off"
    try:
        spec.loader.exec_module(module)
    finally:
        del os.environ["NEURALTYPES_CHECKS"]
    return module


@dataclass(frozen=True)
class Cut:
    """One cut of a transformer: its file, checked, and how a model and a loss are made from a copy of the file."""

    name: str
    code: ModuleType
    make: Callable[[ModuleType], tuple[nn.Module, nn.Module]]


CUTS = (
    Cut("usual cut", usual, lambda code: (code.Transformer(**SIZES), code.Loss())),
    Cut(
        "demo's model",
        demo,
        lambda code: (code.LanguageModel(config=code.LanguageModelConfig(**SIZES, dropout=0.0)), code.NextTokenLoss()),
    ),
)


def variants(
    cut: Cut, make_call: Callable[[nn.Module, nn.Module], Callable[[], None]], *, repeats: int
) -> dict[str, Callable[[], None]]:
    unchecked = load_unchecked(cut.code)
    weights = cut.make(cut.code)[0].state_dict()

    def call(code: ModuleType) -> Callable[[], None]:
        model, loss = cut.make(code)
        model.load_state_dict(weights, assign=True)
        once = make_call(model, loss)

        def many() -> None:
            for _ in range(repeats):
                once()

        return many

    first = call(cut.code)

    def under_policy() -> None:
        with checks("first", calls=10):
            first()

    return {
        "unchecked": call(unchecked),
        "unchecked again": call(unchecked),
        "checked, always": call(cut.code),
        "checked, first 10 (used up)": under_policy,
    }


def training_step(model: nn.Module, loss: nn.Module) -> Callable[[], None]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0)
    tokens = torch.randint(SIZES["vocab_size"], (8, 65))

    def step() -> None:
        optimizer.zero_grad()
        loss(logits=model(tokens=tokens[:, :-1]), targets=tokens[:, 1:]).mean().backward()
        optimizer.step()

    return step


def one_token(model: nn.Module, loss: nn.Module) -> Callable[[], None]:
    model.eval()
    token = torch.zeros(1, 1, dtype=torch.long)

    def call() -> None:
        with torch.no_grad():
            model(tokens=token)

    return call


def report(title: str, calls: dict[str, Callable[[], None]], *, repeats: int, rounds: int) -> None:
    timings = measure(calls, calls=1, rounds=rounds)
    base = timings["unchecked"]
    print(f"{title:44s} {'us':>9s} {'ratio':>7s}  quartiles")
    for name, timing in timings.items():
        lower, upper = timing.quartiles(base)
        print(f"  {name:42s} {timing.median / repeats / 1e3:9.1f} {timing.ratio(base):7.3f}  {lower:.3f} {upper:.3f}")


def main() -> None:
    torch.set_num_threads(1)
    for cut in CUTS:
        training = variants(cut, training_step, repeats=1)
        report(f"{cut.name}: training step, 8 x 64 tokens", training, repeats=1, rounds=60)
        report(f"{cut.name}: forward, 1 x 1 token", variants(cut, one_token, repeats=5), repeats=5, rounds=300)


if __name__ == "__main__":
    main()
