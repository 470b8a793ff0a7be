"""Rules against torch itself: the same call, on shapes and dtypes drawn at random, must give the same or fail in both.

Operations run on the `meta` device, which computes shapes and dtypes alone, or on tiny tensors on the CPU where torch
has no meta kernel. Arguments are drawn from what a rule declares; where torch wants more than a declaration says
(sizes that multiply to the same, an index that fits), a generator draws them:

    @arguments("torch.cat", "torch.concat")
    def cat(draw: Draw) -> Arguments: ...
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import torch
from torch import Tensor
from torch.nn.utils import rnn

from neuraltypes._sizes import Size, named, number
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules import (
    UNKNOWN,
    Array,
    DType,
    Many,
    Outcome,
    Parameter,
    Registry,
    Signature,
    Slice,
    Surroundings,
    apply,
    sizes,
)
from neuraltypes.rules._values import SOME_INT, Packed

STUBS: Final = Path(__file__).parents[2] / "stubs"
FLOATS: Final = (torch.float32, torch.float32, torch.float64, torch.float16, torch.bfloat16)
INTS: Final = (torch.int64, torch.int64, torch.int32, torch.uint8)
DTYPES: Final = (*FLOATS, *INTS, torch.bool, torch.complex64)
Arguments: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class T:
    """A tensor to be made: its shape and dtype. `values` fills it with whole numbers below that many (CPU only)."""

    shape: tuple[int, ...]
    dtype: torch.dtype = torch.float32
    values: int | None = None


@dataclass(frozen=True)
class P:
    """Sequences to be packed, all of one length: their shape when padded, `b t ...`, and dtype."""

    shape: tuple[int, ...]
    dtype: torch.dtype = torch.float32


class Draw(random.Random):
    """Draws shapes, dtypes and axes."""

    def size(self, low: int = 1, high: int = 6) -> int:
        return self.randint(low, high)

    def shape(self, low: int = 0, high: int = 4) -> tuple[int, ...]:
        return tuple(self.size() for _ in range(self.randint(low, high)))

    def dtype(self, *choices: torch.dtype) -> torch.dtype:
        return self.choice(choices or DTYPES)

    def float_dtype(self) -> torch.dtype:
        return self.choice(FLOATS)

    def tensor(self, low: int = 0, high: int = 4, *dtypes: torch.dtype) -> T:
        return T(self.shape(low, high), self.dtype(*dtypes))

    def broadcastable(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """A shape that broadcasts with another, most of the time."""
        cut = shape[self.randint(0, len(shape)) :] if self.chance(0.3) else shape
        drawn = tuple(1 if self.chance(0.25) else size for size in cut)
        if drawn and self.chance(0.1):
            at = self.randrange(len(drawn))
            drawn = (*drawn[:at], drawn[at] + 1, *drawn[at + 1 :])
        return (*self.shape(1, 1), *drawn) if self.chance(0.1) else drawn

    def dim(self, ndim: int, *, wrong: float = 0.05) -> int:
        """An axis of a tensor, now and then one that it does not have."""
        count = max(ndim, 1)
        return self.choice((count, -count - 1)) if self.chance(wrong) else self.randrange(-count, count)

    def dims(self, ndim: int) -> tuple[int, ...]:
        return tuple(self.sample(range(-ndim, 0), self.randint(0, ndim)))

    def chance(self, probability: float) -> bool:
        return self.random() < probability


Generator: TypeAlias = Callable[[Draw], Arguments]
GENERATORS: Final[dict[str, Generator]] = {}
ON_CPU: Final[set[str]] = set()
EXPECTED_UNKNOWN: Final[set[str]] = set()


def arguments(*names: str, on_cpu: bool = False) -> Callable[[Generator], Generator]:
    """The generator of arguments for rules of those names. For a module: `{"init": {...}, "forward": {...}}`."""

    def register(generator: Generator) -> Generator:
        for name in names:
            assert name not in GENERATORS, f"{name} has two generators"
            GENERATORS[name] = generator
        if on_cpu:
            ON_CPU.update(names)
        return generator

    return register


@lru_cache(maxsize=1)
def registry() -> Registry:
    return Registry([STUBS])


def rule_names() -> list[str]:
    """Every rule, by the name of what it is about: constructors belong to their `forward`.

    The methods of distributions, which are made first, and gradients have tests of their own, and so has einops.
    """
    names = (name for name in registry() if name.startswith("torch.") and not name.endswith(".__init__"))
    return [name for name in names if not name.startswith(("torch.distributions.", "torch.autograd."))]


def _module_of(name: str) -> str | None:
    """The class of a module whose `forward`, or whose parameter or buffer, a rule is about."""
    owner, _, member = name.rpartition(".")
    signature = registry().find(name)
    is_held = owner != "torch.Tensor" and signature is not None and signature.is_property
    return owner if member == "forward" or (is_held and f"{owner}.__init__" in registry()) else None


def constructor_names() -> list[str]:
    """The constructors that have a rule of their own: `torch.nn.Conv2d.__init__`."""
    names = (name for name in registry() if name.startswith("torch.nn.") and name.endswith(".__init__"))
    found = ((name, registry().find(name)) for name in names)
    return [name for name, signature in found if signature is not None and signature.computed is not None]


Verdict: TypeAlias = Literal["same", "both refuse", "unknown", "disagree"]


@dataclass
class Tally:
    """The verdicts on one rule, and its first disagreements in words."""

    counts: dict[Verdict, int] = field(default_factory=dict)
    disagreements: list[str] = field(default_factory=list)

    def __getitem__(self, verdict: Verdict) -> int:
        return self.counts.get(verdict, 0)


def examine(name: str, examples: int, seed: str = "0") -> Tally:
    """The verdicts on so many calls."""
    tally = Tally()
    for number_ in range(examples):
        draw = Draw(f"{seed} {name} {number_}")
        verdict, words = compare(name, draw)
        tally.counts[verdict] = tally[verdict] + 1
        if verdict == "disagree":
            tally.disagreements.append(words)
    return tally


def compare(name: str, draw: Draw) -> tuple[Verdict, str]:
    """One call, by the rule and by torch."""
    signature = registry().find(name)
    assert signature is not None
    drawn = _draw(name, signature, draw)
    outcome = _by_rule(name, signature, drawn)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            real: Any = _by_torch(name, signature, drawn, "cpu" if name in ON_CPU else "meta")
    except Exception as error:  # noqa: BLE001 - torch refuses with whatever it has
        if isinstance(error, NotImplementedError) and name not in ON_CPU:
            return "disagree", f"{name} has no meta kernel: say on_cpu=True"
        if outcome.refused:
            return "both refuse", ""
        words = f"{type(error).__name__}: {str(error)[:200]}\n  rule: {_text(outcome.result)}"
        return "disagree", f"{name}({drawn}): torch refuses: {words}"
    if outcome.refused:
        reasons = "; ".join(f"{one.argument}: {one.reason}" for one in outcome.refused)
        return "disagree", f"{name}({drawn}): torch gives {_text_of(real)}, the rule refuses: {reasons}"
    agreement = _agrees(outcome.result, real)
    if agreement is False:
        return "disagree", f"{name}({drawn}): torch gives {_text_of(real)}, the rule {_text(outcome.result)}"
    return ("same" if agreement else "unknown"), ""


def compare_construction(name: str, draw: Draw) -> tuple[Verdict, str]:
    """One module made, by the rule and by torch."""
    signature = registry().find(name)
    assert signature is not None
    drawn = GENERATORS[name](draw)
    outcome = apply(signature, {key: to_value(value) for key, value in drawn.items()})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _resolve(name.removesuffix(".__init__"))(**_made(drawn, "cpu"))
    except Exception as error:  # noqa: BLE001 - torch refuses with whatever it has
        if outcome.refused:
            return "both refuse", ""
        return "disagree", f"{name}({drawn}): torch refuses: {type(error).__name__}: {str(error)[:200]}"
    reasons = "; ".join(f"{one.argument}: {one.reason}" for one in outcome.refused)
    return ("disagree", f"{name}({drawn}): the rule refuses: {reasons}") if reasons else ("same", "")


# Symbols and the unknown: what a rule says of less must agree with what is so


def compare_partial(name: str, draw: Draw) -> str:
    """What is wrong with the answer for a call of which less is known than torch is given; empty where nothing is.

    Some sizes become names (equal sizes the same one) or unknown, some shapes, dtypes and arguments unknown. Where
    torch takes the call, the rule must not refuse the unknown, and what it says must be so.
    """
    signature = registry().find(name)
    assert signature is not None
    drawn = _draw(name, signature, draw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            real: Any = _by_torch(name, signature, drawn, "cpu" if name in ON_CPU else "meta")
    except Exception:  # noqa: BLE001 - torch refuses with whatever it has
        real = None
    with_names = draw.chance(0.5)
    forget = _Forget(draw, with_names=with_names)
    outcome = _by_rule(name, signature, drawn, forget)
    if real is None:
        return ""
    said = f"{name}({drawn}) {'named' if with_names else 'unknown'}"
    if outcome.refused:
        reasons = "; ".join(f"{one.argument}: {one.reason}" for one in outcome.refused)
        return "" if with_names else f"{said}: torch gives {_text_of(real)}, the rule refuses: {reasons}"
    if _agrees(_numbered(outcome.result), real) is False:
        return f"{said}: torch gives {_text_of(real)}, the rule {_text(outcome.result)}"
    return ""


def compare_under_autocast(name: str, draw: Draw) -> str:
    """What is wrong with the answer for a call of mixed precision under autocast; empty where nothing is.

    Where torch takes the call, the rule must not refuse a dtype, and what it says must be so.
    """
    signature = registry().find(name)
    assert signature is not None
    drawn = _mixed(_draw(name, signature, draw), draw)
    try:
        with warnings.catch_warnings(), torch.autocast("cpu", dtype=torch.bfloat16):
            warnings.simplefilter("ignore")
            real: Any = _by_torch(name, signature, drawn, "cpu")
    except Exception:  # noqa: BLE001 - torch refuses with whatever it has
        return ""
    outcome = _by_rule(name, signature, drawn, surroundings=Surroundings(is_autocast=True))
    reasons = "; ".join(f"{one.argument}: {one.reason}" for one in outcome.refused if one.code == "dtype")
    if reasons:
        return f"{name}({drawn}): torch gives {_text_of(real)}, the rule refuses: {reasons}"
    if not outcome.refused and _agrees(outcome.result, real) is False:
        return f"{name}({drawn}): torch gives {_text_of(real)}, the rule {_text(outcome.result)}"
    return ""


def _mixed(value: Any, draw: Draw) -> Any:
    """Arguments whose floats are of one precision here and of another there."""
    match value:
        case T(dtype=torch.float32 | torch.bfloat16) | P(dtype=torch.float32 | torch.bfloat16):
            return replace(value, dtype=draw.choice((torch.float32, torch.bfloat16)))
        case dict():
            return {key: _mixed(item, draw) for key, item in value.items()}
        case list() | tuple():
            return type(value)(_mixed(item, draw) for item in value)
        case _:
            return value


class _Forget:
    """Makes values less known."""

    def __init__(self, draw: Draw, *, with_names: bool) -> None:
        self._draw = draw
        self._with_names = with_names

    def __call__(self, value: Any) -> Any:
        match value:
            case Array():
                return self._array(value)
            case Packed(padded=padded):
                return Packed(self._array(padded))
            case Size():
                if self._with_names:
                    return self._named(value)
                return draw_unknown(self._draw, value)
            case tuple():
                return tuple(map(self, value))
            case _:
                return UNKNOWN if not self._with_names and self._draw.chance(0.15) else value

    def _array(self, array: Array) -> Array:
        shape, dtype = array.shape, array.dtype
        assert shape is not None
        if not self._with_names:
            shape = tuple(SizedAxis() if self._draw.chance(0.3) else axis for axis in shape)
            shape = self._opened(shape) if self._draw.chance(0.25) else shape
            dtype = None if self._draw.chance(0.2) else dtype
            return Array(None if self._draw.chance(0.15) else shape, dtype)
        sized = [axis for axis in shape if isinstance(axis, SizedAxis) and axis.size is not None]
        return Array(tuple(SizedAxis(self._named(axis.size)) for axis in sized if axis.size is not None), dtype)

    def _opened(self, shape: Shape) -> Shape:
        cut = sorted(self._draw.randint(0, len(shape)) for _ in range(2))
        return (*shape[: cut[0]], Rest(), *shape[cut[1] :])

    def _named(self, size: Size) -> Size:
        constant = size.constant
        return size if constant is None or constant < 2 or self._draw.chance(0.3) else named(f"s{constant}")


def draw_unknown(draw: Draw, size: Size) -> Any:
    return draw.choice((SOME_INT, UNKNOWN)) if draw.chance(0.3) else size


def _numbered(result: Any) -> Any:
    """A result with the names that stand for numbers put back."""
    match result:
        case Array():
            if result.shape is None:
                return result
            return Array(
                tuple(SizedAxis(_number(axis.size)) if isinstance(axis, SizedAxis) else axis for axis in result.shape),
                result.dtype,
            )
        case Many(item=item):
            return Many(_numbered(item))
        case Packed(padded=padded):
            return Packed(_numbered(padded))
        case Size():
            return _number(result)
        case tuple():
            return tuple(map(_numbered, result))
        case _:
            return result


def _number(size: Size | None) -> Size | None:
    if size is None:
        return None
    return size.replace({symbol: number(int(symbol.name[1:])) for symbol in size.symbols()})


def _draw(name: str, signature: Signature, draw: Draw) -> Arguments:
    if name in GENERATORS:
        return GENERATORS[name](draw)
    target = registry().alias_of(name)
    if target in GENERATORS:
        return GENERATORS[target](draw)
    owner = _module_of(name)
    if owner is not None and f"{owner}.forward" in GENERATORS and signature.is_property:
        return {"init": GENERATORS[f"{owner}.forward"](draw)["init"], "forward": {}}
    if owner is not None:
        made = registry().find(f"{owner}.__init__")
        init = {} if made is None else _drawn(made, draw)
        return {"init": init, "forward": _drawn(signature, draw, init)}
    return _drawn(signature, draw)


def _drawn(signature: Signature, draw: Draw, config: Mapping[str, Any] | None = None) -> Arguments:
    """Arguments from a declaration alone: tensors that fit its axes and dtypes, numbers, flags."""
    sizes_: dict[str, int] = {}
    found: Arguments = {}
    base = draw.shape()
    ndim = len(base)
    for parameter in signature.parameters:
        if (parameter.name == "self" and parameter.tensors is None and config is not None) or (
            not parameter.is_required and draw.chance(0.4)
        ):
            continue
        if signature.name.endswith("__init__") and parameter.name in ("dtype", "device"):
            continue
        if parameter.name == "self" and parameter.tensors is None:
            if config is None and not signature.name.endswith("__init__"):
                found["self"] = T(base, draw.dtype())
            continue
        value = _one(parameter, draw, base, ndim, sizes_, config)
        if value is not _SKIP:
            found[parameter.name] = value
        if isinstance(value, T) and "self" not in found and len(found) == 1:
            base, ndim = value.shape, len(value.shape)
    return found


_SKIP: Final = object()


def _one(
    parameter: Parameter,
    draw: Draw,
    base: tuple[int, ...],
    ndim: int,
    sizes_: dict[str, int],
    config: Mapping[str, Any] | None,
) -> Any:
    text = parameter.text
    if parameter.tensors is not None:
        if "None" in text and draw.chance(0.5):
            return _SKIP if not parameter.is_required else None
        if "float" in text and draw.chance(0.4):
            return draw.choice((2, 0.5, True, 3.0))
        return _tensor(parameter, draw, base, sizes_, config)
    options = [option.strip() for option in text.split("|")]
    option = draw.choice([one for one in options if one != "None"] or ["None"])
    match option:
        case "bool":
            return draw.chance(0.5)
        case "int":
            return draw.size()
        case "Dim":
            return draw.dim(ndim)
        case "Dims":
            return draw.dims(ndim)
        case "float":
            return draw.choice((0.5, 0.25, 1.0, 2.0))
        case "DType":
            return draw.dtype(torch.float32, torch.float64, torch.int64)
        case "FloatDType":
            return draw.dtype(torch.float32, torch.float64)
        case _ if option.startswith("Literal["):
            import ast

            return draw.choice([ast.literal_eval(item) for item in option[8:-1].split(", ")])
        case _:
            return _SKIP


def _tensor(
    parameter: Parameter, draw: Draw, base: tuple[int, ...], sizes_: dict[str, int], config: Mapping[str, Any] | None
) -> T:
    from neuraltypes._axes import FixedAxis, NamedAxis, SymbolicAxis, VariadicAxis

    tensors = parameter.tensors
    assert tensors is not None
    members = tensors.members
    allowed = [one for one in DTYPES if members is None or str(one).removeprefix("torch.") in members]
    dtype = draw.choice(allowed)
    if config is not None:  # the parameters of a module have the default dtype
        dtype = torch.float32 if torch.float32 in allowed else dtype
    elif sizes_.get("", 0) and not draw.chance(0.1):
        dtype = allowed[sizes_[""] % len(allowed)]
    sizes_[""] = allowed.index(dtype)
    if tensors.axes is None or tensors.axes == (VariadicAxis(),):
        return T(draw.broadcastable(base) if base else draw.shape(), dtype)
    shape: list[int] = []
    for axis in tensors.axes:
        match axis:
            case FixedAxis(size=size):
                shape.append(size)
            case NamedAxis(name=name):
                shape.append(sizes_.setdefault(name, draw.size()))
            case SymbolicAxis(expression=expression):
                read = {f"_{key}": value for key, value in (config or {}).items()}
                source = expression.replace("{self.", "_").replace("}", "")
                try:
                    shape.append(int(eval(source, {}, {**sizes_, **read})))
                except (NameError, TypeError):
                    shape.append(draw.size())
            case VariadicAxis():
                shape += draw.shape(0, 2)
            case _:
                shape.append(draw.size())
    if shape and draw.chance(0.08):
        shape[draw.randrange(len(shape))] += 1
    return T(tuple(shape), dtype)


# By the rule


def _by_rule(
    name: str,
    signature: Signature,
    drawn: Arguments,
    forget: Callable[[Any], Any] = lambda value: value,
    surroundings: Surroundings | None = None,
) -> Outcome:
    owner = _module_of(name)
    if owner is not None:
        made = registry().find(f"{owner}.__init__")
        if made is not None and made.computed is not None:
            outcome = apply(made, {key: forget(to_value(value)) for key, value in drawn["init"].items()})
            if outcome.refused:
                return outcome
        defaults = {} if made is None else {one.name: one.default for one in made.parameters if not one.is_required}
        config = {**defaults, **{key: forget(to_value(value)) for key, value in drawn["init"].items()}}
        return apply(
            signature, {key: forget(to_value(value)) for key, value in drawn["forward"].items()}, config, surroundings
        )
    return apply(signature, {key: forget(to_value(value)) for key, value in drawn.items()}, None, surroundings)


def to_value(value: Any) -> Any:
    """A Python value as rules see it."""
    match value:
        case T():
            return Array(sizes(*value.shape), frozenset({str(value.dtype).removeprefix("torch.")}))
        case P():
            return Packed(to_value(T(value.shape, value.dtype)))
        case bool() | float() | str() | None:
            return value
        case int():
            return number(value)
        case tuple() | list() | torch.Size():
            return tuple(map(to_value, value))
        case torch.dtype():
            return DType(frozenset({str(value).removeprefix("torch.")}))
        case slice():
            return Slice(*map(to_value, (value.start, value.stop, value.step)))
        case _ if value is Ellipsis:
            return value
        case _:
            return UNKNOWN


# By torch


def _by_torch(name: str, signature: Signature, drawn: Arguments, device: str) -> Any:
    module_name = _module_of(name)
    if module_name is not None:
        module = _resolve(module_name)(**_made(drawn["init"], device))
        if signature.is_property:
            return getattr(module, name.rpartition(".")[2])
        return _call(module.to(device), signature, _made(drawn["forward"], device), skip_self=True)
    given = _made(drawn, device)
    owner, _, last = name.rpartition(".")
    if signature.is_property:
        return getattr(given[signature.parameters[0].name], last)
    if owner == "torch.Tensor":
        first = signature.parameters[0].name
        receiver = given.pop(first)
        result = _call(getattr(receiver, last), signature, given, skip_self=True)
        return receiver if last == "__setitem__" else result
    return _call(_resolve(name), signature, given, skip_self=False)


def _call(function: Any, signature: Signature, given: Arguments, *, skip_self: bool) -> Any:
    positional: list[Any] = []
    named: Arguments = {}
    for parameter in signature.parameters[1:] if skip_self else signature.parameters:
        if parameter.name not in given:
            continue
        value = given[parameter.name]
        if parameter.kind == "star":
            positional += value
        elif parameter.kind == "positional":
            positional.append(value)
        elif parameter.kind == "double star":
            named |= value
        else:
            named[parameter.name] = value
    return function(*positional, **named)


def _resolve(name: str) -> Any:
    import importlib

    found: Any = torch
    parts = name.split(".")[1:]
    path = "torch"
    for part in parts:
        path = f"{path}.{part}"
        if not hasattr(found, part):
            importlib.import_module(path)
        found = getattr(found, part)
    return found


def _made(value: Any, device: str) -> Any:
    match value:
        case T(shape=shape, dtype=dtype, values=values):
            if device == "cpu" or values is not None:
                if values is not None:
                    return torch.randint(0, max(values, 1), shape, device=device).to(dtype)
                return torch.ones(shape, device=device).to(dtype)
            return torch.empty(shape, dtype=dtype, device=device)
        case P(shape=shape, dtype=dtype):
            lengths = torch.full(shape[:1], shape[1])
            return rnn.pack_padded_sequence(torch.ones(shape, dtype=dtype), lengths, batch_first=True)
        case dict():
            return {key: _made(item, device) for key, item in value.items()}
        case list():
            return [_made(item, device) for item in value]
        case tuple():
            return tuple(_made(item, device) for item in value)
        case _:
            return value


# Comparison


def _agrees(result: Any, real: Any) -> bool | None:
    """Whether what the rule says is so: None where it says less than all."""
    if result is UNKNOWN:
        return None
    if isinstance(real, Tensor):
        if not isinstance(result, Array):
            return False
        return _array_agrees(result, real)
    if isinstance(real, rnn.PackedSequence):
        padded, _ = rnn.pad_packed_sequence(real, batch_first=True)
        return isinstance(result, Packed) and _array_agrees(result.padded, padded)
    if isinstance(real, tuple | list):
        if isinstance(result, Many):
            items = [_agrees(result.item, one) for one in real]
        elif isinstance(result, tuple) and len(result) == len(real):
            items = [_agrees(one, other) for one, other in zip(result, real, strict=True)]
        else:
            return False
        return False if False in items else None if None in items else True
    if isinstance(real, bool):
        return None
    if isinstance(real, int):
        return getattr(result, "constant", None) == real
    return real is None and result is None


def _array_agrees(result: Array, real: Tensor) -> bool | None:
    is_whole = True
    if result.shape is None or result.ndim is None:
        is_whole = False
    elif len(result.shape) != real.ndim:
        return False
    else:
        for axis, size in zip(result.shape, real.shape, strict=True):
            assert isinstance(axis, SizedAxis)
            if axis.size is None:
                is_whole = False
            elif axis.size.constant != size:
                return False
    name = str(real.dtype).removeprefix("torch.")
    if result.dtype is None or len(result.dtype) > 1:
        is_whole = False
    if result.dtype is not None and name not in result.dtype:
        return False
    return True if is_whole else None


def _text(result: Any) -> str:
    from neuraltypes._unify import format_shape

    if isinstance(result, Array):
        shape = "?" if result.shape is None else format_shape(result.shape)
        return f'{sorted(result.dtype) if result.dtype else "any"} "{shape}"'
    if isinstance(result, tuple):
        return f"({', '.join(map(_text, result))})"
    return str(result)


def _text_of(real: Any) -> str:
    if isinstance(real, Tensor):
        return f"{real.dtype} {tuple(real.shape)}"
    if isinstance(real, tuple | list):
        return f"({', '.join(map(_text_of, real))})"
    return str(real)
