"""Results that are written to `out`: refused where torch cannot put them there, and of the dtype of `out` otherwise."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from neuraltypes.rules import Array, apply
from tests.rules import _conformance as conformance
from tests.rules._conformance import Draw, T, _draw, _resolve, registry, to_value

EXAMPLES = 6
FAMILIES = ("pointwise", "masks", "several", "conversions", "activations")
DTYPES = (torch.bool, torch.int64, torch.float32, torch.complex64)


def _names() -> list[str]:
    found = []
    for name in conformance.rule_names():
        signature = registry().find(name)
        assert signature is not None
        family = (signature.computed or "").partition(".")[0]
        if family in FAMILIES and "out" in signature.by_name:
            found.append(name)
    return found


def _made(value: Any) -> Any:
    return torch.zeros(value.shape, dtype=value.dtype) if isinstance(value, T) else value


def _is_taken(name: str, given: dict[str, Any], out: Tensor) -> bool:
    try:
        _resolve(name)(**given, out=out)
    except (RuntimeError, TypeError, ValueError, IndexError):
        return False
    return True


@pytest.mark.parametrize("name", _names())
@pytest.mark.filterwarnings("ignore")
def test_what_cannot_be_put_there_is_refused_by_both(name: str) -> None:
    signature = registry().find(name)
    assert signature is not None
    for example in range(EXAMPLES):
        drawn = _draw(name, signature, Draw(f"out {name} {example}"))
        drawn.pop("out", None)
        given = {key: _made(value) for key, value in drawn.items()}
        try:
            result = _resolve(name)(**given)
        except (RuntimeError, TypeError, ValueError, IndexError):
            continue
        if not isinstance(result, Tensor):
            continue
        values = {key: to_value(value) for key, value in drawn.items()}
        for dtype in DTYPES:
            out = T(tuple(result.shape), dtype)
            outcome = apply(signature, {**values, "out": to_value(out)})
            if outcome.refused:
                assert not _is_taken(name, given, _made(out)), f"{drawn} {dtype}: {outcome.refused}"
            elif _is_taken(name, given, _made(out)):
                assert isinstance(outcome.result, Array)
                assert outcome.result.dtype in (None, frozenset({str(dtype).removeprefix("torch.")}))


def test_integers_hold_no_floats() -> None:
    signature = registry().find("torch.add")
    assert signature is not None
    x = to_value(T((2, 3)))
    whole = replace(x, dtype=frozenset({"int64"}))
    outcome = apply(signature, {"input": x, "other": x, "out": whole})
    assert [str(one) for one in outcome.refused] == ["is int64, which cannot hold float32"]
