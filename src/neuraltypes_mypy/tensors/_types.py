"""Types that the plugin needs by name, from the modules of the run."""

from __future__ import annotations

from collections.abc import Mapping

from mypy.nodes import SymbolNode, TypeInfo
from mypy.types import Instance, LiteralType, ProperType, TupleType, Type, TypeVarId, TypeVarType

from neuraltypes_mypy.base._names import TENSOR, UNNORMALIZED_TYPE, VOID_TYPE
from neuraltypes_mypy.tensors._atoms import noted_any
from neuraltypes_mypy.tensors._elements import MAX_PARAMETERS, element_text, parameter_names
from neuraltypes_mypy.tensors._tensor import Lookup, unknown


class KnownTypes:
    """Looks types up anew each time, for modules come and go in a daemon."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._instances: dict[str, Instance] = {}  # each as long as the class is the same

    def node(self, fullname: str) -> SymbolNode | None:
        """What has that full name, if its module is loaded."""
        symbol = self._lookup(fullname)
        return None if symbol is None else symbol.node

    def info(self, fullname: str) -> TypeInfo | None:
        """The class of that full name, if its module is loaded."""
        node = self.node(fullname)
        return node if isinstance(node, TypeInfo) else None

    def instance(self, fullname: str) -> Instance | None:
        """An instance of a class without parameters."""
        return self._instance(fullname)

    def _instance(self, fullname: str, parameters: int = 0) -> Instance | None:
        symbol, known = self._lookup(fullname), self._instances.get(fullname)
        info = None if symbol is None else symbol.node
        if known is not None and known.type is info:
            return known
        if not isinstance(info, TypeInfo):
            return None
        made = self._instances[fullname] = Instance(info, [unknown() for _ in range(parameters)])
        return made

    @property
    def int_type(self) -> Instance:
        """`int`."""
        return self._builtin("builtins.int")

    @property
    def tuple_type(self) -> Instance:
        """`tuple[Any, ...]`."""
        return self._builtin("builtins.tuple", 1)

    @property
    def object_type(self) -> Instance:
        """`object`."""
        return self._builtin("builtins.object")

    @property
    def str_type(self) -> Instance:
        """`str`."""
        return self._builtin("builtins.str")

    @property
    def tensor_type(self) -> Instance:
        """`Tensor`, of which nothing is known."""
        return self._builtin(TENSOR, 3)

    @property
    def function_type(self) -> Instance:
        """What functions are instances of."""
        return self._builtin("builtins.function")

    def _builtin(self, fullname: str, parameters: int = 0) -> Instance:
        found = self._instance(fullname, parameters)
        assert found is not None, f"mypy has no {fullname}"
        return found

    @property
    def typed_dict(self) -> Instance | None:
        """The class behind a TypedDict without a name."""
        return self.instance("typing._TypedDict")

    def element(self, info: TypeInfo, parameters: Mapping[str, object]) -> ProperType:
        """The type of an element."""
        if info.fullname == VOID_TYPE:
            return unknown()
        if info.fullname == UNNORMALIZED_TYPE:
            return noted_any(UNNORMALIZED_TYPE)
        names = parameter_names(info)
        instance = Instance(info, [])
        if not names or len(names) > MAX_PARAMETERS:
            return instance
        items = [self._literal(parameters.get(name)) for name in names]
        items += [unknown()] * (MAX_PARAMETERS - len(items))
        known = element_text(TupleType(items, instance))
        if known != info.name:  # mypy prints the arguments of the class
            instance = Instance(info, [self._label(known[len(info.name) + 1 : -1])])
        return TupleType(items, instance)

    def _label(self, text: str) -> Type:
        return TypeVarType(
            text, text, TypeVarId(-1, namespace=f"neuraltypes parameters.{text}"), [], self.object_type, unknown()
        )

    def _literal(self, value: object) -> Type:
        fallback = self.instance(f"builtins.{type(value).__name__}")
        if fallback is None or not isinstance(value, int | str | bool):
            return unknown()
        return LiteralType(value, fallback)
