"""Whether a view, which moves no numbers, can give what its axes say: their order, and where rows are cut."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from operator import mul
from typing import TypeAlias

from neuraltypes._sizes import Symbol
from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._shapes import constant_of

_Factors: TypeAlias = "Counter[Symbol | int]"


def crosses(old: Shape, new: Shape) -> bool:
    """Whether axes are merged over one between them: `b 16 t` as `b*t 16`, or `layers b d` as `b layers*d`."""
    before, after = _factors(old), _factors(new)
    if before is None or after is None or sum(before, Counter()) != sum(after, Counter()):
        return False
    if not any(isinstance(factor, Symbol) for group in before for factor in group) or not before[0] & after[0]:
        return False  # a batch that is not in front any more may be one of 1
    return _meet(before, after)


def _meet(before: list[_Factors], after: list[_Factors]) -> bool:
    """Whether the factors, from the front, are not the same ones in the same order; those of an axis have none."""
    one: _Factors = Counter()
    other: _Factors = Counter()
    while True:
        if not one and before:
            one = before.pop(0)
        if not other and after:
            other = after.pop(0)
        if not one or not other:
            return False
        common = one & other
        one, other = one - common, other - common
        if one and other:
            return True


def _factors(shape: Shape) -> list[_Factors] | None:
    """The named sizes and the number that each axis is the product of; None where one is no product."""
    found: list[_Factors] = []
    for axis in shape:
        terms = () if isinstance(axis, Rest) or axis.size is None else axis.size.terms
        if len(terms) != 1 or not all(isinstance(factor, Symbol) for factor in terms[0][0]):
            return None
        named = [factor for factor in terms[0][0] if isinstance(factor, Symbol)]
        found.append(Counter([*named, *([terms[0][1]] if terms[0][1] != 1 else [])]))
    return [group for group in found if group]


def cuts_across(old: Shape, new: Shape) -> bool:
    """Whether each example is cut where none of its axes is: `b 3 32 32` as `b 64 48`, or `b 64 7 7` as `b 49 64`."""
    front = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if not _is_same(one, other)), 0)
    if not front or constant_of(old[0]) is not None:
        return False  # blocks of all numbers, of whatever they are, are cut on purpose, too
    before, after = _constants(old[front:]), _constants(new[front:])
    if before is None or after is None or len(before) < 2 or len(after) < 2 or sorted(before) == sorted(after):
        return False
    ends, cuts = list(accumulate(reversed(before), mul, initial=1)), list(accumulate(reversed(after), mul))
    return cuts[-1] == ends[-1] and any(not _is_between(cut, ends) for cut in cuts[:-1])


def _is_between(cut: int, ends: list[int]) -> bool:
    """Whether so many numbers are whole parts of one axis."""
    below = max(end for end in ends if end <= cut)
    above = next((end for end in ends if end > cut), cut)
    return cut % below == 0 and above % cut == 0


def _constants(shape: Shape) -> list[int] | None:
    found = [constant_of(axis) for axis in shape]
    numbers = [one for one in found if one is not None and one > 0]
    return [one for one in numbers if one > 1] if len(numbers) == len(found) else None


def _is_same(one: SizedAxis | Rest, other: SizedAxis | Rest) -> bool:
    if isinstance(one, Rest) or isinstance(other, Rest):
        return False
    return one.size is not None and one.size == other.size
