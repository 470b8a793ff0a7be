"""Distributions against torch itself: what their methods give, by what they were made with."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.distributions import Distribution, Transform

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
    if name == "MixtureSameFamily":
        return _mixture(draw)
    if name == "TransformedDistribution":
        return _transformed(draw)
    if name.endswith("Transform"):
        return _transform(name, draw)
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


def _mixture(draw: Draw) -> dict[str, Any]:
    """Weights and as many components, of the same batch or of one that broadcasts."""
    shape, count, dtype = draw.shape(0, 2), draw.size(2), draw.choice((torch.float32, torch.float64))
    weights = shape if draw.chance(0.7) else () if draw.chance(0.5) else tuple(1 for _ in shape)
    mixture = _made("Categorical", draw, {"logits": torch.zeros(*weights, count, dtype=dtype)})
    name = draw.choice(("Normal", "Bernoulli", "Categorical", "Dirichlet", "Independent"))
    tail = (*shape, count) if name in ("Normal", "Bernoulli") else (*shape, count, draw.size(2))
    given = torch.full(tail, 0.75, dtype=dtype)
    if name == "Independent":
        base = _made("Normal", draw, {"loc": given, "scale": 1.0})
        made_with: dict[str, Any] = {"base_distribution": base, "reinterpreted_batch_ndims": 1}
    elif name == "Normal":
        made_with = {"loc": given, "scale": 1.0}
    else:
        made_with = {"concentration" if name == "Dirichlet" else "probs": given}
    return {"mixture_distribution": mixture, "component_distribution": _made(name, draw, made_with)}


def _transformed(draw: Draw) -> dict[str, Any]:
    """A distribution and transforms of whose parameters some broadcast it to more."""
    base = _made(draw.choice(("Normal", "MultivariateNormal")), draw)
    if base.batch_shape and draw.chance(0.3):
        count = draw.randint(0, len(base.batch_shape))
        base = _made("Independent", draw, {"base_distribution": base, "reinterpreted_batch_ndims": count})
    known = ("TanhTransform", "ExpTransform", "SoftmaxTransform", "AffineTransform", "ComposeTransform")
    names = [draw.choice(known) for _ in range(draw.randint(1, 3))]
    if not (base.batch_shape or base.event_shape):
        names = ["TanhTransform"]
    transforms = [_made(name, draw, _transform(name, draw, (*base.batch_shape, *base.event_shape))) for name in names]
    return {"base_distribution": base, "transforms": transforms if draw.chance(0.8) else transforms[0]}


def _transform(name: str, draw: Draw, shape: tuple[int, ...] = (2, 3)) -> dict[str, Any]:
    """Arguments of a transform whose parameters broadcast with a shape."""

    def parameter() -> Any:
        if draw.chance(0.4):
            return 0.5
        cut = shape[draw.randint(0, len(shape)) :]
        return torch.full([1 if draw.chance(0.2) else size for size in cut], 0.5)

    if name == "AffineTransform":
        given = {"loc": parameter(), "scale": parameter()}
        return {**given, "event_dim": draw.randint(0, min(1, len(shape)))} if draw.chance(0.5) else given
    if name == "ComposeTransform":
        names = [draw.choice(("TanhTransform", "SoftmaxTransform", "AffineTransform")) for _ in range(2)]
        return {"parts": [_made(one, draw, _transform(one, draw, shape)) for one in names]}
    return {"exponent": torch.full(shape[1:], 2.0)} if name == "PowerTransform" else {}


def _value(value: Any) -> Any:
    if isinstance(value, Tensor):
        return Array(sizes(*value.shape), frozenset({str(value.dtype).removeprefix("torch.")}))
    if isinstance(value, Distribution | Transform):
        name, made_with = value.made  # type: ignore[union-attr]
        return {**_config(name, made_with), CLASS: _PREFIX + name}
    if isinstance(value, list):
        return tuple(map(_value, value))
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
        if method == "__call__":
            given["x"] = torch.full((draw.size(), 2, 3), 0.5)
        elif method == "sample" and _is_uneven(distribution):
            continue
        elif taken := {"value", "x"} & {one.name for one in signature.parameters}:
            lead = (*draw.shape(0, 1),) if distribution.batch_shape else ()
            value = torch.ones(()) if _is_uneven(distribution) else distribution.sample(lead)
            given[taken.pop()] = torch.full_like(value, 0.5) if method == "icdf" else value
        elif "sample_shape" in [one.name for one in signature.parameters] and draw.chance(0.7):
            given["sample_shape"] = draw.shape(0, 2)
        elif "expand" in [one.name for one in signature.parameters] and draw.chance(0.5):
            given["expand"] = draw.chance(0.5)
        try:
            attribute = getattr(distribution, method)
            real = attribute if signature.is_property else attribute(**given)
        except NotImplementedError:  # as `rsample` of what has none
            continue
        config = {**_config(owner, made_with), CLASS: _PREFIX + owner}
        outcome = apply(signature, {key: _value(value) for key, value in given.items()}, config)
        assert not outcome.refused, outcome.refused
        agreement = _agrees(outcome.result, real)
        words = f"{made_with} {given}: torch gives {_text_of(real)}, the rule {_text(outcome.result)}"
        assert agreement is not False, words
        known += agreement is True
    assert known > EXAMPLES // 3


def _is_uneven(distribution: Any) -> bool:
    """Whether a mixture's weights have fewer batch axes than its components: torch takes no samples then."""
    mixture = getattr(distribution, "mixture_distribution", None)
    return mixture is not None and len(mixture.batch_shape) < len(distribution.batch_shape)


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


def test_mixtures_that_torch_refuses_are_refused() -> None:
    signature = registry().find(f"{_PREFIX}MixtureSameFamily.__init__")
    assert signature is not None
    refused = 0
    for example in range(EXAMPLES * 4):
        draw = Draw(f"mixture {example}")
        weights = _made("Categorical", draw, {"logits": torch.zeros(*draw.shape(0, 2), 1 + draw.size(1, 2))})
        loc = torch.zeros(draw.shape(0, 2) if draw.chance(0.5) else (*weights.batch_shape, 1 + draw.size(1, 2)))
        given = {"mixture_distribution": weights, "component_distribution": _made("Normal", draw, _normal(loc))}
        try:
            _resolve(f"{_PREFIX}MixtureSameFamily")(**given)
            is_refused = False
        except (ValueError, IndexError):
            is_refused = True
        outcome = apply(signature, {key: _value(value) for key, value in given.items()})
        assert bool(outcome.refused) is is_refused, f"{given}: {outcome.refused}"
        refused += is_refused
    assert EXAMPLES < refused < EXAMPLES * 4


def _normal(loc: torch.Tensor) -> dict[str, Any]:
    return {"loc": loc, "scale": 1.0}


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
