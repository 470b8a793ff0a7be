"""`ensure`, which states a type and checks it, and `reveal`, which shows the one that there is."""

import dataclasses
import linecache
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any, Literal, NamedTuple, NewType, TypedDict, TypeVar

import jaxtyping
import pytest
import torch
from jaxtyping import Bool, Float, Float32, Int
from torch import Tensor, fx, nn
from torch._dynamo.testing import CompileCounter

import neuraltypes
from neuraltypes import (
    AnnotationError,
    ArgumentTypeError,
    AxisKindError,
    CheckError,
    DTypeError,
    ElementError,
    NeuralModule,
    NeuralType,
    ShapeError,
    checks,
    ensure,
    reveal,
    set_checks,
    typecheck,
)
from neuraltypes import _ensure as module
from neuraltypes.elements import AudioSignal, LogitsType, LogprobsType, ProbsType

HERE = Path(__file__).name
SECRET = 1234.5
Element = TypeVar("Element", LogitsType, ProbsType)
Count = NewType("Count", int)
Matrix = Float[Tensor, "b t"]


class Pair(NamedTuple):
    x: Float[Tensor, "b t"]
    lengths: Int[Tensor, "b"]


@dataclasses.dataclass
class Record:
    x: Float[Tensor, "b t"]
    name: str = ""


class Batch(TypedDict):
    x: Float[Tensor, "b t"]


def full(*sizes: int) -> Tensor:
    return torch.full(sizes, SECRET)


def ints(*sizes: int) -> Tensor:
    return torch.zeros(sizes, dtype=torch.int64)


@typecheck
def logits(x: Tensor) -> NeuralType[Float[Tensor, "b t"], LogitsType]:
    return x * 1


@typecheck
def audio(x: Tensor) -> NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)]:
    return x * 1


@typecheck
def mel(x: Tensor) -> Float[Tensor, "b mel=80 t"]:
    return x * 1


GOOD: list[tuple[Any, Any]] = [
    (full(2, 3), Matrix),
    (full(2, 3), Float[Tensor, "b=2 time=3"]),
    (full(2, 4), Float[Tensor, "b 2*b"]),
    (full(2, 3), Tensor),
    (full(2, 3), NeuralType[Matrix, LogitsType]),
    (logits(full(2, 3)), NeuralType[Matrix, LogitsType]),
    (logits(full(2, 3)), NeuralType[Matrix, Element]),
    (None, Matrix | None),
    (full(2), Matrix | Float[Tensor, "b"]),
    ([full(2, 3), full(2, 3)], list[Matrix]),
    ((full(2, 3), full(3)), tuple[Matrix, Float[Tensor, "t"]]),
    ({"a": full(2, 3)}, dict[str, Matrix]),
    ({"a": [full(2, 3)]}, Mapping[str, Sequence[Matrix]]),
    (Pair(full(2, 3), ints(2)), Pair),
    (Pair(full(2, 3), ints(2)), Pair | None),
    (Record(full(2, 3)), Record),
    ({"x": full(2, 3)}, Batch),
    (3, int),
    (3, Count),
    (None, None),
    ("sum", Literal["sum", "mean"]),
    ([1, "a"], list[int | str]),
    (nn.Linear(2, 3), nn.Module),
    (object(), Any),
    (full(2, 3), Annotated[Matrix, ["cannot be hashed"]]),
]


@pytest.mark.parametrize(("value", "hint"), GOOD, ids=range(len(GOOD)))
def test_a_value_that_fits_is_returned_itself(value: object, hint: Any) -> None:
    assert ensure(value, hint) is value


MESSAGES: list[tuple[type[CheckError], Callable[[], object], str]] = [
    (
        ShapeError,
        lambda: ensure((full(2, 7), full(9)), tuple[Matrix, Float[Tensor, "t"]]),
        """\
ensure(value=[1]): axis 0 't' is 9, expected 7 (bound by value[0] axis 1)
  expected  value[1]: Float[Tensor, "t"]  ->  float[7]
  got       value[1]:                         float32[9]
  bindings  b=2 (value[0] axis 0) | t=7 (value[0] axis 1)
  module    CALLED""",
    ),
    (
        ShapeError,
        lambda: ensure(full(7), Float[Tensor, "1 t"]),
        """\
ensure(value=): has 1 axes, expected 2
  expected  value: Float[Tensor, "1 t"]  ->  float[1, t]
  got       value:                           float32[7]  cpu
  module    CALLED""",
    ),
    (
        ShapeError,
        lambda: ensure(full(2, 5), Float[Tensor, "b 2*b"]),
        """\
ensure(value=): axis 1 '2*b' is 5, expected 4 (b=2, value axis 0)
  expected  value: Float[Tensor, "b 2*b"]  ->  float[2, 4]
  got       value:                             float32[2, 5]  cpu
  bindings  b=2 (value axis 0)
  module    CALLED""",
    ),
    (
        DTypeError,
        lambda: ensure(ints(2, 3), Bool[Tensor, "b 4"]),
        """\
ensure(value=): dtype is int64, expected Bool
  expected  value: Bool[Tensor, "b 4"]  ->  bool[2, 4]
  got       value:                          int64[2, 3]  cpu
  also      value=: axis 1 is 3, expected 4
  bindings  b=2 (value axis 0)
  module    CALLED
  hint      value.bool()""",
    ),
    (
        ElementError,
        lambda: ensure(logits(full(2, 3)), NeuralType[Matrix, LogprobsType]),
        """\
ensure(value=): holds LogitsType(), expected LogprobsType()
  expected  value: NeuralType[Float[Tensor, "b t"], LogprobsType]  ->  float[2, 3]
  got       value:                                                     float32[2, 3]  cpu
  bindings  b=2 (value axis 0) | t=3 (value axis 1)
  module    CALLED
  hint      log_softmax of value""",
    ),
    (
        AxisKindError,
        lambda: ensure(logits(full(2, 3)), Float[Tensor, "t b"]),
        """\
ensure(value=): axes are batch, time; expected time, batch
  expected  value: Float[Tensor, "t b"]  ->  float[2, 3]
  got       value:                           float32[2, 3]  cpu
  bindings  t=2 (value axis 0) | b=3 (value axis 1)
  module    CALLED""",
    ),
    (
        ArgumentTypeError,
        lambda: ensure([SECRET], Matrix | None),
        """\
ensure(value=): is a list of 1, expected a Tensor
  expected  value: Float[Tensor, "b t"]  ->  float[b, t]
  got       value:                           a list of 1
  module    CALLED""",
    ),
    (
        ArgumentTypeError,
        lambda: ensure("seven", int | None),
        """\
ensure(value=): is a value of type str, expected int | None
  expected  value: int | None
  got       value:             a value of type str
  module    CALLED""",
    ),
    (
        ShapeError,
        lambda: ensure(Pair(full(2, 3), ints(4)), Pair),
        """\
ensure(value=.lengths): axis 0 'b' is 4, expected 2 (bound by value.x axis 0)
  expected  value.lengths: Int[Tensor, "b"]  ->  int[2]
  got       value.lengths:                       int64[4]
  bindings  b=2 (value.x axis 0) | t=3 (value.x axis 1)
  module    CALLED""",
    ),
]


@pytest.mark.parametrize(("error", "call", "message"), MESSAGES, ids=range(len(MESSAGES)))
def test_the_whole_message(error: type[CheckError], call: Callable[[], object], message: str) -> None:
    line = call.__code__.co_firstlineno
    source = " ".join(linecache.getline(__file__, line).split())
    shown = source if len(source) <= 60 else source[:57] + "..."
    with pytest.raises(CheckError) as caught:
        call()
    assert str(caught.value) == message.replace("CALLED", f"called  {HERE}:{line}  {shown}")
    assert type(caught.value) is error
    assert str(SECRET) not in f"{caught.value!r}{caught.value.failures}{caught.value.culprits}"


def test_the_words_are_those_of_a_checked_call() -> None:
    @typecheck
    def f(value: list[Matrix]) -> None: ...

    wrong = [full(2, 3), full(2, 4), ints(2, 3), 7]
    with pytest.raises(CheckError) as called:
        f(wrong)  # type: ignore[arg-type]
    with pytest.raises(CheckError) as ensured:
        ensure(wrong, list[Matrix])
    told, said = (str(e.value).splitlines() for e in (called, ensured))
    assert said[:-1] == [
        line.replace("test_the_words_are_those_of_a_checked_call.<locals>.f(", "ensure(") for line in told[:-1]
    ]
    assert type(ensured.value) is type(called.value)
    assert (ensured.value.expected, ensured.value.got) == (3, 4)
    assert ensured.value.bindings == {"b": 2, "t": 3}


def test_names_are_bound_within_one_hint_only() -> None:
    @typecheck
    def f(x: Float[Tensor, "b t"]) -> None:
        ensure(full(5, 6), Float[Tensor, "b t"])
        ensure(full(7, 8), Float[Tensor, "b t"])

    f(full(2, 3))


def test_a_tensor_gets_no_tag() -> None:
    x = full(2, 3)
    assert not hasattr(ensure(x, NeuralType[Matrix, LogitsType]), "_neural_type")
    assert not hasattr(x, "_neural_type")


def test_an_f_string_reads_what_stands_around_it() -> None:
    class Encoder(NeuralModule):
        width = 3

        def forward(self, *, x: Tensor) -> Float[Tensor, "b {self.width}"]:
            y: Tensor = ensure(torch.cat([x, x]), Float[Tensor, f"b {self.width}"])
            return y

    Encoder()(x=full(2, 3))
    with pytest.raises(ShapeError, match=re.escape("ensure(value=): axis 1 is 4, expected 3")):
        Encoder()(x=full(2, 4))


NO_TYPE = 'is no type that can be checked; write the annotation of a parameter, for example Float[Tensor, "b t"]'
NO_CALL = "reads the arguments of a call, and here is none; write an f-string, which reads what stands around it:"

MALFORMED: list[tuple[Any, str]] = [
    (Float[Tensor, "b {self.d}"], f'"{{self.d}}" in Float[Tensor, "b {{self.d}}"] {NO_CALL} f"{{self.d}}"'),
    (
        list[Float[Tensor, "dim={width}+1"]] | None,
        f'"dim={{width}}+1" in Float[Tensor, "dim={{width}}+1"] {NO_CALL} f"dim={{width}}+1"',
    ),
    (
        Float[Tensor, "2*t"],
        """\
Float[Tensor, "2*t"] computes a size from "t", which no axis binds; name an axis "t", or write the size itself""",
    ),
    (Float[Tensor, "?b"], '"?" in Float[Tensor, "?b"] is for the leaves of a jaxtyping.PyTree; leave it out'),
    (
        Float[Tensor, "b-"],
        """\
axes "b-": "b-" is neither a name, a number nor an expression; write for example "t", "80", "2*t" or "{self.d}\"""",
    ),
    (
        Annotated[Matrix, LogitsType, ProbsType],
        'Float[Tensor, "b t"]: two elements, LogitsType() and ProbsType(); keep one',
    ),
    ('Float[Tensor, "b t"]', "the type 'Float[Tensor, \"b t\"]' is text; write it without quotes"),
    (
        GenericAlias(list, ("Missing",)),
        """\
the annotation list['Missing'] cannot be resolved: name 'Missing' is not defined; \
import the name outside `if TYPE_CHECKING`""",
    ),
    (GenericAlias(dict, (Matrix,)), "IndexError: tuple index out of range"),
    (5, f"5 {NO_TYPE}"),
    (GenericAlias(list, (5,)), f"list[5] {NO_TYPE}"),
    (GenericAlias(tuple, (Matrix, Float)), f"Float {NO_TYPE}"),
]


@pytest.mark.parametrize(("hint", "message"), MALFORMED, ids=range(len(MALFORMED)))
@pytest.mark.parametrize("value", [full(2, 3), None, 3], ids=["tensor", "None", "int"])
def test_a_malformed_hint_is_refused_whatever_the_value(hint: Any, message: str, value: object) -> None:
    for _ in range(2):
        with pytest.raises(AnnotationError) as caught:
            ensure(value, hint)
        place, _, said = str(caught.value).partition(": ")
        assert place in ("ensure(value=)", "ensure(value)")
        assert said == message


def test_hints_that_say_the_same_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    make = module._make_check

    def make_and_count(hint: Any) -> Callable[[Any], Any]:
        made.append(hint)
        return make(hint)

    monkeypatch.setattr(module, "_make_check", make_and_count)
    for _ in range(3):
        ensure(full(2, 3), Float[Tensor, "once t"])
        ensure([full(2, 3)], list[NeuralType[Float[Tensor, "once t"], LogitsType]])
    assert len(made) == 2


@pytest.mark.parametrize(
    ("right", "wrong", "value"),
    [
        (Float[Tensor, "b 3"], Float[Tensor, "b 4"], full(2, 3)),
        (Float[Tensor, "b 3"], Int[Tensor, "b 3"], full(2, 3)),
        (Float32[Tensor, "b 3"], Float[nn.Parameter, "b 3"], full(2, 3)),
        (list[Matrix], tuple[Matrix, ...], [full(2, 3)]),
        (NeuralType[Matrix, LogitsType], NeuralType[Matrix, ProbsType], logits(full(2, 3))),
        (tuple[Matrix, Literal[1]], tuple[Matrix, Literal[True]], (full(2, 3), 1)),
        (Literal[1], Literal[True], 1),
    ],
    ids=range(7),
)
def test_hints_that_differ_are_told_apart(right: Any, wrong: Any, value: object) -> None:
    for _ in range(2):
        assert ensure(value, right) is value
        with pytest.raises(CheckError):
            ensure(value, wrong)


def is_checked(hint: Any = Matrix) -> bool:
    """Whether a value that does not fit is refused here and now."""
    try:
        ensure(full(2), hint)
    except ShapeError:
        return True
    return False


def test_the_policies_hold() -> None:
    assert is_checked()
    with checks("off"):
        assert not is_checked()
        with checks("always"):
            assert is_checked()
    set_checks("off")
    assert not is_checked()
    set_checks("always")
    assert is_checked()


def test_off_does_not_even_read_the_hint() -> None:
    value = object()
    with checks("off"):
        assert ensure(value, Float[Tensor, "{self.d}"]) is value


def test_first_counts_the_calls_of_each_hint() -> None:
    with checks("first", calls=2):
        assert [is_checked(Float[Tensor, "first one"]) for _ in range(4)] == [True, True, False, False]
        assert [is_checked(Float[Tensor, "first two"]) for _ in range(3)] == [True, True, False]


def test_off_in_the_environment_holds(run_python: Callable[..., str]) -> None:
    script = "from neuraltypes import ensure, set_checks\nset_checks('always')\nprint(ensure('text', int))\n"
    assert run_python(script, NEURALTYPES_CHECKS="off") == "text\n"


def test_fx_traces_through() -> None:
    class Twice(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            y: Tensor = ensure(x, Matrix) * 2
            return reveal(y)

    assert fx.symbolic_trace(Twice())(full(2, 3)).shape == (2, 3)


MODES = [
    pytest.param({}, id="default"),
    pytest.param({"fullgraph": True}, id="fullgraph"),
    pytest.param({"fullgraph": True, "dynamic": True}, id="fullgraph-dynamic"),
]
ignores_grad = pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning")
Typed = NeuralType[Matrix, LogitsType]

COMPILED: list[tuple[Callable[[Tensor], Any], str]] = [
    (lambda x: ensure(x * 2, Matrix) + 1, "ensure(value=): has 1 axes, expected 2"),
    (lambda x: ensure(x * 2, Float[Tensor, "b t"]) + 1, "ensure(value=): has 1 axes, expected 2"),
    (lambda x: ensure(x * 2, Typed) + 1, "ensure(value=): has 1 axes, expected 2"),
    (lambda x: ensure(x * 2, Matrix | None), "ensure(value=): has 1 axes, expected 2"),
    (lambda x: ensure([x * 2, x], list[Matrix])[1], "ensure(value=[0]): has 1 axes, expected 2"),
    (lambda x: ensure(Pair(x, x[..., 0].long()), Pair).x + 1, "ensure(value=.x): has 1 axes, expected 2"),
]


@ignores_grad
@pytest.mark.usefixtures("compiler")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("function", "reason"), COMPILED, ids=range(len(COMPILED)))
def test_it_compiles_to_one_graph_and_catches_what_is_wrong(
    function: Callable[[Tensor], Any], reason: str, mode: dict[str, Any]
) -> None:
    counter = CompileCounter()
    compiled = torch.compile(function, backend=counter, **mode)
    assert torch.equal(compiled(full(2, 3)), function(full(2, 3)))
    assert counter.frame_count == 1
    with pytest.raises(ShapeError, match=re.escape(reason)):
        compiled(full(2))
    assert compiled(full(2, 3)).shape == (2, 3)


@ignores_grad
@pytest.mark.usefixtures("compiler")
def test_a_neural_type_may_be_written_out_in_a_compiled_function() -> None:
    @torch.compile(backend="eager")
    def f(x: Tensor) -> Any:
        return ensure(x * 2, NeuralType[Float[Tensor, "b t"], LogitsType]) + 1

    assert f(full(2, 3)).shape == (2, 3)
    with pytest.raises(ShapeError):
        f(full(2))


@ignores_grad
@pytest.mark.usefixtures("compiler")
@pytest.mark.parametrize("fullgraph", [False, True], ids=["default", "fullgraph"])
def test_a_compiled_function_tells_hints_apart(fullgraph: bool) -> None:
    @torch.compile(backend="eager", fullgraph=fullgraph)
    def f(x: Tensor, hint: Any) -> Any:
        return ensure(x * 2, hint) + 1

    for _ in range(2):
        f(full(2, 3), Matrix)
        f(full(2, 3), Float[Tensor, "b 3"])
        with pytest.raises(ShapeError, match="axis 1 is 3, expected 4"):
            f(full(2, 3), Float[Tensor, "b 4"])
        with pytest.raises(DTypeError):
            f(full(2, 3), Int[Tensor, "b t"])


@ignores_grad
@pytest.mark.usefixtures("compiler")
def test_a_graph_compiled_without_checks_is_not_used_with_them() -> None:
    compiled = torch.compile(lambda x: ensure(x * 2, Matrix) + 1, backend="eager")
    with checks("off"):
        assert compiled(full(2)).shape == (2,)
    with pytest.raises(ShapeError):
        compiled(full(2))


class Stack(list[int]):
    pass


def itself() -> list[Any]:
    items: list[Any] = [full(2)]
    items.append(items)
    return items


def deep() -> list[Any]:
    items: list[Any] = []
    for _ in range(2000):
        items = [items]
    return items


def tagged(tag: str) -> Tensor:
    x = full(2)
    x._neural_type = tag  # type: ignore[attr-defined]
    return x


REVEALED: list[tuple[Callable[[], Any], str]] = [
    (lambda: full(4, 7, 80), 'Float32[Tensor, "4 7 80"]'),
    (full, 'Float32[Tensor, ""]'),
    (lambda: full(0, 1).bool(), 'Bool[Tensor, "0 1"]'),
    (lambda: full(2).bfloat16(), 'BFloat16[Tensor, "2"]'),
    (lambda: full(2).to(torch.complex64), 'Complex64[Tensor, "2"]'),
    (lambda: full(2).to(torch.uint8), 'UInt8[Tensor, "2"]'),
    (lambda: full(2).to(torch.float8_e4m3fn), 'Float8e4m3fn[Tensor, "2"]'),
    (lambda: torch.empty(2, dtype=torch.float8_e8m0fnu), 'Shaped[Tensor, "2"]'),
    (lambda: torch.empty(2, 3, device="meta"), 'Float32[Tensor, "2 3"]'),
    (lambda: nn.Parameter(full(2)), 'Float32[Tensor, "2"]'),
    (lambda: logits(full(4, 7)), 'NeuralType[Float32[Tensor, "batch=4 time=7"], LogitsType]'),
    (lambda: audio(full(4, 7)), 'NeuralType[Float32[Tensor, "batch=4 time=7"], AudioSignal(freq=16000)]'),
    (lambda: mel(full(4, 80, 7)), 'Float32[Tensor, "batch=4 80 time=7"]'),
    (lambda: logits(full(4, 7)).add_(1), 'Float32[Tensor, "4 7"]'),
    (lambda: logits(full(4, 7)) * 1, 'Float32[Tensor, "4 7"]'),
    (lambda: tagged('{"kinds": ["batch", null]}'), 'Float32[Tensor, "2"]'),
    (lambda: tagged('{"kinds": ["no name"]}'), 'Float32[Tensor, "2"]'),
    (lambda: tagged('{"kinds": [7]}'), 'Float32[Tensor, "2"]'),
    (lambda: tagged("no tag"), 'Float32[Tensor, "2"]'),
    (lambda: None, "None"),
    (lambda: 3, "int"),
    (Stack, "Stack"),
    (lambda: (full(4), 3, None), 'tuple[Float32[Tensor, "4"], int, None]'),
    (lambda: (), "tuple[()]"),
    (lambda: (full(4),) * 12, 'tuple[Float32[Tensor, "4"], ...]'),
    (list, "list[Any]"),
    (lambda: [full(4), full(4)], 'list[Float32[Tensor, "4"]]'),
    (lambda: [full(2, 3), full(2, 4), full(2, 5)], 'list[Float32[Tensor, "2 _"]]'),
    (
        lambda: [logits(full(2, 3)), logits(full(2, 4))],
        'list[NeuralType[Float32[Tensor, "batch=2 time=_"], LogitsType]]',
    ),
    (lambda: [full(2), ints(2), None], 'list[Float32[Tensor, "2"] | Int64[Tensor, "2"] | None]'),
    (lambda: [1, 1.0, "", b"", None], "list[Any]"),
    (lambda: {"a": full(4), "b": full(4)}, 'dict[str, Float32[Tensor, "4"]]'),
    (dict, "dict[Any, Any]"),
    (lambda: {3}, "set[int]"),
    (lambda: {"a": [(full(4), {"b": 1})]}, 'dict[str, list[tuple[Float32[Tensor, "4"], dict[str, int]]]]'),
    (lambda: Pair(full(2, 3), ints(2)), "Pair"),
    (lambda: nn.Linear(2, 3), "Linear"),
]


def revealed(value: object, capsys: pytest.CaptureFixture[str]) -> str:
    """The type that is printed for a value."""
    assert reveal(value) is value
    printed = capsys.readouterr()
    assert printed.out == ""
    assert str(SECRET) not in printed.err
    matched = re.fullmatch(rf"{re.escape(HERE)}:\d+: Runtime type is (.*)\n", printed.err)
    assert matched is not None, printed.err
    return matched[1]


@pytest.mark.parametrize(("make", "text"), REVEALED, ids=range(len(REVEALED)))
def test_reveal_prints_the_type(make: Callable[[], object], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert revealed(make(), capsys) == text


@pytest.mark.parametrize("make", [make for make, _ in REVEALED], ids=range(len(REVEALED)))
def test_what_reveal_prints_can_be_pasted(make: Callable[[], object], capsys: pytest.CaptureFixture[str]) -> None:
    value = make()
    names = {**vars(jaxtyping), **vars(neuraltypes.elements), **globals(), "Linear": nn.Linear}
    assert ensure(value, eval(revealed(value, capsys), names)) is value


def test_reveal_says_where_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    reveal(3)
    line = sys._getframe().f_lineno - 1
    assert capsys.readouterr().err == f"{HERE}:{line}: Runtime type is int\n"


@pytest.mark.parametrize(
    ("make", "start"),
    [
        (itself, 'list[Float32[Tensor, "2"] | list]'),
        (deep, "list[list[list["),
        (lambda: nn.LazyLinear(3).weight, 'Float32[Tensor, "..."]'),
        (lambda: torch.nested.nested_tensor([full(2, 3), full(4, 3)], layout=torch.jagged), 'Float32[Tensor, "2 _ 3"]'),
        (lambda: full(1).expand(2**62), f'Float32[Tensor, "{2**62}"]'),
    ],
    ids=["in itself", "deep", "lazy", "ragged", "huge"],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_reveal_takes_everything(make: Callable[[], object], start: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert revealed(make(), capsys).startswith(start)


def test_reveal_works_with_stderr_closed(run_python: Callable[..., str]) -> None:
    script = "import sys\nfrom neuraltypes import reveal\nsys.stderr.close()\nprint(reveal(3))\n"
    assert run_python(script) == "3\n"


@ignores_grad
@pytest.mark.usefixtures("compiler")
@pytest.mark.parametrize("fullgraph", [False, True], ids=["default", "fullgraph"])
def test_reveal_prints_while_a_graph_is_compiled(fullgraph: bool, capsys: pytest.CaptureFixture[str]) -> None:
    def f(x: Tensor) -> Any:
        return [reveal(logits(x)) + 1, reveal({"x": (x[0], 3)})]

    counter = CompileCounter()
    compiled = torch.compile(f, backend=counter, fullgraph=fullgraph)
    for _ in range(3):
        compiled(full(2, 3))
    line = f.__code__.co_firstlineno + 1
    assert capsys.readouterr().err.splitlines() == [
        f'{HERE}:{line}: Runtime type is NeuralType[Float32[Tensor, "batch=2 time=3"], LogitsType]',
        f'{HERE}:{line}: Runtime type is dict[str, tuple[Float32[Tensor, "3"], int]]',
    ]
    assert counter.frame_count == 1


@ignores_grad
@pytest.mark.usefixtures("compiler")
def test_reveal_prints_where_the_compiler_leaves_the_function_around_it(capsys: pytest.CaptureFixture[str]) -> None:
    @torch.compile(backend="eager")
    def f(x: Tensor) -> Tensor:
        for _ in range(2):
            torch._dynamo.graph_break()
            x = reveal(x)
        return x

    assert f(full(2, 3)).shape == (2, 3)
    said = capsys.readouterr().err.splitlines()
    assert len(said) in (1, 2)
    assert said[0].startswith(HERE)
    assert said[0].endswith('Runtime type is Float32[Tensor, "2 3"]')
