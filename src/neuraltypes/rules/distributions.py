"""What is asked of distributions: the shapes of samples, probabilities and moments, by what they were made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from neuraltypes._sizes import number
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules._context import sizes_differ, suspect
from neuraltypes.rules._distributions import (
    POSITIVE,
    Family,
    Made,
    ahead,
    are_floats,
    covarying,
    independent,
    indices,
    last,
    mixture,
    numbers,
    of_object,
    together,
    transformed,
    vectors,
    weights_of,
)
from neuraltypes.rules._dtypes import INT64
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import bool_of, broadcast, rank, size_axes
from neuraltypes.rules._transforms import composed, transform_of
from neuraltypes.rules._values import BY_LAYER, UNKNOWN, Array, Config, Produced, Refused, Result, Value
from neuraltypes.rules.recurrent import known_axes


def _sample(made: Made, sample_shape: Value = ()) -> Array:
    lead = size_axes(sample_shape)
    if made.extended is None:
        return Array(None, made.drawn)
    return Array((*((Rest(),) if lead is None else lead), *made.extended), made.drawn)


def _probability(made: Made, value: Value, config: Config, argument: str = "value") -> Array:
    """Of a value, which has the event shape behind axes that broadcast with the batch."""
    if not isinstance(value, Array) or value.shape is None or made.batch is None or made.event is None:
        return made.array(None)
    lead = ahead(value.shape, len(made.event))
    if lead is None:
        return made.array(None)
    try:
        shape = broadcast([lead, made.batch])
        _require_event(value.shape, made.event)
    except Refused:
        if config.get("validate_args", UNKNOWN) not in (None, True):
            return made.array(None)
        wanted = format_shape((*made.batch, *made.event))
        raise Refused(f'is "{format_shape(value.shape)}", expected "{wanted}", or more in front', argument) from None
    # A value of another dtype may decide that of the result, unless it is an index.
    return Array(shape, made.dtype if made.drawn == INT64 or value.dtype == made.dtype else None)


def _require_event(shape: Shape, event: Shape) -> None:
    for given, wanted in zip(shape[len(shape) - len(event) :], event, strict=True):
        broadcast([(given,), (wanted,)])


def _register(family: str, make: Family) -> None:
    def sample(config: Config, sample_shape: Value = ()) -> Result:
        return _sample(make(config), sample_shape)

    def probability(config: Config, value: Value = UNKNOWN) -> Result:
        return _probability(make(config), value, config)

    def each(config: Config) -> Result:
        made = make(config)
        return made.array(made.batch)

    def whole(config: Config) -> Result:
        made = make(config)
        return made.array(made.extended)

    for name, rule in {"sample": sample, "probability": probability, "each": each, "whole": whole}.items():
        computed(f"distributions.{family}_{name}")(rule)


_FAMILIES: Final[dict[str, Family]] = {
    "numbers": numbers,
    "indices": indices,
    "vectors": vectors,
    "covarying": covarying,
    "independent": independent,
    "transformed": transformed,
}
for _name, _make in _FAMILIES.items():
    _register(_name, _make)


@computed("distributions.new")
def new(_made: Value, **parameters: Value) -> Result:
    """A distribution by its parameters, some of which must be positive; what a layer gives is negative too."""
    for name in POSITIVE & parameters.keys():
        value = parameters[name]
        if isinstance(value, Array) and value.element == Produced("UnnormalizedType", by=BY_LAYER):
            suspect("is what a layer gives, which is negative too; take softplus or exp of it", name, code="element")
    return None


@computed("distributions.new_mixture")
def new_mixture(_made: Value, mixture_distribution: Value, component_distribution: Value, **_: Value) -> Result:
    """`MixtureSameFamily`: as many components as weights, and a batch that fits theirs.

    Raises:
        Refused: the distributions do not go together.
    """
    chosen, component = of_object(mixture_distribution), of_object(component_distribution)
    count = _categories(mixture_distribution)
    if component.batch == ():
        raise Refused("has no batch axis, whose entries the mixture would choose from", "component_distribution")
    if component.batch is None:
        return None
    found = last(component.batch)
    if count is not None and sizes_differ(count.size, found.size):
        reason = f"is a batch of {found.size} components, but the mixture chooses from {count.size}"
        raise Refused(reason, "component_distribution")
    _require_batch(chosen.batch, ahead(component.batch, 1))
    return None


def _categories(mixture_distribution: Value) -> SizedAxis | None:
    shape = weights_of(mixture_distribution)[0] if isinstance(mixture_distribution, Mapping) else None
    return last(shape) if shape else None


def _require_batch(chosen: Shape | None, components: Shape | None) -> None:
    try:
        broadcast([chosen, components])
    except Refused:
        assert chosen is not None
        assert components is not None
        reason = f'has the batch shape "{format_shape(chosen)}", expected "{format_shape(components)}"'
        raise Refused(reason, "mixture_distribution") from None


@computed("distributions.mixture_sample")
def mixture_sample(config: Config, sample_shape: Value = ()) -> Result:
    """`MixtureSameFamily.sample`: one component for each entry of the batch of the weights."""
    chosen, made = of_object(config.get("mixture_distribution")), mixture(config)
    if rank(chosen.batch) is None or rank(chosen.batch) != rank(made.batch):
        return Array(None, made.drawn)
    return _sample(replace(made, batch=chosen.batch), sample_shape)


@computed("distributions.mixture_probability")
def mixture_probability(config: Config, x: Value = UNKNOWN) -> Result:
    """`MixtureSameFamily.log_prob`."""
    chosen, made = of_object(config.get("mixture_distribution")), mixture(config)
    found = _probability(made, x, config, "x")
    dtype = found.dtype if chosen.dtype == made.dtype else None
    return Array(together([found.shape, chosen.batch]), dtype)


@computed("distributions.mixture_whole")
def mixture_whole(config: Config) -> Result:
    """Moments of `MixtureSameFamily`."""
    chosen, made = of_object(config.get("mixture_distribution")), mixture(config)
    if rank(chosen.batch) is None or rank(chosen.batch) not in (0, rank(made.batch)):
        return Array()
    batch = together([chosen.batch, made.batch])
    return Array(replace(made, batch=batch).extended, made.dtype if chosen.dtype == made.dtype else None)


@computed("distributions.new_transformed")
def new_transformed(_made: Value, base_distribution: Value, transforms: Value, **_: Value) -> Result:
    """`TransformedDistribution`: parameters of the transforms broadcast with the shape of the distribution.

    Raises:
        Refused: they do not.
    """
    base, transform = of_object(base_distribution), composed(transforms)
    if transform is None or base.extended is None:
        return None
    try:
        transform.gives(base.extended)
    except Refused as refused:
        raise Refused(f"does not fit: {refused.reason}", "transforms") from None
    return None


@computed("distributions.transform")
def transform(config: Config, x: Value) -> Result:
    """A transform that is called: as many numbers as the parameters make it."""
    made = transform_of(config)
    if made is None or not isinstance(x, Array):
        return Array()
    return Array(made.gives(x.shape), made.keeps(x.dtype) if are_floats(x.dtype) else None)


@computed("distributions.divergence")
def divergence(p: Value, q: Value) -> Result:
    """`kl_divergence`: a number for each distribution of the two batches, which broadcast."""
    one, other = of_object(p), of_object(q)
    if one.batch is None or other.batch is None or one.event is None or other.event is None:
        return Array()
    dtype = one.dtype if one.dtype == other.dtype else None
    return Array(together([one.batch, other.batch]), dtype)


@computed("distributions.index_sample")
def index_sample(config: Config, sample_shape: Value = ()) -> Result:
    """`Categorical.sample`."""
    return Array(_sample(indices(config), sample_shape).shape, INT64)


@computed("distributions.index_mode")
def index_mode(config: Config) -> Result:
    """`Categorical.mode`."""
    return Array(indices(config).batch, INT64)


@computed("distributions.index_support")
def index_support(config: Config, expand: Value = True) -> Result:
    """`Categorical.enumerate_support`: each index, `c *b`."""
    shape, _ = weights_of(config)
    batch = ahead(shape, 1)
    if shape is None or batch is None or rank(batch) is None or bool_of(expand) is None:
        return Array(None, INT64)
    return Array((last(shape), *(batch if bool_of(expand) else _ones(known_axes(batch)))), INT64)


def _ones(count: int) -> Shape:
    return (SizedAxis(number(1)),) * count


@computed("distributions.weights")
def weights(config: Config) -> Result:
    """`probs` and `logits` of indices and vectors: as they were given."""
    shape, dtype = weights_of(config)
    return Array(shape, dtype)
