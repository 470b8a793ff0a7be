"""The generated check, the full check and jaxtyping itself agree on random annotations and random shapes.

Two differences are wanted, and left out here: a computed axis may use a name that a later argument binds (jaxtyping
raises then), and a dtype family holds all of torch's dtypes (jaxtyping compares names, and misses some).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Any, Optional, TypeAlias, Union

import jaxtyping
import pytest
import torch
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from jaxtyping import Shaped
from jaxtyping._storage import pop_shape_memo, push_shape_memo  # the public scopes take no arguments for braces
from torch import Tensor

from neuraltypes import CheckError, typecheck
from neuraltypes import _check as check_module
from neuraltypes import _guard as guard_module
from neuraltypes._axes import AnonymousAxis, Axis, FixedAxis, NamedAxis, SymbolicAxis, VariadicAxis, parse_axes
from neuraltypes._hook import hook_of

DRAWS = 10  # shapes for one function: making the function is what takes time
_DTYPES = {
    "Float": [torch.float32, torch.bfloat16],
    "Int": [torch.int64, torch.int8],
    "Bool": [torch.bool],
    "Float32": [torch.float32],
    "Int64": [torch.int64],
    "Real": [torch.float64, torch.int32, torch.uint8],
    "Num": [torch.complex64, torch.int16],
    "Shaped": [torch.float32, torch.bool],
}
_NAMES = ("p", "q", "r")  # no kind goes by these names
_PLAIN = (*_NAMES, *_NAMES, "1", "2", "3", "#p", "#q", "#2", "_", "_x", "time=p", "mel=3")
_COMPUTED = ("2*p", "p+q", "q-1", "#p+1", "p*r", "min(p,q)", "{n}", "{n}+1", "#{n}", "{n}*p", "{cfg.d}")
_VARIADIC = ("...", "*s", "*u", "*#s", "*#u")


@dataclass(frozen=True)
class Argument:
    """One annotation: a dtype name and axes."""

    dtype: str
    axes: str

    @property
    def hint(self) -> Any:
        """The jaxtyping type."""
        return getattr(jaxtyping, self.dtype)[Tensor, self.axes]


Sizes: TypeAlias = dict[str, Any]


@st.composite
def _arguments(draw: st.DrawFn) -> Argument:
    axes = draw(st.lists(st.sampled_from(_PLAIN + _COMPUTED[: draw(st.sampled_from([0, 6, 11]))]), max_size=3))
    if draw(st.booleans()):
        axes.insert(draw(st.integers(0, len(axes))), draw(st.sampled_from(_VARIADIC)))
    return Argument(draw(st.sampled_from(list(_DTYPES))), " ".join(axes))


def _binds_what_it_reads(signature: list[Argument]) -> bool:
    axes = [axis for argument in signature for axis in parse_axes(argument.axes)]
    bound = {axis.name for axis in axes if isinstance(axis, NamedAxis)}
    return all(set(axis.names) <= bound for axis in axes if isinstance(axis, SymbolicAxis))


# The last one is the result.
_signatures = st.lists(_arguments(), min_size=2, max_size=4).filter(_binds_what_it_reads)


def _some_sizes(random: Random) -> Sizes:
    sizes: Sizes = {name: random.choice([1, 2, 2, 3]) for name in _NAMES}
    shapes = [(), (2,), (3, 2), (1, 2), (2, 2)]
    return sizes | {"*s": random.choice(shapes), "*u": random.choice(shapes), "n": 2, "d": 3}


def _shape(random: Random, axes: str, sizes: Sizes) -> tuple[int, ...]:
    """A shape that fits `axes` with these sizes."""
    shape: list[int] = []
    for axis in parse_axes(axes):
        shape += _entries(random, axis, sizes)
    return tuple(shape)


def _entries(random: Random, axis: Axis, sizes: Sizes) -> list[int]:
    if getattr(axis, "broadcastable", False) and not isinstance(axis, VariadicAxis) and random.random() < 0.4:
        return [1]
    match axis:
        case FixedAxis(size=size):
            return [size]
        case NamedAxis(name=name):
            return [sizes[name]]
        case AnonymousAxis():
            return [random.randrange(4)]
        case SymbolicAxis(expression=expression):
            text = expression.replace("{n}", "n").replace("{cfg.d}", "d")
            return [max(0, eval(text, {key: value for key, value in sizes.items() if key.isidentifier()}))]
        case VariadicAxis(name=None):
            return random.choice([[], [2], [1, 3]])
        case VariadicAxis(broadcastable=True):
            shape = list(sizes[f"*{axis.name}"])
            return [1 if random.random() < 0.3 else size for size in shape[random.randint(0, len(shape)) :]]
        case VariadicAxis():
            return list(sizes[f"*{axis.name}"])


def _spoiled(random: Random, shape: tuple[int, ...]) -> tuple[int, ...]:
    changed = list(shape)
    match random.randrange(4) if changed else 0:
        case 0:
            changed.insert(random.randint(0, len(changed)), random.choice([1, 2]))
        case 1:
            del changed[random.randrange(len(changed))]
        case 2:
            changed[random.randrange(len(changed))] = random.choice([0, 1, 2, 3, 4])
        case 3:
            random.shuffle(changed)
    return tuple(changed)


def _tensor(random: Random, argument: Argument, sizes: Sizes, *, spoil: bool) -> Tensor:
    shape = _shape(random, argument.axes, sizes)
    if spoil and random.random() < 0.9:
        shape = _spoiled(random, shape)
        spoil = False
    dtypes = _DTYPES[argument.dtype] if not spoil else random.choice(list(_DTYPES.values()))
    return torch.empty(shape, dtype=random.choice(dtypes), device="meta")


def _values(random: Random, signature: list[Argument]) -> list[Tensor]:
    """One tensor for each argument and the result; in most draws one of them is spoiled, which may do no harm."""
    sizes = _some_sizes(random)
    spoiled = random.randrange(len(signature) + 1)
    return [_tensor(random, argument, sizes, spoil=number == spoiled) for number, argument in enumerate(signature)]


def jaxtypings_verdict(hints: Iterable[Any], values: Iterable[Any], arguments: Mapping[str, Any]) -> bool | None:
    """Whether each value is an instance of its hint, in one scope; None where jaxtyping has no verdict."""
    push_shape_memo(dict(arguments))
    try:
        return all(isinstance(value, hint) for hint, value in zip(hints, values, strict=True))
    except jaxtyping.AnnotationError:
        return None
    finally:
        pop_shape_memo()


class Function:
    """A checked function of these types, called with `n` and `cfg` for what stands in braces."""

    def __init__(self, hints: list[Any]) -> None:
        names = [f"x{number}" for number in range(len(hints) - 1)]
        parameters = ", ".join([*names, "result", "n", "cfg"])
        namespace: dict[str, Any] = {}
        exec(f"def f({parameters}): return result", namespace)
        function = namespace["f"]
        function.__annotations__ = dict(zip([*names, "return"], hints, strict=True)) | {"n": int}
        self.names = names
        self.function = typecheck(function)
        self.slow_calls = 0
        hook = hook_of(self.function)
        assert hook is not None
        self.hook = hook
        for name in ("_nt_examine", "_nt_examine_result"):
            hook.namespace[name] = self._counted(hook.namespace[name])

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any) -> Any:
            self.slow_calls += 1
            return function(*args)

        return count

    def arguments(self, values: list[Any]) -> dict[str, Any]:
        """The arguments of a call that returns the last of `values`."""
        named = dict(zip(self.names, values, strict=False))
        return {**named, "result": values[-1], "n": 2, "cfg": SimpleNamespace(d=3)}

    def guards_verdict(self, values: list[Any]) -> bool:
        """Whether a call passes."""
        try:
            self.function(**self.arguments(values))
        except CheckError:
            return False
        return True

    def checkers_verdict(self, values: list[Any]) -> bool:
        """Whether the full check alone finds nothing."""
        arguments = self.arguments(values)
        error, bindings = self.hook.examine(arguments)
        if error is None:
            error, _ = self.hook.examine_result(values[-1], arguments, bindings, is_input=False)
        return error is None


@dataclass
class Tally:
    """How many verdicts there were of each sort."""

    accepted: int = 0
    refused: int = 0
    skipped: int = 0


def assert_all_agree(function: Function, hints: list[Any], values: list[Any], tally: Tally) -> None:
    arguments = function.arguments(values)
    theirs = jaxtypings_verdict(hints, values, arguments)
    full = function.checkers_verdict(values)
    function.slow_calls = 0
    generated = function.guards_verdict(values)
    told = f"{[str(hint) for hint in hints]} {[(value.dtype, tuple(value.shape)) for value in values]}"
    assert generated == full, f"the generated check says {generated}, the full check {full}: {told}"
    assert not (generated and function.slow_calls), f"a good call left the fast path: {told}"
    if theirs is None:
        tally.skipped += 1
        return
    assert full == theirs, f"we say {full}, jaxtyping says {theirs}: {told}"
    tally.accepted += theirs
    tally.refused += not theirs


def _settings(examples: int, *, shrink: bool) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _fuzz(examples: int, *, shrink: bool = True) -> Tally:
    tally = Tally()

    @given(_signatures, st.integers(0, 2**32))
    @_settings(examples, shrink=shrink)
    def run(signature: list[Argument], seed: int) -> None:
        hints = [argument.hint for argument in signature]
        function, random = Function(hints), Random(seed)
        for _ in range(DRAWS):
            assert_all_agree(function, hints, _values(random, signature), tally)

    run()
    return tally


def test_the_generated_check_agrees_with_the_full_check_and_with_jaxtyping() -> None:
    tally = _fuzz(600)
    assert tally.accepted + tally.refused > 3000
    assert min(tally.accepted, tally.refused) > 1000
    assert tally.skipped < 2500


# Optional, lists, tuples, dicts and unions of tensors: jaxtyping leaves these to a type checker, so the third opinion
# is a naive one, written here from the meaning alone.


@dataclass(frozen=True)
class Node:
    """A type: a tensor of `axes`, or a container of `parts`."""

    form: str
    axes: str = ""
    parts: tuple["Node", ...] = ()

    @property
    def hint(self) -> Any:
        """The annotation."""
        hints = tuple(part.hint for part in self.parts)
        match self.form:
            case "optional":
                return Optional[hints[0]]  # noqa: UP045  # the other spelling takes no variable
            case "union":
                return Union[hints]  # noqa: UP007
            case "list":
                return list[hints[0]]  # type: ignore[valid-type]
            case "items":
                return tuple[hints[0], ...]  # type: ignore[valid-type]
            case "tuple":
                return tuple[hints]  # type: ignore[valid-type]
            case "dict":
                return dict[str, hints[0]]  # type: ignore[valid-type]
            case _:
                return Shaped[Tensor, self.axes]

    @property
    def rank(self) -> int:
        """Plain tensors are bound first, then tensors with `*name`, then the rest."""
        return 2 if self.form != "tensor" else 1 if "*" in self.axes or "..." in self.axes else 0


@st.composite
def _tensor_nodes(draw: st.DrawFn) -> Node:
    axes = draw(st.lists(st.sampled_from(["p", "q", "p", "q", "r", "2", "#p", "_", "2*p"]), max_size=3))
    if draw(st.integers(0, 3)) == 0:
        axes.insert(draw(st.integers(0, len(axes))), draw(st.sampled_from(["...", "*s", "*s"])))
    return Node("tensor", " ".join(axes))


def _container_nodes(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(nodes, min_size=2, max_size=3, unique=True).map(tuple)
    one = nodes.map(lambda node: (node,))
    return st.builds(
        lambda form, parts: Node(form, "", parts), st.sampled_from(["optional", "list", "items", "dict"]), one
    ) | (st.builds(lambda form, parts: Node(form, "", parts), st.sampled_from(["tuple", "union"]), several))


_nodes = st.recursive(_tensor_nodes(), _container_nodes, max_leaves=4)


def _node_value(random: Random, node: Node, sizes: Sizes, spoil: float) -> Any:
    """A value of that type with these sizes, each part of which is spoiled with probability `spoil`."""

    def part(number: int = 0) -> Any:
        return _node_value(random, node.parts[number], sizes, spoil)

    if random.random() < spoil and node.form != "tensor":
        return random.choice([None, 3, [], (), {}, torch.empty(2, device="meta"), [part()], (part(),), {"k": part()}])
    match node.form:
        case "optional":
            return part() if random.random() < 0.7 else None
        case "union":
            return part(random.randrange(len(node.parts)))
        case "list":
            return [part() for _ in range(random.randrange(4))]
        case "items":
            return tuple(part() for _ in range(random.randrange(4)))
        case "tuple":
            return tuple(part(number) for number in range(len(node.parts)))
        case "dict":
            keys: list[Any] = ["a", 1] if random.random() < spoil else ["a", "b"]
            return {key: part() for key in keys}
        case _:
            shape = _shape(random, node.axes, sizes)
            return torch.empty(_spoiled(random, shape) if random.random() < spoil else shape, device="meta")


@dataclass
class Names:
    """What the names are bound to so far, and the sizes that `2*p` must have."""

    bound: dict[str, Any]
    doubled: list[int]

    def copy(self) -> "Names":
        """A copy to try an option of a union on."""
        return Names(dict(self.bound), list(self.doubled))

    def finish(self, start: int = 0) -> bool:
        """Whether the computed sizes from `start` on are right; they wait while nothing has bound `p`."""
        return "p" not in self.bound or all(size == 2 * self.bound["p"] for size in self.doubled[start:])


def fits(node: Node, value: Any, names: Names) -> bool:
    """Whether `value` is of that type, computed sizes left aside.

    A union takes the first option that fits, also in those of its own sizes that can be computed by then.
    """
    match node.form:
        case "optional":
            return value is None or fits(node.parts[0], value, names)
        case "union":
            for part in node.parts:
                trial = names.copy()
                if fits(part, value, trial) and trial.finish(len(names.doubled)):
                    names.bound, names.doubled = trial.bound, trial.doubled
                    return True
            return False
        case "list":
            return type(value) is list and all(fits(node.parts[0], item, names) for item in value)
        case "items":
            return type(value) is tuple and all(fits(node.parts[0], item, names) for item in value)
        case "tuple":
            is_one = type(value) is tuple and len(value) == len(node.parts)
            return is_one and all(fits(part, item, names) for part, item in zip(node.parts, value, strict=True))
        case "dict":
            is_one = type(value) is dict and all(type(key) is str for key in value)
            return is_one and all(fits(node.parts[0], item, names) for item in value.values())
        case _:
            return isinstance(value, Tensor) and _shape_fits(node.axes.split(), list(value.shape), names)


def _shape_fits(axes: list[str], shape: list[int], names: Names) -> bool:
    stars = [number for number, axis in enumerate(axes) if axis == "..." or axis[0] == "*"]
    if stars:
        extra = len(shape) - len(axes) + 1
        if extra < 0:
            return False
        middle = tuple(shape[stars[0] : stars[0] + extra])
        if axes[stars[0]] != "..." and names.bound.setdefault(axes[stars[0]], middle) != middle:
            return False
        axes = [axis for number, axis in enumerate(axes) if number != stars[0]]
        shape = shape[: stars[0]] + shape[stars[0] + extra :]
    return len(axes) == len(shape) and all(_size_fits(*pair, names) for pair in zip(axes, shape, strict=True))


def _size_fits(axis: str, size: int, names: Names) -> bool:
    if axis == "_" or (axis[0] == "#" and size == 1):
        return True
    if axis == "2*p":
        names.doubled.append(size)
        return True
    name = axis.lstrip("#")
    return size == int(name) if name.isdecimal() else bool(names.bound.setdefault(name, size) == size)


def _binds_p(nodes: Iterable[Node]) -> bool:
    return any("p" in node.axes.replace("#", "").split() or _binds_p(node.parts) for node in nodes)


def _fuzz_containers(examples: int, *, shrink: bool = True) -> Tally:
    tally = Tally()

    @given(st.lists(_nodes, min_size=1, max_size=3), _nodes, st.integers(0, 2**32))
    @_settings(examples, shrink=shrink)
    def run(inputs: list[Node], result: Node, seed: int) -> None:
        nodes = [*sorted(inputs, key=lambda node: node.rank), result]
        assume("2*p" not in str(nodes) or _binds_p(inputs))
        function, random = Function([node.hint for node in nodes]), Random(seed)
        for _ in range(DRAWS):
            sizes, spoil = _some_sizes(random), random.choice([0.0, 0.1, 0.4])
            values = [_node_value(random, node, sizes, spoil) for node in nodes]
            names, pairs = Names({}, []), list(zip(nodes, values, strict=True))
            expected = all(fits(*pair, names) for pair in pairs[:-1]) and names.finish()
            expected = expected and fits(*pairs[-1], names) and names.finish()
            told = f"{[str(node.hint) for node in nodes]} {values}"
            full = function.checkers_verdict(values)
            assert full == expected, f"the full check says {full}, the naive one {expected}: {told}"
            function.slow_calls = 0
            generated = function.guards_verdict(values)
            assert generated == full, f"the generated check says {generated}, the full check {full}: {told}"
            assert not (generated and function.slow_calls), f"a good call left the fast path: {told}"
            tally.accepted += expected
            tally.refused += not expected

    run()
    return tally


def test_containers_of_tensors_are_checked_as_a_naive_check_would() -> None:
    tally = _fuzz_containers(300)
    assert min(tally.accepted, tally.refused) > 700


def _join_without_comparing(earlier: tuple[bool, Any] | None, broadcastable: bool, shape: Any) -> tuple[bool, Any]:
    return (broadcastable, shape) if earlier is None else earlier


def _broadcast_without_comparing(left: Any, right: Any) -> Any:
    return max(left, right, key=len)


def _no_condition(*_: Any) -> str:
    return "True"


def _nothing(*_: Any) -> None:
    return None


def _no_entries(*_: Any) -> list[str]:
    return []


def _no_axes(value: Any) -> tuple[int, ...]:
    return (*value.shape[:-1], *value.shape[-1:])[: value.ndim - 1]


@pytest.mark.parametrize(
    ("target", "name", "replacement"),
    [
        (guard_module, "join_shapes", _join_without_comparing),
        (check_module, "join_shapes", _join_without_comparing),
        (check_module, "_broadcast", _broadcast_without_comparing),
        (guard_module.GuardBuilder, "_sure_condition", _no_condition),
        (guard_module.GuardBuilder, "_dtype", _no_entries),
        (guard_module.GuardBuilder, "_finish_computed", _nothing),
        (guard_module.GuardBuilder, "_variadic", _nothing),
        (guard_module.GuardBuilder, "_axis", _nothing),
        (check_module.Checker, "_check_dtype", _nothing),
        (check_module.Checker, "_check_computed", _nothing),
        (check_module, "sizes_of", _no_axes),
    ],
)
def test_the_fuzz_finds_a_comparison_that_is_left_out(
    monkeypatch: pytest.MonkeyPatch, target: Any, name: str, replacement: Callable[..., Any]
) -> None:
    monkeypatch.setattr(target, name, replacement)
    with pytest.raises(AssertionError, match=r"the full check (True|False)|we say|left the fast path"):
        _fuzz(600, shrink=False)


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (guard_module.GuardBuilder, "_list_block"),
        (guard_module.GuardBuilder, "_dict_block"),
        (guard_module.GuardBuilder, "_parts_block"),
        (check_module.Checker, "_visit_items"),
        (check_module.Checker, "_visit_union"),
        (check_module.Checker, "_require_size"),
    ],
)
def test_the_fuzz_of_containers_finds_a_part_that_is_left_out(
    monkeypatch: pytest.MonkeyPatch, target: Any, name: str
) -> None:
    monkeypatch.setattr(target, name, _nothing)
    with pytest.raises(AssertionError, match=r"the full check says|the generated check says"):
        _fuzz_containers(300, shrink=False)


def _function(*hints: Any) -> Function:
    return Function(list(hints))


def test_a_result_that_fails_on_a_variadic_axis_is_reported_as_such() -> None:
    function = _function(Shaped[Tensor, "*s"], Shaped[Tensor, "*s"])
    with pytest.raises(CheckError, match=r"axes '\*s' are \[3\], expected \[2\] \(bound by x0\)"):
        function.function(**function.arguments([torch.zeros(2), torch.zeros(3)]))


def test_a_union_that_drops_an_option_forgets_what_it_computed() -> None:
    function = _function(Shaped[Tensor, "p 2*p r=7"] | Shaped[Tensor, "p q r"], Shaped[Tensor, "..."])
    assert function.guards_verdict([torch.zeros(2, 5, 3), torch.zeros(())])
    assert function.slow_calls == 0


def test_a_union_binds_after_the_plain_tensors_in_both_checks() -> None:
    function = _function(Shaped[Tensor, "p"] | Shaped[Tensor, "q"], Shaped[Tensor, "p"], Shaped[Tensor, "..."])
    values = [torch.zeros(2), torch.zeros(3), torch.zeros(())]
    assert function.guards_verdict(values)
    assert function.checkers_verdict(values)


def test_an_option_of_a_union_must_fit_in_its_computed_sizes() -> None:
    function = _function(Shaped[Tensor, "p"], Shaped[Tensor, "... 2*p"] | Shaped[Tensor, "..."])
    for sizes in ((1, 3), (1, 4)):
        values = [torch.zeros(2), torch.zeros(sizes)]
        assert function.guards_verdict(values)
        assert function.checkers_verdict(values)
