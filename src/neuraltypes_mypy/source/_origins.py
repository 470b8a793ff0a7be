"""Where a name in an annotation comes from.

jaxtyping's dtypes and `NeuralType` all *are* `typing.Annotated` to a type checker, so mypy's symbol for `Float` says no
more than that. Which one was meant is read from the imports.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from mypy.nodes import AssignmentStmt, Import, ImportAll, ImportFrom, IntExpr, MypyFile, NameExpr

from neuraltypes._dtypes import DTYPE_NAMES
from neuraltypes_mypy.base._names import ANNOTATED, FOREIGN
from neuraltypes_mypy.source._source import read_source

_MAX_HOPS: Final = 8
_KNOWN: Final = frozenset({"jaxtyping", "neuraltypes", "typing", "typing_extensions"})


class Origin(NamedTuple):
    """The module that defines a name, as far as the imports show, and its name there."""

    module: str
    name: str

    @property
    def is_dtype(self) -> bool:
        """Whether this is one of jaxtyping's dtypes."""
        return self.name in DTYPE_NAMES and self.module not in ("typing", "typing_extensions", "neuraltypes")

    @property
    def is_neural_type(self) -> bool:
        """Whether this is `NeuralType`."""
        return self.name == "NeuralType" and self.module not in ("typing", "typing_extensions")


def names_annotation(name: str) -> bool:
    """Whether a name, where it is defined, may be that of something which makes a tensor type of another."""
    return name in DTYPE_NAMES or name in ("NeuralType", "Annotated")


def passed_on(module: MypyFile, modules: dict[str, MypyFile]) -> dict[str, str]:
    """The names under which a module has dtypes that are called something else, with what they are called."""
    if module.fullname.partition(".")[0] in FOREIGN:
        return {}
    annotations = [
        name for name, symbol in module.names.items() if symbol.node is not None and symbol.node.fullname in ANNOTATED
    ]
    origins = {name: find_origin(name, module, modules) for name in annotations}
    return {name: origin.name for name, origin in sorted(origins.items()) if origin.name != name}


def announce_names(module: MypyFile) -> None:
    """Show mypy's daemon, which compares symbols, under which names a module imports dtypes: by a symbol for each."""
    for statement in list(module.imports):
        for original, alias in statement.names if isinstance(statement, ImportFrom) else ():
            if alias and alias != original and names_annotation(original):
                target, value = NameExpr(symbol_for(alias, original)), IntExpr(0)
                made = AssignmentStmt([target], value)
                for node in (target, value, made):
                    node.set_line(statement)
                module.defs.append(made)


def symbol_for(alias: str, original: str) -> str:
    """The symbol that a module has if it imports a dtype under another name."""
    return f"__neuraltypes_{alias}_is_{original}"


def find_origin(name: str, module: MypyFile, modules: dict[str, MypyFile]) -> Origin:
    """The origin of a name (`Float`, `jt.Float`) as `module` uses it, through as many modules as pass it on."""
    return list(_hops(name, module, modules))[-1]


def triggers(name: str, module: MypyFile, modules: dict[str, MypyFile]) -> Iterator[str]:
    """The symbols of other modules that show the daemon when a name has come to mean something else."""
    hops = list(_hops(name, module, modules))
    for passing, further in pairwise(hops):
        if passing.name != further.name:
            yield f"{passing.module}.{symbol_for(passing.name, further.name)}"


def _hops(name: str, module: MypyFile, modules: dict[str, MypyFile]) -> Iterator[Origin]:
    origin = _local_origin(name, module, modules)
    yield origin
    for _ in range(_MAX_HOPS):
        via = modules.get(origin.module)
        if origin.module in _KNOWN or via is None or via is module:
            return
        further = _local_origin(origin.name, via, modules)
        if further == origin:
            return
        origin, module = further, via
        yield origin


def _local_origin(name: str, module: MypyFile, modules: dict[str, MypyFile]) -> Origin:
    first, _, rest = name.partition(".")
    for statement in reversed(module.imports):
        if isinstance(statement, ImportFrom) and not rest:
            for original, alias in statement.names:
                if (alias or original) == name:
                    return Origin(_absolute(statement.relative, statement.id, module), original)
        if isinstance(statement, ImportFrom) and rest:
            for original, alias in statement.names:
                if (alias or original) == first:
                    return _dotted(f"{_absolute(statement.relative, statement.id, module)}.{original}.{rest}")
        if isinstance(statement, Import) and rest:
            for original, alias in statement.ids:
                if alias == first:
                    return _dotted(f"{original}.{rest}")
                if alias is None and name.startswith(f"{original}."):
                    return _dotted(name)
    if not module.imports and not rest:  # from mypy's cache, which keeps no imports
        found = read_source(module.path).imported(name)
        if found is not None:
            level, source_name, original = found
            return Origin(_absolute(level, source_name, module), original)
    for statement in reversed(module.imports):
        if isinstance(statement, ImportAll) and not rest:
            source = modules.get(_absolute(statement.relative, statement.id, module))
            if source is not None and name in source.names:
                return Origin(source.fullname, name)
    return _dotted(name) if rest else Origin(module.fullname, name)


def _dotted(fullname: str) -> Origin:
    module, _, name = fullname.rpartition(".")
    return Origin(module, name)


def _absolute(level: int, name: str, module: MypyFile) -> str:
    if not level:
        return name
    parts = module.fullname.split(".")
    dropped = level - (1 if module.is_package_init_file() else 0)
    base = parts[: len(parts) - dropped] if dropped else parts
    return ".".join([*base, *([name] if name else [])])
