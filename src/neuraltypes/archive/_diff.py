"""How two archives differ: by what they say and by digests, without reading tensors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from neuraltypes.archive._reader import Archive
from neuraltypes.archive._signature import signature


class Difference(NamedTuple):
    """One thing that differs: in which part, where, and what each side has; None where it has nothing."""

    part: str
    place: str
    left: Any
    right: Any

    def __str__(self) -> str:
        where = f"{self.part} {self.place}".rstrip()
        if self.left is None:
            return f"+ {where}: {self.right}"
        return f"- {where}: {self.left}" if self.right is None else f"~ {where}: {self.left} -> {self.right}"


def diff(left: Archive, right: Archive) -> list[Difference]:
    """All differences of two archives; none if and only if they hold the same."""
    if left.digest == right.digest:
        return []
    pairs = {
        "class": (_class(left), _class(right)),
        "provenance": (dict(left.provenance), dict(right.provenance)),
        "metadata": (dict(left.metadata), dict(right.metadata)),
        "interface": (_interface(left), _interface(right)),
        "config": (_flat(left.config), _flat(right.config)),
        "tensor": (_tensors(left), _tensors(right)),
        "artifact": (_artifacts(left), _artifacts(right)),
    }
    return [found for part, (mine, theirs) in pairs.items() for found in _compare(part, mine, theirs)]


def _compare(part: str, left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[Difference]:
    for place in dict.fromkeys((*left, *right)):
        if left.get(place) != right.get(place):
            yield Difference(part, place, left.get(place), right.get(place))


def _class(archive: Archive) -> dict[str, Any]:
    return {"name": archive.class_name, "version": archive.class_version}


def _interface(archive: Archive) -> dict[str, Any]:
    # The signature for people, and the data, for two classes of one name may differ.
    if archive.interface is None:
        return {}
    return {"forward": signature(archive.interface), "data": json.dumps(archive.interface)}


def _flat(value: Any, place: str = "") -> dict[str, str]:
    """Each plain value of a config by its place; what is empty counts as one."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: dict[str, str] = {}
    for key, item in children:
        found |= _flat(item, f"{place}.{key}" if place else str(key))
    return found or {place: json.dumps(value, ensure_ascii=False)}


def _tensors(archive: Archive) -> dict[str, str]:
    return {
        name: f"{tensor.dtype} {list(tensor.shape)} {tensor.sha256[:12]}"
        + (f" (is {tensor.alias_of})" if tensor.alias_of else "")
        for name, tensor in archive.tensors.items()
    }


def _artifacts(archive: Archive) -> dict[str, str]:
    return {name: f"{each.record.kind} {each.digest[:12]}" for name, each in archive.artifacts.items()}
