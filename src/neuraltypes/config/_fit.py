"""A config against what a constructor takes: all problems first, objects only if there is none.

Fitting a place gives a function that makes its value. Nothing is made, and nothing of the config is imported or
called, before the whole config is known to fit.
"""

from __future__ import annotations

import copy
import inspect
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias, get_args, get_origin

from neuraltypes._archivable import Archivable
from neuraltypes._classes import full_name
from neuraltypes._spelling import nearest
from neuraltypes.config._classes import Classes, is_general
from neuraltypes.config._hints import (
    UNKNOWN,
    alternatives,
    in_words,
    is_dataclass_type,
    stripped,
    value_in_words,
)
from neuraltypes.config._nodes import BROKEN, MISSING, ConfigNode, is_omega, root_node
from neuraltypes.config._parameters import REQUIRED, WHOLE, Parameter, Parameters, parameters_of
from neuraltypes.config._values import (
    Make,
    Wrong,
    constant,
    dtype_called,
    is_container,
    is_instance,
    of_torch,
    one_of,
    scalar,
)
from neuraltypes.config.errors import ConfigError, Problem

Section: TypeAlias = Callable[["Fitter", ConfigNode], None]

TARGET, ARGUMENTS = "_target_", "_args_"
_ARTIFACT = "_artifact_"
_OF_HYDRA = frozenset({"_partial_", "_recursive_", "_convert_", "_mode_"})
_LISTS = (list, Sequence, Iterable, Collection)
_MAPPINGS = (dict, Mapping)
NO_ARGUMENTS: Mapping[str, Any] = MappingProxyType({})
NO_SECTIONS: Mapping[str, Section] = MappingProxyType({})


class Found(NamedTuple):
    """The config of an object, what makes it, and whether that is a module by itself."""

    node: ConfigNode
    make: Make
    is_module: bool


class Fitter:
    """Fits places of one config to types, and collects what does not fit in `problems`."""

    def __init__(self, classes: Classes, resolvers: Collection[str] = ()) -> None:
        self.problems: list[Problem] = []
        self._classes = classes
        self._resolvers = resolvers
        self._is_survey = False
        self._is_data = False  # of `_target_`s without a type nothing is made

    def root(self, config: Any, expected: Any, given: Mapping[str, Any]) -> Make:
        """An object from a whole config, which is of class `expected`, or of any where that is None.

        `given` are arguments that the caller adds.
        """
        node = root_node(config, self._resolvers)
        if not node.is_mapping:
            return self._wrong(node, "a mapping of a constructor's arguments")
        return self._instance(node, expected, given)

    def made(self, node: ConfigNode) -> Make:
        """An object of the class that `_target_` names."""
        return self._instance(node, None, {})

    def survey(self, node: ConfigNode, expected: type | None = None) -> list[Found]:
        """All objects that a config describes, those inside others left out; everything else must resolve."""
        self._is_survey = True
        if node.value is BROKEN:
            self.fit(node, UNKNOWN)
        elif node.is_mapping and (expected is not None or TARGET in node.entries):
            cls, entries = self._class_and_rest(node, expected)
            is_module = cls is not None and _is_module(cls)
            # An optimizer gets its parameters, and others what they need, from whoever makes them.
            make = _nothing if cls is None else self._call(node, cls, entries, {}, is_whole=is_module)
            return [Found(node, make, is_module)]
        elif (node.is_mapping or node.is_list) and not node.is_elsewhere:
            return [found for child in node.below for found in self.survey(child)]
        return []

    def fit_schema(self, node: ConfigNode, schema: type) -> None:
        """Check a config against a dataclass; what is `???` may be set later, what was said is not said again."""
        fitter = self.as_data()
        fitter.problems = []
        fitter._dataclass(node, schema)  # noqa: SLF001  # one of this class
        self.problems += [problem for problem in fitter.problems if problem not in self.problems]

    def as_data(self) -> Fitter:
        """This fitter, which collects into the same problems, and makes nothing where no type says so."""
        fitter = copy.copy(self)
        fitter._is_data = True  # noqa: SLF001  # one of this class
        return fitter

    def argument(self, name: str, node: ConfigNode, hint: Any, sections: Mapping[str, Section] = NO_SECTIONS) -> Make:
        """The value of a constructor's argument; a `cfg` stays the config that it is, or is made a dataclass.

        `sections` are arguments, and keys of `cfg`, that are data to the constructor, and checked by others.
        """
        if name in sections:
            self._section(node, sections[name])
            return self.as_data().fit(node, hint)
        if name != WHOLE:
            return self.fit(node, hint)
        if self._is_survey and node.is_mapping:
            for key, child in node.entries.items():
                if key in sections:
                    self._section(child, sections[key])
                else:
                    copy.copy(self).survey(child)
        if node.is_mapping and stripped(hint) is UNKNOWN:
            return constant(node.value)
        return self.as_data().fit(node, hint)

    def _section(self, node: ConfigNode, check: Section) -> None:
        if self._is_survey and node.value is not None and node.value is not BROKEN and node.value is not MISSING:
            check(self.as_data(), node)

    def fit(self, node: ConfigNode, hint: Any) -> Make:
        """The value of a place, of the hint's type."""
        if node.value is BROKEN:
            return self.add(node, node.reason or "", suggestion=node.suggestion)
        if node.value is MISSING:
            return self.add(node, f"is missing, expected {in_words(hint)}", expected=in_words(hint))
        node = self._unmarked(node)
        members = alternatives(hint)
        return self._fit_one(node, members[0]) if len(members) == 1 else self._fit_union(node, members)

    def raise_problems(self) -> None:
        """Refuse the config if anything does not fit.

        Raises:
            ConfigError: with all problems.
        """
        if self.problems:
            raise ConfigError(self.problems)

    def add(self, node: ConfigNode, message: str, **details: Any) -> Make:
        """Note a problem; `details` are those of a `Problem`."""
        self.problems.append(Problem(node.path, message, position=node.position, **details))
        return _nothing

    def _wrong(self, node: ConfigNode, expected: str, suggestion: str | None = None) -> Make:
        got = _in_words(node)
        hint = ""
        if isinstance(node.value, str) and "${" in node.value:
            hint = "; interpolations are OmegaConf's, in a plain container they are texts"
        message = f"expected {expected}, got {got}{hint}"
        return self.add(node, message, expected=expected, got=got, suggestion=suggestion)

    def _taken(self, node: ConfigNode, found: Make | Wrong) -> Make:
        return self._wrong(node, *found) if isinstance(found, Wrong) else found

    def _unmarked(self, node: ConfigNode) -> ConfigNode:
        """What the archives' objects with one key in underscores stand for."""
        if not node.is_mapping or len(entries := node.entries) != 1:
            return node
        (key, inner) = next(iter(entries.items()))
        match key, inner.value:
            case "_tuple_", value if inner.is_list:
                return replace(node, value=value, is_tuple=True)
            case "_dtype_", str(name) if (dtype := dtype_called(name)) is not None:
                return node.holding(dtype)
            case "_path_", str(path):
                return node.holding(Path(path))
        return node

    def _fit_union(self, node: ConfigNode, members: tuple[Any, ...]) -> Make:
        """The first alternative that fits, one of the value's own type before others.

        Where an alternative says what entries there are, those that take any mapping do not count.
        """
        if node.is_mapping and (exact := [m for m in members if is_dataclass_type(m) or _is_module(m)]):
            members = tuple(exact)
        tried: list[list[Problem]] = []
        for member in sorted(members, key=lambda member: member is not type(node.value)):
            fitter = copy.copy(self)
            fitter.problems = []
            make = fitter.fit(node, member)
            if not fitter.problems:
                return make
            tried.append(fitter.problems)
        within = [problems for problems in tried if problems[0].path != node.path]
        if not within:
            near = next((one.suggestion for problems in tried for one in problems if one.suggestion), None)
            return self._wrong(node, in_words(typing.Union[members]), near)  # noqa: UP007  # computed
        fewest: list[Problem] = min(within, key=len)
        self.problems += fewest
        return _nothing

    def _fit_one(self, node: ConfigNode, hint: Any) -> Make:
        origin = get_origin(hint) or hint
        if hint is UNKNOWN:
            return self._free(node)
        if origin is typing.Literal:
            return self._taken(node, one_of(node, hint))
        if not isinstance(origin, type):
            return self._free(node)
        if origin in _LISTS:
            return self._list(node, hint)
        if origin is tuple or origin in (set, frozenset):
            return self._tuple(node, hint) if origin is tuple else self._set(node, hint, origin)
        if origin in _MAPPINGS:
            return self._mapping(node, hint)
        if is_dataclass_type(origin):
            return self._dataclass(node, origin)
        if node.is_mapping and not is_instance(node.value, origin) and self._can_name(node, origin):
            return self._instance(node, origin, {})
        return self._taken(node, scalar(node, origin))

    def _can_name(self, node: ConfigNode, cls: type) -> bool:
        """Whether a mapping at this place is the config of an object."""
        is_made = self._classes.admits(cls) or _is_module(cls)
        return is_made or (TARGET in node.entries and not is_container(cls))

    def _free(self, node: ConfigNode) -> Make:
        """A value of which no type is known: as it is, classes that it names apart."""
        if node.is_list:
            makes = [self.fit(item, UNKNOWN) for item in node.items]
            kind = _kind_of(node)
            return lambda: kind(make() for make in makes)
        if not node.is_mapping or not (is_omega(node.value) or isinstance(node.value, dict)):
            return constant(node.value)
        entries = node.entries
        if TARGET in entries and not self._is_data:
            return self._instance(node, None, {})
        if _ARTIFACT in entries:
            return self.add(node, "an artifact is found in its archive only: use restore_from")
        found = {key: self.fit(item, UNKNOWN) for key, item in entries.items()}
        return lambda: {key: make() for key, make in found.items()}

    def _list(self, node: ConfigNode, hint: Any) -> Make:
        if not node.is_list:
            is_object = not isinstance(node.value, str) and not node.is_mapping
            fits = is_object and is_instance(node.value, get_origin(hint) or hint)
            return constant(node.value) if fits else self._wrong(node, in_words(hint))
        item = (get_args(hint) or (UNKNOWN,))[0]
        kind = list if (get_origin(hint) or hint) is list else _kind_of(node)
        makes = [self.fit(found, item) for found in node.items]
        return lambda: kind(make() for make in makes)

    def _tuple(self, node: ConfigNode, hint: Any) -> Make:
        if not node.is_list:
            return self._wrong(node, in_words(hint))
        items, hints = node.items, get_args(hint) or (UNKNOWN, ...)
        if len(hints) == 2 and hints[1] is Ellipsis:
            hints = (hints[0],) * len(items)
        if len(items) != len(hints):
            return self._wrong(node, in_words(hint))
        makes = [self.fit(item, hint) for item, hint in zip(items, hints, strict=True)]
        return lambda: tuple(make() for make in makes)

    def _set(self, node: ConfigNode, hint: Any, origin: type) -> Make:
        if isinstance(node.value, origin):
            return constant(node.value)
        if not node.is_list:
            return self._wrong(node, in_words(hint))
        make = self._list(node, hint)
        return lambda: origin(make())

    def _mapping(self, node: ConfigNode, hint: Any) -> Make:
        if not node.is_mapping:
            return self._wrong(node, in_words(hint))
        _, item = get_args(hint) or (UNKNOWN, UNKNOWN)
        if stripped(item) is UNKNOWN:
            return self._free(node)
        found = {key: self.fit(value, item) for key, value in node.entries.items()}
        return lambda: {key: make() for key, make in found.items()}

    def _dataclass(self, node: ConfigNode, cls: type) -> Make:
        if isinstance(node.value, cls):
            return constant(node.value)
        if not node.is_mapping:
            return self._wrong(node, in_words(cls))
        return self._call(node, cls, dict(node.entries), {})

    def _instance(self, node: ConfigNode, expected: type | None, given: Mapping[str, Any]) -> Make:
        """An object of the class that `_target_` names, or of the expected class where it is one that can be made."""
        cls, entries = self._class_and_rest(node, expected)
        return _nothing if cls is None else self._call(node, cls, entries, given)

    def _class_and_rest(self, node: ConfigNode, expected: type | None) -> tuple[type | None, dict[Any, ConfigNode]]:
        """The class to make, if there is one, and the entries that are its arguments."""
        entries = dict(node.entries)
        target = entries.pop(TARGET, None)
        cls = self._default_class(node, expected) if target is None else self._named_class(target, expected)
        for entry in entries.values() if cls is None else ():
            if entry.value is not MISSING:
                self.fit(entry, UNKNOWN)
        return cls, entries

    def _default_class(self, node: ConfigNode, expected: type | None) -> type | None:
        if expected is None or not self._classes.admits(expected) or is_general(expected):
            kind = "" if expected is None else f", expected a class that is a {in_words(expected)}"
            self.add(node, f'names no class: "{TARGET}" is missing{kind}')
            return None
        return expected

    def _named_class(self, target: ConfigNode, expected: type | None) -> type | None:
        if not isinstance(target.value, str | type):
            self.fit(target, str)
            return None
        cls = self._classes.find(target.value)
        if cls is None:
            self.add(
                target,
                self._classes.refusal(target.value),
                expected=None if expected is None else in_words(expected),
                got=_as_name(target.value),
                suggestion=self._classes.nearest(_as_name(target.value)),
            )
        elif expected is not None and not issubclass(cls, expected) and not self._is_extra(cls, expected):
            self.add(
                target, f"{full_name(cls)} is no {in_words(expected)}", expected=in_words(expected), got=full_name(cls)
            )
        elif inspect.isabstract(cls):
            self.add(target, f"{full_name(cls)} is abstract", got=full_name(cls))
        else:
            return cls
        return None

    def _is_extra(self, cls: type, expected: type) -> bool:
        """Whether the caller, who expects any module, allowed this class beside modules."""
        return is_general(expected) and self._classes.is_allowed(cls)

    def _call(
        self,
        node: ConfigNode,
        cls: type,
        entries: dict[Any, ConfigNode],
        given: Mapping[str, Any],
        *,
        is_whole: bool = True,
    ) -> Make:
        """A call of a constructor."""
        if not is_dataclass_type(cls) and _takes_whole(parameters_of(cls), {*entries, *given}):
            entries = {WHOLE: node.without(TARGET)}
        arguments = self.arguments(node.with_entries(entries), cls, given, is_whole=is_whole)
        return lambda: _made(cls, node, *arguments(), given)

    def arguments(
        self, node: ConfigNode, cls: type, given: Mapping[str, Any] = NO_ARGUMENTS, *, is_whole: bool = True
    ) -> Callable[[], tuple[list[Any], dict[str, Any]]]:
        """The arguments of a constructor, by position and by name; a place's entries are its parameters.

        `given` arguments come from the caller and are not looked at. Unless the config `is_whole`, others may follow.
        """
        parameters, entries, sections = parameters_of(cls), dict(node.entries), sections_of(cls)
        items = entries.pop(ARGUMENTS, None)
        positions = self._positions(items, cls, parameters)
        named = {}
        for key, item in entries.items():
            if key in given:
                self.add(item, f"{in_words(cls)} gets it from the caller")
            elif (parameter := parameters.named.get(key) or parameters.more_named) is not None:
                named[key] = self.argument(key, item, parameter.hint, sections)
            else:
                self._unknown(item, key, cls, parameters)
        if is_whole:
            self._require_all(node, cls, parameters, {*entries, *given}, len(positions))
        return lambda: ([make() for make in positions], {key: make() for key, make in named.items()})

    def _positions(self, node: ConfigNode | None, cls: type, parameters: Parameters) -> list[Make]:
        if node is None:
            return []
        if not node.is_list:
            self._wrong(node, "a list of positional arguments")
            return []
        items = node.items
        taken = _padded(parameters, len(items))
        makes = [self.fit(item, parameter.hint) for item, parameter in zip(items, taken, strict=False)]
        if len(items) > len(makes):
            self.add(node, f"{in_words(cls)} takes {len(makes)} positional arguments, got {len(items)}")
        return makes

    def _unknown(self, node: ConfigNode, key: Any, cls: type, parameters: Parameters) -> None:
        if key in _OF_HYDRA:
            self.add(node, "is an instruction to hydra.utils.instantiate, which is not used here")
            return
        if any(parameter.name == key for parameter in parameters.positional):
            self.add(node, f'{in_words(cls)} takes it by position: give it in "{ARGUMENTS}"')
            return
        kind = "field" if is_dataclass_type(cls) else "parameter"
        self.add(node, f"{in_words(cls)} has no such {kind}", suggestion=nearest(key, parameters.named))

    def _require_all(
        self, node: ConfigNode, cls: type, parameters: Parameters, names: set[Any], n_positions: int
    ) -> None:
        by_position = {parameter.name for parameter in parameters.positional[:n_positions]}
        every = {parameter.name: parameter for parameter in parameters.positional} | dict(parameters.named)
        for name, parameter in every.items():
            if parameter.default is REQUIRED and name not in names | by_position:
                place = ConfigNode(None, f"{node.path}.{name}" if node.path else name, node.position)
                wanted = in_words(parameter.hint)
                self.add(place, f"is missing, {in_words(cls)} requires it: expected {wanted}", expected=wanted)


def sections_of(cls: type) -> Mapping[str, Section]:
    """The arguments, and keys of `cfg`, that are data to a class's constructor, with what checks them."""
    return cls._sections() if Archivable in cls.__mro__ else NO_SECTIONS  # type: ignore[attr-defined]


def _as_name(target: str | type) -> str:
    return full_name(target) if isinstance(target, type) else target


def _made(cls: type, node: ConfigNode, positions: list[Any], named: dict[Any, Any], given: Mapping[str, Any]) -> Any:
    try:
        return cls(*positions, **named, **given)
    except Exception as error:
        error.add_note(f"while {node.path or 'the config'} was made: {full_name(cls)}")
        raise


def _takes_whole(parameters: Parameters, keys: set[Any]) -> bool:
    """Whether a constructor requires a `cfg` that the config does not have below, but is."""
    whole = parameters.named.get(WHOLE)
    return whole is not None and whole.default is REQUIRED and not keys & {WHOLE, ARGUMENTS}


def _padded(parameters: Parameters, n: int) -> list[Parameter]:
    more = parameters.more_positional
    return [*parameters.positional, *([] if more is None else [more] * n)]


def _nothing() -> None:
    return None


def _kind_of(node: ConfigNode) -> type[list[Any] | tuple[Any, ...]]:
    return tuple if isinstance(node.value, tuple) or node.is_tuple else list


def _in_words(node: ConfigNode) -> str:
    if node.is_mapping and not isinstance(node.value, type):
        return "a mapping"
    return "a list" if node.is_list else value_in_words(node.value)


def _is_module(hint: Any) -> bool:
    cls = get_origin(hint) or hint
    module = of_torch("nn")
    return isinstance(cls, type) and module is not None and issubclass(cls, module.Module)
