"""Rules of indices, on named, unknown and open axes."""

from typing import Any

import pytest

from neuraltypes.rules import UNKNOWN, Array
from tests.rules.test_symbolic_layout import array, call, gives, shape

NO_INDEX = slice(None)


def whole(text: str | None) -> Array:
    return Array(None if text is None else shape(text), frozenset({"int64"}))


def mask(text: str | None) -> Array:
    return Array(None if text is None else shape(text), frozenset({"bool"}))


@pytest.mark.parametrize(
    ("given", "index", "expected"),
    [
        ("b t c", 0, "t c"),
        ("b t c", (NO_INDEX, -1), "b c"),
        ("b t c", (NO_INDEX, slice(1, None)), "b t-1 c"),
        ("b t c", (NO_INDEX, slice(None, -1)), "b t-1 c"),
        ("b t c", (NO_INDEX, slice(1, -1)), "b t-2 c"),
        ("b t c", (NO_INDEX, slice(None, 5)), "b _ c"),
        ("b t c", (NO_INDEX, slice(None, 1)), "b 1 c"),
        ("b t c", (NO_INDEX, slice(-1, None)), "b 1 c"),
        ("b t c", (NO_INDEX, slice(-5, None)), "b _ c"),
        ("b t c", (NO_INDEX, slice(None, None, 2)), "b (t+1)//2 c"),
        ("b t c", (NO_INDEX, slice(None, "t")), "b t c"),
        ("b t c", (NO_INDEX, slice(None, "n")), "b _ c"),
        ("b 2*c", (NO_INDEX, slice("c", None)), "b c"),
        ("b 2*c", (NO_INDEX, slice(None, "c")), "b c"),
        ("b t", (NO_INDEX, slice(None, "t//2")), "b t//2"),
        ("5000 d", slice(None, "t"), "t d"),
        ("1 n d", slice(None, "t"), "1 n d"),
        ("1 n d", slice(0, "2*t+u"), "1 n d"),
        ("1 n d", slice(None, "t//2"), "_ n d"),
        ("1 n d", slice(None, "t-1"), "_ n d"),
        ("1 n d", slice("t", None), "_ n d"),
        ("1 n d", slice("t", "t+1"), "_ n d"),
        ("time=7 c", slice(2, None), "time=5 c"),
        ("b t c", (..., 0), "b t"),
        ("b t c", (NO_INDEX, None, ..., None), "b 1 t c 1"),
        ("b ... c", (..., slice(None, -1)), "b ... c-1"),
        ("b ... c", (0, 0), "..."),
        ("... t c", 0, "... c"),
        ("b t c", UNKNOWN, None),
        ("b t c", (NO_INDEX, [0, 2]), "b 2 c"),
        ("b t c", whole("n k"), "n k t c"),
        ("b t c", (NO_INDEX, whole("n")), "b n c"),
        ("b t c", (whole("n"), whole("n")), "n c"),
        ("b t c", (whole("n"), NO_INDEX, whole("n")), "n t"),
        ("b t c", mask("b t"), "_ c"),
        ("b t c", (NO_INDEX, whole(None)), None),
    ],
)
def test_an_index_of_named_axes(given: str, index: Any, expected: str | None) -> None:
    if isinstance(index, tuple) and any(isinstance(item, list) for item in index):
        index = tuple(tuple(item) if isinstance(item, list) else item for item in index)
    assert gives(call("torch.Tensor.__getitem__", array(given), index)) == expected


@pytest.mark.parametrize(
    ("given", "index"),
    [
        ("b 3", (NO_INDEX, 3)),
        ("b t", (NO_INDEX, "t")),
        ("b t", (0, 0, 0)),
        ("b t", mask("t b")),
        ("b t", (whole("n"), whole("k"))),
        ("b t", array("b t")),
    ],
)
def test_an_index_that_torch_takes_not(given: str, index: Any) -> None:
    assert call("torch.Tensor.__getitem__", array(given), index).refused


def test_what_is_put_must_fit() -> None:
    assert gives(call("torch.Tensor.__setitem__", array("b t c"), (NO_INDEX, 0), array("b c"))) == "b t c"
    assert gives(call("torch.Tensor.__setitem__", array("b t c"), (NO_INDEX, 0), array("c"))) == "b t c"
    assert gives(call("torch.Tensor.__setitem__", array("b t c"), mask("b t"), array("_ c"))) == "b t c"
    assert call("torch.Tensor.__setitem__", array("b t c"), (NO_INDEX, 0), array("b t")).refused


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("torch.gather", (array("b t v"), -1, whole("b t 1")), "b t 1"),
        ("torch.index_select", (array("b t c"), 1, whole("n")), "b n c"),
        ("torch.scatter", (array("b v"), 1, whole("b 1")), "b v"),
        ("torch.topk", (array("b v"), "k"), "b k, b k"),
        ("torch.sort", (array("b ..."),), "b ..., b ..."),
        ("torch.kthvalue", (array("b t"), 2), "b, b"),
        ("torch.nonzero", (array("b t"),), "_ 2"),
        ("torch.masked_select", (array("b t"), mask("b t")), "_"),
        ("torch.searchsorted", (array("b t"), array("b n")), "b n"),
        ("torch.nn.functional.one_hot", (whole("b t"), "v"), "b t v"),
        ("torch.nn.functional.one_hot", (whole("b t"),), "b t _"),
    ],
)
def test_picked_entries(name: str, given: tuple[Any, ...], expected: str | None) -> None:
    assert gives(call(name, *given)) == expected
