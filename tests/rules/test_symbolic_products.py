"""Reductions, products and transforms on sizes that are names, and on shapes that are partly unknown."""

from __future__ import annotations

from typing import Any

import pytest

from neuraltypes._sizes import Size, named, number
from neuraltypes._unify import Rest, Shape, SizedAxis, format_shape
from neuraltypes.rules import UNKNOWN, Array, Outcome, Produced, apply
from tests.rules._conformance import registry

_FLOAT = frozenset({"float32"})


def _array(*axes: str | int | Rest | None, dtype: frozenset[str] | None = _FLOAT) -> Array:
    def one(axis: str | int | Rest | None) -> SizedAxis | Rest:
        if isinstance(axis, Rest):
            return axis
        size: Size | None = number(axis) if isinstance(axis, int) else named(axis) if axis else None
        return SizedAxis(size)

    return Array(tuple(map(one, axes)), dtype)


def _outcome(name: str, **arguments: Any) -> Outcome:
    signature = registry().find(name)
    assert signature is not None
    return apply(signature, {key: _value(value) for key, value in arguments.items()})


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return number(value)
    return tuple(map(_value, value)) if isinstance(value, tuple | list) else value


def _text(name: str, **arguments: Any) -> str:
    """The shapes that a rule gives, or why it refuses."""
    outcome = _outcome(name, **arguments)
    if outcome.refused:
        return outcome.refused[0].reason
    results = outcome.result if isinstance(outcome.result, tuple) else (outcome.result,)
    return ", ".join(_shape_text(one.shape) for one in results if isinstance(one, Array))


def _shape_text(shape: Shape | None) -> str:
    return "?" if shape is None else format_shape(shape)


@pytest.mark.parametrize(
    ("dim", "keepdim", "expected"),
    [
        (None, False, ""),
        (1, False, "b d"),
        (-1, True, "b t 1"),
        ((0, -1), False, "t"),
        (UNKNOWN, True, "_ _ _"),
        (UNKNOWN, False, "?"),
        (3, False, "is 3, but there are only 3 axes"),
        ((1, -2), False, "names an axis twice"),
    ],
)
def test_named_axes_are_reduced(dim: Any, keepdim: bool, expected: str) -> None:
    assert _text("torch.sum", input=_array("b", "t", "d"), dim=dim, keepdim=keepdim) == expected


def test_a_reduction_finds_axes_beside_an_open_part() -> None:
    open_ = _array("b", Rest(), "d")
    assert _text("torch.mean", input=open_, dim=-1) == "b ..."
    assert _text("torch.mean", input=open_, dim=0, keepdim=True) == "1 ... d"
    assert _text("torch.mean", input=open_, dim=1) == "?"
    assert _text("torch.mean", input=Array()) == ""


def test_a_maximum_keeps_what_its_entries_mean() -> None:
    probabilities = Array(_array("b", "c").shape, _FLOAT, Produced("ProbsType"))
    result: Any = _outcome("torch.max", input=probabilities, dim=1).result
    values, indices = result
    assert (values.element, indices.element) == (Produced("ProbsType"), None)
    assert indices.dtype == frozenset({"int64"})


def test_a_mean_of_whole_numbers_is_refused() -> None:
    whole = frozenset({"int64"})
    assert _text("torch.mean", input=_array("b", dtype=whole)) == "is int64, expected Inexact"
    assert _text("torch.mean", input=_array("b", dtype=whole | _FLOAT)) == ""


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("b", "h", "t", "d"), ("b", "h", "d", "s"), "b h t s"),
        (("b", "t", "d"), ("d", "e"), "b t e"),
        ((Rest(), "t", "d"), ("d", "e"), "... t e"),
        (("d",), (Rest(), "d", "e"), "... e"),
        (("b", "t", "d"), ("d",), "b t"),
        (("t", None), ("d", "e"), "t e"),
        (("b", "t", "d"), ("e", "f"), "axis -2 is e, expected d (axis -1 of input)"),
        (("b", "t", "d"), ("c", "d", "e"), '"b" and "c" do not broadcast (axis -1)'),
        ((Rest(), "d"), ("d", "e"), "... e"),
        ((Rest(), "d"), ("d",), "..."),
        ((Rest(), "d"), (Rest(), "d", "e"), "?"),
        ((Rest(), "d"), ("c", "e"), "axis -2 is c, expected d (axis -1 of input)"),
        ((), ("d",), "has no axis, expected 1 or more"),
    ],
)
def test_matrices_of_named_sizes_are_multiplied(left: tuple[Any, ...], right: tuple[Any, ...], expected: str) -> None:
    assert _text("torch.matmul", input=_array(*left), other=_array(*right)) == expected


def test_letters_of_an_equation_have_one_size() -> None:
    q, k = _array("b", "h", "t", "d"), _array("b", "h", "s", "d")
    assert _text("torch.einsum", args=("bhid,bhjd->bhij", q, k)) == "b h t s"
    assert _text("torch.einsum", args=("... i d, ... j d -> ... i j", q, k)) == "b h t s"
    refused = _text("torch.einsum", args=("bhid,bhdj->bhij", q, k))
    assert refused.startswith('einsum: "d" is s in operand 1, but d before')
    assert _text("torch.einsum", args=("...d,dk->...k", _array(Rest(), "d"), _array("d", "k"))) == "... k"
    assert _text("torch.einsum", args=("ij,jk", _array("n", "m"), Array())) == "n _"
    assert _text("torch.einsum", args=(UNKNOWN, q, k)) == "?"


def test_a_linear_layer_gives_raw_outputs() -> None:
    outcome = _outcome("torch.nn.functional.linear", input=_array("b", "t", "i"), weight=_array("o", "i"))
    assert outcome.result == Array(_array("b", "t", "o").shape, _FLOAT, Produced("UnnormalizedType"))
    transposed = _text("torch.nn.functional.linear", input=_array("b", "i"), weight=_array("i", "o"))
    assert transposed == "axis -1 is i, expected o"


def test_named_axes_are_contracted() -> None:
    a, b = _array("a", "b", "c"), _array("b", "c", "d")
    assert _text("torch.tensordot", a=a, b=b, dims=2) == "a d"
    assert _text("torch.tensordot", a=a, b=b, dims=([1], [0])) == "a c c d"
    assert _text("torch.tensordot", a=a, b=b, dims=UNKNOWN) == "?"


def test_decompositions_know_which_side_is_shorter() -> None:
    assert _text("torch.linalg.svd", A=_array("b", "n", "n"), full_matrices=False) == "b n n, b n, b n n"
    assert _text("torch.linalg.svd", A=_array("n", "m"), full_matrices=False) == "n _, _, _ m"
    assert _text("torch.linalg.inv", A=_array("n", "m")) == "is n by m, expected a square matrix"
    assert _text("torch.linalg.solve", A=_array("b", "n", "n"), B=_array("b", "n", "k")) == "b n k"


def test_transforms_count_frequencies_and_frames() -> None:
    signal = _array("b", "t")
    assert _text("torch.fft.rfft", input=signal) == "b t//2+1"
    assert _text("torch.fft.irfft", input=_array("b", "f"), n=400) == "b 400"
    assert _text("torch.fft.fft2", input=_array(Rest(), "h", "w"), s=(8, UNKNOWN)) == "... 8 _"
    given = {"n_fft": 400, "hop_length": 160, "return_complex": True}
    assert _text("torch.stft", input=signal, **given) == "b 201 t//160+1"
    assert _text("torch.stft", input=signal, **given, center=UNKNOWN) == "b 201 _"


def test_normalizing_over_time_is_suspected() -> None:
    shape = (SizedAxis(named("b")), SizedAxis(named("t"), "time"), SizedAxis(named("d")))
    by_default = _outcome("torch.nn.functional.normalize", input=Array(shape, _FLOAT))
    assert [(one.reason, one.code) for one in by_default.suspected] == [
        ('normalizes over axis 1, "time"; give dim=-1', "kind")
    ]
    assert not _outcome("torch.nn.functional.normalize", input=Array(shape, _FLOAT), dim=1).suspected
    assert not _outcome("torch.nn.functional.normalize", input=_array("b", "t", "d")).suspected
    [problem] = _outcome("torch.nn.functional.normalize", input=_array("b", "tokens", "d")).suspected
    assert problem.reason == 'normalizes over axis 1, "tokens"; give dim=-1'
    assert not _outcome("torch.nn.functional.normalize", input=_array("b", "frames", "h", "w")).suspected


_MODULES = ("reductions", "products", "linear_algebra", "fourier", "einops")


def test_what_is_unknown_is_never_refused() -> None:
    """Every rule takes tensors of which nothing is known, and other arguments that are unknown."""
    for name in registry():
        signature = registry().find(name)
        assert signature is not None
        if str(signature.computed).partition(".")[0] not in _MODULES or name.endswith(".forward"):
            continue
        needed = [one for one in signature.parameters if one.is_required]
        tensors = {one.name: Array() for one in needed if one.tensors is not None or one.name == "self"}
        unknown: dict[str, Any] = {one.name: tensors.get(one.name, UNKNOWN) for one in signature.parameters}
        required = {one.name: unknown[one.name] for one in needed}
        behind = dict.fromkeys(tensors, Array((Rest(), SizedAxis())))
        before = dict.fromkeys(tensors, Array((SizedAxis(), Rest())))
        for arguments in (required, unknown, {**unknown, **behind}, {**unknown, **before}, {**required, **behind}):
            assert not _outcome(name, **arguments).refused, f"{name}({arguments})"
