"""The rules for einops: against einops itself where it is installed, and on symbolic sizes."""

from __future__ import annotations

import importlib
from functools import partial
from typing import Any

import pytest
import torch

from neuraltypes._sizes import Size, named, number
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules import UNKNOWN, Array, Outcome, apply
from tests.rules._conformance import Draw, T, _agrees, _made, _text_of, registry, to_value

EXAMPLES = 400
_PATTERNS = {
    "rearrange": (
        *(
            "b c h w -> b (c h w)",
            "b (h d) t -> b h t d",
            "b c (h p1) (w p2) -> b (h w) (p1 p2 c)",
            "a b -> b a",
            "a b -> a",
        ),
        *(
            "... d -> d ...",
            "b ... -> (b ...)",
            "b 1 c -> b c",
            "b c -> b 1 c",
            "(a b) -> a b",
            "a (1 b) -> a b",
            "(a b) c -> (a c) b",
        ),
        *(
            "a 2 -> a",
            "b ... c -> ... (b c)",
            "a a -> a",
            "(a b -> a b",
            "() a -> a",
            "a -> a ()",
            "(... a) -> a",
            "a b",
        ),
    ),
    "repeat": (
        *(
            "a b -> a b c",
            "a b -> (a c) b",
            "a -> a 3",
            "... -> ... c",
            "b c h w -> b c (h 2) (w 2)",
            "a -> c a",
            "a b -> b",
        ),
        *("1 a -> c a", "2 a -> a", "... a -> (... c) a"),
    ),
    "reduce": (
        *(
            "b c h w -> b c",
            "b c (h 2) (w 2) -> b c h w",
            "b c h w -> b c 1 1",
            "a b -> ",
            "... a -> ...",
            "... a -> a",
            "a b -> a b",
        ),
        *("b (h d) -> h d", "a -> a b", "b 1 -> b", "a 1 -> ", "a -> 3", "b t c -> b () c", "... -> ", "2 a -> a"),
    ),
}


def _call(draw: Draw, operation: str) -> dict[str, Any]:
    pattern = draw.choice(_PATTERNS[operation])
    left = pattern.partition("->")[0]
    lengths: dict[str, int] = {}
    shape: list[int] = []
    for group in left.replace("...", " . ").replace("()", "1").replace("(", " ( ").replace(")", " ) ").split():
        _take(draw, group, shape, lengths)
    shape = [abs(size) for size in shape]  # a parenthesis that is not closed
    given = {name: size for name, size in lengths.items() if name.isidentifier() and draw.chance(0.4)}
    given |= {
        name: lengths[name] for name in lengths if name in ("h", "p1", "p2", "a") and "(" in left and draw.chance(0.8)
    }
    if operation == "repeat" and " c" in pattern and "c" not in lengths and draw.chance(0.9):
        given["c"] = draw.size()
    if draw.chance(0.05):
        given[draw.choice(("z", "_a", *lengths))] = 2
    if shape and draw.chance(0.08):
        shape[draw.randrange(len(shape))] += 1
    if draw.chance(0.03):
        shape.append(2)
    dtype = draw.dtype(torch.float32, torch.float32, torch.int64, torch.int32, torch.float64, torch.bool)
    found: dict[str, Any] = {"tensor": T(tuple(shape), dtype), "pattern": pattern, "axes_lengths": given}
    if shape and draw.chance(0.1):
        found["tensor"] = [T(tuple(shape[1:]), dtype)] * shape[0]
    if operation == "reduce":
        found["reduction"] = draw.choice(
            ("mean", "sum", "max", "min", "prod", "any", "all", "mean", "mean" if draw.chance(0.8) else "median")
        )
    return found


def _take(draw: Draw, group: str, shape: list[int], lengths: dict[str, int]) -> None:
    """Take a token of a left side into the shape; parentheses multiply."""
    if group == "(":
        shape.append(-1)
    elif group == ")":
        at = len(shape) - 1 - shape[::-1].index(-1)
        product = 1
        for size in shape[at + 1 :]:
            product *= size
        del shape[at:]
        shape.append(product)
    elif group == ".":
        shape += draw.shape(0, 2)
    else:
        shape.append(int(group) if group.isdecimal() else lengths.setdefault(group, draw.size(1, 4)))


def _outcome(name: str, arguments: dict[str, Any], config: dict[str, Any] | None = None) -> Outcome:
    signature = registry().find(name)
    assert signature is not None
    return apply(signature, _values(arguments), None if config is None else _values(config))


def _values(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {name: to_value(size) for name, size in value.items()} if isinstance(value, dict) else to_value(value)
        for key, value in arguments.items()
    }


def _differs(name: str, drawn: dict[str, Any], function: Any, config: dict[str, Any] | None = None) -> str:
    """What rule and library disagree on, in words."""
    outcome = _outcome(name, drawn, config)
    try:
        real = function()
    except Exception as error:  # noqa: BLE001 - einops and torch refuse with whatever they have
        return "" if outcome.refused else f"{drawn}: refused with {error!r}, the rule gives {outcome.result}"
    if outcome.refused:
        return f"{drawn}: the rule refuses: {outcome.refused[0].reason}"
    return "" if _agrees(outcome.result, real) else f"{drawn}: gives {_text_of(real)}, the rule {outcome.result}"


@pytest.mark.parametrize("operation", list(_PATTERNS))
def test_rule_and_einops_agree(operation: str) -> None:
    einops = pytest.importorskip("einops")
    differing = []
    refused = 0
    for count in range(EXAMPLES):
        drawn = _call(Draw(f"{operation} {count}"), operation)
        made = _made(drawn, "cpu")
        call = partial(getattr(einops, operation), **made.pop("axes_lengths"))
        words = _differs(f"einops.{operation}", drawn, partial(call, **made))
        differing += [words] if words else []
        refused += bool(_outcome(f"einops.{operation}", drawn).refused)
    assert not differing, "\n".join(differing[:5])
    assert refused < EXAMPLES * 3 // 4


@pytest.mark.parametrize("layer", ["Rearrange", "Reduce"])
def test_rule_and_layer_agree(layer: str) -> None:
    pytest.importorskip("einops")
    layers = importlib.import_module("einops.layers.torch")
    operation = layer.lower()
    differing = []
    for count in range(EXAMPLES):
        drawn = _call(Draw(f"{layer} {count}"), operation)
        tensor = drawn.pop("tensor")
        if isinstance(tensor, list):
            continue
        given = {key: value for key, value in drawn.items() if key != "axes_lengths"}

        def function(given: Any = given, drawn: Any = drawn, tensor: Any = tensor) -> Any:
            return getattr(layers, layer)(**given, **drawn["axes_lengths"])(_made(tensor, "cpu"))

        words = _differs(f"einops.layers.torch.{layer}.forward", {"input": tensor}, function, drawn)
        differing += [f"{drawn} {words}"] if words else []
    assert not differing, "\n".join(differing[:5])


def test_rule_and_mix_layer_agree() -> None:
    pytest.importorskip("einops")
    layers = importlib.import_module("einops.layers.torch")
    differing = []
    for count in range(60):
        draw = Draw(f"mix {count}")
        pattern, weights, names = draw.choice(
            (
                ("b t c -> b t d", "c d", "cd"),
                ("b c (h p) -> b h d", "c p d", "cpd"),
                ("t b (h c) -> b t h d", "h c d", "hcd"),
            ),
        )
        lengths = {name: draw.size(1, 4) for name in names}
        sizes = {**lengths, "b": 2, "t": 3, "h": lengths.get("h", 2), "p": lengths.get("p", 1)}
        shape = tuple(
            sizes[group] if len(group) == 1 else sizes[group[1]] * sizes[group[3]]
            for group in pattern.partition(" -> ")[0].replace("(h p)", "(h_p)").replace("(h c)", "(h_c)").split()
        )
        tensor = T(shape if draw.chance(0.9) else (*shape[:-1], shape[-1] + 1))
        config = {"pattern": pattern, "weight_shape": weights, "bias_shape": None, "axes_lengths": lengths}

        def function(config: Any = config, tensor: Any = tensor, lengths: Any = lengths) -> Any:
            given = {key: value for key, value in config.items() if key != "axes_lengths"}
            return layers.EinMix(**given, **lengths)(_made(tensor, "cpu"))

        words = _differs("einops.layers.torch.EinMix.forward", {"input": tensor}, function, config)
        differing += [f"{config} {words}"] if words else []
    assert not differing, "\n".join(differing[:5])


_PRODUCTS = (
    *(
        "batch i, i j -> batch j",
        "b q d, b k d -> b q k",
        "... i, i -> ...",
        "i, j -> i j",
        "i i -> i",
        "i j -> j i",
        "a 1, a -> a",
    ),
    *("a b, b -> a c", "batch, batch", "(a b), b -> a", "i ->", "heads q d, heads k d -> heads q k", "b ..., b -> ..."),
)


def test_rule_and_einsum_agree() -> None:
    einops = pytest.importorskip("einops")
    differing = []
    for count in range(EXAMPLES):
        draw = Draw(f"einsum {count}")
        pattern = draw.choice(_PRODUCTS)
        sizes: dict[str, int] = {}
        dots = draw.shape(0, 2)
        operands = []
        for term in pattern.partition("->")[0].split(","):
            shape: list[int] = []
            for name in term.replace("(", "").replace(")", "").split():
                shape += dots if name == "..." else [sizes.setdefault(name, draw.size())]
            if shape and draw.chance(0.08):
                shape[draw.randrange(len(shape))] += 1
            operands.append(T(tuple(shape)))
        drawn = {"tensors_and_pattern": (*operands, pattern)}
        made = _made(drawn["tensors_and_pattern"], "cpu")
        words = _differs("einops.einsum", drawn, partial(einops.einsum, *made))
        differing += [words] if words else []
    assert not differing, "\n".join(differing[:5])


def test_rules_and_packing_agree() -> None:
    einops = pytest.importorskip("einops")
    differing = []
    for count in range(EXAMPLES):
        draw = Draw(f"pack {count}")
        pattern = draw.choice(("b * c", "* c", "b *", "*", "b c *", "b b *", "b c"))
        before, _, behind = (side.split() for side in pattern.partition("*"))
        sizes = {name: draw.size() for name in "bc"}
        shapes = [draw.shape(0, 2) for _ in range(draw.randint(1, 3))]
        tensors = [
            T((*(sizes[name] + draw.chance(0.02) for name in before), *shape, *(sizes[name] for name in behind)))
            for shape in shapes
        ]
        drawn = {"tensors": tensors, "pattern": pattern}
        made = _made(tensors, "cpu")
        words = _differs("einops.pack", drawn, partial(einops.pack, made, pattern))
        differing += [words] if words else []
        total = sum(torch.Size(shape).numel() for shape in shapes)
        packed = T((*(sizes[name] for name in before), total + draw.chance(0.1), *(sizes[name] for name in behind)))
        if draw.chance(0.3):
            shapes[draw.randrange(len(shapes))] = (-1,)
        given: dict[str, Any] = {"tensor": packed, "packed_shapes": shapes, "pattern": pattern}
        words = _differs("einops.unpack", given, partial(einops.unpack, _made(packed, "cpu"), shapes, pattern))
        differing += [words] if words else []
    assert not differing, "\n".join(differing[:5])


# Symbolic sizes


def _shape(*axes: str | int | Rest | None) -> Shape:
    def one(axis: str | int | Rest | None) -> SizedAxis | Rest:
        if isinstance(axis, Rest):
            return axis
        size: Size | None = number(axis) if isinstance(axis, int) else named(axis) if axis else None
        return SizedAxis(size)

    return tuple(map(one, axes))


def _text(name: str, shape: Shape | None, pattern: str, lengths: dict[str, Any] | None = None, **others: Any) -> str:
    """The shape that a rule gives, or why it refuses."""
    signature = registry().find(name)
    assert signature is not None
    given: dict[str, Any] = {"tensor": Array(shape), "pattern": pattern, "axes_lengths": lengths, **others}
    outcome = apply(signature, given)
    if outcome.refused:
        return outcome.refused[0].reason
    assert isinstance(outcome.result, Array)
    return "?" if outcome.result.shape is None else format_shape(outcome.result.shape)


def test_heads_are_split_and_joined() -> None:
    four, h = {"h": number(4)}, {"h": named("h")}
    assert _text("einops.rearrange", _shape("b", "t", "d"), "b t (h d) -> b h t d", four) == "b 4 t d//4"
    assert _text("einops.rearrange", _shape("b", "t", "d"), "b t (h d) -> b h t d", h) == "b h t d//h"
    assert _text("einops.rearrange", _shape("b", "h", "t", 64), "b h t d -> b t (h d)") == "b t 64*h"
    assert "7, which 4 does not divide" in _text("einops.rearrange", _shape("b", 7), "b (h d) -> b h d", four)


def test_what_is_unknown_stays_so() -> None:
    pattern = "b c h w -> b (h w) c"
    assert _text("einops.rearrange", None, pattern) == "_ _ _"
    assert _text("einops.rearrange", _shape("b", Rest(), "w"), "b ... w -> b w ...") == "b w ..."
    assert _text("einops.rearrange", _shape("b", None, 3, 4), pattern) == "b 12 _"
    assert _text("einops.rearrange", _shape("b", "c"), "b (h d) -> b h d", {"h": None}) == "b _ _"
    assert _text("einops.rearrange", _shape(Rest(), "d"), "... d -> (...) d") == "_ d"
    assert _text("einops.reduce", _shape("b", "t", "d"), "b t d -> b d", reduction=UNKNOWN) == "b d"


def test_labels_travel_with_their_axes() -> None:
    shape = (SizedAxis(named("b")), SizedAxis(number(7), "time"), SizedAxis(number(8), "channel"))
    assert _text("einops.rearrange", shape, "b t c -> b c t") == "b channel=8 time=7"
    assert _text("einops.repeat", shape, "b t c -> b t c r", {"r": number(2)}) == "b time=7 channel=8 2"


def test_a_size_is_compared_with_the_one_that_is_given() -> None:
    assert "axis 1 is t, expected 4" in _text("einops.rearrange", _shape("b", "t"), "b h -> h b", {"h": number(4)})
    assert "is not in" in _text("einops.rearrange", _shape("b", "t"), "b h -> h b", {"z": number(4)}).replace(
        "which ", ""
    )
