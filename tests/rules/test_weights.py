"""The shapes of parameters and buffers, whole and from the names of sizes."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import torch

from neuraltypes._sizes import named
from neuraltypes._unify import format_shape
from neuraltypes.rules import UNKNOWN, Array, Outcome, apply, number, sizes
from tests.rules import _conformance as conformance
from tests.rules.arguments_weights import WEIGHTS

for _path in sorted(Path(__file__).parent.glob("arguments_*.py")):
    importlib.import_module(f"tests.rules.{_path.stem}")

TRIES = 60


def outcome(name: str, **config: Any) -> Outcome:
    signature = conformance.registry().find(name)
    constructor = conformance.registry().find(f"{name.rpartition('.')[0]}.__init__")
    assert signature is not None
    assert constructor is not None
    return apply(signature, {}, {**constructor.defaults, **config})


def shape(name: str, **config: Any) -> str | None:
    result = outcome(name, **config).result
    return format_shape(result.shape) if isinstance(result, Array) and result.shape is not None else None


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", WEIGHTS)
def test_the_shape_is_known_whole(name: str) -> None:
    owner, _, member = name.rpartition(".")
    signature = conformance.registry().find(name)
    assert signature is not None
    seen = set()
    for number_ in range(TRIES):
        drawn = conformance._draw(name, signature, conformance.Draw(f"whole {name} {number_}"))
        config = {key: conformance.to_value(value) for key, value in drawn["init"].items()}
        try:
            module = conformance._resolve(owner)(**conformance._made(drawn["init"], "meta"))
        except (ValueError, AssertionError, RuntimeError, TypeError):
            continue
        real = getattr(module, member)
        result = outcome(name, **config).result
        if isinstance(real, torch.Tensor):
            assert isinstance(result, Array), drawn
            assert result.shape == sizes(*real.shape), drawn
        else:
            assert not isinstance(result, Array), drawn
        seen.add(type(result))
    assert Array in seen


def test_the_sizes_may_be_names() -> None:
    d, v = named("d"), named("v")
    assert shape("torch.nn.Linear.weight", in_features=d, out_features=v) == "v d"
    assert shape("torch.nn.Linear.bias", in_features=d, out_features=v) == "v"
    assert shape("torch.nn.Embedding.weight", num_embeddings=v, embedding_dim=d) == "v d"
    assert shape("torch.nn.LSTMCell.weight_ih", input_size=d, hidden_size=v) == "4*v d"
    convolution = {"in_channels": d, "out_channels": v, "kernel_size": number(3)}
    assert shape("torch.nn.Conv2d.weight", **convolution) == "v d 3 3"
    assert shape("torch.nn.ConvTranspose1d.weight", **convolution) == "d v 3"
    assert shape("torch.nn.Conv1d.weight", **{**convolution, "groups": d}) == "v 1 3"


def test_what_is_not_known_stays_so() -> None:
    assert shape("torch.nn.Linear.weight", in_features=UNKNOWN, out_features=number(4)) == "4 _"
    assert shape("torch.nn.Linear.bias", out_features=number(4), bias=UNKNOWN) is None
    assert shape("torch.nn.Conv2d.weight", in_channels=number(4), kernel_size=UNKNOWN) == "_ 4 _ _"
    assert shape("torch.nn.LayerNorm.weight", normalized_shape=UNKNOWN) is None


def test_what_a_flag_turns_off_is_none() -> None:
    assert outcome("torch.nn.Linear.bias", out_features=number(4), bias=False).result is None
    assert (
        outcome("torch.nn.BatchNorm2d.running_mean", num_features=number(4), track_running_stats=False).result is None
    )
