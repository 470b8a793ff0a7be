"""A transformer (d=256, 4 layers, every forward checked) against the same code unchecked: training, and one token.

The unchecked copy is the same module file, loaded while the environment says `NEURALTYPES_CHECKS=off`.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from models import language_model as checked
from neuraltypes import checks

from _measure import measure

SIZES: dict[str, Any] = {"vocab_size": 512, "context": 64, "d_model": 256, "n_layers": 4, "n_heads": 4, "dropout": 0.0}


def load_unchecked() -> ModuleType:
    spec = importlib.util.spec_from_file_location("language_model_unchecked", Path(str(checked.__file__)))
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


def training_step(code: ModuleType) -> Callable[[], object]:
    torch.manual_seed(0)
    model = code.LanguageModel(config=code.LanguageModelConfig(**SIZES))
    loss = code.NextTokenLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    tokens = torch.randint(0, SIZES["vocab_size"], (8, 65))

    def step() -> None:
        optimizer.zero_grad()
        loss(logits=model(tokens=tokens[:, :-1]), targets=tokens[:, 1:]).mean().backward()
        optimizer.step()

    return step


def one_token(code: ModuleType, **policy: Any) -> Callable[[], object]:
    torch.manual_seed(0)
    model = code.LanguageModel(config=code.LanguageModelConfig(**SIZES)).eval()
    token = torch.zeros(1, 1, dtype=torch.long)

    def call() -> None:
        with torch.no_grad():
            model(tokens=token)

    def call_under_policy() -> None:
        with checks(**policy):
            call()

    return call_under_policy if policy else call


def report(title: str, variants: dict[str, Callable[[], object]], *, calls: int, rounds: int) -> None:
    timings = measure(variants, calls=calls, rounds=rounds)
    print(f"{title:34s} {'us':>9s} {'ratio':>7s}  quartiles")
    base = timings["unchecked"]
    for name, timing in timings.items():
        lower, upper = timing.quartiles(base)
        print(f"  {name:32s} {timing.median / 1e3:9.1f} {timing.ratio(base):7.3f}  {lower:.3f} {upper:.3f}")


def main() -> None:
    torch.set_num_threads(1)
    unchecked = load_unchecked()
    training = {
        "unchecked": training_step(unchecked),
        "unchecked again": training_step(unchecked),
        "checked, always": training_step(checked),
    }
    report("training step, 8 x 64 tokens", training, calls=1, rounds=61)
    single = {
        "unchecked": one_token(unchecked),
        "unchecked again": one_token(unchecked),
        "checked, always": one_token(checked),
        "checked, first 10 (used up)": one_token(checked, policy="first", calls=10),
    }
    report("forward, 1 x 1 token", single, calls=20, rounds=81)


if __name__ == "__main__":
    main()
