"""The axis grammar: jaxtyping's, whole, with every malformed form refused in words that show the right spelling."""

import contextlib
import itertools
import warnings
from typing import Any

import jaxtyping._array_types as jaxtyping_internals
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import Float
from torch import Tensor

from neuraltypes import AnnotationError
from neuraltypes._axes import (
    AnonymousAxis,
    Axes,
    Axis,
    FixedAxis,
    NamedAxis,
    SymbolicAxis,
    VariadicAxis,
    format_axes,
    is_variadic,
    parse_axes,
    parse_axis,
    python_expression,
)


def assert_parses(text: str, *axes: Axis) -> None:
    """`text` means `axes`, survives a round trip, and means the same to jaxtyping."""
    assert parse_axes(text) == axes
    assert parse_axes(format_axes(axes)) == axes
    assert tuple(map(_as_in_jaxtyping, axes)) == _jaxtyping_dims(text)


def assert_refused(text: str, message: str) -> None:
    with pytest.raises(AnnotationError) as error:
        parse_axes(text)
    assert str(error.value) == f'axes "{text}": {message}'


def _jaxtyping_dims(text: str) -> tuple[object, ...]:
    array_type: Any = Float[Tensor, text]
    return tuple(array_type.dims)


def _as_in_jaxtyping(axis: Axis) -> object:
    match axis:
        case FixedAxis():
            return jaxtyping_internals._FixedDim(axis.size, axis.broadcastable)
        case NamedAxis():
            return jaxtyping_internals._NamedDim(axis.name, axis.broadcastable, axis.treepath)
        case SymbolicAxis():
            return jaxtyping_internals._SymbolicDim(axis.expression, axis.broadcastable)
        case AnonymousAxis():
            return jaxtyping_internals._anonymous_dim
        case VariadicAxis(name=None):
            return jaxtyping_internals._anonymous_variadic_dim
        case VariadicAxis():
            return jaxtyping_internals._NamedVariadicDim(axis.name or "", axis.broadcastable, axis.treepath)


def symbolic(expression: str, *names: str, broadcastable: bool = False, label: str | None = None) -> SymbolicAxis:
    return SymbolicAxis(expression, names, broadcastable, label)


@pytest.mark.parametrize(
    ("text", "axes"),
    [
        ("", []),
        ("   ", []),
        ("80", [FixedAxis(80)]),
        ("0", [FixedAxis(0)]),
        ("1_000", [FixedAxis(1000)]),
        ("+3", [FixedAxis(3)]),
        ("t", [NamedAxis("t")]),
        ("T_src", [NamedAxis("T_src")]),
        ("zeit_größe", [NamedAxis("zeit_größe")]),
        ("class", [NamedAxis("class")]),
        ("_", [AnonymousAxis()]),
        ("_note", [AnonymousAxis("note")]),
        ("...", [VariadicAxis()]),
        ("*_", [VariadicAxis()]),
        ("*_note", [VariadicAxis()]),
        ("_*", [VariadicAxis()]),
        ("*batch", [VariadicAxis("batch")]),
        ("#t", [NamedAxis("t", broadcastable=True)]),
        ("#80", [FixedAxis(80, broadcastable=True)]),
        ("*#batch", [VariadicAxis("batch", broadcastable=True)]),
        ("#*batch", [VariadicAxis("batch", broadcastable=True)]),
        ("?leaf", [NamedAxis("leaf", treepath=True)]),
        ("?#leaf", [NamedAxis("leaf", broadcastable=True, treepath=True)]),
        ("?*leaf", [VariadicAxis("leaf", treepath=True)]),
        ("*?#leaf", [VariadicAxis("leaf", broadcastable=True, treepath=True)]),
        ("2*t", [symbolic("2*t", "t")]),
        ("#2*t", [symbolic("2*t", "t", broadcastable=True)]),
        ("(t-1)//2+1", [symbolic("(t-1)//2+1", "t")]),
        ("h*w+h", [symbolic("h*w+h", "h", "w")]),
        ("min(b,c)+1", [symbolic("min(b,c)+1", "b", "c")]),
        ("-t", [symbolic("-t", "t")]),
        ("0x10", [symbolic("0x10")]),
        ("t==3", [symbolic("t==3", "t")]),
        ("{self.d_model}", [symbolic("{self.d_model}")]),
        ("{self.cfg.sizes[0]}", [symbolic("{self.cfg.sizes[0]}")]),
        ("{width}", [symbolic("{width}")]),
        ("{width}+1", [symbolic("{width}+1")]),
        ("{width}*t", [symbolic("{width}*t", "t")]),
        ("#{width}", [symbolic("{width}", broadcastable=True)]),
        ("b t c", [NamedAxis("b"), NamedAxis("t"), NamedAxis("c")]),
        ("  b \t t\n", [NamedAxis("b"), NamedAxis("t")]),
        ("b b", [NamedAxis("b"), NamedAxis("b")]),
        ("b *t #c", [NamedAxis("b"), VariadicAxis("t"), NamedAxis("c", broadcastable=True)]),
        ("... 3 _", [VariadicAxis(), FixedAxis(3), AnonymousAxis()]),
    ],
)
def test_each_form_of_the_grammar_is_read(text: str, axes: list[Axis]) -> None:
    assert_parses(text, *axes)


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        ("mel=80", FixedAxis(80, label="mel")),
        ("#mel=80", FixedAxis(80, True, "mel")),
        ("mel=#80", FixedAxis(80, True, "mel")),
        ("time=t_src", NamedAxis("t_src", label="time")),
        ("#time=t", NamedAxis("t", True, "time")),
        ("time=#t", NamedAxis("t", True, "time")),
        ("?time=t", NamedAxis("t", label="time", treepath=True)),
        ("time=?t", NamedAxis("t", label="time", treepath=True)),
        ("time=2*t", symbolic("2*t", "t", label="time")),
        ("#time=2*t", symbolic("2*t", "t", broadcastable=True, label="time")),
        ("channel={self.d}", symbolic("{self.d}", label="channel")),
        ("channel={width}+1", symbolic("{width}+1", label="channel")),
        ("time=_", AnonymousAxis(label="time")),
        ("time=_note", AnonymousAxis("note", label="time")),
        ("_time=t", AnonymousAxis("t", label="time")),
        ("batch=*b", VariadicAxis("b", label="batch")),
        ("*batch=b", VariadicAxis("b", label="batch")),
        ("batch=*#b", VariadicAxis("b", True, "batch")),
        ("#batch=*b", VariadicAxis("b", True, "batch")),
        ("?batch=*b", VariadicAxis("b", label="batch", treepath=True)),
    ],
)
def test_a_label_stands_before_every_kind_of_axis(text: str, axis: Axis) -> None:
    assert_parses(text, axis)


_SPACES = 'write for example "t", "80", "2*t" or "{self.d}"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("b,t", 'axes are separated by spaces, not commas; write "b t"'),
        ("b, t, c", 'axes are separated by spaces, not commas; write "b t c"'),
        ("t#", '"#" stands before the axis, got "t#"; write "#t"'),
        ("b 80#", '"#" stands before the axis, got "80#"; write "#80"'),
        ("##t", '"#" stands twice in "##t"; write it once: "#name"'),
        ("**b", '"*" stands twice in "**b"; write it once: "*name"'),
        ("__t", '"_" stands twice in "__t"; write it once: "_name"'),
        ("__", '"_" stands twice in "__"; write it once: "_name"'),
        ("??t", '"?" stands twice in "??t"; write it once: "?name"'),
        ("b...", '"..." stands alone, got "b..."; write "..." or "*name"'),
        ("*...", '"..." stands alone, got "*..."; write "..." or "*name"'),
        ("#...", '"..." stands alone, got "#..."; write "..." or "*name"'),
        ("batch=...", '"..." stands alone, got "batch=..."; write "..." or "*name"'),
        ("*a b *c", '"*a" and "*c" both take any number of axes; keep one of them'),
        ("... b ...", '"..." and "..." both take any number of axes; keep one of them'),
        ("*a *_", '"*a" and "..." both take any number of axes; keep one of them'),
        ("*80", '"80" is a fixed size and takes no "*"; write "80"'),
        ("_80", '"80" is a fixed size and takes no "_"; write "80"'),
        ("?80", '"80" is a fixed size and takes no "?"; write "80"'),
        ("*mel=80", '"80" is a fixed size and takes no "*"; write "mel=80"'),
        ("*t+1", '"t+1" is computed and takes no "*"; write "t+1"'),
        ("_t+1", '"t+1" is computed and takes no "_"; write "t+1"'),
        ("?t+1", '"t+1" is computed and takes no "?"; write "t+1"'),
        ("#_", '"#_" binds nothing that could be broadcast; write "_" or "#name"'),
        ("#_t", '"#_t" binds nothing that could be broadcast; write "_t" or "#t"'),
        ("mel=", '"mel=" has no size; write "mel=80" or "mel=m"'),
        ("#mel=", '"#mel=" has no size; write "mel=80" or "mel=m"'),
        ("=80", '"" in "=80" is no name; write "name=size", for example "mel=80"'),
        ("3d=80", '"3d" in "3d=80" is no name; write "name=size", for example "mel=80"'),
        ("a+b=3", '"a+b" in "a+b=3" is no name; write "name=size", for example "mel=80"'),
        ("a=b=c", f'"a=b=c" is neither a name, a number nor an expression; {_SPACES}'),
        ("#", '"#" names no axis; write "#name"'),
        ("*", '"*" names no axis; write "*name"'),
        ("?", '"?" names no axis; write "?name"'),
        ("b #*", '"#*" names no axis; write "#*name"'),
        ("m + 1", '"+" is neither a name, a number nor an expression; spaces separate axes: write "m+1"'),
        ("b (h w) 3", '"(h" is neither a name, a number nor an expression; spaces separate axes: write "b h*w 3"'),
        ("b + 1 a;b", f'"+" is neither a name, a number nor an expression; {_SPACES}'),
        ("2t", f'"2t" is neither a name, a number nor an expression; {_SPACES}'),
        ("t+", f'"t+" is neither a name, a number nor an expression; {_SPACES}'),
        ("b;t", f'"b;t" is neither a name, a number nor an expression; {_SPACES}'),
        ("{self.d", f'"{{self.d" is neither a name, a number nor an expression; {_SPACES}'),
        ("self.d}", f'"self.d}}" is neither a name, a number nor an expression; {_SPACES}'),
        ("{}", f'"{{}}" is neither a name, a number nor an expression; {_SPACES}'),
        ("{self.}", f'"{{self.}}" is neither a name, a number nor an expression; {_SPACES}'),
        ("{d:>3}", f'"{{d:>3}}" is neither a name, a number nor an expression; {_SPACES}'),
        ("{d!r}", f'"{{d!r}}" is neither a name, a number nor an expression; {_SPACES}'),
        ("self.d", '"self.d" is no axis; read an attribute or argument in braces: "{self.d}"'),
        ("2*self.cfg.d", '"self.cfg.d" is no axis; read an attribute or argument in braces: "{self.cfg.d}"'),
    ],
)
def test_a_malformed_form_is_refused_with_the_right_spelling(text: str, message: str) -> None:
    assert_refused(text, message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-3", '"-3" is no size of a tensor; write a size such as "80", or "_" for any'),
        ("t=-3", '"-3" is no size of a tensor; write a size such as "80", or "_" for any'),
        ("b+1#c", '"#" stands before the axis, got "b+1#c"; write "#b+1"'),
        ("t<=3", '"t<" in "t<=3" is no name; write "name=size", for example "mel=80"'),
        ("#*_", '"#*_" binds nothing that could be broadcast; write "..." or "#name"'),
        ("mel=_80", '"80" is a fixed size and takes no "_"; write "mel=80"'),
        ("mel=*80", '"80" is a fixed size and takes no "*"; write "mel=80"'),
        ("time=?t+1", '"t+1" is computed and takes no "?"; write "time=t+1"'),
    ],
)
def test_the_right_spelling_of_a_rarer_form_is_shown(text: str, message: str) -> None:
    assert_refused(text, message)


@pytest.mark.parametrize("text", ["", "b t"])
def test_one_axis_is_exactly_one(text: str) -> None:
    with pytest.raises(AnnotationError) as error:
        parse_axis(text)
    expected = f'one axis is expected here, got {len(text.split())}; give each axis its own string: ("b", "t")'
    assert str(error.value) == f'axes "{text}": {expected}'


# What jaxtyping lets through and nothing good can come of; each is refused by our own choice.
REFUSED_ON_PURPOSE = [
    "*",  # no name
    "?",
    "#*",
    "mel=",  # no size
    "3d=80",  # a label that is no name
    "=80",
    "a+b=3",
    "2t",  # no expression: jaxtyping finds out at the first call
    "t+",
    "{self.d",
    "{d!r}",  # a text, not a size
    "{d:>3}",
    "self.d",  # reads an attribute of the *axis* "self"
    "t<=3",  # jaxtyping: the label "t<"
    "b>=c",
    "-3",  # no tensor has such a size
    "mel=-80",
    "b+1#c",  # a comment, to Python
]


@pytest.mark.parametrize("text", REFUSED_ON_PURPOSE)
def test_some_forms_that_jaxtyping_lets_through_are_refused_on_purpose(text: str) -> None:
    _jaxtyping_dims(text)
    with pytest.raises(AnnotationError):
        parse_axes(text)


def _agreement(text: str) -> str:
    """How our reading of one axis stands to jaxtyping's."""
    try:
        theirs = _jaxtyping_dims(text)
    except ValueError:
        theirs = None
    try:
        ours = parse_axes(text)
    except AnnotationError:
        ours = None
    if theirs is None:
        return "both refuse" if ours is None else "only we accept"
    if ours is None:
        return "only we refuse"
    if tuple(map(_as_in_jaxtyping, ours)) != theirs or parse_axes(format_axes(ours)) != ours:
        return "meanings differ"
    return "both accept"


def _is_refused_on_purpose(text: str) -> bool:
    """Whether a form that jaxtyping lets through falls under one of `REFUSED_ON_PURPOSE`."""
    label, equals, body = text.lstrip("#*_?").partition("=")
    body = body.lstrip("#*_?") if equals else label
    if not body or (equals and not label.isidentifier()):
        return True
    if "{}" in text or "#" in body:
        return True
    try:
        compile(body.replace("{", "(").replace("}", ")"), "", "eval")
    except SyntaxError:
        return True
    return False


_ALPHABET = "#*_?=b3+{},"


def test_every_short_text_means_the_same_as_to_jaxtyping_or_is_refused_on_purpose() -> None:
    found: dict[str, list[str]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # "3(b)" calls a number
        for size in range(1, 5):
            for text in map("".join, itertools.product(_ALPHABET, repeat=size)):
                found.setdefault(_agreement(text), []).append(text)
        surprising = [text for text in found.pop("only we refuse") if not _is_refused_on_purpose(text)]
    assert surprising == []
    assert set(found) == {"both accept", "both refuse"}
    assert len(found["both accept"]) > 300


@pytest.mark.parametrize("text", ["3<=_3", "#b<=_", "b<=__"])
def test_what_jaxtyping_refuses_behind_a_label_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not allowed"):
        _jaxtyping_dims(text)
    with pytest.raises(AnnotationError):
        parse_axes(text)


_names = st.sampled_from(["b", "t", "T_src", "hidden", "class", "größe", "x1"])
_labels = st.none() | _names
_expressions = st.sampled_from(["2*t", "(t-1)//2+1", "h*w", "{self.d}", "{width}+b", "min(b,t)", "t%2"])


def _symbolic_axis(expression: str, broadcastable: bool, label: str | None) -> Axis:
    (read,) = parse_axes(expression)
    assert isinstance(read, SymbolicAxis)
    return SymbolicAxis(expression, read.names, broadcastable, label)


_axis = st.one_of(
    st.builds(FixedAxis, st.integers(0, 10**9), st.booleans(), _labels),
    st.builds(NamedAxis, _names, st.booleans(), _labels, st.booleans()),
    st.builds(_symbolic_axis, _expressions, st.booleans(), _labels),
    st.builds(AnonymousAxis, _names | st.just(""), _labels),
)
_variadic = st.builds(VariadicAxis, _names, st.booleans(), _labels, st.booleans()) | st.just(VariadicAxis())
_axes = st.builds(
    lambda before, middle, after: (*before, *middle, *after),
    st.lists(_axis, max_size=3),
    st.lists(_variadic, max_size=1),
    st.lists(_axis, max_size=3),
)


@given(_axes)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_axes_survive_a_round_trip_and_mean_the_same_to_jaxtyping(axes: Axes) -> None:
    text = format_axes(axes)
    assert parse_axes(text) == axes
    assert tuple(map(_as_in_jaxtyping, axes)) == _jaxtyping_dims(text)
    assert is_variadic(axes) == any(isinstance(axis, VariadicAxis) for axis in axes)


@given(st.text(st.sampled_from("bt3#*_?=+-*/(){}.,<>'\\[]: \n\0é"), max_size=8))
@settings(max_examples=500, derandomize=True, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        with contextlib.suppress(AnnotationError):
            axes = parse_axes(text)
            assert parse_axes(format_axes(axes)) == axes


@pytest.mark.parametrize("text", ["(" * 500 + "b" + ")" * 500, "b+\0"])
def test_a_text_that_python_cannot_parse_is_refused(text: str) -> None:
    with pytest.raises(AnnotationError):
        parse_axes(text)


@pytest.mark.parametrize("text", ["9" * 5000, "\ud800+1", "-" * 5000 + "b"])
def test_a_text_that_python_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(AnnotationError):
        parse_axes(text)


def test_a_computed_axis_is_a_python_expression_with_braces_as_parentheses() -> None:
    (axis,) = parse_axes("{width}+2*t")
    assert isinstance(axis, SymbolicAxis)
    assert python_expression(axis, "size_{}".format) == "((width) + 2 * size_t)"


@pytest.mark.parametrize(("one", "other"), [("µ", "μ"), ("ﬁ", "fi")])
def test_names_that_python_takes_for_one_are_one(one: str, other: str) -> None:
    assert one != other
    assert parse_axes(one) == parse_axes(other)
    assert parse_axes(f"*{one}") == parse_axes(f"*{other}")


def test_parsing_is_remembered() -> None:
    assert parse_axes("b t memo=3") is parse_axes("b t memo=3")
