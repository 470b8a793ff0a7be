"""The tag that a checked output carries: its element and the kinds of its axes, as a plain string attribute.

A string is set and read in some 30 ns, survives `torch.load(weights_only=True)`, and is lost by every operation, as it
must be: what an operation does to the meaning of the numbers is not known at run time.
"""

from __future__ import annotations

import dis
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any, Final

from torch.compiler import is_compiling

from neuraltypes._axes import is_variadic
from neuraltypes._classes import descendants
from neuraltypes._compare import compare_elements
from neuraltypes._errors import AnnotationError
from neuraltypes._spec import ElementVar, TensorSpec
from neuraltypes._spec_json import element_from_json, element_to_json
from neuraltypes._tracing import constant_when_traced
from neuraltypes.elements import ElementType
from neuraltypes.kinds import AxisKind, kind_fits

ATTRIBUTE: Final = "_neural_type"
_VERSION: Final = "@version "
_verdicts: dict[tuple[Any, Any], Callable[[str], bool]] = {}


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tag says; None is unknown."""

    element: ElementType | None
    kinds: tuple[AxisKind | None, ...] | None


def make_tag(spec: TensorSpec) -> str | None:
    """The tag for tensors of this type, or None when it says nothing beyond shape and dtype."""
    # What a type variable stands for is known from a call's inputs, see `retag`; its bound is all that inputs must be.
    element = None if isinstance(spec.element, ElementVar) else spec.element
    return _write(Tag(element, known_kinds(spec)))


def retag(tag: str | None, spec: TensorSpec) -> str | None:
    """The tag of `spec` with the element that `tag` says: what a function generic over its element returns."""
    said = read_tag(tag)
    return make_tag(spec) if said is None else _write(Tag(said.element, known_kinds(spec)))


def tag_written(value: Any, tag: str) -> str:
    """`tag` with the version of a tensor that was written to in place before it was tagged."""
    if is_compiling():
        return tag
    version = version_of(value)
    return f"{tag}{_VERSION}{version}" if version else tag


def is_stale(value: Any, tag: str) -> bool:
    """Whether a tensor was written to in place after it was tagged, so that its numbers may mean something else now."""
    said = tag.rpartition(_VERSION)[2]
    return version_of(value) != (int(said) if said.isdecimal() else 0)


def version_of(value: Any) -> int:
    """How often a tensor was written to in place; 0 where torch does not count."""
    try:
        return int(value._version)  # noqa: SLF001  # torch has no public name for it
    except (RuntimeError, AttributeError):  # inference tensors keep no version
        return 0


def writes_in_place(code: CodeType) -> bool:
    """Whether a function may write to a tensor in place: `x += y`, `x.relu_()`, `F.relu(x, inplace=True)`."""
    in_place = any("=" in i.argrepr for i in dis.get_instructions(code) if i.opname == "BINARY_OP")
    names = (*code.co_names, *(name for c in code.co_consts if isinstance(c, tuple) for name in c))
    return in_place or any(name == "inplace" or re.fullmatch(r"[^_]\w*[^_]_", str(name)) for name in names)


def allowed_elements(spec: TensorSpec) -> tuple[ElementType, ...]:
    """The elements of which tensors of a spec must have one; empty when any will do."""
    if isinstance(spec.element, ElementVar):
        return spec.element.options
    return () if spec.element is None else (spec.element,)


def known_kinds(spec: TensorSpec) -> tuple[AxisKind | None, ...] | None:
    """The kinds of a spec's axes, None when their number or all of them are unknown."""
    if spec.axes is None or is_variadic(spec.axes) or not any(spec.kinds or ()):
        return None
    return spec.kinds


def read_tag(tag: str | None) -> Tag | None:
    """What a tag says; None for no tag, and for one that this process cannot read (then nothing is known)."""
    if tag is None:
        return None
    try:
        return _parse(tag.rpartition(_VERSION)[0] or tag)
    except (AnnotationError, ValueError, TypeError, KeyError, AttributeError):
        return None


def valid_tag(value: Any) -> Tag | None:
    """What the tag of a tensor says; None where it has none, or one that is stale or cannot be read."""
    written = getattr(value, ATTRIBUTE, None)
    tag = read_tag(written)
    return None if tag is None or is_stale(value, str(written)) else tag


def is_constrained(spec: TensorSpec) -> bool:
    """Whether some tag can disagree with `spec`."""
    return bool(allowed_elements(spec)) or known_kinds(spec) is not None


def element_fits(spec: TensorSpec, tag: Tag | None) -> bool:
    """Whether a tensor of that tag means what `spec` declares."""
    allowed = allowed_elements(spec)
    return tag is None or not allowed or any(compare_elements(element, tag.element).accepted for element in allowed)


def kinds_fit(spec: TensorSpec, tag: Tag | None) -> bool:
    """Whether a tensor of that tag has axes of the kinds that `spec` declares."""
    expected = known_kinds(spec)
    if tag is None or tag.kinds is None or expected is None or len(expected) != len(tag.kinds):
        return True
    return all(map(kind_fits, expected, tag.kinds))


def _write(tag: Tag) -> str | None:
    if tag.element is None and tag.kinds is None:
        return None
    data: dict[str, Any] = {}
    if tag.element is not None:
        data["element"] = element_to_json(tag.element)
    if tag.kinds is not None:
        data["kinds"] = [kind and kind.name for kind in tag.kinds]
    # Interned, so that guards compare tags by identity.
    return sys.intern(json.dumps(data, sort_keys=True))


@lru_cache(maxsize=4096)
def _parse(tag: str) -> Tag:
    data = json.loads(tag)
    element = element_from_json(data.get("element"))
    kinds = data.get("kinds")
    if not all(name is None or isinstance(name, str) for name in kinds or ()):
        raise TypeError("a kind is named by a text")
    return Tag(
        None if isinstance(element, ElementVar) else element,
        None if kinds is None else tuple(None if name is None else AxisKind(name) for name in kinds),
    )


def usual_tags(spec: TensorSpec) -> frozenset[str]:
    """The tags that a tensor for `spec` most likely carries: of its elements, and of those imported below them."""
    elements: list[ElementType | None] = [None, *allowed_elements(spec)]
    elements += [cls() for element in allowed_elements(spec) for cls in descendants(type(element))]
    kinds = known_kinds(spec)
    tags = (_write(Tag(element, kinds)) for element in elements)
    return frozenset(tag for tag in tags if tag is not None and tag_verdict(spec)(tag))


def tag_verdict(spec: TensorSpec) -> Callable[[str], bool]:
    """A function that says whether a tag fits `spec`; it remembers each answer."""
    key = (allowed_elements(spec), known_kinds(spec))
    if key not in _verdicts:
        _verdicts[key] = _make_verdict(spec)
    return _verdicts[key]


def _make_verdict(spec: TensorSpec) -> Callable[[str], bool]:
    known: dict[str, bool] = {}

    def fits(tag: str) -> bool:
        verdict = known.get(tag)
        if verdict is None:
            said = read_tag(tag)
            verdict = element_fits(spec, said) and kinds_fit(spec, said)
            if said is not None:
                known[tag] = verdict
        return verdict

    return constant_when_traced(fits)


def tag_passer(spec: TensorSpec) -> Callable[[str | None], str | None]:
    """A function from the tag of an input to that of a result of type `spec`, which is generic over its element."""
    known: dict[str | None, str | None] = {}

    def tag_of(given: str | None) -> str | None:
        if given not in known:
            known[given] = retag(given, spec)
        return known[given]

    return constant_when_traced(tag_of)
