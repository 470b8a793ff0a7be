"""Which way a mask is meant, where the code shows it: `tokens != pad`, `torch.arange(t) < lengths`, `torch.tril(ones)`.

Comparing with the padding index, or positions with lengths, tells data from padding. A triangle with its diagonal
keeps: as a mask of what to ignore it would leave a first or last step nothing to attend to. All else stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    ComparisonExpr,
    Context,
    Expression,
    FuncDef,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    RefExpr,
    Statement,
    Var,
)
from mypy.server.subexpr import get_subexpressions
from mypy.types import Type

from neuraltypes._sizes import Size
from neuraltypes.rules import Array, Produced, Result, Value
from neuraltypes.rules._dtypes import BOOL, FLOATS, INTEGERS
from neuraltypes.rules._entrywise import POSITIONS
from neuraltypes.rules._values import UNKNOWN
from neuraltypes_mypy.source._assigned import only_value
from neuraltypes_mypy.source._statements import inner_blocks, statements, written_name

_OPERATORS: Final = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_PADDED: Final = Produced("PaddingMaskType")
_VALID: Final = Produced("ValidMaskType")
_KEPT: Final = Produced("KeepMaskType")
_IGNORED: Final = Produced("IgnoreMaskType")
_COMPLEMENT: Final = {_PADDED: _VALID, _VALID: _PADDED, _KEPT: _IGNORED, _IGNORED: _KEPT}
_PAD: Final = frozenset({"pad", "padding"})
_PAD_ENDS: Final = _PAD | {"id", "idx", "index", "token"}
_LENGTH: Final = frozenset({"length", "lengths", "len", "lens"})
_LENGTH_OF: Final = frozenset(
    {"x", "y", "src", "tgt", "source", "target", "seq", "sequence", "input", "text", "token", "mel", "audio", "feature"}
)
_VIEWS: Final = frozenset(
    {"unsqueeze", "view", "reshape", "expand", "expand_as", "repeat", "contiguous", "clone"}
    | {"to", "type", "type_as", "int", "long", "bool", "float", "cuda", "cpu"}
)
_NUMBERED: Final = "attention_mask"
_TOKENS: Final = frozenset(
    {"tokens", "ids", "input_ids", "token_ids", "src_ids", "tgt_ids", "src", "tgt", "words", "sentences", "captions"}
)
_TO_BOOL: Final = ("bool", "to", "type")
_ONES: Final = frozenset({"ones", "ones_like", "new_ones"})


def with_meaning(
    result: Result, name: str, values: Mapping[str, Value], places: Mapping[str, tuple[Context, Type]], api: Any
) -> Result:
    """What a call gives, with the element that its operands show."""
    if not isinstance(result, Array) or result.element is not None:
        return result
    short = name.rpartition(".")[2]
    first = next((label for label in ("input", "self") if label in places), None)
    if first is None:
        return result
    place = _receiver(places[first][0], _OPERATORS.get(short.strip("_")))
    if short in ("tril", "triu"):
        return replace(result, element=_triangle(short, place, values.get("diagonal"), api))
    if short in _TO_BOOL and result.dtype == BOOL and _are_whole(values[first]) and _is_numbered(place):
        return replace(result, element=_VALID)
    operator = _OPERATORS.get(short.strip("_"))
    if operator is None or "other" not in places or result.dtype != BOOL:
        return result
    one, other = values[first], values["other"]
    element = _by_number(operator, one, other, place) or _by_padding(operator, one, places["other"][0])
    element = element or _by_lengths(operator, place, places["other"][0], other, api)
    element = element or _by_lengths(_TURNED[operator], places["other"][0], place, one, api)
    element = element or _by_positions(operator, place, places["other"][0], result, api)
    return result if element is None else replace(result, element=element)


def _receiver(place: Context, operator: str | None) -> Context:
    """What stands on the side of a comparison whose method is called."""
    if not isinstance(place, ComparisonExpr) or len(place.operators) != 1:
        return place
    return place.operands[0 if place.operators[0] == operator else 1]


def _triangle(name: str, place: Context, diagonal: Value, api: Any) -> Produced | None:
    """The meaning of a triangle of ones, told by whether it has the diagonal."""
    offset = 0 if diagonal is None else diagonal.constant if isinstance(diagonal, Size) else None
    last = list(_chain(place, api))[-1:]
    if offset is None or not last or not isinstance(last[0], CallExpr) or written_name(last[0].callee) not in _ONES:
        return None
    if _is_written_to(place, api):
        return None
    has_diagonal = offset >= 0 if name == "tril" else offset <= 0
    return _KEPT if has_diagonal else _IGNORED


def _by_number(operator: str, mask: Value, other: Value, place: Context) -> Produced | None:
    """`mask == 0` is the other way round than `mask`; the whole numbers of an `attention_mask` are 0 in the padding."""
    element = mask.element if isinstance(mask, Array) else None
    held = next((one for one in _COMPLEMENT if isinstance(element, Produced) and element.name == one.name), None)
    truth = other if isinstance(other, bool) else other.constant if isinstance(other, Size) else other
    if element is None and _are_whole(mask) and (_is_numbered(place) or (truth == 0 and _holds_tokens(place))):
        held = _VALID
    if held is None or operator not in ("==", "!=") or truth not in (0, 1) or other is UNKNOWN:
        return None
    return held if (operator == "==") == bool(truth) else _COMPLEMENT[held]


def _is_numbered(place: Context) -> bool:
    """Whether whole numbers are those of an `attention_mask`."""
    return any(written_name(one) == _NUMBERED for one in _bases(place))


def _holds_tokens(place: Context) -> bool:
    """Whether numbers are those of tokens, of which 0 is the padding where the others are told from it."""
    return any(name in _TOKENS or name.endswith("_tokens") for name in map(written_name, _bases(place)))


def _by_padding(operator: str, tokens: Value, place: Context) -> Produced | None:
    words = written_name(place).lower().split("_")
    if operator not in ("==", "!=") or not _PAD & set(words) or words[-1] not in _PAD_ENDS or not _are_whole(tokens):
        return None
    return _PADDED if operator == "==" else _VALID


def _are_whole(value: Value) -> bool:
    if not isinstance(value, Array) or not value.dtype or value.shape == ():
        return False
    return bool(value.dtype & INTEGERS) and not value.dtype & (FLOATS | BOOL)


def _by_lengths(operator: str, positions: Context, place: Context, lengths: Value, api: Any) -> Produced | None:
    """`arange < lengths`: up to its length a sequence holds data."""
    is_several = isinstance(lengths, Array) and bool(lengths.shape)
    if operator not in ("<", ">=") or not is_several or not any(map(_is_length, _chain(place, api))):
        return None
    last = list(_chain(positions, api))[-1:]
    if not last or not isinstance(last[0], CallExpr) or not _counts_from_zero(last[0]):
        return None
    return _VALID if operator == "<" else _PADDED


def _by_positions(operator: str, one: Context, other: Context, result: Array, api: Any) -> Produced | None:
    """`i[:, None] >= i`: of steps in pairs. As a triangle, one with the diagonal keeps, and one without ignores."""
    ends = [list(_chain(place, api))[-1:] for place in (one, other)]
    made = [end[0] for end in ends if end and isinstance(end[0], CallExpr) and _counts_from_zero(end[0])]
    if operator in ("==", "!=") or len(made) != 2 or made[0] is not made[1]:
        return None
    if result.shape is None or len(result.shape) < 2 or result.shape[-1] != result.shape[-2]:
        return None
    return Produced((_IGNORED if operator in ("<", ">") else _KEPT).name, by=POSITIONS)


def _is_length(expression: Expression) -> bool:
    *before, last = written_name(expression).lower().split("_")
    return last in _LENGTH and (not before or (len(before) == 1 and before[0] in _LENGTH_OF))


def _counts_from_zero(call: CallExpr) -> bool:
    function = call.callee
    if (
        not isinstance(function, RefExpr)
        or written_name(function) != "arange"
        or not function.fullname.startswith("torch.")
    ):
        return False
    numbers = [argument for argument, name in zip(call.args, call.arg_names, strict=True) if name is None]
    return len(numbers) == 1 or (len(numbers) == 2 and isinstance(numbers[0], IntExpr) and numbers[0].value == 0)


def _chain(place: Context, api: Any) -> Iterator[Expression]:
    """An expression, what it is a view of, what a name in it was assigned, and so on."""
    function = api.scope.current_function()
    seen: set[Var] = set()
    current: Expression | None = place if isinstance(place, Expression) else None
    while current is not None:
        yield current
        match current:
            case IndexExpr():
                current = current.base
            case CallExpr(callee=MemberExpr(name=name, expr=receiver)) if name in _VIEWS:
                current = receiver
            case NameExpr(node=Var() as variable) if isinstance(function, FuncDef) and variable not in seen:
                seen.add(variable)
                current = only_value(variable, function)
            case _:
                return


def _bases(place: Context) -> Iterator[Context]:
    """An expression, and what its items are of."""
    yield place
    while isinstance(place, IndexExpr):
        place = place.base
        yield place


def _is_written_to(value: Context, api: Any) -> bool:
    """Whether what is made of a value is kept under a name whose tensor the function writes to."""
    function = api.scope.current_function()
    if not isinstance(function, FuncDef):
        return False
    inside = list(statements(function.body))
    names = {
        target.name
        for one in inside
        if isinstance(one, AssignmentStmt) and any(part is value for part in get_subexpressions(one.rvalue))
        for target in one.lvalues
        if isinstance(target, NameExpr)
    }
    return bool(names) and any(written_name(written) in names for one in inside for written in _written(one))


def _written(statement: Statement) -> Iterator[Expression]:
    """What a statement writes to: `x[i] = y`, `x += y`, `x.fill_(y)`."""
    match statement:
        case AssignmentStmt(lvalues=targets):
            yield from (one.base for one in targets if isinstance(one, IndexExpr))
        case OperatorAssignmentStmt(lvalue=target):
            yield target
    for one in [] if inner_blocks(statement) else get_subexpressions(statement):
        if isinstance(one, CallExpr) and isinstance(one.callee, MemberExpr) and one.callee.name.endswith("_"):
            yield one.callee.expr
