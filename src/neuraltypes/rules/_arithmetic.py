"""Arithmetic with sizes in which what is unknown stays so."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterable
from typing import Final

from neuraltypes._sizes import Factor, Monomial, Quotient, Size, add, floor_divide, multiply, number, subtract

_TRIALS: Final = 24


def plus(*sizes: Size | None) -> Size | None:
    """Their sum."""
    total: Size | None = number(0)
    for size in sizes:
        total = None if total is None or size is None else add(total, size)
    return total


def minus(left: Size | None, right: Size | None) -> Size | None:
    """`left - right`."""
    return None if left is None or right is None else subtract(left, right)


def times(left: Size | None, right: Size | None) -> Size | None:
    """`left * right`."""
    if any(size is not None and size.constant == 0 for size in (left, right)):
        return number(0)
    return None if left is None or right is None else multiply(left, right)


def over(left: Size | None, right: Size | None) -> Size | None:
    """`left // right`."""
    return None if left is None or right is None else floor_divide(left, right)


def shared_out(left: Size | None, right: Size | None) -> Size | None:
    """`left // right` of what should leave no remainder: `h*(d//h)` over `d` is 1."""
    return None if left is None or right is None else divided(left, right) or floor_divide(left, right)


@functools.lru_cache(maxsize=2048)
def is_at_most(left: Size, right: Size) -> bool:
    """Whether `left` is no larger than `right`, whatever numbers from 1 on their names stand for."""
    difference = subtract(right, left)
    if difference is None or difference.constant is not None:
        return difference is not None and (difference.constant or 0) >= 0
    symbols = sorted(set(difference.symbols()), key=lambda symbol: (symbol.name, symbol.scope))
    draw = random.Random(0)  # noqa: S311 - trial values, no secrets
    for trial in range(_TRIALS):
        values = {symbol: number(1 if trial == 0 else draw.randint(1, 64)) for symbol in symbols}
        replaced_ = difference.replace(values)
        if replaced_ is None or (replaced_.constant or 0) < 0:
            return False
    return True


@functools.lru_cache(maxsize=2048)
def divided(left: Size, right: Size) -> Size | None:
    """`left / right` where that leaves no remainder, if divisions such as the one in `h*(d//h)` leave none either."""
    for one, other in ((left, right), (_without_remainders(left), _without_remainders(right))):
        quotient = exact_quotient(one, other) or _polynomial_quotient(one, other)
        if quotient is not None:
            return quotient
    return None


def _polynomial_quotient(left: Size, right: Size) -> Size | None:
    """Long division by the terms of highest degree: `(b*t+b) / (t+1)` is `b`."""
    factors = sorted({factor for size in (left, right) for monomial, _ in size.terms for factor in monomial}, key=str)

    def order(term: tuple[Monomial, int]) -> tuple[int, ...]:
        return (len(term[0]), *(term[0].count(factor) for factor in factors))

    if not right.terms:
        return None
    divisors, divisor = max(right.terms, key=order)
    result, rest = number(0), left
    for _ in range(16):
        if not rest.terms:
            return result
        product, coefficient = max(rest.terms, key=order)
        remaining = _removed(product, divisors)
        if remaining is None or coefficient % divisor:
            return None
        piece = Size(((remaining, coefficient // divisor),))
        following = minus(rest, multiply(piece, right))
        total = add(result, piece)
        if following is None or total is None:
            return None
        result, rest = total, following
    return None


def _removed(product: Monomial, factors: Iterable[Factor]) -> Monomial | None:
    remaining = list(product)
    for factor in factors:
        if factor not in remaining:
            return None
        remaining.remove(factor)
    return tuple(remaining)


def _without_remainders(size: Size) -> Size:
    """`h*(d//h)` as `d`."""
    total: Size | None = number(0)
    for factors, coefficient in size.terms:
        total = plus(total, _term_without_remainders(factors, coefficient))
    return size if total is None else total


def _term_without_remainders(factors: Monomial, coefficient: int) -> Size | None:
    for at, factor in enumerate(factors):
        if not isinstance(factor, Quotient) or factor.operator != "//" or len(factor.right.terms) != 1:
            continue
        divisors, divisor = factor.right.terms[0]
        remaining = _removed((*factors[:at], *factors[at + 1 :]), divisors)
        if remaining is not None and coefficient % divisor == 0:
            product = multiply(Size(((remaining, coefficient // divisor),)), factor.left)
            return None if product is None else _without_remainders(product)
    return Size(((factors, coefficient),))


def exact_quotient(left: Size, right: Size) -> Size | None:
    """`left / right` where that is a whole number for all values of their names; None where it may not be."""
    quotient = floor_divide(left, right)
    return quotient if quotient is not None and multiply(quotient, right) == left else None
