"""What a step takes of its batch: as its annotation says, and as its source hands fields on to typed modules."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.data._types import fields_of
from models.data._wiring import Taken, taken_by, with_sizes_of
from neuraltypes import AnnotationError, Interface, RecordSpec, Spec, TupleSpec, interface_of


def fields_taken(model: Any, step: str, batch: Spec) -> list[Taken]:
    """The fields of a batch of type `batch` that the method `step` of `model` takes."""
    if step in vars(model):  # replaced on the instance, by who knows what
        return []
    function = inspect.unwrap(getattr(type(model), step))
    annotated = _annotation(function)
    by_annotation = [] if annotated is None else _by_annotation(annotated, batch, f"{type(model).__name__}.{step}")
    source = _Source.of(function)
    return by_annotation + ([] if source is None else list(_by_source(source, model, step, batch)))


def module_interface(module: Any) -> Interface | None:
    """The typed interface of what is called; None where it has none."""
    try:
        found = getattr(module, "interface", None)
        if isinstance(found, Interface):
            return found
        function = getattr(module, "forward", module)
        return interface_of(function) if inspect.isroutine(function) else None
    except (AnnotationError, ValueError, TypeError):  # a builtin without a signature, a name that is not imported
        return None


def _annotation(function: Callable[..., Any]) -> Spec | None:
    """The annotated type of a step's first argument, where it is a record or a tuple of known types."""
    try:
        inputs = interface_of(function).inputs
    except AnnotationError:
        return None
    spec = next(iter(inputs.values()), None)
    return spec if isinstance(spec, RecordSpec | TupleSpec) else None


def _by_annotation(annotated: Spec, batch: Spec, step: str) -> list[Taken]:
    fields = fields_of(annotated)
    required = set(fields) - getattr(annotated, "optional", frozenset())
    if isinstance(annotated, TupleSpec):
        names = list(fields_of(batch))
        fields = dict(zip(names, fields.values(), strict=False))
        required = set(fields)
    return [Taken(name, f"{step}(batch.{name})", spec, name in required) for name, spec in fields.items()]


@dataclass(frozen=True, slots=True)
class _Source:
    """A method's source: `own` is what it calls the instance, `batch` its first argument."""

    tree: ast.FunctionDef
    own: str
    batch: str
    file: str
    first_line: int

    @classmethod
    def of(cls, function: Callable[..., Any]) -> _Source | None:
        """The source; None where it cannot be read, or where the batch is assigned anew in it."""
        try:
            lines, first_line = inspect.getsourcelines(function)
            tree = ast.parse(textwrap.dedent("".join(lines))).body[0]
            file = Path(inspect.getsourcefile(function) or "").name
        except (OSError, TypeError, SyntaxError, IndexError):
            return None
        if not isinstance(tree, ast.FunctionDef) or len(tree.args.args) < 2:
            return None
        own, batch = (argument.arg for argument in tree.args.args[:2])
        return None if {own, batch} & _stored(tree).keys() else cls(tree, own, batch, file, first_line)

    def place(self, node: ast.expr) -> str:
        """Where a node stands: `train.py:12`."""
        return f"{self.file}:{self.first_line + node.lineno - 1}"


def _stored(tree: ast.AST) -> Counter[str]:
    """How often each name is assigned to."""
    return Counter(n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))


def _by_source(source: _Source, model: Any, step: str, batch: Spec) -> Iterator[Taken]:
    names = list(fields_of(batch))
    aliases = _aliases(source, names)
    yield from _fields_read(source, model, step, batch)
    for node in _certain(source.tree.body):
        path = _path(node.func, source.own) if isinstance(node, ast.Call) else None
        if not isinstance(node, ast.Call) or path is None:
            continue
        called = _called(model, path)
        interface = None if called is None else module_interface(called)
        if interface is None or not interface.is_typed:
            continue
        taker = f"{source.place(node)} {'.'.join([type(model).__name__, *(path or ['forward'])])}"
        yield from _by_keywords(source, node, interface.inputs, aliases, taker, called)
        if any(keyword.arg is None and _is_whole(keyword.value, source.batch) for keyword in node.keywords):
            given = {keyword.arg for keyword in node.keywords}
            inputs = {name: spec for name, spec in interface.inputs.items() if name not in given}
            yield from taken_by(inputs, interface.required, taker, called)
            listed = ", ".join(interface.inputs)
            refused = [] if _takes_any_name(called) else [name for name in names if name not in inputs]
            yield from (Taken(name, taker, refusal="it is not taken", takes=listed) for name in refused)


def _by_keywords(
    source: _Source, call: ast.Call, inputs: Mapping[str, Spec], aliases: Mapping[str, str], taker: str, called: Any
) -> Iterator[Taken]:
    for keyword in call.keywords:
        field = _field(keyword.value, source.batch) or aliases.get(getattr(keyword.value, "id", ""))
        expected = inputs.get(keyword.arg or "")
        if expected is not None and field is not None:
            yield Taken(field, f"{taker}({keyword.arg}=)", with_sizes_of(expected, called))


def _fields_read(source: _Source, model: Any, step: str, batch: Spec) -> Iterator[Taken]:
    """The fields that are read, where the batch is a record that must have them."""
    if not isinstance(batch, RecordSpec):
        return
    for node in _certain(source.tree.body):
        is_read = isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Load)
        field = _field(node, source.batch) if is_read else None
        by_key = isinstance(node, ast.Subscript)
        if field is None or by_key != (batch.form == "typeddict") or hasattr(batch.record_type, field):
            continue
        yield Taken(field, f"{source.place(node)} {type(model).__name__}.{step}(batch.{field})")  # type: ignore[arg-type]


_BRANCHING = (
    *(ast.If, ast.IfExp, ast.BoolOp, ast.While, ast.For, ast.AsyncFor, ast.Try, ast.TryStar, ast.Match),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Assert),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
_LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)


def _certain(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes that surely run whenever the function does: those behind no branch, and before any early return."""
    for statement in body:
        yield from _unbranched(statement)
        if any(isinstance(node, _LEAVING) for node in ast.walk(statement)):
            return


def _unbranched(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, _BRANCHING):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _unbranched(child)


def _aliases(source: _Source, names: list[str]) -> dict[str, str]:
    """Local names that stand for a field throughout: assigned once, from the batch."""
    stored = _stored(source.tree)
    found: dict[str, str] = {}
    for node in _certain(source.tree.body):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target = node.targets[0]
        if isinstance(target, ast.Name) and (field := _field(node.value, source.batch)):
            found[target.id] = field
        elif isinstance(target, ast.Tuple) and _is_whole(node.value, source.batch) and len(target.elts) == len(names):
            found |= {e.id: name for e, name in zip(target.elts, names, strict=True) if isinstance(e, ast.Name)}
    return {name: field for name, field in found.items() if stored[name] == 1}


def _field(node: ast.AST, batch: str) -> str | None:
    """The field that `batch.audio` or `batch["audio"]` reads."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=field) if name == batch:
            return field
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(field))) if name == batch:
            return field
        case _:
            return None


def _is_whole(node: ast.AST, batch: str) -> bool:
    """Whether a node is the batch itself, or all its fields: `batch`, `batch._asdict()`."""
    match node:
        case ast.Name(id=name) | ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="_asdict"), args=[]):
            return name == batch
        case _:
            return False


def _path(node: ast.expr, own: str) -> list[str] | None:
    """The attributes from the instance to what is called: `["encoder", "norm"]`."""
    match node:
        case ast.Name(id=name) if name == own:
            return []
        case ast.Attribute(value=value, attr=attribute):
            path = _path(value, own)
            return None if path is None else [*path, attribute]
        case _:
            return None


def _takes_any_name(called: Any) -> bool:
    parameters = inspect.signature(getattr(called, "forward", called)).parameters.values()
    return any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)


def _called(model: Any, path: list[str]) -> Any:
    """What a path of attributes leads to; no property is run to find it."""
    found = model
    for step in path:
        if isinstance(inspect.getattr_static(type(found), step, None), property):
            return None
        found = getattr(found, step, None)
    return found
