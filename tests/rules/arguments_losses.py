"""Arguments for losses, as functions, as torch's own functions, and as modules."""

from collections.abc import Callable

import torch

from tests.rules._conformance import FLOATS, INTS, Arguments, Draw, T, arguments

# All run on the CPU: on meta, the decompositions take dtypes and shapes that the kernels refuse.
_SHORT_FLOATS = (torch.float32, torch.float64)  # the CPU kernels of some losses know no others
_REAL = (*FLOATS, *FLOATS, *INTS)
_NUMBERS = {"none": 0, "mean": 1, "sum": 2}


def _off(draw: Draw, shape: tuple[int, ...], probability: float = 0.06) -> tuple[int, ...]:
    """A shape with, now and then, a wrong size or an axis too many or too few."""
    if draw.chance(probability) and shape:
        at = draw.randrange(len(shape))
        return (*shape[:at], shape[at] + 1, *shape[at + 1 :])
    if draw.chance(probability / 2):
        return (*shape, 2)
    return shape[1:] if draw.chance(probability / 2) else shape


def _reductions(draw: Draw, *others: str) -> Arguments:
    if others and draw.chance(0.2):
        return {"reduction": others[0]}
    found: Arguments = {"reduction": draw.choice(("none", "mean", "sum"))} if draw.chance(0.85) else {}
    if draw.chance(0.02):
        found["reduction"] = "max"
    return found


def _flags(draw: Draw) -> Arguments:
    return {name: draw.chance(0.5) for name in ("size_average", "reduce") if draw.chance(0.06)}


_Drawn = tuple[Arguments, Arguments]
_RENAMED = {"torch.nn.PoissonNLLLoss": {"input": "log_input"}}


def _loss(
    function: str | None, module: str, own: str | None = None, weights: tuple[str, ...] = ()
) -> Callable[[Callable[[Draw], _Drawn]], Callable[[Draw], _Drawn]]:
    """Register one generator, of (tensors, settings), for a loss under each of its names.

    `weights` are settings that the function has and the module lacks.
    """

    def register(generator: Callable[[Draw], _Drawn]) -> Callable[[Draw], _Drawn]:
        def as_function(draw: Draw) -> Arguments:
            tensors, settings = generator(draw)
            return {**tensors, **settings}

        def as_module(draw: Draw) -> Arguments:
            tensors, settings = generator(draw)
            renamed = _RENAMED.get(f"torch.nn.{module}", {})
            init = {name: value for name, value in settings.items() if name not in weights}
            return {"init": init, "forward": {renamed.get(name, name): value for name, value in tensors.items()}}

        def as_own(draw: Draw) -> Arguments:
            tensors, settings = generator(draw)
            settings = {name: value for name, value in settings.items() if name not in ("size_average", "reduce")}
            if own == "poisson_nll_loss":
                settings = {"log_input": True, "full": False, "eps": 0.1, "reduction": "mean", **settings}
            if "reduction" in settings:
                settings["reduction"] = _NUMBERS.get(settings["reduction"], 1)
            return {**tensors, **settings}

        if function is not None:
            arguments(f"torch.nn.functional.{function}", on_cpu=True)(as_function)
        if own is not None:
            arguments(f"torch.{own}", on_cpu=True)(as_own)
        arguments(f"torch.nn.{module}.forward", on_cpu=True)(as_module)
        return generator

    return register


def _pair(draw: Draw, *dtypes: torch.dtype, low: int = 0) -> tuple[T, T]:
    """Two arrays that broadcast, most of the time, and often have one dtype."""
    shape = draw.shape(low, 3)
    first = draw.dtype(*dtypes)
    other = shape if draw.chance(0.5) else draw.broadcastable(shape)
    input_ = shape if draw.chance(0.8) else draw.broadcastable(shape)
    return T(input_, first), T(other, first if draw.chance(0.5) else draw.dtype(*dtypes))


def _difference(draw: Draw, *dtypes: torch.dtype) -> _Drawn:
    input_, target = _pair(draw, *(dtypes or (*_REAL, torch.complex64)))
    settings = _reductions(draw) | _flags(draw)
    is_float = input_.dtype.is_floating_point and target.dtype.is_floating_point
    if draw.chance(0.25) and is_float:
        settings["weight"] = T(_off(draw, input_.shape), draw.dtype(torch.float32, torch.float64, torch.int64))
    return {"input": input_, "target": target}, settings


@_loss("mse_loss", "MSELoss", weights=("weight",))
def mse(draw: Draw) -> _Drawn:
    return _difference(draw)


@_loss("l1_loss", "L1Loss", weights=("weight",))
def absolute(draw: Draw) -> _Drawn:
    return _difference(draw)


@_loss("smooth_l1_loss", "SmoothL1Loss")
def smooth(draw: Draw) -> _Drawn:
    tensors, settings = _difference(draw, *_REAL)
    settings.pop("weight", None)
    return tensors, settings | ({"beta": draw.choice((0.0, 0.5, 1.0))} if draw.chance(0.5) else {})


@_loss("huber_loss", "HuberLoss", weights=("weight",))
def huber(draw: Draw) -> _Drawn:
    tensors, settings = _difference(draw, *_REAL)
    return tensors, {name: value for name, value in settings.items() if name in ("reduction", "weight")}


@_loss("kl_div", "KLDivLoss")
def divergence(draw: Draw) -> _Drawn:
    input_, target = _pair(draw, *FLOATS, torch.int64)
    settings = _reductions(draw, "batchmean") | _flags(draw)
    return {"input": input_, "target": target}, settings | {"log_target": draw.chance(0.3)}


@arguments("torch.kl_div", on_cpu=True)
def own_divergence(draw: Draw) -> Arguments:
    input_, target = _pair(draw, *FLOATS, torch.int64)
    return {"input": input_, "target": target, "reduction": draw.randrange(3), "log_target": draw.chance(0.3)}


@_loss("poisson_nll_loss", "PoissonNLLLoss", "poisson_nll_loss")
def poisson(draw: Draw) -> _Drawn:
    input_, target = _pair(draw, *_REAL)  # whether bools may be subtracted depends on the settings
    settings: Arguments = {"log_input": draw.chance(0.5)} if draw.chance(0.5) else {}
    return {"input": input_, "target": target}, settings | _reductions(draw) | _flags(draw)


@_loss("gaussian_nll_loss", "GaussianNLLLoss")
def gaussian(draw: Draw) -> _Drawn:
    input_, target = _pair(draw, *_REAL)
    shape = input_.shape
    kind = draw.randrange(5)
    if kind == 0 and shape:
        at = draw.randrange(len(shape))
        shape = (*shape[:at], 1, *shape[at + 1 :])
    elif kind == 1:
        shape = shape[:-1]
    var = draw.choice((0.5, 1.0)) if kind == 2 else T(_off(draw, shape), draw.dtype(*FLOATS, torch.int64))
    settings = _reductions(draw)
    if draw.chance(0.3):
        settings["full"] = draw.chance(0.5)
    return {"input": input_, "target": target, "var": var}, settings


@_loss("hinge_embedding_loss", "HingeEmbeddingLoss", "hinge_embedding_loss")
def hinge(draw: Draw) -> _Drawn:
    input_, target = _pair(draw, *_REAL)
    return {"input": input_, "target": target}, _reductions(draw) | _flags(draw)


def _same(draw: Draw, *dtypes: torch.dtype) -> tuple[T, T]:
    shape, dtype = draw.shape(0, 3), draw.dtype(*FLOATS)
    other = draw.dtype(*dtypes) if draw.chance(0.3) else dtype
    return T(shape, dtype), T(_off(draw, shape) if draw.chance(0.7) else draw.broadcastable(shape), other)


@_loss("binary_cross_entropy", "BCELoss")
def binary(draw: Draw) -> _Drawn:
    input_, target = _same(draw, *FLOATS, torch.int64, torch.bool)
    settings = _reductions(draw) | _flags(draw)
    if draw.chance(0.3):
        settings["weight"] = T(draw.broadcastable(input_.shape), draw.dtype(torch.float32, torch.float64))
    return {"input": input_, "target": target}, settings


@_loss("binary_cross_entropy_with_logits", "BCEWithLogitsLoss", "binary_cross_entropy_with_logits")
def binary_logits(draw: Draw) -> _Drawn:
    input_, target = _same(draw, *FLOATS, torch.int64, torch.bool)
    settings = _reductions(draw) | _flags(draw)
    for name in ("weight", "pos_weight"):
        if draw.chance(0.3):
            settings[name] = T(draw.broadcastable(input_.shape), draw.dtype(torch.float32, torch.float64))
    return {"input": input_, "target": target}, settings


@_loss("soft_margin_loss", "SoftMarginLoss")
def soft_margin(draw: Draw) -> _Drawn:
    input_, target = _pair(draw, *_REAL)
    return {"input": input_, "target": target}, _reductions(draw) | _flags(draw)


@_loss("multilabel_soft_margin_loss", "MultiLabelSoftMarginLoss")
def multilabel_soft_margin(draw: Draw) -> _Drawn:
    shape, dtype = draw.shape(0, 3), draw.dtype(*FLOATS, torch.int64)
    target = T(draw.broadcastable(shape) if draw.chance(0.5) else shape, draw.dtype(*_REAL, torch.bool))
    settings = _reductions(draw) | _flags(draw)
    if draw.chance(0.3):
        settings["weight"] = T(draw.broadcastable(shape[-1:]), dtype)
    return {"input": T(shape, dtype), "target": target}, settings


def _indexed(draw: Draw, *dtypes: torch.dtype) -> tuple[T, T, Arguments]:
    """Input, class indices, and now and then weights."""
    dtype, classes = draw.dtype(*dtypes), draw.size(1, 4)
    lead = () if draw.chance(0.2) else (draw.size(1, 4), *draw.shape(0, 2))
    shape = (*lead[:1], classes, *lead[1:])
    # uint8 is taken only for two axes or fewer.
    indices = (torch.int64, torch.int64, torch.int64, *((torch.uint8,) if len(shape) < 3 else ()))
    wrong = (torch.float32, torch.int32, torch.bool)
    target_shape = (1,) if not lead and draw.chance(0.3) else lead
    target = T(_off(draw, target_shape), draw.dtype(*wrong) if draw.chance(0.06) else draw.dtype(*indices), values=1)
    settings: Arguments = {}
    if draw.chance(0.25):  # of the dtype of the input: another one is taken under autocast
        settings["weight"] = T(_off(draw, (classes,)), dtype)
    return T(_off(draw, shape, 0.02), dtype), target, settings


@_loss("cross_entropy", "CrossEntropyLoss")
def cross_entropy(draw: Draw) -> _Drawn:
    input_, target, settings = _indexed(draw, *FLOATS)
    if draw.chance(0.3):
        dtype = torch.int64 if draw.chance(0.1) else draw.choice(FLOATS)
        target = T(_off(draw, input_.shape), dtype)
    elif target.dtype == torch.uint8 and len(input_.shape) > 2:
        target = T(target.shape, torch.int64, values=1)
    settings |= _reductions(draw) | _flags(draw)
    if target.dtype != torch.uint8 and draw.chance(0.2):
        settings["label_smoothing"] = 0.1
    return {"input": input_, "target": target}, settings


@_loss(None, "NLLLoss2d")
@_loss("nll_loss", "NLLLoss")
def likelihood(draw: Draw) -> _Drawn:
    input_, target, settings = _indexed(draw, *FLOATS)
    if target.dtype == torch.uint8 and len(input_.shape) > 2:
        target = T(target.shape, torch.int64, values=1)
    return {"input": input_, "target": target}, settings | _reductions(draw) | _flags(draw)


@_loss("multi_margin_loss", "MultiMarginLoss")
def multi_margin(draw: Draw) -> _Drawn:
    dtype, classes = draw.dtype(*_SHORT_FLOATS, torch.int64), draw.size()
    lead = draw.shape(0, 1)
    wrong = draw.dtype(torch.float32, torch.int32)
    target = T(_off(draw, lead), wrong if draw.chance(0.05) else torch.int64, values=1)
    settings = _reductions(draw) | _flags(draw)
    if draw.chance(0.3) and dtype != torch.int64:
        settings["weight"] = T(_off(draw, (classes,)), dtype)
    return {"input": T(_off(draw, (*lead, classes), 0.03), dtype), "target": target}, settings


@_loss("multilabel_margin_loss", "MultiLabelMarginLoss")
def multilabel_margin(draw: Draw) -> _Drawn:
    shape = draw.shape(1, 2)
    wrong = draw.dtype(torch.float32, torch.int32)
    drawn = _off(draw, shape)
    target = T(drawn or shape, wrong if draw.chance(0.05) else torch.int64, values=1)  # a number goes with one class
    return {"input": T(shape, draw.dtype(*_SHORT_FLOATS, torch.int64)), "target": target}, _reductions(draw)


@_loss("margin_ranking_loss", "MarginRankingLoss", "margin_ranking_loss")
def ranking(draw: Draw) -> _Drawn:
    shape = draw.shape(0, 3)
    tensors: Arguments = {}
    for name in ("input1", "input2", "target"):
        dtype = torch.bool if draw.chance(0.03) else draw.dtype(*_REAL)
        tensors[name] = T(shape if draw.chance(0.6) else draw.broadcastable(shape), dtype)
    return tensors, _reductions(draw) | _flags(draw)


@_loss("cosine_embedding_loss", "CosineEmbeddingLoss", "cosine_embedding_loss")
def cosine(draw: Draw) -> _Drawn:
    lead, size = draw.shape(0, 1), draw.size(2)
    tensors: Arguments = {}
    for name in ("input1", "input2"):
        shape = (*lead, size)
        shape = draw.broadcastable(shape) if draw.chance(0.2) else shape
        tensors[name] = T(_off(draw, shape, 0.03), draw.dtype(*_REAL))
    target = T(_off(draw, lead), draw.dtype(torch.int64, torch.float32))
    return {**tensors, "target": target}, _reductions(draw) | _flags(draw)


def _triplet(draw: Draw) -> Arguments:
    shape = draw.shape(0, 3)
    shapes = (draw.broadcastable(shape) if draw.chance(0.2) else shape for _ in range(3))
    names = ("anchor", "positive", "negative")
    dtype = draw.dtype(*_REAL, torch.complex64)
    dtypes = (draw.dtype(*_REAL) if draw.chance(0.2) else dtype for _ in names)
    return {name: T(*given) for name, given in zip(names, zip(shapes, dtypes, strict=True), strict=True)}


@_loss("triplet_margin_loss", "TripletMarginLoss", "triplet_margin_loss")
def triplet(draw: Draw) -> _Drawn:
    settings: Arguments = {"swap": draw.chance(0.5)} if draw.chance(0.4) else {}
    return _triplet(draw), settings | _reductions(draw) | _flags(draw)


@_loss("triplet_margin_with_distance_loss", "TripletMarginWithDistanceLoss")
def distance_triplet(draw: Draw) -> _Drawn:
    settings: Arguments = {"swap": draw.chance(0.5)} if draw.chance(0.4) else {}
    return _triplet(draw), settings | _reductions(draw)


@_loss("ctc_loss", "CTCLoss", "ctc_loss")
def ctc(draw: Draw) -> _Drawn:
    time, batch, classes = draw.size(3), draw.size(), draw.size(2)
    is_single = draw.chance(0.2)
    shape = (time, classes) if is_single else (time, batch, classes)
    count = 1 if is_single else batch
    given = [count + draw.chance(0.05) for _ in range(2)]
    lengths = [(1,) * number for number in given]
    if draw.chance(0.6):
        lengths = [T((number,), draw.dtype(torch.int64, torch.int32)) for number in given]  # type: ignore[misc]
    if draw.chance(0.6):
        targets = T((count + draw.chance(0.05), draw.size()), draw.dtype(torch.int64, torch.int32))
    else:
        targets = T((count,), torch.int64)
    tensors = {
        "log_probs": T(shape, draw.dtype(*_SHORT_FLOATS, torch.int64) if draw.chance(0.3) else torch.float32),
        "targets": targets,
        "input_lengths": lengths[0],
        "target_lengths": lengths[1],
    }
    return tensors, _reductions(draw)


@arguments("torch.nn.AdaptiveLogSoftmaxWithLoss.forward", on_cpu=True)
def adaptive(draw: Draw) -> Arguments:
    size, lead = draw.size(4), draw.shape(0, 1)
    init = {"in_features": size, "n_classes": 8, "cutoffs": [2, 4], "div_value": 1.0}
    input_ = T(_off(draw, (*lead, size)))
    return {"init": init, "forward": {"input_": input_, "target_": T(_off(draw, lead, 0.03), torch.int64, values=4)}}


def _fused(draw: Draw, more: tuple[int, ...]) -> tuple[tuple[int, ...], T, Arguments]:
    """The shape of the input, a target, and settings; `more` are the axes of the loss beside the batch."""
    features, classes = draw.size(1, 4), draw.size(2, 4)
    lead = () if draw.chance(0.2) else (draw.size(1, 4),)
    settings = _reductions(draw)
    if draw.chance(0.25):
        target = T((*lead, classes, *more), torch.float32)
    else:
        target = T(_off(draw, (*lead, *more)), torch.int64, values=1)
        settings |= {"ignore_index": -1} if draw.chance(0.2) else {}
    if draw.chance(0.2):
        settings["label_smoothing"] = 0.1
    return (*lead, features, classes), target, settings


@arguments("torch.nn.functional.linear_cross_entropy", on_cpu=True)
def linear_cross_entropy(draw: Draw) -> Arguments:
    more, dtype = draw.shape(0, 2) if draw.chance(0.3) else (), draw.choice(_SHORT_FLOATS)
    (*lead, features, classes), target, settings = _fused(draw, more)
    other = draw.choice(_SHORT_FLOATS) if draw.chance(0.1) else dtype
    if draw.chance(0.3):
        settings["linear_bias"] = T(_off(draw, (classes, *more)), dtype)
    if draw.chance(0.2):
        settings["weight"] = T(_off(draw, (classes,)), dtype)
    weight = T(_off(draw, (classes, *more, features)), other)
    target = T(target.shape, dtype if target.dtype.is_floating_point else target.dtype, target.values)
    return {"input": T(_off(draw, (*lead, features)), dtype), "linear_weight": weight, "target": target, **settings}


@arguments("torch.nn.LinearCrossEntropyLoss.forward", on_cpu=True)
def linear_cross_entropy_module(draw: Draw) -> Arguments:
    more = draw.shape(0, 2) if draw.chance(0.3) else ()
    (*lead, features, classes), target, settings = _fused(draw, more)
    init = {"in_features": features, "num_classes": classes, "out_features": more, "bias": draw.chance(0.3), **settings}
    return {"init": init, "forward": {"input": T(_off(draw, (*lead, features))), "target": target}}
