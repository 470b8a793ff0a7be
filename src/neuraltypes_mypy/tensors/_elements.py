"""Elements as types of mypy: the classes themselves, their parameters as the items of a tuple that has that class.

A parameter that is unknown is `Any`. The tuple always has the same number of items, so that a subclass with more
parameters still compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mypy.nodes import AssignmentStmt, ClassDef, MemberExpr, NameExpr, SymbolNode, TypeInfo, Var
from mypy.options import Options
from mypy.subtypes import is_subtype
from mypy.types import AnyType, Instance, LiteralType, ProperType, TupleType, TypeOfAny, TypeVarType, get_proper_type
from mypy.typestate import type_state

from neuraltypes.rules import Produced
from neuraltypes_mypy.base._names import ELEMENT_TYPE, METADATA, UNNORMALIZED_TYPE
from neuraltypes_mypy.tensors._atoms import note_of, noted_any
from neuraltypes_mypy.tensors._tensor import is_known

MAX_PARAMETERS: Final = 4
_ELEMENTS: Final = "neuraltypes.elements."
_BY: Final = " by "
# Of each group a tensor is one thing and not another; beyond them what an operation gives may mean much.
_EXCLUSIVE: Final = (
    {"LogitsType": 0, "ProbsType": 1, "AttentionWeightsType": 1, "LogprobsType": 2},
    {"IgnoreMaskType": 0, "PaddingMaskType": 0, "KeepMaskType": 1, "ValidMaskType": 1},
)


def is_element(info: TypeInfo) -> bool:
    """Whether a class is an element."""
    return any(base.fullname == ELEMENT_TYPE for base in info.mro)


def element_class(element: ProperType) -> TypeInfo | None:
    """The class of an element; None where it is unknown."""
    if isinstance(element, TupleType):
        return element.partial_fallback.type
    return element.type if isinstance(element, Instance) and is_element(element.type) else None


def element_fits(expected: ProperType, given: ProperType) -> bool:
    """Whether a value of one element may be handed in where another is declared; the unknown fits."""
    if isinstance(expected, AnyType | TypeVarType) or isinstance(given, AnyType | TypeVarType):
        wanted, produced = element_class(expected), produced_of(given)
        return wanted is None or produced is None or produced_fits(wanted, produced.name)
    return is_subtype(given, expected)


def produced_fits(wanted: TypeInfo, name: str) -> bool:
    """Whether what an operation gives, or an element of that name, may be handed in where another is wanted."""
    return _goes_with(_names(wanted), _domain(wanted), name)


def is_produced(element: ProperType) -> bool:
    """Whether an element is one that an operation gives by its nature."""
    return (note_of(element) or "").startswith(_ELEMENTS)


def says_anything(tensor: Instance) -> bool:
    """Whether anything is known of a tensor type, be it only what an operation gives by its nature."""
    return is_known(tensor) or is_produced(get_proper_type(tensor.args[2]))


def produced_type(element: Produced) -> ProperType:
    """What an operation gives by its nature, as a type of mypy: an `Any` with a note."""
    return noted_any(_ELEMENTS + element.name + (_BY + element.by if element.by else ""))


def produced_of(element: ProperType) -> Produced | None:
    """What such a type stands for; None for all others."""
    if not is_produced(element):
        return None
    name, _, by = (note_of(element) or "").removeprefix(_ELEMENTS).partition(_BY)
    return Produced(name, by=by)


def join_elements(types: Sequence[ProperType]) -> ProperType | None:
    """The element that several have in common; None where they differ. All notes are the same to mypy."""
    if not types:
        return None
    first = types[0]
    if any(note_of(one) is None for one in types):
        return first if all(note_of(one) is None and one == first for one in types) else None
    found = {note_of(one) for one in types}
    names = {None if (one := produced_of(each)) is None else one.name for each in types}
    if len(found) == 1:
        return first
    name = names.pop() if len(names) == 1 else None
    return None if name is None else produced_type(Produced(name))


def is_exclusive(info: TypeInfo) -> bool:
    """Whether what holds this element cannot hold certain others."""
    return any(sides for _, sides in _of(info))


def contradicts(wanted: TypeInfo, element: ProperType) -> bool:
    """Whether what an operation gives can surely not be what is declared; logarithms of probabilities are logits."""
    produced = produced_of(element)
    name = "" if produced is None else produced.name
    if _ELEMENTS + name == UNNORMALIZED_TYPE:
        return any("ProbsType" in group and sides and group["LogitsType"] not in sides for group, sides in _of(wanted))
    if name == "LogprobsType" and any(
        "LogitsType" in group and group["LogitsType"] in sides for group, sides in _of(wanted)
    ):
        return False
    return _is_on_another_side(name, _of(wanted))


def _of(info: TypeInfo) -> list[tuple[dict[str, int], set[int]]]:
    return _sides(_names(info))


def _names(info: TypeInfo) -> list[str]:
    return [base.name for base in info.mro if base.fullname.startswith(_ELEMENTS)]


def _sides(names: Sequence[str]) -> list[tuple[dict[str, int], set[int]]]:
    """The groups, each with the sides of it that elements of these names are on."""
    return [(group, {group[name] for name in names if name in group}) for group in _EXCLUSIVE]


def _is_on_another_side(name: str, sides: Sequence[tuple[dict[str, int], set[int]]]) -> bool:
    return any(taken and name in group and group[name] not in taken for group, taken in sides)


def element_goes_with(wanted: str, name: str) -> bool:
    """The same for the elements of neuraltypes by name, where a project does not import them."""
    import neuraltypes.elements

    cls = getattr(neuraltypes.elements, wanted, None)
    if cls is None:
        return True
    domain = None if cls.domain is None else str(cls.domain.name)
    return _goes_with([base.__name__ for base in cls.__mro__], domain, name)


def _goes_with(wanted: list[str], domain: str | None, name: str) -> bool:
    """The raw output of a layer is fit for whatever takes any real number, not for probabilities."""
    if _ELEMENTS + name == UNNORMALIZED_TYPE:
        return domain in (None, "REAL")
    return not _is_on_another_side(name, _sides(wanted))


def without_numbers(element: ProperType) -> ProperType:
    """An element of which no parameter that is a number, such as a rate, is known any more."""
    if not isinstance(element, TupleType):
        return element
    items = [AnyType(TypeOfAny.special_form) if _is_number(get_proper_type(item)) else item for item in element.items]
    return element.copy_modified(items=items)


def _is_number(item: ProperType) -> bool:
    return isinstance(item, LiteralType) and isinstance(item.value, int) and not isinstance(item.value, bool)


def element_text(element: ProperType) -> str:
    """An element as it is written."""
    info = element_class(element)
    if info is None:
        produced = produced_of(element)
        return (note_of(element) or "anything").rpartition(".")[2] if produced is None else produced.name
    if isinstance(element, TupleType):
        names = parameter_names(info)
        known = [
            f"{name}={item.value!r}"
            for name, item in zip(names, map(get_proper_type, element.items), strict=False)
            if isinstance(item, LiteralType)
        ]
        if known:
            return f"{info.name}({', '.join(known)})"
    return info.name


def parameter_names(info: TypeInfo) -> list[str]:
    """The parameters of an element class, its bases' first."""
    names: list[str] = []
    for base in reversed(info.mro):
        names += [name for name, symbol in base.names.items() if name not in names and _is_field(symbol.node)]
    return names


def positional_names(info: TypeInfo) -> list[str]:
    """The parameters that may be given by position, where the class leaves it to `dataclass` what that means."""
    own = (base for base in info.mro if not base.fullname.startswith((_ELEMENTS, "builtins.")))
    return [] if any(map(_has_constructor, own)) else parameter_names(info)


def _has_constructor(info: TypeInfo) -> bool:
    symbol = info.names.get("__init__")
    return symbol is not None and not symbol.plugin_generated


def _is_field(node: SymbolNode | None) -> bool:
    if not isinstance(node, Var) or node.is_classvar or node.is_inferred:
        return False
    return node.is_initialized_in_class and not node.name.startswith("_")


def record_domain(cls: ClassDef) -> None:
    """Keep with an element which values it admits."""
    for statement in cls.defs.body:
        if isinstance(statement, AssignmentStmt) and isinstance(statement.rvalue, MemberExpr):
            target = statement.lvalues[0]
            if isinstance(target, NameExpr) and target.name == "domain":
                cls.info.metadata[METADATA] = {"domain": statement.rvalue.name}


def _domain(info: TypeInfo) -> str | None:
    for base in info.mro:
        domain = base.metadata.get(METADATA, {}).get("domain")
        if domain is not None:
            return str(domain)
    return None


def forget_subtypes(info: TypeInfo, options: Options) -> None:
    """Where the bases of an element may have changed, the daemon asks anew what is a subtype of what.

    It forgets what it knows of the class itself, but not of `Tensor[..., MyLogits]` beside `Tensor[..., LogitsType]`.
    """
    if options.fine_grained_incremental and is_element(info):
        type_state.reset_all_subtype_caches()
