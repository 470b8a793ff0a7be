"""Gradients against torch itself: of outputs that are computed of the inputs."""

from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor

from neuraltypes.rules import apply
from tests.rules._conformance import Draw, _agrees, _text, _text_of, registry, to_value
from tests.rules._conformance import T as Drawn

EXAMPLES = 200
grad: Final[Callable[..., Any]] = torch.autograd.grad


def _value(given: object) -> Any:
    if isinstance(given, Tensor):
        return to_value(Drawn(tuple(given.shape), given.dtype))
    return tuple(map(_value, given)) if isinstance(given, list | tuple) else to_value(given)


def _output(inputs: list[Tensor], draw: Draw) -> Tensor:
    """A number, one number with axes, or several."""
    total = sum((one.double() * one).sum() for one in inputs)
    assert isinstance(total, Tensor)
    return total * torch.ones(draw.choice(((), (1, 1), (3,), (2, 4))), dtype=torch.double)


def test_rule_and_torch_agree() -> None:
    signature = registry().find("torch.autograd.grad")
    assert signature is not None
    agreed = refused = 0
    for example in range(EXAMPLES):
        draw = Draw(f"grad {example}")
        drawn = [torch.ones(draw.shape(0, 3), dtype=draw.choice((torch.float32, torch.float64))) for _ in range(2)]
        inputs = [one.requires_grad_() for one in drawn[: draw.randint(1, 2)]]
        outputs = _output(inputs, draw)
        given: dict[str, Any] = {"outputs": outputs, "inputs": inputs if draw.chance(0.7) else inputs[0]}
        if draw.chance(0.6):
            weights = torch.ones_like(outputs) if draw.chance(0.6) else torch.ones((*outputs.shape, 2)).double()
            given["grad_outputs"] = weights if draw.chance(0.5) else [weights]
        outcome = apply(signature, {key: _value(value) for key, value in given.items()})
        try:
            real = grad(**given)
        except RuntimeError:
            refused += 1
            assert outcome.refused, given
            continue
        assert not outcome.refused, (given, outcome.refused)
        assert _agrees(outcome.result, real), f"torch gives {_text_of(real)}, the rule {_text(outcome.result)}"
        agreed += 1
    assert agreed > EXAMPLES // 4
    assert refused > EXAMPLES // 8
