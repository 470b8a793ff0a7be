"""Distributions against torch itself: what their methods give, by what they were made with."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.distributions import Distribution

from neuraltypes._sizes import named, number
from neuraltypes._unify import Rest, SizedAxis, format_shape
from neuraltypes.rules import Array, Produced, Surroundings, apply, sizes
from neuraltypes.rules._values import CLASS
from tests.rules._conformance import Draw, _agrees, _resolve, _text, _text_of, registry, to_value

EXAMPLES = 12
_PREFIX = "torch.distributions."
_WEIGHED = ("Categorical", "OneHotCategorical", "OneHotCategoricalStraightThrough", "Multinomial")


_INSIDE = ("Normal", "Gamma", "Bernoulli", "Categorical", "Dirichlet", "MultivariateNormal")


def _methods() -> list[str]:
    names = [name for name in registry() if name.startswith(_PREFIX) and not name.endswith("__init__")]
    return [name for name in names if "." in name.removeprefix(_PREFIX)]


def _made(name: str, draw: Draw, made_with: dict[str, Any] | None = None) -> Any:
    """A distribution that knows what it was made with."""
    made_with = _made_with(name, draw) if made_with is None else made_with
    distribution = _resolve(_PREFIX + name)(**made_with)
    distribution.made = (name, made_with)
    return distribution


def _made_with(name: str, draw: Draw) -> dict[str, Any]:
    """Arguments of a constructor, which fit."""
    if name == "Independent":
        base = _made(draw.choice(_INSIDE), draw)
        count = draw.randint(0, len(base.batch_shape))
        return {"base_distribution": base, "reinterpreted_batch_ndims": count}
    shape, classes = draw.shape(0, 2), draw.size(2)
    dtype = draw.choice((torch.float32, torch.float64))

    def number_like(*, is_first: bool) -> Any:
        if draw.chance(0.25):
            return 0.75
        cut = shape if is_first else shape[draw.randint(0, len(shape)) :]
        return torch.full([1 if draw.chance(0.2) else size for size in cut], 0.75, dtype=dtype)

    init = registry().find(f"{_PREFIX}{name}.__init__")
    assert init is not None
    words = [one.name for one in init.parameters]
    found: dict[str, Any] = {}
    if name in (*_WEIGHED, "RelaxedOneHotCategorical", "Dirichlet"):
        key = "concentration" if name == "Dirichlet" else draw.choice(("probs", "logits"))
        found[key] = torch.full((*shape, classes), 0.75, dtype=dtype)
    elif name == "MultivariateNormal":
        key = draw.choice(("covariance_matrix", "precision_matrix", "scale_tril"))
        found = {"loc": torch.ones(*shape, classes), key: torch.eye(classes).expand(*shape[1:], classes, classes)}
    elif name == "LowRankMultivariateNormal":
        factor, diagonal = torch.ones(*shape, classes, 2), torch.ones(*shape[1:], classes)
        found = {"loc": torch.ones(classes), "cov_factor": factor, "cov_diag": diagonal}
    elif "probs" in words:
        found[draw.choice(("probs", "logits"))] = torch.full(shape, 0.75, dtype=dtype)
    elif name == "Uniform":
        found = {"low": torch.zeros(shape), "high": 1.0 if draw.chance(0.5) else torch.ones(shape[1:])}
    else:
        parameters = [word for word in words if word not in ("self", "validate_args")]
        found = {word: number_like(is_first=word == parameters[0]) for word in parameters}
    if "temperature" in words:
        found["temperature"] = torch.tensor(0.5, dtype=dtype)
    if name in ("Binomial", "NegativeBinomial"):
        found["total_count"] = 3 if draw.chance(0.5) else torch.full(shape, 3.0, dtype=dtype)
    return found


def _value(value: Any) -> Any:
    if isinstance(value, Tensor):
        return Array(sizes(*value.shape), frozenset({str(value.dtype).removeprefix("torch.")}))
    if isinstance(value, Distribution):
        name, made_with = value.made  # type: ignore[attr-defined]
        return {**_config(name, made_with), CLASS: _PREFIX + name}
    return to_value(value)


def _config(name: str, made_with: dict[str, Any]) -> dict[str, Any]:
    init = registry().find(f"{_PREFIX}{name}.__init__")
    assert init is not None
    defaults = {one.name: one.default for one in init.parameters if not one.is_required}
    return {**defaults, **{key: _value(value) for key, value in made_with.items()}}


@pytest.mark.parametrize("name", _methods())
def test_rule_and_torch_agree(name: str) -> None:
    owner, _, method = name.removeprefix(_PREFIX).rpartition(".")
    signature = registry().find(name)
    assert signature is not None
    known = 0
    for example in range(EXAMPLES):
        draw = Draw(f"{name} {example}")
        distribution = _made(owner, draw)
        _, made_with = distribution.made
        given: dict[str, Any] = {}
        if "value" in [one.name for one in signature.parameters]:
            lead = (*draw.shape(0, 1),) if distribution.batch_shape else ()
            value = distribution.sample(lead)
            given["value"] = torch.full_like(value, 0.5) if method == "icdf" else value
        elif "sample_shape" in [one.name for one in signature.parameters] and draw.chance(0.7):
            given["sample_shape"] = draw.shape(0, 2)
        elif "expand" in [one.name for one in signature.parameters] and draw.chance(0.5):
            given["expand"] = draw.chance(0.5)
        try:
            attribute = getattr(distribution, method)
            real = attribute if signature.is_property else attribute(**given)
        except NotImplementedError:  # as `rsample` of what has none
            continue
        outcome = apply(signature, {key: _value(value) for key, value in given.items()}, _config(owner, made_with))
        assert not outcome.refused, outcome.refused
        agreement = _agrees(outcome.result, real)
        words = f"{made_with} {given}: torch gives {_text_of(real)}, the rule {_text(outcome.result)}"
        assert agreement is not False, words
        known += agreement is True
    assert known > EXAMPLES // 3


def test_divergence_and_torch_agree() -> None:
    signature = registry().find(f"{_PREFIX}kl_divergence")
    assert signature is not None
    known = 0
    for example in range(EXAMPLES * 4):
        draw = Draw(f"divergence {example}")
        name = draw.choice(("Normal", "Categorical", "Dirichlet", "Independent"))
        p = _made(name, draw)
        q = p if draw.chance(0.5) or name == "Independent" else _made(name, draw)
        given = {"p": _value(p), "q": _value(q)}
        try:
            real = torch.distributions.kl_divergence(p, q)
        except (RuntimeError, NotImplementedError):  # shapes that do not broadcast, and classes without a formula
            continue
        outcome = apply(signature, given)
        agreement = _agrees(outcome.result, real)
        assert agreement is not False, f"{p} {q}: torch gives {_text_of(real)}, the rule {_text(outcome.result)}"
        known += agreement is True
    assert known > EXAMPLES


def _array(text: str, element: str | None = None) -> Array:
    axes = [Rest() if word == "..." else SizedAxis(named(word)) for word in text.split()]
    return Array(tuple(axes), frozenset({"float32"}), None if element is None else Produced(element))


def _asked(name: str, config: dict[str, Any], **given: Any) -> Any:
    signature = registry().find(_PREFIX + name)
    assert signature is not None
    outcome = apply(signature, given, config)
    if outcome.refused:
        return outcome.refused[0].reason
    assert isinstance(outcome.result, Array)
    return "?" if outcome.result.shape is None else format_shape(outcome.result.shape)


def test_shapes_are_those_of_the_parameters() -> None:
    policy = {"probs": None, "logits": _array("b t c"), "validate_args": None}
    assert _asked("Categorical.sample", policy) == "b t"
    assert _asked("Categorical.sample", policy, sample_shape=(number(7),)) == "7 b t"
    assert _asked("Categorical.log_prob", policy, value=_array("b t")) == "b t"
    assert _asked("Categorical.entropy", policy) == "b t"
    assert _asked("Categorical.probs", policy) == "b t c"
    assert _asked("OneHotCategorical.sample", policy) == "b t c"
    assert _asked("Normal.rsample", {"loc": _array("b d"), "scale": 1.0}) == "b d"
    assert _asked("Normal.log_prob", {"loc": _array("... d"), "scale": _array("d")}, value=_array("b d")) == "... d"


def test_a_value_that_does_not_fit_is_refused() -> None:
    policy = {"probs": None, "logits": _array("b c"), "validate_args": None}
    assert _asked("Categorical.log_prob", policy, value=_array("t")) == 'is "t", expected "b", or more in front'
    assert _asked("Categorical.log_prob", {**policy, "validate_args": False}, value=_array("t")) == "?"


def test_what_is_unknown_stays_unknown() -> None:
    assert _asked("Categorical.sample", {}) == "?"
    assert _asked("Normal.sample", {"loc": Array(), "scale": 1.0}) == "?"
    assert _asked("MultivariateNormal.sample", {"loc": _array("b d")}) == "?"


def test_logits_are_no_probabilities() -> None:
    init = registry().find(f"{_PREFIX}Categorical.__init__")
    assert init is not None
    around = Surroundings(element_fits=lambda wanted, given: isinstance(given, Produced) and wanted == given.name)
    logits = _array("b c", "LogitsType")
    assert [one.argument for one in apply(init, {"probs": logits}, None, around).refused] == ["probs"]
    assert not apply(init, {"logits": logits}, None, around).refused
