"""Sizes as values: whole-number expressions over named sizes, kept in a normal form, so that equal ones are equal.

`2*c` and `c+c` are one size, `(2*t+4)//2` is `t+2`. What is no polynomial (`(t-1)//2`, `t%8`) is a factor of its own,
whose operands are in normal form. They are named tuples, which are hashed and compared in no time.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Final, Literal, NamedTuple, TypeAlias

_MAX_TERMS: Final = 16
_MAX_POWER: Final = 8
_MAX_SHIFT: Final = 32


class Symbol(NamedTuple):
    """A size that has a name, within `scope`: two symbols of one name and different scopes have nothing in common."""

    name: str
    scope: str = ""

    def __str__(self) -> str:
        return self.name


class Quotient(NamedTuple):
    """`left // right` or `left % right` where nothing simpler is known."""

    operator: Literal["//", "%"]
    left: Size
    right: Size

    def __str__(self) -> str:
        return f"{_grouped(self.left)}{self.operator}{_grouped(self.right)}"


Factor: TypeAlias = Symbol | Quotient
Monomial: TypeAlias = tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """A sum of products, terms and factors in a fixed order: `terms` maps each product to its coefficient."""

    terms: tuple[tuple[Monomial, int], ...]

    @property
    def constant(self) -> int | None:
        """The number that this is, if it is one."""
        if not self.terms:
            return 0
        (factors, coefficient), *rest = self.terms
        return coefficient if not factors and not rest else None

    @property
    def symbol(self) -> Symbol | None:
        """The one named size that this is, if it is one."""
        if len(self.terms) == 1 and self.terms[0][1] == 1 and len(self.terms[0][0]) == 1:
            factor = self.terms[0][0][0]
            return factor if isinstance(factor, Symbol) else None
        return None

    def symbols(self) -> Iterator[Symbol]:
        """Every named size inside."""
        for factors, _ in self.terms:
            for factor in factors:
                if isinstance(factor, Symbol):
                    yield factor
                else:
                    yield from factor.left.symbols()
                    yield from factor.right.symbols()

    def replace(self, sizes: Mapping[Symbol, Size]) -> Size | None:
        """This with named sizes replaced; None where that divides by zero."""
        result: Size | None = number(0)
        for factors, coefficient in self.terms:
            term: Size | None = number(coefficient)
            for factor in factors:
                term = _both(multiply, term, _replace_factor(factor, sizes))
            result = _both(add, result, term)
        return result

    def __str__(self) -> str:
        return _text(self)


@lru_cache(maxsize=4096)
def _text(size: Size) -> str:
    text = "".join([_signed(factors, coefficient) for factors, coefficient in size.terms])
    return text.removeprefix("+") or "0"


@lru_cache(maxsize=4096, typed=True)
def number(value: int) -> Size:
    """The size that is a number."""
    return Size((((), value),) if value else ())


@lru_cache(maxsize=4096)
def named(name: str, scope: str = "") -> Size:
    """The size of that name."""
    return Size((((Symbol(name, scope),), 1),))


_ONE: Final = number(1)


def add(left: Size, right: Size) -> Size | None:
    """`left + right`."""
    if not left.terms or not right.terms:
        return left if left.terms else right
    total = dict(left.terms)
    for factors, coefficient in right.terms:
        total[factors] = total.get(factors, 0) + coefficient
    return _normal(total)


def negate(size: Size) -> Size:
    """`-size`."""
    return Size(tuple((factors, -coefficient) for factors, coefficient in size.terms))


def subtract(left: Size, right: Size) -> Size | None:
    """`left - right`."""
    return add(left, negate(right))


def multiply(left: Size, right: Size) -> Size | None:
    """`left * right`."""
    if left == _ONE or right == _ONE:
        return left if right == _ONE else right
    total: dict[Monomial, int] = {}
    for (first, one), (second, other) in product(left.terms, right.terms):
        factors = tuple(sorted((*first, *second), key=_order))
        total[factors] = total.get(factors, 0) + one * other
    return _normal(total)


def floor_divide(left: Size, right: Size) -> Size | None:
    """`left // right`; None when `right` is zero."""
    if not right.terms:
        return None
    if left.constant is not None and right.constant is not None:
        return number(left.constant // right.constant)
    whole, rest = _divide_terms(left, right)
    if not rest.terms:
        return whole
    if rest.constant is not None and right.constant is not None:
        return add(whole, number(rest.constant // right.constant))
    flat = _flattened(rest, right)
    if flat is not None:
        return _both(add, whole, floor_divide(*flat))
    if right.constant is not None and right.constant > 0 > rest.terms[0][1]:  # `-(-t//2)` is `(t+1)//2`
        above = _both(floor_divide, add(negate(rest), number(right.constant - 1)), right)
        return _both(subtract, whole, above)
    return add(whole, Size((((Quotient("//", rest, right),), 1),)))


def _flattened(left: Size, right: Size) -> tuple[Size, Size] | None:
    """One division for two: `(t//2 + 1)//2` is `(t + 2)//4`, as two strided convolutions give it."""
    divisor = right.constant
    nested = [
        (factor, coefficient)
        for factors, coefficient in left.terms
        for factor in factors
        if isinstance(factor, Quotient)
    ]
    if divisor is None or divisor <= 0 or len(nested) != 1:
        return None
    inner, coefficient = nested[0]
    alone = Size((((inner,), 1),))
    within = inner.right.constant
    if inner.operator != "//" or coefficient != 1 or within is None or within <= 0:
        return None
    if all(factors != (inner,) for factors, _ in left.terms):
        return None
    others = subtract(left, alone)
    widened = None if others is None else multiply(others, inner.right)
    dividend = None if widened is None else add(inner.left, widened)
    return None if dividend is None else (dividend, number(within * divisor))


def remainder(left: Size, right: Size) -> Size | None:
    """`left % right`; None when `right` is zero."""
    if not right.terms:
        return None
    if left.constant is not None and right.constant is not None:
        return number(left.constant % right.constant)
    _, rest = _divide_terms(left, right)
    if rest.constant is not None and right.constant is not None:
        return number(rest.constant % right.constant)
    return Size((((Quotient("%", rest, right),), 1),)) if rest.terms else rest


@lru_cache(maxsize=4096)
def when_divisible(size: Size) -> Size:
    """What a size is if every division in it leaves no remainder but that of its constant: `h*(d//h)` is `d`.

    The size itself where that is no polynomial with whole coefficients: `(16*b)//25`.
    """
    if not any(isinstance(factor, Quotient) for factors, _ in size.terms for factor in factors):
        return size
    total = _ratios(size)
    if total is None:
        return size
    found: dict[Monomial, int] = {}
    for powers, ratio in total.items():
        if not ratio:
            continue
        if ratio.denominator != 1 or any(power < 0 for _, power in powers):
            return size
        found[tuple(symbol for symbol, power in powers for _ in range(power))] = int(ratio)
    return _normal({tuple(sorted(factors, key=_order)): ratio for factors, ratio in found.items()}) or size


def hangs_on_remainders(size: Size) -> bool:
    """Whether a division and what cancels it leave only its remainder: `k - 2*(k//2)`, as `padding=k//2` does."""
    divided = {
        symbol
        for factors, _ in size.terms
        for factor in factors
        if isinstance(factor, Quotient) and factor.operator == "//"
        for symbol in factor.left.symbols()
    }
    return bool(divided) and not divided <= set(when_divisible(size).symbols())


def has_either_remainder(size: Size) -> bool:
    """Whether the remainder of a multiplied division is open: `2*((k-1)//2)` is `k-1` of an odd `k`, else `k-2`."""
    divisions = {
        factor
        for factors, _ in size.terms
        for factor in factors
        if isinstance(factor, Quotient) and factor.operator == "//"
    }
    return any(_constant_remainder(division) for division in divisions) and when_divisible(size) != size


def is_sum_with_division(size: Size) -> bool:
    """Whether something is added to a multiplied division: of an odd `k`, `t + 2*(k//2)` is no `t + k`."""
    has_rest = any(not any(isinstance(factor, Quotient) for factor in factors) for factors, _ in size.terms)
    return has_rest and when_divisible(size) != size


def _constant_remainder(division: Quotient) -> int:
    divisor = division.right.constant
    return dict(division.left.terms).get((), 0) % divisor if divisor else 0


_Powers: TypeAlias = tuple[tuple[Symbol, int], ...]
_Ratios: TypeAlias = dict[_Powers, Fraction]


def _ratio(factor: Factor) -> _Ratios | None:
    """A factor with whole divisions taken for exact ones; None for a remainder or a divisor of several terms."""
    if isinstance(factor, Symbol):
        return {((factor, 1),): Fraction(1)}
    if factor.operator != "//" or len(factor.right.terms) != 1:
        return None
    divisor = _ratios(factor.right)
    dividend = _ratios(factor.left)
    if divisor is None or dividend is None or len(divisor) != 1:
        return None
    ((powers, ratio),) = divisor.items()
    if not ratio:
        return None
    constant = dividend.pop((), Fraction(0))
    inverse = {tuple((symbol, -power) for symbol, power in powers): 1 / ratio}
    result = _times(dividend, inverse)
    whole = Fraction((constant / ratio).__floor__()) if not powers else Fraction(-1 if constant < 0 else 0)
    result[()] = result.get((), Fraction(0)) + whole
    return result


def _ratios(size: Size) -> _Ratios | None:
    total: _Ratios = {}
    for factors, coefficient in size.terms:
        term: _Ratios = {(): Fraction(coefficient)}
        for factor in factors:
            inner = _ratio(factor)
            if inner is None:
                return None
            term = _times(term, inner)
        for powers, ratio in term.items():
            total[powers] = total.get(powers, Fraction(0)) + ratio
    return total


def _times(left: _Ratios, right: _Ratios) -> _Ratios:
    result: _Ratios = {}
    for (first, one), (second, other) in product(left.items(), right.items()):
        powers: dict[Symbol, int] = dict(first)
        for symbol, power in second:
            powers[symbol] = powers.get(symbol, 0) + power
        key = tuple(sorted(((s, p) for s, p in powers.items() if p), key=lambda pair: (pair[0].name, pair[0].scope)))
        result[key] = result.get(key, Fraction(0)) + one * other
    return result


def is_natural(size: Size) -> bool:
    """Whether a size is surely not negative, whatever its names stand for."""
    return all(coefficient > 0 and all(map(_is_natural, factors)) for factors, coefficient in size.terms)


def _is_natural(factor: Factor) -> bool:
    return isinstance(factor, Symbol) or (is_natural(factor.left) and is_natural(factor.right))


def size_from_expression(text: str, lookup: Callable[[str], Size | None]) -> Size | None:
    """The size that a Python expression has, each name (`t`, `self.d`) read by `lookup`; None where it is unknown."""
    try:
        tree = _parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return _evaluate(tree, lookup)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def power(base: Size, exponent: Size) -> Size | None:
    """A size to a small power that is a number; None for any other."""
    if exponent.constant is None or not 0 <= exponent.constant <= _MAX_POWER:
        return None
    result: Size | None = number(1)
    for _ in range(exponent.constant):
        result = None if result is None else multiply(result, base)
    return result


def shift_left(left: Size, right: Size) -> Size | None:
    """`left << right`, by a small number."""
    places = right.constant
    return multiply(left, number(1 << places)) if places is not None and 0 <= places <= _MAX_SHIFT else None


def shift_right(left: Size, right: Size) -> Size | None:
    """`left >> right`, by a small number."""
    places = right.constant
    return floor_divide(left, number(1 << places)) if places is not None and 0 <= places <= _MAX_SHIFT else None


OPERATIONS: Final[Mapping[str, Callable[[Size, Size], Size | None]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "//": floor_divide,
    "%": remainder,
    "**": power,
    "<<": shift_left,
    ">>": shift_right,
}
_OPERATORS: Final[Mapping[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
}


_written = lru_cache(maxsize=4096)(ast.unparse)


def _evaluate(node: ast.expr, lookup: Callable[[str], Size | None]) -> Size | None:
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return number(value)
        case ast.Name(id=name):
            return lookup(name)
        case ast.Attribute():
            return lookup(_written(node))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            size = _evaluate(operand, lookup)
            return None if size is None else negate(size)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _evaluate(operand, lookup)
        case ast.BinOp(op=operator, left=left, right=right) if type(operator) in _OPERATORS:
            return _both(OPERATIONS[_OPERATORS[type(operator)]], _evaluate(left, lookup), _evaluate(right, lookup))
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=args, keywords=[]):
            sizes = [_evaluate(arg, lookup) for arg in args]
            known = [size.constant for size in sizes if size is not None and size.constant is not None]
            return number((min if name == "min" else max)(known)) if known and len(known) == len(args) else None
        case _:
            return None


def _both(operation: Callable[[Size, Size], Size | None], left: Size | None, right: Size | None) -> Size | None:
    return None if left is None or right is None else operation(left, right)


def _normal(total: dict[Monomial, int]) -> Size | None:
    terms = [(factors, coefficient) for factors, coefficient in total.items() if coefficient]
    if len(terms) > _MAX_TERMS:
        return None
    for factors, _ in terms:
        if len(factors) > _MAX_POWER:
            return None
    if len(terms) > 1:
        terms.sort(key=_place)
    return Size(tuple(terms))


def _place(term: tuple[Monomial, int]) -> tuple[object, ...]:
    """Where a term stands: the highest powers first, the number last."""
    factors = term[0]
    return (not factors, -len(factors), *map(_order, factors))


@lru_cache(maxsize=4096)
def _order(factor: Factor) -> str:
    scope = factor.scope if isinstance(factor, Symbol) else ""
    return f"{factor} {scope}"


def _divide_terms(left: Size, right: Size) -> tuple[Size, Size]:
    """The terms of `left` that `right`, if it is a single product, divides, divided; and the others."""
    if len(right.terms) != 1:
        return (number(1), number(0)) if left == right else (number(0), left)
    (divisors, divisor) = right.terms[0]
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for factors, coefficient in left.terms:
        quotient = _without(factors, divisors)
        if quotient is None or coefficient % divisor:
            rest[factors] = coefficient
            if quotient == () == factors and not divisors:  # a constant over a constant: keep the remainder only
                whole[()] = whole.get((), 0) + coefficient // divisor
                rest[factors] = coefficient % divisor
        else:
            whole[quotient] = whole.get(quotient, 0) + coefficient // divisor
    return _normal(whole) or number(0), _normal(rest) or number(0)


def _without(factors: Monomial, divisors: Monomial) -> Monomial | None:
    remaining = list(factors)
    for divisor in divisors:
        if divisor not in remaining:
            return None
        remaining.remove(divisor)
    return tuple(remaining)


def _replace_factor(factor: Factor, sizes: Mapping[Symbol, Size]) -> Size | None:
    if isinstance(factor, Symbol):
        return sizes.get(factor, Size((((factor,), 1),)))
    return _both(OPERATIONS[factor.operator], factor.left.replace(sizes), factor.right.replace(sizes))


def _signed(factors: Monomial, coefficient: int) -> str:
    sign = "-" if coefficient < 0 else "+"
    texts = [f"({factor})" if isinstance(factor, Quotient) else str(factor) for factor in factors]
    if len(factors) == 1 and abs(coefficient) == 1 and isinstance(factors[0], Quotient):
        texts = [str(factors[0])] if sign == "+" else texts
    if abs(coefficient) != 1 or not factors:
        texts.insert(0, str(abs(coefficient)))
    return sign + "*".join(texts)


def _grouped(size: Size) -> str:
    is_simple = size.symbol is not None or (size.constant is not None and size.constant >= 0)
    return str(size) if is_simple else f"({size})"
