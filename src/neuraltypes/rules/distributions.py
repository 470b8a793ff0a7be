"""Distributions: what they were made with says the shapes of samples, and of what is asked of them.

A distribution has a batch shape, one distribution for each entry, and an event shape, that of one sample. There are
four families: numbers (`Normal`), indices (`Categorical`), vectors (`Dirichlet`), and vectors that covary.
Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from neuraltypes._sizes import Size, number
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules._dtypes import FLOAT32, INT64, category
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import ANY, bool_of, broadcast, int_of, rank, size_axes
from neuraltypes.rules._values import CLASS, UNKNOWN, Array, Config, DTypes, Refused, Result, Value
from neuraltypes.rules.recurrent import known_axes

_PARAMETERS: Final = (
    *("loc", "scale", "low", "high", "rate", "concentration", "concentration0", "concentration1", "alpha"),
    *("df", "df1", "df2", "probs", "logits", "total_count"),
)
_MATRICES: Final = ("covariance_matrix", "precision_matrix", "scale_tril")


@dataclass(frozen=True, slots=True)
class _Made:
    """A distribution that was made: its shapes, None where unknown, and its dtype."""

    batch: Shape | None
    event: Shape | None
    dtype: DTypes | None

    @property
    def extended(self) -> Shape | None:
        """The shape of one sample of each."""
        return None if self.batch is None or self.event is None else (*self.batch, *self.event)

    def array(self, shape: Shape | None) -> Array:
        """Of the dtype of the parameters."""
        return Array(shape, self.dtype)


_Family: TypeAlias = Callable[[Config], _Made]


def _given(config: Config, names: tuple[str, ...]) -> list[Value]:
    """What was given of some parameters."""
    return [config[name] for name in names if name in config and config[name] is not None]


def _shape(value: Value) -> Shape | None:
    if isinstance(value, Array):
        return value.shape
    return () if isinstance(value, bool | float | Size) else None


def _dtype(values: list[Value]) -> DTypes | None:
    """The dtype of parameters that agree in it; the default one where all are numbers."""
    if any(not isinstance(value, bool | float | Size | Array) for value in values):
        return None
    dtypes = [value.dtype for value in values if isinstance(value, Array)]
    first = dtypes[0] if dtypes else FLOAT32
    is_same = first is not None and all(map(_is_float, first)) and all(dtype == first for dtype in dtypes)
    return first if is_same else None


def _is_float(dtype: str) -> bool:
    return category(dtype) == 2


def _together(shapes: list[Shape | None]) -> Shape | None:
    try:
        return broadcast(shapes)
    except Refused:  # said where the distribution is made
        return None


def _numbers(config: Config) -> _Made:
    """Each parameter broadcasts with the others."""
    values = _given(config, _PARAMETERS)
    dtype = _dtype([value for value in values if value is not config.get("total_count")] or values)
    return _Made(_together([_shape(value) for value in values]) if values else None, (), dtype)


def _weights(config: Config) -> tuple[Shape | None, DTypes | None]:
    values = _given(config, ("probs", "logits", "concentration"))
    return (_shape(values[0]), _dtype(values)) if len(values) == 1 else (None, None)


def _indices(config: Config) -> _Made:
    """One parameter, `*b c`: an index for each `b`."""
    shape, dtype = _weights(config)
    return _Made(_ahead(shape, 1), (), dtype)


def _vectors(config: Config) -> _Made:
    """One parameter, `*b c`: a vector `c` for each `b`."""
    shape, dtype = _weights(config)
    return _Made(_ahead(shape, 1), None if shape is None else (_last(shape),), dtype)


def _covarying(config: Config) -> _Made:
    """`*b d` and a matrix `*b d d`, or factors `*b d k` and a diagonal `*b d`."""
    loc = _shape(config.get("loc", UNKNOWN))
    low_rank = config.get("cov_factor")
    if low_rank is not None:
        diagonal = config.get("cov_diag", UNKNOWN)
        shapes = [_ahead(_shape(low_rank), 2), _ahead(_shape(diagonal), 1)]
        values = [config.get("loc", UNKNOWN), low_rank, diagonal]
    else:
        matrices = _given(config, _MATRICES)
        shapes = [_ahead(_shape(matrices[0]), 2)] if len(matrices) == 1 else [None]
        values = [config.get("loc", UNKNOWN), *matrices]
    batch = _together([*shapes, _ahead(loc, 1)])
    return _Made(batch, None if loc is None else (_last(loc),), _dtype(values))


def _ahead(shape: Shape | None, count: int) -> Shape | None:
    """All axes but the last ones."""
    if shape is None or len(shape) < count or any(isinstance(axis, Rest) for axis in shape[len(shape) - count :]):
        return None
    return shape[: len(shape) - count]


def _last(shape: Shape) -> SizedAxis:
    axis = shape[-1] if shape else ANY
    return axis if isinstance(axis, SizedAxis) else ANY


# What is asked of them


def _sample(made: _Made, sample_shape: Value = ()) -> Array:
    lead = size_axes(sample_shape)
    if made.extended is None:
        return made.array(None)
    return made.array((*((Rest(),) if lead is None else lead), *made.extended))


def _probability(made: _Made, value: Value, *, is_checked: bool, is_index: bool) -> Array:
    """Of a value, which has the event shape behind axes that broadcast with the batch."""
    if not isinstance(value, Array) or value.shape is None or made.batch is None or made.event is None:
        return made.array(None)
    lead = _ahead(value.shape, len(made.event))
    if lead is None:
        return made.array(None)
    try:
        shape = broadcast([lead, made.batch])
        _require_event(value.shape, made.event)
    except Refused:
        if not is_checked:
            return made.array(None)
        wanted = format_shape((*made.batch, *made.event))
        raise Refused(f'is "{format_shape(value.shape)}", expected "{wanted}", or more in front', "value") from None
    # A value of another dtype may decide that of the result, unless it is an index.
    return Array(shape, made.dtype if is_index or value.dtype == made.dtype else None)


def _require_event(shape: Shape, event: Shape) -> None:
    for given, wanted in zip(shape[len(shape) - len(event) :], event, strict=True):
        broadcast([(given,), (wanted,)])


def _register(family: str, make: _Family) -> None:
    def sample(config: Config, sample_shape: Value = ()) -> Result:
        return _sample(make(config), sample_shape)

    def probability(config: Config, value: Value = UNKNOWN) -> Result:
        is_checked = config.get("validate_args", UNKNOWN) in (None, True)
        return _probability(make(config), value, is_checked=is_checked, is_index=family == "indices")

    def each(config: Config) -> Result:
        made = make(config)
        return made.array(made.batch)

    def whole(config: Config) -> Result:
        made = make(config)
        return made.array(made.extended)

    for name, rule in {"sample": sample, "probability": probability, "each": each, "whole": whole}.items():
        computed(f"distributions.{family}_{name}")(rule)


_FAMILIES: Final[dict[str, _Family]] = {
    "numbers": _numbers,
    "indices": _indices,
    "vectors": _vectors,
    "covarying": _covarying,
}


def _independent(config: Config) -> _Made:
    """Another distribution, the last axes of whose batch belong to one sample."""
    made, count = _of_object(config.get("base_distribution")), int_of(config.get("reinterpreted_batch_ndims", UNKNOWN))
    if made.batch is None or made.event is None or count is None or _ahead(made.batch, count) is None:
        return _Made(None, None, made.dtype)
    cut = len(made.batch) - count
    return _Made(made.batch[:cut], (*made.batch[cut:], *made.event), made.dtype)


def _of_object(config: object) -> _Made:
    """A distribution that is an argument: what it was made with, and of which class."""
    name = config.get(CLASS) if isinstance(config, Mapping) else None
    if not isinstance(config, Mapping) or not isinstance(name, str) or name not in _FAMILY_OF:
        return _Made(None, None, None)
    return _FAMILY_OF[name](config)


_FAMILIES["independent"] = _independent
for _name, _make in _FAMILIES.items():
    _register(_name, _make)

_NUMBERS: Final = (
    *("Bernoulli", "Beta", "Cauchy", "Chi2", "ContinuousBernoulli", "Exponential", "FisherSnedecor", "Gamma"),
    *("Geometric", "Gumbel", "HalfCauchy", "HalfNormal", "InverseGamma", "Kumaraswamy", "Laplace", "LogNormal"),
    *("Normal", "Pareto", "Poisson", "StudentT", "Uniform", "VonMises", "Weibull"),
)
_VECTORS: Final = ("Dirichlet", "OneHotCategorical", "OneHotCategoricalStraightThrough")
_COVARYING: Final = ("MultivariateNormal", "LowRankMultivariateNormal")
_FAMILY_OF: Final[Mapping[str, _Family]] = {
    **{f"torch.distributions.{name}": _numbers for name in _NUMBERS},
    **{f"torch.distributions.{name}": _vectors for name in _VECTORS},
    **{f"torch.distributions.{name}": _covarying for name in _COVARYING},
    "torch.distributions.Categorical": _indices,
    "torch.distributions.Independent": _independent,
}


@computed("distributions.independent_draw")
def independent_draw(config: Config, sample_shape: Value = ()) -> Result:
    """`Independent.sample`: indices are whole numbers, whatever their weights are."""
    base = config.get("base_distribution")
    name = base.get(CLASS) if isinstance(base, Mapping) else None
    found = _sample(_independent(config), sample_shape)
    return found.plain(found.shape, INT64) if name == "torch.distributions.Categorical" else found


@computed("distributions.divergence")
def divergence(p: Value, q: Value) -> Result:
    """`kl_divergence`: a number for each distribution of the two batches, which broadcast."""
    one, other = _of_object(p), _of_object(q)
    if one.batch is None or other.batch is None or one.event is None or other.event is None:
        return Array()
    dtype = one.dtype if one.dtype == other.dtype else None
    return Array(_together([one.batch, other.batch]), dtype)


@computed("distributions.index_sample")
def index_sample(config: Config, sample_shape: Value = ()) -> Result:
    """`Categorical.sample`."""
    return Array(_sample(_indices(config), sample_shape).shape, INT64)


@computed("distributions.index_mode")
def index_mode(config: Config) -> Result:
    """`Categorical.mode`."""
    return Array(_indices(config).batch, INT64)


@computed("distributions.index_support")
def index_support(config: Config, expand: Value = True) -> Result:
    """`Categorical.enumerate_support`: each index, `c *b`."""
    shape, _ = _weights(config)
    batch = _ahead(shape, 1)
    if shape is None or batch is None or rank(batch) is None or bool_of(expand) is None:
        return Array(None, INT64)
    return Array((_last(shape), *(batch if bool_of(expand) else _ones(known_axes(batch)))), INT64)


def _ones(count: int) -> Shape:
    return (SizedAxis(number(1)),) * count


@computed("distributions.weights")
def weights(config: Config) -> Result:
    """`probs` and `logits` of indices and vectors: as they were given."""
    shape, dtype = _weights(config)
    return Array(shape, dtype)
