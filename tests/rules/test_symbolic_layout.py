"""Rules of views, permuted, split and joined axes, on named, unknown and open ones."""

from typing import Any

import pytest

from neuraltypes._sizes import Size, number, size_from_expression
from neuraltypes._sizes import named as named_size
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules import UNKNOWN, Array, Many, Outcome, Slice, apply
from neuraltypes.rules._values import Produced, Resampled
from tests.rules._conformance import registry


def size(text: str | int) -> Size:
    if isinstance(text, int):
        return number(text)
    found = size_from_expression(text, named_size)
    assert found is not None
    return found


def shape(text: str) -> Shape:
    axes: list[SizedAxis | Rest] = []
    for word in text.split():
        label, equals, rest = word.rpartition("=")
        known = None if rest == "_" else size(rest) if rest != "..." else None
        axes.append(Rest() if rest == "..." else SizedAxis(known, label if equals else None))
    return tuple(axes)


def array(text: str | None, element: object | None = None) -> Array:
    return Array(None if text is None else shape(text), frozenset({"float32"}), element)


def value(given: Any) -> Any:
    match given:
        case tuple() | list():
            return tuple(map(value, given))
        case slice():
            return Slice(*map(value, (given.start, given.stop, given.step)))
        case int() if not isinstance(given, bool):
            return number(given)
        case str():
            return size(given)
        case _:
            return given


def call(name: str, *given: Any, **config: Any) -> Outcome:
    """A call with its arguments by position: sizes as text or numbers, arrays as they are."""
    signature = registry().find(name)
    assert signature is not None
    names = [one.name for one in signature.parameters if one.name != "self" or not config]
    arguments = {one: value(item) for one, item in zip(names, given, strict=False)}
    return apply(signature, arguments, {key: value(item) for key, item in config.items()} or None)


def gives(outcome: Outcome) -> str | None:
    assert not outcome.refused, outcome.refused
    return text_of(outcome.result)


def text_of(result: Any) -> str | None:
    match result:
        case Array(shape=axes):
            return None if axes is None else format_shape(axes)
        case Many(item=item):
            return f"{text_of(item)} and more"
        case tuple():
            return ", ".join(str(text_of(one)) for one in result)
        case _:
            return str(result)


def test_a_view_keeps_the_number_of_entries() -> None:
    assert gives(call("torch.Tensor.view", array("b t c"), (-1, "c"))) == "b*t c"
    assert gives(call("torch.Tensor.view", array("b 16 5 5"), (-1, 400))) == "b 400"
    assert gives(call("torch.Tensor.view", array("b 256"), (-1, 400))) == "(256*b)//400 400"
    assert gives(call("torch.Tensor.view", array("b t d"), ("b", "t", "h", "d//h"))) == "b t h d//h"
    assert gives(call("torch.reshape", array("b t h d//h"), ("b", "t", "d"))) == "b t d"
    assert gives(call("torch.reshape", array("b h t d//h"), ("b", -1, "d"))) == "b t d"
    assert gives(call("torch.reshape", array("b t+1 c"), ("b*(t+1)", -1))) == "b*t+b c"
    assert call("torch.reshape", array("b t c"), ("b", "t")).refused
    assert call("torch.reshape", array("b 256"), ("b", 400)).refused
    assert call("torch.Tensor.view", array("b 7"), ("b", -1, 2)).refused


def test_what_is_not_known_of_a_view_is_not_guessed() -> None:
    assert gives(call("torch.reshape", array("b _ c"), ("b", -1))) == "b _"
    assert gives(call("torch.reshape", array("b ... c"), (-1, "c"))) == "_ c"
    assert gives(call("torch.reshape", array(None), ("b", -1, "c"))) == "b _ c"
    assert gives(call("torch.reshape", array("b t"), UNKNOWN)) is None
    assert gives(call("torch.reshape", array("b t"), ("b", UNKNOWN))) == "b _"


def test_a_view_keeps_what_is_said_of_axes_that_stay() -> None:
    assert gives(call("torch.reshape", array("time=7 channel=6"), (7, 2, 3))) == "time=7 2 3"
    assert gives(call("torch.reshape", array("time=7 channel=6"), (42,))) == "42"


def test_a_view_that_should_be_a_transposition_is_suspect() -> None:
    (found,) = call("torch.Tensor.view", array("b t c"), ("b", "c", "t")).suspected
    assert found.code == "kind"
    assert "transpose" in found.reason
    assert not call("torch.Tensor.view", array("b t c"), ("b", "t", "c")).suspected
    assert not call("torch.Tensor.view", array("b t c"), ("b", "t*c")).suspected
    assert call("torch.reshape", array("b t 3"), ("t", "b", -1)).suspected


def test_squeezing_all_may_take_the_batch_axis() -> None:
    outcome = call("torch.squeeze", array("b t 1"))
    assert gives(outcome) == "..."
    assert "batch" in outcome.suspected[0].reason
    outcome = call("torch.squeeze", array("3 1 4 1"))
    assert gives(outcome) == "3 4"
    assert not outcome.suspected
    assert gives(call("torch.squeeze", array("b t 1"), -1)) == "b t"
    assert gives(call("torch.squeeze", array("b t 4"), -1)) == "b t 4"
    assert gives(call("torch.squeeze", array("b t c"), 1)) == "b ... c"
    assert gives(call("torch.squeeze", array("... 1"), -1)) == "..."


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("torch.unsqueeze", (array("b ... c"), -1), "b ... c 1"),
        ("torch.unsqueeze", (array("... c"), 1), None),
        ("torch.transpose", (array("... t c"), -2, -1), "... c t"),
        ("torch.transpose", (array("b t c"), UNKNOWN, 1), "_ _ _"),
        ("torch.permute", (array("b ... c"), (0, 2, 1)), "b c _"),
        ("torch.permute", (array(None), (1, 0)), "_ _"),
        ("torch.movedim", (array("b ... c"), -1, 1), "b c ..."),
        ("torch.flatten", (array("b c h w"), 1), "b c*h*w"),
        ("torch.flatten", (array("b ..."), 1), "b _"),
        ("torch.flatten", (array(None),), "_"),
        ("torch.unflatten", (array("b t d"), -1, ("h", -1)), "b t h d//h"),
        ("torch.Tensor.expand", (array("1 t 1"), ("b", -1, 4)), "b t 4"),
        ("torch.Tensor.repeat", (array("time=7 c"), (2, 1)), "time=14 c"),
        ("torch.repeat_interleave", (array("b t"), 2, 1), "b 2*t"),
        ("torch.diagonal", (array("b t t"), 1, 1, 2), "b t-1"),
        ("torch.Tensor.unfold", (array("b t"), 1, 400, 160), "b (t+80)//160-2 400"),
        ("torch.narrow", (array("b t"), 1, 0, 4), "b 4"),
        ("torch.pixel_shuffle", (array("b 4*c h w"), 2), "b c 2*h 2*w"),
    ],
)
def test_axes_that_are_named_or_open(name: str, given: tuple[Any, ...], expected: str | None) -> None:
    assert gives(call(name, *given)) == expected


def test_parts_of_a_named_axis() -> None:
    assert gives(call("torch.chunk", array("b 3*d"), 3, -1)) == "b d, b d, b d"
    assert gives(call("torch.chunk", array("b _"), 2, -1)) == "b _ and more"
    assert gives(call("torch.Tensor.split", array("b 3*d"), "d", 1)) == "b d, b d, b d"
    assert gives(call("torch.Tensor.split", array("b t"), 4, 1)) == "b _ and more"
    assert gives(call("torch.Tensor.split", array("b t"), (2, "t-2"), 1)) == "b 2, b t-2"
    assert call("torch.Tensor.split", array("b t"), (2, "t"), 1).refused
    assert gives(call("torch.unbind", array("b 2 t"), 1)) == "b t, b t"
    assert gives(call("torch.unbind", array("b t"))) == "t and more"


def test_joined_tensors() -> None:
    assert gives(call("torch.cat", (array("b t c"), array("b s c")), 1)) == "b s+t c"
    assert gives(call("torch.cat", (array("b ... c"), array("b ... d")), -1)) == "b ... c+d"
    assert gives(call("torch.cat", Many(array("b c")), 1)) == "b _"
    assert gives(call("torch.cat", (array("b _"), array("_ c")), 0)) == "_ c"
    assert call("torch.cat", (array("b t c"), array("b s c")), 2).refused
    assert call("torch.cat", (array("b t c"), array("b t")), 1).refused
    assert gives(call("torch.stack", (array("t c"), array("t c")), 1)) == "t 2 c"
    assert gives(call("torch.stack", Many(array("t c")))) == "_ t c"
    assert call("torch.stack", (array("t c"), array("t d"))).refused


def test_meaning_goes_along() -> None:
    def element_of(outcome: Outcome) -> object | None:
        assert isinstance(outcome.result, Array)
        return outcome.result.element

    assert element_of(call("torch.transpose", array("b t", "probs"), 0, 1)) == "probs"
    assert element_of(call("torch.cat", (array("b t", "probs"), array("b t", "probs")))) == "probs"
    assert element_of(call("torch.cat", (array("b t", "probs"), array("b t", "logits")))) is None


def test_modules() -> None:
    assert gives(call("torch.nn.Flatten.forward", array("b c h w"), start_dim=1, end_dim=-1)) == "b c*h*w"
    assert gives(call("torch.nn.Unflatten.forward", array("b 12"), dim=1, unflattened_size=(3, -1))) == "b 3 4"


def test_a_relative_shift_leaves_the_order_of_its_axes_unknown() -> None:
    shifted = call("torch.Tensor.view", array("b h q k+1"), ("b", "h", "k+1", "q"))
    assert not shifted.suspected
    assert gives(shifted) == "b h _ _"
    assert gives(call("torch.Tensor.view", array("q q+1"), ("q+1", "q"))) == "q+1 q"
    assert call("torch.Tensor.view", array("q k"), ("k", "q")).suspected


def test_a_rate_does_not_survive_resampling() -> None:
    audio = array("b c t", Produced("AudioSignal"))
    every = slice(None, None, 2)
    for outcome in (
        call("torch.nn.functional.interpolate", audio, None, 2.0),
        call("torch.Tensor.__getitem__", audio, (..., every)),
        call("torch.repeat_interleave", audio, 2, 2),
    ):
        assert element_of(outcome) == Resampled(Produced("AudioSignal"))
    for indices in ((every,), (..., slice(None, 5))):
        assert element_of(call("torch.Tensor.__getitem__", audio, indices)) == Produced("AudioSignal")


def element_of(outcome: Outcome) -> object:
    assert isinstance(outcome.result, Array)
    return outcome.result.element
