"""Distributions that were made: the shapes that follow from what their constructors were given.

A distribution has a batch shape, one distribution for each entry, and an event shape, that of one sample. There are
four families: numbers (`Normal`), indices (`Categorical`), vectors (`Dirichlet`), and vectors that covary. Others are
made of these: `Independent`, `MixtureSameFamily`, `TransformedDistribution`.
Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from neuraltypes._sizes import Size
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._dtypes import FLOAT32, INT64, category
from neuraltypes.rules._shapes import ANY, broadcast, int_of, rank
from neuraltypes.rules._transforms import composed
from neuraltypes.rules._values import CLASS, UNKNOWN, Array, Config, DTypes, Refused, Value

_PARAMETERS: Final = (
    *("loc", "scale", "low", "high", "rate", "concentration", "concentration0", "concentration1", "alpha"),
    *("df", "df1", "df2", "probs", "logits", "total_count"),
)
POSITIVE: Final = frozenset(
    {"scale", "rate", "concentration", "concentration0", "concentration1", "alpha", "df", "df1", "df2"}
)
"""Parameters that torch takes above 0 alone."""
_MATRICES: Final = ("covariance_matrix", "precision_matrix", "scale_tril")


@dataclass(frozen=True, slots=True)
class Made:
    """A distribution that was made: its shapes, None where unknown, and its dtype."""

    batch: Shape | None
    event: Shape | None
    dtype: DTypes | None
    drawn: DTypes | None
    """The dtype of samples, which that of the parameters is not always."""

    @property
    def extended(self) -> Shape | None:
        """The shape of one sample of each."""
        return None if self.batch is None or self.event is None else (*self.batch, *self.event)

    def array(self, shape: Shape | None) -> Array:
        """Of the dtype of the parameters."""
        return Array(shape, self.dtype)


_NOTHING: Final = Made(None, None, None, None)  # what is known of a distribution that is not known
Family: TypeAlias = Callable[[Config], Made]


def _alike(batch: Shape | None, event: Shape | None, dtype: DTypes | None) -> Made:
    """One of which samples have the dtype of the parameters."""
    return Made(batch, event, dtype, dtype)


def _given(config: Config, names: tuple[str, ...]) -> list[Value]:
    """What was given of some parameters."""
    return [config[name] for name in names if name in config and config[name] is not None]


def _shape_of(value: Value) -> Shape | None:
    if isinstance(value, Array):
        return value.shape
    return () if isinstance(value, bool | float | Size) else None


def _dtype_of(values: list[Value]) -> DTypes | None:
    """The dtype of parameters that agree in it; the default one where all are numbers."""
    if any(not isinstance(value, bool | float | Size | Array) for value in values):
        return None
    dtypes = [value.dtype for value in values if isinstance(value, Array)]
    first = dtypes[0] if dtypes else FLOAT32
    return first if are_floats(first) and all(dtype == first for dtype in dtypes) else None


def are_floats(dtypes: DTypes | None) -> bool:
    """Whether dtypes are known, and all of them real floating-point ones."""
    return dtypes is not None and all(category(dtype) == 2 for dtype in dtypes)


def together(shapes: list[Shape | None]) -> Shape | None:
    """What shapes broadcast to; unknown where they do not."""
    try:
        return broadcast(shapes)
    except Refused:  # said where the distribution is made
        return None


def numbers(config: Config) -> Made:
    """Each parameter broadcasts with the others."""
    values = _given(config, _PARAMETERS)
    dtype = _dtype_of([value for value in values if value is not config.get("total_count")] or values)
    return _alike(together([_shape_of(value) for value in values]) if values else None, (), dtype)


def weights_of(config: Config) -> tuple[Shape | None, DTypes | None]:
    """The one parameter of indices and vectors."""
    values = _given(config, ("probs", "logits", "concentration"))
    return (_shape_of(values[0]), _dtype_of(values)) if len(values) == 1 else (None, None)


def indices(config: Config) -> Made:
    """One parameter, `*b c`: an index for each `b`."""
    shape, dtype = weights_of(config)
    return Made(ahead(shape, 1), (), dtype, INT64)


def vectors(config: Config) -> Made:
    """One parameter, `*b c`: a vector `c` for each `b`."""
    shape, dtype = weights_of(config)
    return _alike(ahead(shape, 1), None if shape is None else (last(shape),), dtype)


def covarying(config: Config) -> Made:
    """`*b d` and a matrix `*b d d`, or factors `*b d k` and a diagonal `*b d`."""
    loc = _shape_of(config.get("loc", UNKNOWN))
    low_rank = config.get("cov_factor")
    if low_rank is not None:
        diagonal = config.get("cov_diag", UNKNOWN)
        shapes = [ahead(_shape_of(low_rank), 2), ahead(_shape_of(diagonal), 1)]
        values = [config.get("loc", UNKNOWN), low_rank, diagonal]
    else:
        matrices = _given(config, _MATRICES)
        shapes = [ahead(_shape_of(matrices[0]), 2)] if len(matrices) == 1 else [None]
        values = [config.get("loc", UNKNOWN), *matrices]
    batch = together([*shapes, ahead(loc, 1)])
    return _alike(batch, None if loc is None else (last(loc),), _dtype_of(values))


def ahead(shape: Shape | None, count: int) -> Shape | None:
    """All axes but the last ones."""
    if shape is None or len(shape) < count or any(isinstance(axis, Rest) for axis in shape[len(shape) - count :]):
        return None
    return shape[: len(shape) - count]


def last(shape: Shape) -> SizedAxis:
    """The last axis."""
    axis = shape[-1] if shape else ANY
    return axis if isinstance(axis, SizedAxis) else ANY


def independent(config: Config) -> Made:
    """Another distribution, the last axes of whose batch belong to one sample."""
    made, count = of_object(config.get("base_distribution")), int_of(config.get("reinterpreted_batch_ndims", UNKNOWN))
    if made.batch is None or made.event is None or count is None or ahead(made.batch, count) is None:
        return Made(None, None, made.dtype, made.drawn)
    return _cut(made, len(made.batch) - count)


def _cut(made: Made, place: int) -> Made:
    assert made.batch is not None
    assert made.event is not None
    return replace(made, batch=made.batch[:place], event=(*made.batch[place:], *made.event))


def mixture(config: Config) -> Made:
    """One of several distributions, which the last axis of a batch counts."""
    component = of_object(config.get("component_distribution"))
    return replace(component, batch=ahead(component.batch, 1))


def transformed(config: Config) -> Made:
    """What comes of another distribution by transforms: those of whole vectors make its last axes one sample."""
    base, transform = of_object(config.get("base_distribution")), composed(config.get("transforms", UNKNOWN))
    if base.extended is None or base.event is None or transform is None:
        return _NOTHING
    try:
        shape = transform.gives(base.extended)
    except Refused:  # said where the distribution is made
        return _NOTHING
    count = rank(base.event)
    batch = None if shape is None or count is None else ahead(shape, max(count, transform.event_dim))
    if shape is None or batch is None:
        return _NOTHING
    dtype = transform.keeps(base.dtype)
    return Made(batch, shape[len(batch) :], dtype, dtype if base.drawn == base.dtype else None)


def of_object(config: object) -> Made:
    """A distribution that is an argument: what it was made with, and of which class."""
    name = config.get(CLASS) if isinstance(config, Mapping) else None
    if not isinstance(config, Mapping) or not isinstance(name, str) or name not in _FAMILY_OF:
        return _NOTHING
    return _FAMILY_OF[name](config)


_NUMBERS: Final = (
    *("Bernoulli", "Beta", "Cauchy", "Chi2", "ContinuousBernoulli", "Exponential", "FisherSnedecor", "Gamma"),
    *("Geometric", "Gumbel", "HalfCauchy", "HalfNormal", "InverseGamma", "Kumaraswamy", "Laplace", "LogNormal"),
    *("Normal", "Pareto", "Poisson", "StudentT", "Uniform", "VonMises", "Weibull"),
)
_VECTORS: Final = ("Dirichlet", "OneHotCategorical", "OneHotCategoricalStraightThrough")
_COVARYING: Final = ("MultivariateNormal", "LowRankMultivariateNormal")
_FAMILY_OF: Final[Mapping[str, Family]] = {
    **{f"torch.distributions.{name}": numbers for name in _NUMBERS},
    **{f"torch.distributions.{name}": vectors for name in _VECTORS},
    **{f"torch.distributions.{name}": covarying for name in _COVARYING},
    "torch.distributions.Categorical": indices,
    "torch.distributions.Independent": independent,
    "torch.distributions.MixtureSameFamily": mixture,
    "torch.distributions.TransformedDistribution": transformed,
}
