"""A module as a program of torch.export, or as ONNX, whose inputs, outputs and axes are those of its annotations."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram
from torch.export.graph_signature import OutputKind
from torch.utils._pytree import tree_flatten, tree_leaves, tree_unflatten

from neuraltypes._axes import Axis, FixedAxis, NamedAxis, is_variadic
from neuraltypes._errors import AnnotationError
from neuraltypes._examples import example_inputs
from neuraltypes._forward import interface_of
from neuraltypes._interface import Interface
from neuraltypes._spec import DictSpec, ListSpec, OptionalSpec, RecordSpec, Spec, TensorSpec, TupleSpec, axis_names
from neuraltypes._switches import checks
from neuraltypes.archive import _json
from neuraltypes.archive._atomic import replacing
from neuraltypes.archive._manifest import INTERFACE
from neuraltypes.archive.errors import ExportError

Range: TypeAlias = tuple[int | None, int | None]

EXPORT = "export.json"

_ONNX_LARGEST = (1 << 31) - (1 << 20)  # bytes of one message of Protocol Buffers, less some for the graph
_FIX = re.compile(r"^ {2}(\w+) = (.+)$", re.MULTILINE)  # a line of what torch suggests
_LIMIT = re.compile(r"(min|max)=(\d+)")
_GUARD = re.compile(r"^ +- Not all values of (\w+) = (\S+) .*satisfy the generated guard (.+?)\.?$", re.MULTILINE)
_PLACE = re.compile(r'^ *File "(.+)", line (\d+), in .+\n +(.+)$', re.MULTILINE)


class Options(NamedTuple):
    """What the caller of an export decides."""

    inputs: Mapping[str, Any]
    sizes: Mapping[str, int]
    static: Mapping[str, int]
    ranges: Mapping[str, Range]


class Leaf(NamedTuple):
    """A tensor among inputs or outputs, with its type where the annotation has one for it."""

    name: str
    spec: TensorSpec | None
    value: Any

    @property
    def axes(self) -> list[tuple[Axis, int]]:
        """Each axis with its size; none where the annotation does not tell how many there are."""
        known = None if self.spec is None else self.spec.axes
        if known is None or is_variadic(known) or not isinstance(self.value, Tensor):
            return []
        return list(zip(known, self.value.shape, strict=True))


def export_module(module: nn.Module, path: str | os.PathLike[str], options: Options) -> None:
    """Write a module as a program: as ONNX where the path ends in `.onnx`, else as torch.export does.

    Raises:
        ExportError: torch cannot export it as annotated, with the axes that are to blame; or ONNX is not installed.
        AnnotationError: the annotations do not say enough to make inputs.
        CheckError: `forward` does not do what its annotations say.
        OSError: the file cannot be written.
    """
    is_onnx = Path(path).suffix == ".onnx"
    if is_onnx:
        _require_onnx()
    interface = interface_of(type(module), getattr(module, "__orig_class__", None))
    inputs = _inputs(module, interface, options)
    outputs = _checked_outputs(module, interface, inputs)
    leaves = [leaf for name, value in inputs.items() for leaf in _leaves(name, interface.inputs[name], value)]
    shapes = _shapes(leaves, inputs, options)
    program = _program(module, interface, inputs, shapes)
    results = _result_leaves(interface, outputs)
    _require_free(program, leaves, results, options)
    texts = _texts(interface, leaves, results, options)
    size = sum(tensor.numel() * tensor.element_size() for tensor in program.state_dict.values()) + (1 << 20)
    if not is_onnx:
        with replacing(path, size) as descriptor, os.fdopen(os.dup(descriptor), "wb") as file:
            torch.export.save(program, file, extra_files=texts)
        return
    content = _onnx(program, inputs, shapes, leaves, results, texts, size)
    with replacing(path, len(content)) as descriptor, os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)


def _inputs(module: nn.Module, interface: Interface, options: Options) -> dict[str, Any]:
    """Example inputs, in the order of the interface. Records are dicts, for a program knows no classes of Python."""
    named = set().union(*(axis_names(spec) for spec in interface.inputs.values()))
    for option in ("sizes", "static", "ranges"):
        if unknown := getattr(options, option).keys() - named:
            raise AnnotationError(
                f'export_to: {option} names "{min(unknown)}", which is no axis of an input; known are '
                f"{', '.join(sorted(named)) or 'none'}"
            )
    device = next((tensor.device for tensor in (*module.parameters(), *module.buffers())), None)
    made = example_inputs(module, device=device, **{**options.sizes, **options.static, **options.inputs})
    return {name: _plain(made[name]) for name, _ in interface.parameters if name in made}


def _checked_outputs(module: nn.Module, interface: Interface, inputs: Mapping[str, Any]) -> Any:
    """What the module gives for the inputs, by which it is seen to do what its annotations say. It stays as it is."""
    buffers = {name: buffer.clone() for name, buffer in module.named_buffers()}
    given = {name: _typed(interface.inputs[name], value) for name, value in inputs.items()}
    with checks("always"), torch.no_grad():
        return _plain(torch.func.functional_call(module, buffers, (), given))


def _program(
    module: nn.Module, interface: Interface, inputs: Mapping[str, Any], shapes: Mapping[str, Any]
) -> ExportedProgram:
    # A twin of the module, whose tensors have the names that they have in an archive, and whose records are dicts.
    twin = object.__new__(type(module))
    twin.__dict__ = dict(module.__dict__)
    forward = module.forward

    @functools.wraps(forward)
    def plain_forward(**given: Any) -> Any:
        return _plain(forward(**{name: _typed(interface.inputs[name], value) for name, value in given.items()}))

    twin.__dict__["forward"] = plain_forward
    try:
        with checks("off"):  # the call before was checked; a guard would be recorded as part of the program
            return torch.export.export(twin, (), dict(inputs), dynamic_shapes=dict(shapes))
    except (RuntimeError, ValueError, TypeError, AssertionError, NotImplementedError) as error:
        problems = _problems(str(error))
        raise ExportError(
            "\n".join([f"{type(module).__name__} cannot be exported as it is annotated:", *problems]), problems=problems
        ) from error


def _shapes(leaves: list[Leaf], inputs: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """`dynamic_shapes` of torch.export: one `Dim` for each axis name, none for fixed and static axes."""
    dims: dict[str, Any] = {}
    by_leaf = [_dims_of(leaf, dims, options) for leaf in leaves]
    _, structure = tree_flatten(dict(inputs))
    shapes: dict[str, Any] = tree_unflatten(by_leaf, structure)
    return shapes


def _dims_of(leaf: Leaf, dims: dict[str, Any], options: Options) -> dict[int, Any] | None:
    if not isinstance(leaf.value, Tensor):
        return None
    if not leaf.axes:
        return dict.fromkeys(range(leaf.value.ndim), Dim.AUTO)
    found: dict[int, Any] = {}
    for number, (axis, size) in enumerate(leaf.axes):
        match axis:
            case FixedAxis():
                continue
            case NamedAxis(name=name, broadcastable=False):
                if name in options.static:
                    continue
                if size < 2:
                    raise ExportError(
                        f'axis "{name}" has the size {size} in the example input "{leaf.name}", which torch.export '
                        f'would make the only one; give inputs of at least 2, or static={{"{name}": {size}}}',
                        axis=name,
                    )
                low, high = options.ranges.get(name, (None, None))
                found[number] = dims.setdefault(name, Dim(name, min=low, max=high))
            case _:
                found[number] = Dim.AUTO
    return found


def _leaves(name: str, spec: Spec | None, value: Any) -> Iterator[Leaf]:
    """The leaves of a value, in torch's order, with the type of each and a name such as `pair.0`."""
    match spec, value:
        case TensorSpec(), Tensor():
            yield Leaf(name, spec, value)
        case OptionalSpec(item=item), _ if value is not None:
            yield from _leaves(name, item, value)
        case TupleSpec(items=items), tuple():
            for number, (item, part) in enumerate(zip(items, value, strict=True)):
                yield from _leaves(f"{name}.{number}", item, part)
        case ListSpec(item=item), list() | tuple():
            for number, part in enumerate(value):
                yield from _leaves(f"{name}.{number}", item, part)
        case DictSpec(value=item), dict():
            for key, part in value.items():
                yield from _leaves(f"{name}.{key}", item, part)
        case RecordSpec(fields=fields), dict():
            known = dict(fields)
            for key, part in value.items():
                yield from _leaves(f"{name}.{key}", known.get(key), part)
        case _:
            leaves = tree_leaves(value)
            for number, leaf in enumerate(leaves):
                yield Leaf(name if len(leaves) == 1 else f"{name}.{number}", None, leaf)


def _result_leaves(interface: Interface, outputs: Any) -> list[Leaf]:
    """The leaves of the result: those of a record or tuple under its own names, a single one as `output`."""
    names = list(interface.outputs)
    if isinstance(interface.result, RecordSpec | TupleSpec):
        parts = outputs.values() if isinstance(outputs, dict) else outputs
        return [
            leaf
            for name, part in zip(names, parts, strict=True)
            for leaf in _leaves(name, interface.outputs[name], part)
        ]
    return list(_leaves("output", interface.result, outputs))


def _plain(value: Any) -> Any:
    """A value with NamedTuples and dataclasses as dicts, which any program can be given without their classes."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: _plain(getattr(value, name)) for name in value._fields}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if type(value) in (list, tuple):
        return type(value)(_plain(item) for item in value)
    return {key: _plain(item) for key, item in value.items()} if type(value) is dict else value


def _typed(spec: Spec, value: Any) -> Any:
    """The value of an input that `_plain` made of records."""
    match spec, value:
        case OptionalSpec(item=item), _ if value is not None:
            return _typed(item, value)
        case TupleSpec(items=items), tuple():
            return tuple(_typed(item, part) for item, part in zip(items, value, strict=True))
        case ListSpec(item=item), list() | tuple():
            return type(value)(_typed(item, part) for part in value)
        case DictSpec(value=item), dict():
            return {key: _typed(item, part) for key, part in value.items()}
        case RecordSpec(fields=fields, form=form, record_type=record_type), dict():
            known = dict(fields)
            made = {key: _typed(known[key], part) for key, part in value.items()}
            return made if form == "typeddict" or record_type is None else record_type(**made)
        case _:
            return value


def _problems(text: str) -> list[str]:
    """What torch says of a failed export, in the words of annotations where it can be said so."""
    fixes = text.partition("Suggested fixes:\n")[2]
    found = [_advice(name, fix) for name, fix in _FIX.findall(fixes) if not name.startswith("_")]
    found += [_condition(*each) for each in _GUARD.findall(text)] if not found else []
    if found:
        return found
    first = [line for line in text.strip().splitlines() if line.strip()][:1]
    places = _PLACE.findall(text)
    where = [f"  at {file}:{line}: {code.strip()}" for file, line, code in places[-1:]]
    if "data-dependent" in text:
        return [f"  a size or a branch of it depends on the values of a tensor: {first[0]}", *where]
    return [f"  {line}" for line in first] + where


def _condition(name: str, size: str, guard: str) -> str:
    condition = guard.replace(size, name)
    return f'  axis "{name}": the code takes sizes with {condition} alone; annotate it so, or give ranges of such sizes'


def _advice(name: str, fix: str) -> str:
    if fix.isdecimal():
        return (
            f'  axis "{name}": with this example, the code takes the size {fix} alone; annotate it so, give '
            f'static={{"{name}": {fix}}}, or try other sizes'
        )
    limits = {kind: int(limit) for kind, limit in _LIMIT.findall(fix)} if fix.startswith("Dim(") else {}
    if limits:
        low, high = limits.get("min"), limits.get("max")
        which = " and ".join([f"at least {low}"] * (low is not None) + [f"at most {high}"] * (high is not None))
        return f'  axis "{name}": the code takes sizes of {which} alone; give ranges={{"{name}": ({low}, {high})}}'
    return f'  axis "{name}": the code takes sizes of the form {fix} alone'


def _require_free(program: ExportedProgram, leaves: list[Leaf], results: list[Leaf], options: Options) -> None:
    """Refuse a program whose output has one size where the annotation names an axis that varies."""
    varying = {axis.name for leaf in leaves for axis, _ in leaf.axes if isinstance(axis, NamedAxis)} - {*options.static}
    nodes = program.graph.output_node().args[0]
    assert isinstance(nodes, tuple | list)
    kinds = [spec.kind for spec in program.graph_signature.output_specs]
    written = [node for node, kind in zip(nodes, kinds, strict=True) if kind is OutputKind.USER_OUTPUT]
    fixed = {
        axis.name: (leaf.name, int(got))
        for leaf, node in zip(results, written, strict=True)
        for (axis, _), got in zip(leaf.axes, _shape(node), strict=False)
        if isinstance(axis, NamedAxis) and axis.name in varying and isinstance(got, int)
    }
    if fixed:
        listed = "\n".join(
            f'  axis "{name}": the output "{output}" has the size {size} whatever the inputs\' is'
            for name, (output, size) in fixed.items()
        )
        raise ExportError(f"the program does not do what the annotations say:\n{listed}", axes=fixed)


def _shape(node: Any) -> tuple[Any, ...]:
    value = node.meta.get("val") if isinstance(node, torch.fx.Node) else None
    return tuple(value.shape) if isinstance(value, Tensor) else ()


def _texts(interface: Interface, leaves: list[Leaf], results: list[Leaf], options: Options) -> dict[str, str]:
    """The files beside the program: the interface as in an archive, and what of it the program has."""
    axes: dict[str, Any] = {}
    for axis in (axis for leaf in leaves for axis, _ in leaf.axes if isinstance(axis, NamedAxis)):
        low, high = options.ranges.get(axis.name, (None, None))
        fixed = options.static.get(axis.name)
        axes[axis.name] = {"min": low, "max": high} if fixed is None else fixed
    described = {
        "inputs": [_described(leaf) for leaf in leaves],
        "outputs": [_described(leaf) for leaf in results],
        "axes": axes,
    }
    found = {INTERFACE: interface.to_json(), EXPORT: described}
    return {name: _json.encode(data, name).decode() for name, data in found.items()}


def _described(leaf: Leaf) -> dict[str, Any]:
    if not isinstance(leaf.value, Tensor):
        return {"name": leaf.name, "value": repr(leaf.value)}
    return {
        "name": leaf.name,
        "dtype": str(leaf.value.dtype).removeprefix("torch."),
        "axes": leaf.spec.to_json().get("axes") if leaf.spec is not None else None,
    }


def _require_onnx() -> None:
    missing = [name for name in ("onnx", "onnxscript") if importlib.util.find_spec(name) is None]
    if missing:
        raise ExportError(
            f'an export to ONNX needs {" and ".join(missing)}: pip install "neuraltypes[onnx]"', missing=missing
        )


def _onnx(
    program: ExportedProgram,
    inputs: Mapping[str, Any],
    shapes: Mapping[str, Any],
    leaves: list[Leaf],
    results: list[Leaf],
    texts: Mapping[str, str],
    size: int,
) -> bytes:
    if size > _ONNX_LARGEST:
        raise ExportError("a file of ONNX holds 2 GB at most; export it as .pt2", size=size)
    given = [leaf.name for leaf in leaves if isinstance(leaf.value, Tensor)]
    # In ONNX no output may have the name of an input.
    named = [f"{leaf.name}_output" if leaf.name in given else leaf.name for leaf in results]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what torch says of its own parts, and of axes that share a name
        try:
            made = torch.onnx.export(
                program,
                (),
                kwargs=dict(inputs),
                input_names=given,
                output_names=named,
                dynamic_shapes=dict(shapes),
                dynamo=True,
                verbose=False,
            )
        except torch.onnx.errors.OnnxExporterError as error:
            raise ExportError(f"torch cannot write the program as ONNX: {error}") from error
    assert made is not None
    made.model.metadata_props.update(texts)
    content: bytes = made.model_proto.SerializeToString()
    return content
