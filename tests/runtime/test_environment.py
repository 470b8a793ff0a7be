"""The variable of the environment decides at import which calls are checked, and whether anything is hooked at all."""

import re
from collections.abc import Callable

import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import NeuralModule, ShapeError
from neuraltypes._switches import ENVIRONMENT_VARIABLE, read_environment


class Flat(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
        return x


def checked_calls(call: Callable[..., object], calls: int) -> list[bool]:
    """Which of so many wrong calls are refused."""
    return [is_checked(call) for _ in range(calls)]


def is_checked(call: Callable[..., object]) -> bool:
    try:
        call(x=torch.zeros(2, 3))
    except ShapeError:
        return True
    return False


@pytest.mark.parametrize("text", ["", "always", "1", "on", "TRUE", " yes "])
def test_the_environment_may_ask_for_every_call(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, text)
    read_environment()
    assert checked_calls(Flat(), 2) == [True, True]


@pytest.mark.parametrize(("text", "calls"), [("first", 100), ("first:2", 2), ("FIRST:1", 1)])
def test_the_environment_may_ask_for_the_first_calls(text: str, calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, text)
    read_environment()
    assert checked_calls(Flat(), calls + 1) == [True] * calls + [False]


@pytest.mark.parametrize("text", ["never", "first:", "first:two", "first:-1", "first:0", "2"])
def test_a_wrong_value_in_the_environment_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, text)
    with pytest.raises(ValueError, match=re.escape('expected "off", "always", "first" or "first:100"')):
        read_environment()


SWITCHED_OFF = """
import sys
import types

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import AnnotationError, NeuralModule, install_import_hook, typecheck

class Module(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
        return x

@typecheck
class Plain(nn.Module):
    def forward(self, x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
        return x

def bare(x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
    return x

assert typecheck(bare) is bare
for function in (Module.forward, Plain.forward):
    assert function.__code__.co_filename == __file__, function
    assert not hasattr(function, "__wrapped__")
wrong = torch.zeros(2, 3)
assert Module()(x=wrong) is Plain()(wrong) is wrong
assert str(Module().input_types["x"]) == 'Float[Tensor, "b"]'
try:
    class Positional(NeuralModule):
        def forward(self, x): ...
except AnnotationError:
    pass
else:
    raise SystemExit("a positional forward is accepted")
print("bare")
"""


def test_the_environment_leaves_the_bare_function(run_python: Callable[..., str]) -> None:
    assert run_python(SWITCHED_OFF, **{ENVIRONMENT_VARIABLE: "off"}) == "bare\n"
