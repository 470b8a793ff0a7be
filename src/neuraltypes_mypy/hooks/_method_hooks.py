"""Hooks for calls of methods and modules, by tables and by what the name stands for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import final

from mypy.nodes import Var
from mypy.plugin import FunctionContext, MethodContext, MethodSigContext
from mypy.types import FunctionLike, Type

from neuraltypes_mypy.base._guard import result_hook, signature_hook
from neuraltypes_mypy.base._names import MODULE, PRETRAINED, SEQUENTIAL, SIZE, tensor_methods
from neuraltypes_mypy.calls._handed_on import AUTOCAST, FUNCTION
from neuraltypes_mypy.calls._narrowing import COMPARISONS
from neuraltypes_mypy.calls._partials import PARTIAL_CALL
from neuraltypes_mypy.calls._welcome import is_method_of_tensor, of_receiver, opened
from neuraltypes_mypy.flow._containers import INSERTIONS, READS
from neuraltypes_mypy.hooks._other_plugins import OtherPlugins
from neuraltypes_mypy.hooks._parts import Parts
from neuraltypes_mypy.meaning._natures import is_undeclared, module_called, with_nature
from neuraltypes_mypy.modules import _configs
from neuraltypes_mypy.modules._module_containers import CLASSES, GROWING, READING
from neuraltypes_mypy.modules._parameter_containers import FILLING, ITEM_READS
from neuraltypes_mypy.modules._parameter_containers import READING as PARAMETER_READING
from neuraltypes_mypy.modules._recipe_nodes import helper_of
from neuraltypes_mypy.modules._undeclared import passes_on
from neuraltypes_mypy.rules._definitions import is_foreign
from neuraltypes_mypy.sizes._size_tuples import joined, sliced
from neuraltypes_mypy.sizes._values import ARITHMETIC_NAMES, POWERS
from neuraltypes_mypy.tensors import _records
from neuraltypes_mypy.tensors._members import is_sequence
from neuraltypes_mypy.tensors._packed import CHANGES, changed
from neuraltypes_mypy.tensors._untyped import extended
from neuraltypes_mypy.tensors._untyped import item as untyped_item


@final
class MethodHooks:
    """Finds hooks for calls of methods and modules."""

    def __init__(self, parts: Parts, others: OtherPlugins, of_alias: Callable[[FunctionContext], Type | None]) -> None:
        self._parts = parts
        self._of_alias = of_alias
        self._definitions = parts.definitions
        self._others = others
        self._widen: Callable[[MethodSigContext], FunctionLike] = signature_hook(parts.calls.widen)
        self._keyword_only: Callable[[MethodSigContext], FunctionLike] = signature_hook(parts.module_calls.keyword_only)
        self._signatures: dict[str, Callable[[MethodSigContext], FunctionLike]] = dict.fromkeys(
            INSERTIONS, signature_hook(parts.containers.widen)
        )
        self._module_call = result_hook(parts.module_calls.of_each(parts.torch_modules.module_called))
        self._opened = result_hook(opened)
        # By full name; None for what is not ours and has no rule.
        self._methods = self._tabulate_methods()

    def _tabulate_methods(self) -> dict[str, Callable[[MethodContext], Type] | None]:
        methods: dict[str, Callable[[MethodContext], Type]] = {
            **dict.fromkeys(tensor_methods("size"), self._size),
            **dict.fromkeys(tensor_methods("dim", "ndimension"), self._parts.values.ndim),
            **dict.fromkeys(tensor_methods("numel", "nelement"), self._parts.values.numel),
            **dict.fromkeys(INSERTIONS, self._parts.containers.inserted),
            **dict.fromkeys(COMPARISONS, self._parts.narrowing.compared),
            **dict.fromkeys(READS, self._parts.values.without_size),
            **dict.fromkeys(POWERS, self._parts.values.power),
            f"{SIZE}.__getitem__": sliced,
            f"{SIZE}.__add__": joined,
            **dict.fromkeys(tensor_methods("__iter__"), self._parts.operations.iterated),
            **dict.fromkeys(tensor_methods("item"), untyped_item),
            "builtins.tuple.__add__": extended,
            **{name: self._parts.values.arithmetic_hook(name) for name in ARITHMETIC_NAMES},
            **dict.fromkeys(CHANGES, changed),
            f"{SEQUENTIAL}.__call__": self._parts.module_calls.of_each(self._parts.module_calls.sequential_called),
            **dict.fromkeys(FILLING, self._parts.parameters.grown),
            **dict.fromkeys(ITEM_READS, self._parts.parameters.item),
            **dict.fromkeys(PARAMETER_READING, self._parts.parameters.items),
            **dict.fromkeys(AUTOCAST, self._parts.handed_on.decorated),
            **dict.fromkeys(PRETRAINED, self._parts.torch_modules.pretrained),
        }
        for container in CLASSES:
            methods[f"{container}.__getitem__"] = self._parts.module_containers.item
            methods |= dict.fromkeys((f"{container}.{name}" for name in GROWING), self._parts.module_containers.grown)
            methods |= dict.fromkeys((f"{container}.{name}" for name in READING), self._parts.module_containers.items)
        shared = {name: self._others.shared(hook, "get_method_hook", name) for name, hook in methods.items()}
        return {name: result_hook(hook) for name, hook in {**shared, PARTIAL_CALL: self._partial_called}.items()}

    def _partial_called(self, ctx: MethodContext) -> Type:
        return self._parts.partials.called(
            ctx, lambda ctx: self._others.answer(ctx, "get_method_hook", PARTIAL_CALL, ctx.default_return_type)
        )

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Calls of methods, before."""
        hook = self._signatures.get(fullname)
        if hook is None and is_method_of_tensor(fullname):
            hook = signature_hook(partial(of_receiver, fullname=fullname))
        if hook is None and not is_foreign(fullname):
            hook = self._find_signature(fullname)
        return self._others.welcoming(hook, "get_method_signature_hook", fullname)

    def _find_signature(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        self._parts.prepare()
        if not self._definitions.is_checked(fullname):
            return None
        return self._keyword_only if fullname.endswith(".__call__") else self._widen

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Calls of methods, after."""
        hook = self._methods.get(fullname)
        if hook is None and fullname not in self._methods:
            hook = self._find_rule(fullname) if self._definitions.has_rules(fullname) else None
            hook = hook if hook is not None or is_foreign(fullname) else self._find_method(fullname)
        return self._opened if hook is None and is_method_of_tensor(fullname) else hook

    def _find_rule(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """A method of a tensor, the call of a module, or a method of what was made with what its rule needs."""
        rule, of_made = self._parts.rules.rule_of(fullname), self._parts.rules.method_of(fullname)
        if rule is not None and rule.startswith("torch.Tensor."):
            self._methods[fullname] = result_hook(lambda ctx: self._parts.operations.method(ctx, rule))
        elif of_made is not None and self._definitions.is_static(fullname):
            self._methods[fullname] = result_hook(lambda ctx: self._parts.operations.function(ctx, of_made))
        elif of_made is not None:
            self._methods[fullname] = result_hook(lambda ctx: self._parts.operations.configured_method(ctx, of_made))
        elif is_foreign(fullname):
            self._methods[fullname] = self._module_call if fullname.endswith(".__call__") else None
        return self._methods.get(fullname)

    def _find_method(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        self._parts.prepare()
        name, node = _method_name(fullname), self._definitions.node(fullname)
        if fullname.endswith(_configs.DEFAULT_CONFIG) and self._definitions.is_neural(fullname):
            return result_hook(_configs.default_config)
        if fullname.endswith("._replace") and self._definitions.is_record(fullname):
            return result_hook(lambda ctx: _records.replaced(ctx, self._parts.module_calls.called(ctx, name)))
        if (helper := helper_of(node)) is not None:
            return result_hook(
                lambda ctx: self._parts.modules.from_helper(ctx, helper, self._parts.module_calls.called(ctx, name))
            )
        if not self._definitions.is_checked(fullname):
            found = self._find_inherited(fullname) or self._find_undeclared(fullname)
            return self._find_alias(fullname) if found is None and isinstance(node, Var) else found
        called: Callable[[MethodContext], Type] = lambda ctx: self._parts.module_calls.called(ctx, name)  # noqa: E731
        if passes_on(node):
            called = self._asked(fullname.rpartition(".")[2], called)
        return result_hook(self._parts.module_calls.of_each(called) if fullname.endswith(".__call__") else called)

    def _find_alias(self, fullname: str) -> Callable[[MethodContext], Type]:
        """An attribute that holds a function: a call of it is one of the function."""

        def called(ctx: MethodContext) -> Type:
            return self._of_alias(FunctionContext(*ctx[1:])) or ctx.default_return_type

        return result_hook(self._others.shared(called, "get_method_hook", fullname))

    def _find_inherited(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """What a class leaves to one of torch's: the call by its `forward` or as a sequence, reading a container."""
        if self._definitions.is_ruled(fullname):
            return self._module_call
        owner, _, name = fullname.rpartition(".")
        info = self._parts.types.info(owner)
        if info is None or not info.has_base(MODULE):
            return None
        if name == "__call__":
            return self._methods[f"{SEQUENTIAL}.__call__"] if is_sequence(info) else None
        definer = next((base.fullname for base in info.mro if name in base.names), None)
        return self._methods.get(f"{definer}.{name}") if definer in CLASSES else None

    def _find_undeclared(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """What is declared to give a tensor, without a word on what it holds; what a function with gradients gives."""
        owner, _, name = fullname.rpartition(".")
        info = self._parts.types.info(owner)
        if name == "apply" and info is not None and info.has_base(FUNCTION):
            return result_hook(self._parts.handed_on.applied)
        node = self._definitions.node(fullname)
        is_module = name == "__call__" and info is not None and info.has_base(MODULE)
        if not is_module and not is_undeclared(node) and not passes_on(node):
            return None
        hook = module_called if is_module else lambda ctx: with_nature(ctx.default_return_type, ctx)
        if is_module or passes_on(node):
            hook = self._asked(name, hook, self._parts.torch_modules.wiring.check if is_module else None)
        return result_hook(self._others.shared(hook, "get_method_hook", fullname))

    def _asked(
        self,
        name: str,
        called: Callable[[MethodContext], Type],
        otherwise: Callable[[MethodContext], None] | None = None,
    ) -> Callable[[MethodContext], Type]:
        """A hook for a method of which the body says what it gives, as far as nothing else does."""
        return lambda ctx: self._parts.passed_on.method_called(ctx, name, called(ctx), otherwise)

    def _size(self, ctx: MethodContext) -> Type:
        if not ctx.args or not ctx.args[0]:
            self._parts.narrowing.unpacked(ctx)
        return self._parts.values.size(ctx)


def _method_name(fullname: str) -> str:
    """The words for a method: `Encoder` for a module that is called, `Encoder.encode` for any other."""
    owner, _, name = fullname.rpartition(".")
    short = owner.rpartition(".")[2]
    return short if name == "__call__" else f"{short}.{name}"
