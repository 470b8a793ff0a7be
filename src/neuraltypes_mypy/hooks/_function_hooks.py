"""Hooks for calls of functions and constructors, by tables and by what the name stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, final

from mypy.nodes import CallExpr, FuncDef, TypeInfo, Var
from mypy.plugin import FunctionContext, FunctionSigContext
from mypy.types import FunctionLike, Instance, Type, get_proper_type

from neuraltypes_mypy.annotations._results import is_entering
from neuraltypes_mypy.base._guard import result_hook, signature_hook
from neuraltypes_mypy.base._names import BUFFER, ENSURE, PARAMETER, REVEAL, SAME_MODULE, SCRIPT, TENSOR, TRANSFORMS
from neuraltypes_mypy.calls._aliases import function_behind
from neuraltypes_mypy.calls._calls import Known
from neuraltypes_mypy.calls._generic import (
    GENERIC_FUNCTIONS,
    GENERIC_OPERATIONS,
    any_tensor,
    gives_argument,
    made_open,
    takes_again,
    unguided,
)
from neuraltypes_mypy.calls._handed_on import CHECKPOINT, FUNCTIONAL_CALL, MAP, STARMAP
from neuraltypes_mypy.calls._module_calls import known_within
from neuraltypes_mypy.calls._partials import PARTIAL
from neuraltypes_mypy.calls._presence import is_presence_test, note_presence
from neuraltypes_mypy.calls._transforms import GRADIENTS, MAPS
from neuraltypes_mypy.flow._containers import DISPLAYS
from neuraltypes_mypy.flow._identity import is_identity, operand_type
from neuraltypes_mypy.flow._open_uses import is_open_use, type_of_use
from neuraltypes_mypy.hooks._other_plugins import OtherPlugins
from neuraltypes_mypy.hooks._parts import Parts
from neuraltypes_mypy.meaning._natures import is_undeclared, with_nature
from neuraltypes_mypy.meaning._returned import check_return
from neuraltypes_mypy.modules import _configs
from neuraltypes_mypy.modules._buffers import is_registered, registered_type
from neuraltypes_mypy.modules._module_containers import CLASSES, WALKS
from neuraltypes_mypy.modules._parameter_containers import DICTIONARY, LIST
from neuraltypes_mypy.modules._recipe_nodes import helper_of
from neuraltypes_mypy.modules._undeclared import is_followed, passes_on
from neuraltypes_mypy.rules._definitions import is_foreign, is_local
from neuraltypes_mypy.source._returns import is_early, is_returning, leave_for_later
from neuraltypes_mypy.source._unasked import is_asking
from neuraltypes_mypy.tensors import _seen_attributes
from neuraltypes_mypy.tensors._tensor import as_tensor, unknown

_ISINSTANCE: Final = "builtins.isinstance"


@final
class FunctionHooks:
    """Finds hooks for calls of functions and constructors."""

    def __init__(self, parts: Parts, others: OtherPlugins) -> None:
        self._parts = parts
        self._definitions = parts.definitions
        self._others = others
        self._widen: Callable[[FunctionSigContext], FunctionLike] = signature_hook(parts.calls.widen)
        self._unguided: Callable[[FunctionSigContext], FunctionLike] = signature_hook(unguided)
        self._following: object = (
            None  # the call of a name that stands for a function; what it stands for may be one, too
        )
        self._signatures = self._tabulate_signatures()
        # By full name; None for what is not ours and has no rule.
        self._functions = self._tabulate_functions()

    def _tabulate_signatures(self) -> dict[str, Callable[[FunctionSigContext], FunctionLike]]:
        return {
            _ISINSTANCE: signature_hook(
                self._others.shared(
                    self._parts.narrowing.isinstance_signature,
                    "get_function_signature_hook",
                    _ISINSTANCE,
                    "default_signature",
                )
            ),
            "builtins.sum": signature_hook(self._parts.containers.summed),
            **{
                name: signature_hook(
                    self._others.shared(unguided, "get_function_signature_hook", name, "default_signature")
                )
                for name in GENERIC_FUNCTIONS
            },
            **dict.fromkeys(WALKS, signature_hook(self._parts.module_containers.walked)),
        }

    def _tabulate_functions(self) -> dict[str, Callable[[FunctionContext], Type] | None]:
        functions: dict[str, Callable[[FunctionContext], Type]] = {
            TENSOR: self._new_tensor,
            **dict.fromkeys((PARAMETER, BUFFER), self._new_parameter),
            "builtins.len": self._parts.values.length,
            _ISINSTANCE: self._isinstance_called,
            "builtins.hasattr": _seen_attributes.asked,
            "dataclasses.replace": self._parts.modules.replaced,
            **dict.fromkeys(SAME_MODULE, self._parts.modules.compiled),
            SCRIPT: self._parts.modules.scripted,
            _configs.AS_CONFIG: _configs.of_argument,
            CHECKPOINT: self._parts.handed_on.checkpointed,
            FUNCTIONAL_CALL: self._parts.handed_on.functional,
            MAP: self._parts.handed_on.mapped,
            STARMAP: self._parts.handed_on.star_mapped,
            ENSURE: self._parts.reveal.ensure,
            REVEAL: self._parts.reveal.reveal,
            **dict.fromkeys(CLASSES, self._noted(self._parts.module_containers.made)),
            **dict.fromkeys((LIST, DICTIONARY), self._parts.parameters.made),
            **dict.fromkeys(TRANSFORMS, self._parts.values.transformed),
            **dict.fromkeys(MAPS, self._transformed(self._parts.transforms.mapped)),
            **dict.fromkeys(GRADIENTS, self._transformed(self._parts.transforms.gradient)),
            **dict.fromkeys(DISPLAYS, self._parts.containers.display),
        }
        shared = {name: self._others.shared(hook, "get_function_hook", name) for name, hook in functions.items()}
        return {name: result_hook(hook) for name, hook in {**shared, PARTIAL: self._partial_made}.items()}

    def _transformed(self, known: Callable[[FunctionContext], Type | None]) -> Callable[[FunctionContext], Type]:
        return lambda ctx: known(ctx) or self._parts.values.transformed(ctx)

    def _partial_made(self, ctx: FunctionContext) -> Type:
        return self._parts.partials.made(
            ctx, lambda ctx: self._others.answer(ctx, "get_function_hook", PARTIAL, ctx.default_return_type)
        )

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Calls of functions and constructors, before."""
        hook = self._signatures.get(fullname)
        if hook is None and fullname.startswith(GENERIC_OPERATIONS):
            return signature_hook(any_tensor)
        if hook is None and not is_foreign(fullname):
            hook = self._find_signature(fullname)
        return self._others.welcoming(hook, "get_function_signature_hook", fullname)

    def _find_signature(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        self._parts.prepare()
        if is_local(fullname) or self._definitions.is_checked(fullname):
            return self._widen
        return self._unguided if gives_argument(self._definitions.node(fullname)) else None

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Calls of functions and constructors, after."""
        hook = self._functions.get(fullname)
        if hook is not None:
            return hook
        if fullname in self._functions:
            self._parts.prepare()
            return None
        found = self._find_rule(fullname) if self._definitions.has_rules(fullname) else None
        return found if found is not None or is_foreign(fullname) else self._find_function(fullname)

    def _find_rule(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """A function that a rule is about, or the class of a module with one."""
        rule, made = self._parts.rules.rule_of(fullname), self._parts.rules.class_of(fullname)
        if rule is not None:
            self._functions[fullname] = result_hook(lambda ctx: self._parts.operations.function(ctx, rule))
        elif made is not None:
            self._functions[fullname] = result_hook(self._noted(lambda ctx: self._parts.torch_modules.made(ctx, made)))
        elif is_foreign(fullname):
            self._functions[fullname] = None
        self._parts.prepare()
        return self._functions.get(fullname)

    def _find_function(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        self._parts.prepare()
        node = self._definitions.node(fullname)
        inherited = self._parts.rules.constructor_rule(node) if isinstance(node, TypeInfo) else None
        if inherited is not None:
            return result_hook(self._noted(lambda ctx: self._parts.torch_modules.made(ctx, inherited)))
        if (helper := helper_of(node)) is not None:
            return result_hook(self._noted(lambda ctx: self._helper_called(ctx, fullname, helper)))
        if is_local(fullname):
            return result_hook(self._noted(lambda ctx: self._aliased(ctx, lambda: self._called(ctx, fullname))))
        is_checked = self._definitions.is_checked(fullname)
        if isinstance(node, Var) and not is_checked:
            return self._left(lambda ctx: self._aliased(ctx, lambda: ctx.default_return_type), fullname)
        if is_checked or self._definitions.is_made_with_sizes(fullname):
            return result_hook(self._noted(lambda ctx: self._called(ctx, fullname)))
        if isinstance(node, TypeInfo) and is_followed(node):
            return result_hook(self._noted(lambda ctx: self._made(ctx, fullname, node)))
        if isinstance(node, FuncDef) and is_presence_test(node):
            return self._left(lambda ctx: self._tested(ctx, node, fullname), fullname)
        if isinstance(node, FuncDef) and passes_on(node):
            return self._left(lambda ctx: self._asked(ctx, node), fullname)
        if takes_again(node):
            return self._left(made_open, fullname)
        if is_undeclared(node):
            return self._left(lambda ctx: with_nature(ctx.default_return_type, ctx), fullname)
        return None

    def _left(self, hook: Callable[[FunctionContext], Type], fullname: str) -> Callable[[FunctionContext], Type]:
        return result_hook(self._others.shared(hook, "get_function_hook", fullname))

    def _noted(self, hook: Callable[[FunctionContext], Type]) -> Callable[[FunctionContext], Type]:
        """A hook for what makes modules: what the function makes that it stands in is kept."""

        def run(ctx: FunctionContext) -> Type:
            self._parts.recipes.note(ctx.api)
            return hook(ctx)

        return run

    def _helper_called(self, ctx: FunctionContext, fullname: str, node: FuncDef) -> Type:
        return self._parts.modules.from_helper(ctx, node, self._called(ctx, fullname))

    def _aliased(self, ctx: FunctionContext, otherwise: Callable[[], Type]) -> Type:
        """What a name gives that stands for a function: what the function gives."""
        return self.of_alias(ctx) or otherwise()

    def of_alias(self, ctx: FunctionContext) -> Type | None:
        """What is known of the function that a name stands for which is called; None for any other name."""
        behind = None if self._following is ctx.context else function_behind(ctx.context, ctx.api)
        hook = None if behind is None else self.get_function_hook(behind)
        if hook is None:
            return None
        before, self._following = self._following, ctx.context
        try:
            return hook(ctx)
        finally:
            self._following = before

    def _called(self, ctx: FunctionContext, fullname: str) -> Type:
        name, _, owner = fullname.partition(" of ")  # a method that is called by way of `super()`
        api: Any = ctx.api
        function = api.scope.current_function() if owner else None
        info = function.info if isinstance(function, FuncDef) else None
        known = Known(known_within(info, api)) if info else None
        result = self._parts.calls.instantiate(ctx, f"{owner}.{name}" if owner else name.rpartition(".")[2], known)
        result = with_nature(result, ctx)
        node = self._definitions.node(fullname)
        if isinstance(node, FuncDef) and passes_on(node):
            return self._parts.passed_on.function_called(ctx, node, result)
        return result if self._parts.types.info(fullname) is None else self._parts.modules.made(ctx, result)

    def _made(self, ctx: FunctionContext, fullname: str, info: TypeInfo) -> Type:
        """What makes a module that is followed where its body is, and nowhere else."""
        api: Any = ctx.api
        return self._called(ctx, fullname) if info.module_name == api.tree.fullname else ctx.default_return_type

    def _asked(self, ctx: FunctionContext, node: FuncDef) -> Type:
        return self._parts.passed_on.function_called(ctx, node, with_nature(ctx.default_return_type, ctx))

    def _tested(self, ctx: FunctionContext, node: FuncDef, fullname: str) -> Type:
        note_presence(ctx, fullname)
        return self._asked(ctx, node) if passes_on(node) else ctx.default_return_type

    def _isinstance_called(self, ctx: FunctionContext) -> Type:
        if is_asking(ctx.context):
            return self._parts.calls.asked(ctx)
        if is_open_use(ctx.context):
            return type_of_use(ctx)
        if is_identity(ctx.context):
            return operand_type(ctx)
        if is_entering(ctx.context):
            self._parts.scopes.results.enter(ctx.api)
            self._parts.scopes.overriding.enter(ctx.api)
        if is_early(ctx.context):
            leave_for_later(ctx.api)
        if is_returning(ctx.context):
            self._parts.promised.loosen(ctx)
            check_return(ctx, self._parts.unseen)
        if isinstance(ctx.context, CallExpr) and is_registered(ctx.context):
            return registered_type(ctx.context, self._parts.types.tensor_type, ctx.api)
        return self._parts.narrowing.isinstance_called(ctx)

    def _new_tensor(self, ctx: FunctionContext) -> Type:
        proper = get_proper_type(ctx.default_return_type)
        if isinstance(proper, Instance):
            return proper.copy_modified(args=[unknown() for _ in proper.args])
        return ctx.default_return_type

    def _new_parameter(self, ctx: FunctionContext) -> Type:
        """`nn.Parameter(x)`: of the dtype, shape and element of `x`."""
        data = as_tensor(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
        proper = get_proper_type(ctx.default_return_type)
        if data is None or not isinstance(proper, Instance):
            return self._new_tensor(ctx)
        return proper.copy_modified(args=data.args)
