"""Sizes that a body shows to be the same: an axis of its signature, and a size of its class.

In `forward(x: Float[Tensor, "b d"])` nothing says that `d` is the constructor's `d_model`, but `self.linear(x)` needs
it to be. The first such meeting binds the one to the other, as the run-time check of the call would; a second size of
the class for the same axis is then an error. So it is with `self.linear(x.flatten(1))`, which says what the
constructor's `features` are in terms of the axes of `x`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from mypy.nodes import FuncDef, FuncItem
from mypy.types import CallableType, Type

from neuraltypes._sizes import Quotient, Size, Symbol, named, subtract
from neuraltypes._unify import ARGUMENT, Shape, SizedAxis
from neuraltypes_mypy.sizes._class_sizes import (
    constructor_sizes,
    default_sizes,
    fallback_sizes,
    handed_modules,
    inherited_sizes,
)
from neuraltypes_mypy.source._statements import scope_name
from neuraltypes_mypy.tensors._atoms import note_of, size_of_atom, symbols_of
from neuraltypes_mypy.tensors._walk import walk


@dataclass(slots=True)
class Equal:
    """What one function body has shown: sizes of the class, in the names of the function's signature."""

    function: str = ""
    is_inside: bool = False
    """Whether it is a function inside of another."""
    owners: frozenset[str] = frozenset()
    known: dict[Symbol, Size] = field(default_factory=dict)
    pairs: set[tuple[Size, Size]] = field(default_factory=set)
    """The pairs of an axis and a size of the class that were taken for one, as they stood."""
    promised: frozenset[Symbol] = frozenset()
    """The sizes in what the function declares to return."""
    written: tuple[frozenset[Symbol], ...] = ()
    """The sizes in each of its parameters: two names in one of them are two sizes."""
    named: frozenset[str] = frozenset()
    """The axes that only its result names."""
    made_with: frozenset[Symbol] = frozenset()
    """The `int` parameters of the class's constructor; an axis that bears the name of one is that."""
    inherited: Mapping[Symbol, Size | None] = field(default_factory=dict)
    """What the class gives to the constructors behind its own; None where that is not known."""
    defaults: Mapping[Symbol, Size] = field(default_factory=dict)
    """What the parameters of its constructor are where they are not given."""
    handed: frozenset[Symbol] = frozenset()
    """The modules that its constructor takes."""
    fallbacks: Mapping[Symbol, Size] = field(default_factory=dict)
    """What stands for them in the code where they are None."""

    is_trusting: bool = False
    """Whether any two sizes may be one but two numbers: what is refused then no call makes fit."""
    has_trusted: bool = False

    def settled(self, size: Size) -> Size:
        """A size with what is known put in."""
        if not self.known:
            return size
        replaced = size.replace(self.known)
        return size if replaced is None else replaced

    def settled_shape(self, shape: Shape) -> Shape:
        """The same for each axis."""
        if not self.known:
            return shape
        return tuple(
            SizedAxis(self.settled(axis.size), axis.label) if isinstance(axis, SizedAxis) and axis.size else axis
            for axis in shape
        )

    def shown_shape(self, shape: Shape) -> Shape:
        """The same for a result: sizes of the class that the function promises to return get their names back."""
        settled = self.settled_shape(shape)
        known = ((self.known[symbol].symbol, symbol) for symbol in self.promised if symbol in self.known)
        kept = {mine: named(theirs.name, theirs.scope) for mine, theirs in known if mine and mine not in self.promised}
        kept |= self._namesakes(settled)
        if not kept:
            return settled
        return tuple(
            SizedAxis(axis.size.replace(kept), axis.label) if isinstance(axis, SizedAxis) and axis.size else axis
            for axis in settled
        )

    def _namesakes(self, shape: Shape) -> dict[Symbol, Size]:
        """Sizes that have met no axis yet, but bear the name of one that the function promises to return."""
        mine = {symbol.name: symbol for symbol in self.promised if symbol.scope == self.function}
        met = {size.symbol for size in self.known.values()}
        sizes = [axis.size for axis in shape if isinstance(axis, SizedAxis) and axis.size is not None]
        return {
            theirs: named(theirs.name, self.function)
            for theirs in {symbol for size in sizes for symbol in size.symbols()} - self.known.keys()
            if self._is_outer(theirs) and mine.get(theirs.name) not in (None, *met)
        }

    def _is_outer(self, symbol: Symbol) -> bool:
        """Whether a size is one of the class, or an `int` that the function is given."""
        return symbol.scope in self.owners or symbol.scope == ARGUMENT + self.function

    def equate(self, left: Size, right: Size) -> bool:
        """Take two sizes for the same, if one is an axis of the signature and the other a size of the class.

        So are a size of the class and what is computed of axes, one of which has met none: `c*h*w` is `features`.
        """
        return (
            self._equate_names(left, right)
            or self._equate_alike(left, right)
            or self.may_be_same(left, right)
            or self._equate_computed(left, right)
            or self._is_of_enclosing(left.symbol, right.symbol)
            or self._trusts(left, right)
        )

    def _trusts(self, left: Size, right: Size) -> bool:
        if not self.is_trusting or (left.constant is not None and right.constant is not None):
            return False
        self.has_trusted = True
        return True

    def _is_of_enclosing(self, one: Symbol | None, other: Symbol | None) -> bool:
        """Whether a function inside of another has one of its own axes beside one of that name from outside."""
        if one is None or other is None or not self.is_inside:
            return False
        return one.name == other.name and self.function in (one.scope, other.scope)

    def may_be_same(self, left: Size, right: Size) -> bool:
        """Whether two sizes are one by what constructors are given, or may be: a number, and a parameter's default."""
        if self._inner(left) != self._inner(right):
            return True
        one, other = self._as_given(left), self._as_given(right)
        if one is None or other is None or one == other:
            return True
        if self.fallbacks and self._are_same_if_left_out(left, right):
            return True
        if (one.constant is None) == (other.constant is None):
            return False
        return one.replace(self.defaults) == other.replace(self.defaults)

    def _inner(self, size: Size) -> frozenset[Symbol]:
        """The sizes of configurations in configurations, and of modules that the constructor takes.

        `config.encoder.d` and `config.decoder.d` are often one number, and so are `encoder.d` and `decoder.d`.
        """
        owners = ((symbol, Symbol(symbol.name.partition(".")[0], symbol.scope)) for symbol in size.symbols())
        return frozenset(
            one for one, owner in owners if one.name.count(".") > 1 or (owner != one and owner in self.handed)
        )

    def is_about(self, type_: Type) -> bool:
        """Whether a type has sizes that `may_be_same` may say something about."""
        sizes = [size for one in walk(type_) if (size := size_of_atom(one)) is not None]
        if any(map(self._inner, sizes)) or (self.handed and sizes):
            return True
        if not (self.inherited or self.defaults or self.fallbacks):
            return False
        owners = {Symbol(one.name.partition(".")[0], one.scope) for size in sizes for one in size.symbols()}
        has_number = any(size.constant is not None for size in sizes)
        known = self.inherited.keys() | self.defaults.keys() | self.fallbacks.keys()
        return has_number or not owners.isdisjoint(known)

    def _are_same_if_left_out(self, left: Size, right: Size) -> bool:
        one, other = self._as_left_out(left), self._as_left_out(right)
        if one == other or one is None or other is None:
            return True
        changed = [now for now, before in ((one, left), (other, right)) if now != before]
        return any(_has_quotient(now) for now in changed)  # `heads*(d//heads)` is meant to be `d`

    def _as_left_out(self, size: Size) -> Size | None:
        """A size where parameters are left out that may be."""
        met = {met.symbol: symbol for symbol, met in self.known.items() if met.symbol is not None}
        pairs = [(symbol, self.fallbacks.get(met.get(symbol, symbol))) for symbol in size.symbols()]
        replaced = size.replace({symbol: other for symbol, other in pairs if other is not None})
        return None if replaced is None else self.settled(replaced)

    def _as_given(self, size: Size) -> Size | None:
        """A size in what the constructors behind are given; None where that is not known."""
        met = {met.symbol: symbol for symbol, met in self.known.items() if met.symbol is not None}
        known: dict[Symbol, Size] = {}
        for symbol in size.symbols():
            mine = met.get(symbol, symbol)
            owner = Symbol(mine.name.partition(".")[0], mine.scope)
            if owner not in self.inherited:
                continue
            given = self.inherited[owner] if owner == mine else None
            if given is None:
                return None
            known[symbol] = given
        return size.replace(known)

    def _equate_alike(self, left: Size, right: Size) -> bool:
        """The same for what is computed of each alike: `d//2` of an axis, and `head_dim//2`."""
        one, other = set(left.symbols()), set(right.symbols())
        if len(one) != 1 or len(other) != 1:
            return False
        mine, theirs = (named(symbol.name, symbol.scope) for symbol in (*one, *other))
        return left.replace(dict.fromkeys(one, theirs)) == right and self._equate_names(mine, theirs)

    def _equate_computed(self, left: Size, right: Size) -> bool:
        difference = subtract(left, right)
        if difference is None or (left.symbol and right.symbol) or not self._is_open(difference):
            return False
        for factors, coefficient in difference.terms:
            theirs = factors[0] if len(factors) == 1 else None
            if isinstance(theirs, Symbol) and theirs.scope in self.owners and theirs not in self.known:
                value = _solved(difference, theirs, coefficient)
                if value is not None:
                    self.known[theirs] = value
                    return True
        return any(self._is_axis_of_class(*pair) for pair in ((left, right), (right, left)))

    def _is_axis_of_class(self, axis: Size, computed: Size) -> bool:
        """Whether one is an axis, and the other is computed of sizes of the class alone: `d` and `2*hidden`."""
        return axis.symbol is not None and all(symbol.scope in self.owners for symbol in computed.symbols())

    def _is_open(self, difference: Size) -> bool:
        """Whether it has a size of the class whose name no axis of the signature bears, and an axis that met none."""
        met = {symbol for size in self.known.values() for symbol in size.symbols()}
        symbols = set(difference.symbols())
        theirs = {symbol for symbol in symbols if symbol.scope in self.owners}
        return (
            bool(theirs)
            and not any(self._bears(symbol.name) for symbol in theirs)
            and any(symbol.scope == self.function and symbol not in met for symbol in symbols)
        )

    def _bears(self, name: str) -> bool:
        """Whether the signature has an axis of that name."""
        return name in self.named or any(
            symbol.name == name and symbol.scope == self.function
            for symbols in (self.promised, *self.written)
            for symbol in symbols
        )

    def _equate_names(self, left: Size, right: Size) -> bool:
        one, other = left.symbol, right.symbol
        if one is None or other is None or self._inner(left) or self._inner(right):
            return False
        for mine, theirs, size in ((one, other, left), (other, one, right)):
            is_namesake = mine.name == theirs.name and theirs.scope == ARGUMENT + self.function
            if mine.scope == self.function and (theirs.scope in self.owners or is_namesake):
                if theirs in self.known or size in self.known.values():
                    return (left, right) in self.pairs  # the other way round they are two axes in another order
                if theirs.scope in self.owners and self._has_another_name(mine, theirs):
                    return False
                if any(mine in symbols and theirs in symbols for symbols in self.written):
                    return False
                self.known[theirs] = size
                self.pairs.add((left, right))
                return True
        return False

    def _has_another_name(self, axis: Symbol, size: Symbol) -> bool:
        """Whether an axis and a size of the class differ in name, and one of the two has a namesake."""
        is_namesake = len(axis.name) > 2 and {Symbol(axis.name, size.scope), size} <= self.made_with  # a letter is any
        return axis.name != size.name and (is_namesake or self._bears(size.name))


class EqualSizes:
    """What each function body has shown, for one run of mypy."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[object, Equal]] = {}

    @contextmanager
    def inherited_by(self, function: FuncDef, api: Any) -> Iterator[Equal]:
        """Meanwhile a body, which is that of a call, begins with what the calling one has shown; nothing goes back."""
        mine = self.in_function(api)
        theirs = replace(mine, known=dict(mine.known), pairs=set(mine.pairs), is_trusting=True, has_trusted=False)
        self._found[id(function.body)] = function.body, theirs
        try:
            yield theirs
        finally:
            del self._found[id(function.body)]

    def in_function(self, api: Any) -> Equal:
        """What the body that is checked now has shown so far."""
        function = api.scope.current_function()
        if not isinstance(function, FuncDef):
            return Equal()
        kept = self._found.get(id(function.body))
        if kept is not None and kept[0] is function.body:
            return kept[1]
        owners = (base.fullname for base in function.info.mro) if function.info else ()
        name = scope_name(function)
        promised = symbols_in(api.return_types[-1]) if api.return_types else frozenset()
        taken = [] if not isinstance(function.type, CallableType) else function.type.arg_types
        named_axes = _noted_in(api.return_types[-1]) if api.return_types else frozenset()
        is_inside = sum(isinstance(one, FuncItem) for one in api.scope.stack) > 1
        made = Equal(name, is_inside, frozenset(owners), {}, set(), promised, tuple(map(symbols_in, taken)), named_axes)
        if function.info:
            made.inherited, made.defaults = inherited_sizes(function.info), default_sizes(function.info)
            made.fallbacks = fallback_sizes(function.info)
            made.made_with = constructor_sizes(function.info)
            made.handed = handed_modules(function.info)
        self._found[id(function.body)] = (function.body, made)
        return made


def _solved(difference: Size, symbol: Symbol, coefficient: int) -> Size | None:
    """What a symbol is where a sum is 0 that has it in one term alone; None where that is no whole size."""
    rest = [(factors, other) for factors, other in difference.terms if factors != (symbol,)]
    total = Size(tuple(rest))
    if symbol in total.symbols() or any(other % coefficient for _, other in rest):
        return None
    return Size(tuple((factors, -other // coefficient) for factors, other in rest))


def symbols_in(type_: Type) -> frozenset[Symbol]:
    """The names in the sizes in a type."""
    return symbols_of(walk(type_))


def _noted_in(type_: Type) -> frozenset[str]:
    """The names of axes that are notes to mypy: a result's own."""
    notes = map(note_of, walk(type_))
    return frozenset(note for note in notes if note is not None and note.isidentifier())


def _has_quotient(size: Size) -> bool:
    return any(isinstance(factor, Quotient) for factors, _ in size.terms for factor in factors)
