"""Sums of products in Einstein's notation.

Source: https://docs.pytorch.org/docs/stable/generated/torch.einsum.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._dtypes import (
    category,
    promote_all,
    require_same_dtype,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import (
    ANY,
    arrays,
    broadcast,
    broadcast_axis,
    int_of,
    rank,
    require_equal,
)
from neuraltypes.rules._values import UNKNOWN, Array, DTypes, Refused, Result, Value
from neuraltypes.rules.products import axes_text


@computed("einstein.einsum")
def einsum(args: Value, **_: Value) -> Result:
    """`einsum`: an equation and its operands, or operands each with a list of numbers."""
    if not isinstance(args, tuple) or not args:
        return Array()
    if isinstance(args[0], str):
        operands = args[1:]
        if len(operands) == 1 and isinstance(operands[0], tuple):
            operands = operands[0]
        found = arrays(operands)
        return Array() if found is None else sum_of_products(args[0], found)
    if args[0] is UNKNOWN:
        return Array()
    return _einsum_by_numbers(args)


def _einsum_by_numbers(args: tuple[Value, ...]) -> Result:
    """`einsum(a, [0, 1], b, [1, 2], [0, 2])`: numbers up to 51 for letters."""
    pairs, output = args, None
    if len(args) % 2:
        pairs, output = args[:-1], _letters(args[-1])
        if output is None:
            return Array()
    operands, terms = arrays(pairs[0::2]), [_letters(item) for item in pairs[1::2]]
    known = [term for term in terms if term is not None]
    if operands is None or len(known) < len(terms):
        return Array()
    return sum_of_products(",".join(known) + ("" if output is None else f"->{output}"), operands)


def _letters(item: Value) -> str | None:
    if not isinstance(item, tuple):
        return None
    numbers = ["..." if one is Ellipsis else int_of(one) for one in item]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    if any(one is None or (isinstance(one, int) and not 0 <= one < len(alphabet)) for one in numbers):
        return None
    return "".join(alphabet[one] if isinstance(one, int) else str(one) for one in numbers)


def sum_of_products(equation: str, operands: Sequence[Array]) -> Array:
    """What an equation makes of its operands.

    Raises:
        Refused: a letter has two sizes, or the equation is not about these operands.
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    _require_readable(terms, right if arrow else "", equation)
    if len(terms) != len(operands):
        raise Refused(f'einsum: "{equation}" names {len(terms)} operands, but {len(operands)} are given')
    output = right if arrow else _implicit_output(terms)
    sizes: dict[str, SizedAxis] = {}
    own: list[dict[str, SizedAxis]] = [{} for _ in terms]
    batches = [
        _read_operand(term, operand, place, own[place], sizes, equation)
        for place, (term, operand) in enumerate(zip(terms, operands, strict=True))
    ]
    batch = broadcast(batches)
    dtype = _einsum_dtype(own, output, operands)
    unknown = [letter for letter in output.replace("...", "") if letter not in "".join(terms)]
    if unknown:
        raise Refused(f'einsum: "{unknown[0]}" of the output is in no operand of "{equation}"')
    if len(set(output.replace("...", ""))) < len(output.replace("...", "")):
        raise Refused(f'einsum: a letter stands twice in the output of "{equation}"')
    head, dots, tail = output.partition("...")
    shape: list[SizedAxis | Rest] = [sizes.get(letter, ANY) for letter in head]
    if dots:
        shape += (Rest(),) if batch is None else batch
    return Array((*shape, *(sizes.get(letter, ANY) for letter in tail)), dtype)


def _require_readable(terms: list[str], output: str, equation: str) -> None:
    for term in (*terms, output):
        if not all("a" <= letter.lower() <= "z" and letter.isascii() for letter in term.replace("...", "", 1)):
            raise Refused(f'einsum: "{term}" in "{equation}" is not made of letters and one "..."')


def _implicit_output(terms: list[str]) -> str:
    """The ellipsis, then the letters that stand once, in alphabetical order."""
    together = "".join(terms).replace("...", "")
    letters = sorted(letter for letter in set(together) if together.count(letter) == 1)
    return ("..." if any("..." in term for term in terms) else "") + "".join(letters)


def _read_operand(
    term: str, operand: Array, place: int, own: dict[str, SizedAxis], sizes: dict[str, SizedAxis], equation: str
) -> Shape | None:
    """Take in the sizes of one operand; the result is what its ellipsis stands for."""
    head, dots, tail = term.partition("...")
    known = sum(isinstance(axis, SizedAxis) for axis in operand.shape or ())
    count, is_open = len(head) + len(tail), rank(operand.shape) is None
    if (known < count and not is_open) or (known > count and not dots and operand.shape is not None):
        expected = f"{count} or more" if dots else str(count)
        raise Refused(f'einsum: operand {place} has {axes_text(known)}, expected {expected} ("{term}")')
    if operand.shape is None:
        return None
    for position, letter in enumerate(head):
        if is_open and any(isinstance(axis, Rest) for axis in operand.shape[: position + 1]):
            break
        _bind(letter, operand.shape[position], place, own, sizes, equation)
    for position, letter in enumerate(reversed(tail), 1):
        if is_open and any(isinstance(axis, Rest) for axis in operand.shape[len(operand.shape) - position :]):
            break
        _bind(letter, operand.shape[-position], place, own, sizes, equation)
    if not dots:
        return ()
    inside = operand.shape[len(head) : len(operand.shape) - len(tail)]
    is_sure = not is_open or (
        all(isinstance(axis, SizedAxis) for axis in operand.shape[: len(head)])
        and all(isinstance(axis, SizedAxis) for axis in operand.shape[len(operand.shape) - len(tail) :])
    )
    return inside if is_sure else None


def _bind(
    letter: str,
    axis: SizedAxis | Rest,
    place: int,
    own: dict[str, SizedAxis],
    sizes: dict[str, SizedAxis],
    equation: str,
) -> None:
    """Give a letter a size; within one operand it must be the same, between operands one may be 1."""
    if not isinstance(axis, SizedAxis):
        return
    if letter in own:
        reason = f'einsum: "{letter}" is {{right}} and {{left}} in operand {place} ("{equation}")'
        axis = require_equal(own[letter], axis, reason)
    own[letter] = axis
    bound = sizes.get(letter, axis)
    joined = broadcast_axis(bound, axis)
    if joined is None:
        raise Refused(f'einsum: "{letter}" is {axis.size} in operand {place}, but {bound.size} before ("{equation}")')
    sizes[letter] = joined


def _einsum_dtype(own: Sequence[Mapping[str, SizedAxis]], output: str, operands: Sequence[Array]) -> DTypes | None:
    """Of floats and complex numbers their dtype; sums of whole numbers may be of a wider one.

    Raises:
        Refused: a letter is summed by a matrix product, which mixes no dtypes.
    """
    known = [operand.dtype for operand in operands if operand.dtype is not None]
    if len(known) < len(operands) or not known:
        return None
    if any(category(one) < 2 and one != "int64" for dtype in known for one in dtype):
        return None
    shared = frozenset.intersection(*known)
    if shared:
        return shared if len(shared) == 1 or all(dtype == known[0] for dtype in known) else None
    if len(own) != 2:
        return None
    summed = [letter for letter in own[0] if letter in own[1] and letter not in output]
    if any(not _may_be_one(own[0][letter]) and not _may_be_one(own[1][letter]) for letter in summed):
        require_same_dtype(("args", operands[0]), ("args", operands[1]))
    is_plain = all(letter in output for one in own for letter in one)
    return promote_all(known) if is_plain and all(rank(operand.shape) for operand in operands) else None


def _may_be_one(axis: SizedAxis) -> bool:
    return axis.size is None or axis.size.constant in (None, 1)
