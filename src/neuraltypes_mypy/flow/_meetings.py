"""Where branches meet: what numbers mean that one of several assignments gave to a name.

What an operation gives by its nature is a note on an `Any`, and types that differ in such a note alone are one to mypy:
after `if c: y = x.softmax(-1)` it keeps what the branch gave. So what a name held at the end of each branch is
remembered, and told apart where they meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from mypy.nodes import Block, BreakStmt, ForStmt, RaiseStmt, ReturnStmt, Statement, TryStmt, WhileStmt
from mypy.types import AnyType, Instance, NoneType, ProperType, TupleType, Type, TypeOfAny, UnionType, get_proper_type

from neuraltypes_mypy.base._types import options_of
from neuraltypes_mypy.source._statements import blocks, has_blocks, inner_blocks
from neuraltypes_mypy.tensors._atoms import note_of
from neuraltypes_mypy.tensors._elements import join_elements
from neuraltypes_mypy.tensors._members import alike, copied, is_module, made_at
from neuraltypes_mypy.tensors._sized_ints import has_size, size_of_type, unsized
from neuraltypes_mypy.tensors._tensor import as_tensor

Settled: TypeAlias = Callable[[Statement], tuple[str, str] | None]
"""The mark and the name that a statement settles, where it is one that was put into mypy's tree."""
_Last: TypeAlias = dict[str, str]  # by name: the mark behind what assigned it last

UNSEEN: Final = ""  # in place of a mark: what the name held before the first that is known
_ANYTHING: Final[ProperType] = AnyType(TypeOfAny.special_form)
_meeting: Final[dict[str, tuple[str, ...]]] = {}


def link(body: Block, settled: Settled) -> None:
    """Note, for each place where branches meet, what settled the name at the end of each of them."""
    _follow(body, {}, settled)


def _follow(block: Block, last: _Last, settled: Settled) -> bool:
    """Go through a block; whether what stands behind it is reached from it."""
    waiting: dict[str, tuple[str, ...]] = {}
    for statement in _in_order(block):
        found = settled(statement)
        if found is not None:
            mark, name = found
            if name in waiting:
                _meeting[mark] = waiting.pop(name)
            last[name] = mark
        elif has_blocks(statement):
            waiting = _met(statement, last, settled)
        elif isinstance(statement, ReturnStmt | RaiseStmt):
            return False
    return True


def _in_order(block: Block) -> Iterator[Statement]:
    """The statements of a block; a block among them is there for the sake of what was put in."""
    for statement in block.body:
        if isinstance(statement, Block):
            yield from _in_order(statement)
        else:
            yield statement


def _met(statement: Statement, last: _Last, settled: Settled) -> dict[str, tuple[str, ...]]:
    """By name: the marks of what it may hold behind a statement that has blocks."""
    ends: list[_Last] = []
    for block in inner_blocks(statement):
        end = dict(last)
        if _follow(block, end, settled):
            ends.append(end)
    inside = [found for block in inner_blocks(statement) for found in _settled_in(block, settled)]
    names = {name for _, name in inside}
    met = {name: [end.get(name, UNSEEN) for end in ends] for name in names}
    if isinstance(statement, ForStmt | WhileStmt | TryStmt) or any(_breaks(inner_blocks(statement))):
        for mark, name in inside:  # it may be left in any place
            met[name].append(mark)
    if not _is_exhaustive(statement):
        for name in names:
            met[name].append(last.get(name, UNSEEN))
    return {name: tuple(dict.fromkeys(marks)) for name, marks in met.items()}


def _settled_in(block: Block, settled: Settled) -> Iterator[tuple[str, str]]:
    for inner in blocks(block):
        for statement in inner.body:
            found = settled(statement)
            if found is not None:
                yield found


def _breaks(inside: list[Block]) -> Iterator[Statement]:
    return (one for block in inside for inner in blocks(block) for one in inner.body if isinstance(one, BreakStmt))


def _is_exhaustive(statement: Statement) -> bool:
    """Whether one of the blocks of a statement surely runs: there is an `else`, or it is a `with`."""
    has_else = getattr(statement, "else_body", statement) is not None
    return has_else and not isinstance(statement, ForStmt | WhileStmt | TryStmt)


class Meetings:
    """What names held behind what assigned them, for one run of mypy."""

    def __init__(self) -> None:
        self._held: dict[str, ProperType] = {}

    def settled(self, mark: str, held: Type, *, may_be_given: bool, is_item: bool) -> Type:
        """What a name holds in the place of a mark; `may_be_given` if it had a value before its first assignment.

        What a loop gives to a name (`is_item`) is a module of which mypy knows what all of them have in common.
        """
        if mark in _meeting:
            seen = _meeting[mark]
            given = [self._held[one] for one in seen if one in self._held]
            is_sure = given and not (UNSEEN in seen and may_be_given)
            given = given if is_sure else [_ANYTHING]
            held = held if is_item and is_module(held) else _told_apart(held, given)
        self._held[mark] = get_proper_type(copied(held))
        return held


def _told_apart(held: Type, given: list[ProperType]) -> Type:
    """What mypy takes a name to hold, with the elements that all that it was given have in common."""
    proper = get_proper_type(held)
    some = [item for one in given for item in _some(one)]
    if isinstance(proper, Instance) and is_module(proper) and made_at(proper) is not None:
        return alike(proper, some)
    if has_size(proper):
        size = size_of_type(proper)
        return held if all(size_of_type(one) == size for one in some) else unsized(held)
    if isinstance(proper, TupleType):
        rows: list[list[Type]] = [one.items if isinstance(one, TupleType) else [] for one in some]
        if all(len(row) == len(proper.items) for row in rows):
            columns: list[list[ProperType]] = [list(map(get_proper_type, column)) for column in zip(*rows, strict=True)]
            parts = zip(proper.items, columns, strict=True)
            return _rebuilt(proper, [_told_apart(item, column) for item, column in parts])
    if isinstance(proper, UnionType):
        return UnionType.make_union([_told_apart(item, some) for item in proper.items])
    tensor = as_tensor(proper)
    if tensor is None or not isinstance(get_proper_type(tensor.args[2]), AnyType):
        return held
    tensors = [as_tensor(one) for one in some]
    elements = [_ANYTHING if one is None else get_proper_type(one.args[2]) for one in tensors]
    element = join_elements(elements) or _ANYTHING
    if note_of(element) == note_of(get_proper_type(tensor.args[2])):
        return held
    return tensor.copy_modified(args=[*tensor.args[:2], element])


def _some(given: ProperType) -> list[ProperType]:
    """What a name may hold beside None."""
    return [item for item in options_of(given) if not isinstance(item, NoneType)]


def _rebuilt(held: TupleType, items: list[Type]) -> Type:
    is_same = all(new is old for new, old in zip(items, held.items, strict=True))
    return held if is_same else held.copy_modified(items=items)
