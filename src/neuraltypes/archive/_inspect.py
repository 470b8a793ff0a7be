"""What an archive holds, as data and as text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from neuraltypes.archive._reader import Archive
from neuraltypes.archive._signature import signature

_INDENT = "  "


def describe(archive: Archive) -> dict[str, Any]:
    """Everything but the contents of tensors and artifacts, as JSON data."""
    owned = [tensor for tensor in archive.tensors.values() if tensor.alias_of is None]
    return {
        "path": archive.path,
        "digest": archive.digest,
        "size": archive.size,
        "class": {"name": archive.class_name, "version": archive.class_version},
        "provenance": dict(archive.provenance),
        "metadata": dict(archive.metadata),
        "forward": None if archive.interface is None else signature(archive.interface),
        "interface": archive.interface,
        "config": archive.config,
        "values": sum(tensor.items for tensor in owned),
        "bytes": sum(tensor.size for tensor in owned),
        "dtypes": _by_dtype(archive),
        "tensors": [_describe_tensor(archive, name) for name in archive.tensors],
        "artifacts": [
            {"name": name, "kind": artifact.record.kind, "owner": artifact.record.owner, "size": artifact.size}
            | {"files": list(artifact.files), "sha256": artifact.digest}
            for name, artifact in archive.artifacts.items()
        ],
    }


def as_text(description: Mapping[str, Any]) -> str:
    """A description for people. No text of the archive can move the cursor or change colours."""
    return "\n".join(map(printable, _lines(description)))


def printable(text: str) -> str:
    """`text` with everything that a terminal would act on escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def size_text(size: int) -> str:
    """A number of bytes in decimal units."""
    amount, units = float(size), ["B", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.0f} {units[0]}" if units[0] == "B" else f"{amount:.3g} {units[0]}"


def _by_dtype(archive: Archive) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for tensor in archive.tensors.values():
        if tensor.alias_of is None:
            entry = found.setdefault(tensor.dtype, {"tensors": 0, "values": 0, "bytes": 0})
            entry["tensors"] += 1
            entry["values"] += tensor.items
            entry["bytes"] += tensor.size
    return found


def _describe_tensor(archive: Archive, name: str) -> dict[str, Any]:
    tensor = archive.tensors[name]
    entry: dict[str, Any] = {"name": name, "dtype": tensor.dtype, "shape": list(tensor.shape), "bytes": tensor.size}
    return entry | {"sha256": tensor.sha256} | ({"alias_of": tensor.alias_of} if tensor.alias_of else {})


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{found['path']}  {size_text(found['size'])}"
    yield f"digest      {found['digest']}"
    yield f"class       {found['class']['name'] or '(none)'}, version {found['class']['version']}"
    if found["provenance"]:
        yield f"written by  {', '.join(f'{name} {version}' for name, version in found['provenance'].items())}"
    if found["forward"] is not None:
        yield f"forward     {found['forward']}"
    for title in ("config", "metadata"):
        if found[title]:
            yield title
            yield from _values(found[title], _INDENT)
    dtypes = ", ".join(f"{name} {size_text(entry['bytes'])}" for name, entry in found["dtypes"].items())
    yield f"tensors     {len(found['tensors'])}, {found['values']:,} values, {dtypes or 'none'}"
    yield from _tree(found["tensors"])
    if found["artifacts"]:
        yield "artifacts"
    for artifact in found["artifacts"]:
        what = f"{artifact['kind']}, {size_text(artifact['size'])}, {artifact['sha256'][:12]}"
        yield f"{_INDENT}{artifact['name']}  {what}"


def _values(value: Any, indent: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{indent}{json.dumps(value, ensure_ascii=False)}"
        return
    for key, item in value.items():
        if isinstance(item, dict) and item:
            yield f"{indent}{key}"
            yield from _values(item, indent + _INDENT)
        else:
            yield f"{indent}{key}: {json.dumps(item, ensure_ascii=False)}"


def _tree(tensors: list[dict[str, Any]]) -> Iterator[str]:
    """Modules with the sums of what is below them, each followed by its own tensors."""
    totals: dict[tuple[str, ...], int] = {}
    for tensor in tensors:
        path = tuple(tensor["name"].split("."))
        for depth in range(1, len(path)):
            module = path[:depth]
            totals[module] = totals.get(module, 0) + (0 if "alias_of" in tensor else tensor["bytes"])
    rows = [(module, f"{module[-1]}  {size_text(size)}") for module, size in totals.items()]
    rows += [(tuple(tensor["name"].split(".")), _tensor_line(tensor)) for tensor in tensors]
    for path, line in sorted(rows, key=lambda row: [_natural(part) for part in row[0]]):
        yield _INDENT * len(path) + line


def _tensor_line(tensor: Mapping[str, Any]) -> str:
    line = f"{tensor['name'].rpartition('.')[2]}  {tensor['dtype']} {tensor['shape']}  {size_text(tensor['bytes'])}"
    return f"{line}  is {tensor['alias_of']}" if "alias_of" in tensor else line


def _natural(part: str) -> tuple[int, int, str]:
    """Numbers by their value, before names."""
    return (0, int(part), "") if part.isascii() and part.isdigit() and len(part) < 10 else (1, 0, part)
