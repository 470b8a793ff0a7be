"""Sizes as expressions: what is one size is written in one way."""

import random

import pytest

from neuraltypes._sizes import Symbol, is_natural, named, number, size_from_expression

NAMES = {"t": named("t"), "d": named("d")}


def size(text: str) -> str:
    return str(size_from_expression(text, NAMES.get))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("-(-t//2)", "(t+1)//2"),
        ("-((-t-d)//4)", "(t+d+3)//4"),
        ("t >> 1", "t//2"),
        ("t << 3", "8*t"),
        ("1 << 6", "64"),
        ("(3-t)//2", "1-(t//2)"),
    ],
)
def test_one_size_has_one_form(text: str, same: str) -> None:
    assert size(text) == size(same)


def test_a_shift_by_a_name_is_unknown() -> None:
    assert size("1 << t") == size("t >> d") == size("t << -1") == "None"


def test_divisions_are_those_of_python() -> None:
    draw = random.Random(0)
    for _ in range(300):
        text = f"({draw.randint(-5, 5)}*t + {draw.randint(-5, 5)}*d + {draw.randint(-9, 9)})//{draw.randint(1, 7)}"
        found = size_from_expression(text, NAMES.get)
        values = {"t": draw.randint(0, 40), "d": draw.randint(0, 40)}
        assert found is not None
        put_in = found.replace({Symbol(name): number(value) for name, value in values.items()})
        assert put_in is not None
        assert put_in.constant == eval(text, values), text


def test_what_is_surely_not_negative() -> None:
    naturals = [size_from_expression(text, NAMES.get) for text in ("t", "2*t+d", "t//2+1", "0", "t%d")]
    others = [size_from_expression(text, NAMES.get) for text in ("t-1", "-t", "(t-9)//2", "-1")]
    assert all(one is not None and is_natural(one) for one in naturals)
    assert not any(one is not None and is_natural(one) for one in others)
