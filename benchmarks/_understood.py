"""One run of mypy over a package, with what it knows of each value that is a tensor; `public_code.py` starts it.

    python benchmarks/_understood.py CONFIG CACHE PACKAGE

prints JSON: the errors, how many files were checked, and how many values are known by what (see `public_code.py`).
"""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mypy.build import BuildSource, build, create_metastore
from mypy.errors import CompileError
from mypy.main import process_options
from mypy.nodes import (
    AssignmentStmt,
    Block,
    ClassDef,
    Decorator,
    Expression,
    ForStmt,
    FuncDef,
    ListExpr,
    MypyFile,
    OperatorAssignmentStmt,
    OverloadedFuncDef,
    StarExpr,
    Statement,
    TupleExpr,
)
from mypy.options import Options
from mypy.plugin import Plugin
from mypy.server.subexpr import get_subexpressions
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    NoneType,
    TupleType,
    Type,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from neuraltypes._unify import Rest
from neuraltypes_mypy.base._names import TENSOR
from neuraltypes_mypy.source._statements import statements
from neuraltypes_mypy.tensors._tensor import as_tensor, read_tensor
from neuraltypes_mypy.tensors._walk import walk


@dataclass(frozen=True, slots=True)
class Value:
    """An expression whose value the code uses, and whether its function's signature names axes."""

    expression: Expression
    names_axes: bool


def values(file: MypyFile) -> list[Value]:
    """The expressions of a file that are evaluated, each once."""
    body = Block(file.defs)
    functions = list(_functions(body))
    bodies = [body, *(function.body for function in functions)]
    assigned = {id(target) for block in bodies for statement in statements(block) for target in _assigned(statement)}
    with_axes = {
        id(one) for function in functions if _names_axes(function) for one in get_subexpressions(function.body)
    }
    found = {id(one): one for one in get_subexpressions(file)}
    return [Value(one, key in with_axes) for key, one in found.items() if key not in assigned]


def _functions(body: Block) -> Iterator[FuncDef]:
    for statement in statements(body):
        found = statement.items if isinstance(statement, OverloadedFuncDef) else [statement]
        for one in found:
            function = one.func if isinstance(one, Decorator) else one
            if isinstance(function, FuncDef):
                yield function
                yield from _functions(function.body)
            elif isinstance(function, ClassDef):
                yield from _functions(function.defs)


def _assigned(statement: Statement) -> Iterator[Expression]:
    match statement:
        case AssignmentStmt():
            found = statement.lvalues
        case OperatorAssignmentStmt():
            found = [statement.lvalue]
        case ForStmt():
            found = [statement.index]
        case _:
            found = []
    for target in found:
        yield from _parts(target)


def _parts(target: Expression) -> Iterator[Expression]:
    yield target
    for item in target.items if isinstance(target, TupleExpr | ListExpr) else ():
        yield from _parts(item.expr if isinstance(item, StarExpr) else item)


def _names_axes(function: FuncDef) -> bool:
    signature = function.type
    return isinstance(signature, CallableType) and any(
        isinstance(type_, Instance) and type_.type.fullname == TENSOR and _has_axes(type_)
        for one in (*signature.arg_types, signature.ret_type)
        for type_ in walk(one)
    )


def _has_axes(tensor: Instance) -> bool:
    return len(tensor.args) > 1 and isinstance(get_proper_type(tensor.args[1]), TupleType)


class Collector(Plugin):
    """Reads each file of a package when mypy has checked it, before its tree is gone; answers no question."""

    def __init__(self, options: Options, package: str) -> None:
        super().__init__(options)
        self._package = package
        self.values: list[Value] = []

    def get_additional_indirect_deps(self, file: MypyFile) -> set[str]:
        """No dependency; mypy asks when it is done with a file."""
        if f"{file.fullname}.".startswith(f"{self._package}."):
            self.values += values(file)
        return set()


def describe(type_: Type) -> Iterator[str]:
    """What is known of a value, in words that are counted; nothing where it is no tensor."""
    proper = get_proper_type(type_)
    if isinstance(proper, AnyType):
        yield "any"
        return
    items = proper.items if isinstance(proper, UnionType) else [proper]
    items = [item for item in map(get_proper_type, items) if not isinstance(item, NoneType | UninhabitedType)]
    tensors = [tensor for tensor in map(as_tensor, items) if tensor is not None]
    if not tensors or len(tensors) < len(items):
        return
    yield "tensors"
    known = [set(_known_parts(tensor)) for tensor in tensors]
    yield from set.intersection(*known)


def _known_parts(tensor: Instance) -> Iterator[str]:
    read = read_tensor(tensor)
    if read.shape is not None and not any(isinstance(axis, Rest) and axis.name is None for axis in read.shape):
        yield "axes"
        if all(isinstance(axis, Rest) or axis.size is not None for axis in read.shape):
            yield "sizes"
    if isinstance(read.dtype, Instance) and read.dtype.type.name != "Shaped":
        yield "dtype"
    if not isinstance(read.element, AnyType) or read.element.missing_import_name:
        yield "element"


def forget(options: Options, package: str) -> None:
    """Have mypy check a package anew; what it imports is taken from the cache."""
    store = create_metastore(options, parallel_worker=False)
    for name in list(store.list_all()):
        if name.replace("\\", "/").startswith((f"{package}/", f"{package}.")):
            store.remove(name)
    store.commit()
    store.close()


def check(config: str, cache: str, package: str) -> dict[str, object]:
    """The errors of a package, and the counts where the configuration has the plugin."""
    sources, options = process_options(["--config-file", config, "--cache-dir", cache, "-p", package])
    if not options.plugins:
        return {**_errors(sources, options), "values": {}}
    options.export_types = True
    Path(cache).mkdir(parents=True, exist_ok=True)
    forget(options, package)
    collector = Collector(options, package)
    types: dict[Expression, Type] = {}
    found = _errors(sources, options, collector, types)
    counts = {"all": Counter[str](), "with axes": Counter[str]()}
    for value in collector.values:
        type_ = types.get(value.expression)
        words = [] if type_ is None else list(describe(type_))
        counts["all"].update(words)
        if value.names_axes:
            counts["with axes"].update(words)
    return {**found, "values": counts}


def _errors(
    sources: list[BuildSource],
    options: Options,
    collector: Collector | None = None,
    types: dict[Expression, Type] | None = None,
) -> dict[str, object]:
    try:
        result = build(sources, options, stdout=io.StringIO(), extra_plugins=[collector] if collector else None)
    except CompileError as error:
        return {"errors": error.messages, "files": len(sources)}
    if types is not None:
        types.update(result.types)
    return {"errors": result.errors, "files": len(sources)}


if __name__ == "__main__":
    print(json.dumps(check(*sys.argv[1:])))
