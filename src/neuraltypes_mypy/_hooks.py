"""Dispatch: what answers each of mypy's questions for a hook."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Final, TypeVar, final

from mypy.nodes import CallExpr, Decorator, FuncDef, SymbolNode, TypeAlias, TypeInfo, Var
from mypy.plugin import (
    AnalyzeTypeContext,
    AttributeContext,
    ClassDefContext,
    FunctionContext,
    FunctionSigContext,
    MethodContext,
    MethodSigContext,
    Plugin,
)
from mypy.types import FunctionLike, Instance, PlaceholderType, Type, get_proper_type

from neuraltypes_mypy import _configs
from neuraltypes_mypy._annotations import Annotations
from neuraltypes_mypy._announced import announce_helper, announce_recipes
from neuraltypes_mypy._buffers import announce_buffers, is_buffer, is_registered, registered_type, seen_by_a_cast
from neuraltypes_mypy._calls import Calls, mentions_tensors, says_tensors
from neuraltypes_mypy._classes import define_class, is_dtype
from neuraltypes_mypy._config import has_configuration, has_sizes, is_changing
from neuraltypes_mypy._containers import DISPLAYS, INSERTIONS, READS, Containers
from neuraltypes_mypy._dependencies import show_metadata
from neuraltypes_mypy._expressions import Expressions
from neuraltypes_mypy._generic import GENERIC_FUNCTIONS, gives_argument, unguided
from neuraltypes_mypy._guard import guarded, lookup
from neuraltypes_mypy._identity import is_identity, operand_type
from neuraltypes_mypy._members import is_sequence, may_be_module
from neuraltypes_mypy._module_containers import CLASSES, GROWING, READING, WALKS, ModuleContainers
from neuraltypes_mypy._modules import Modules
from neuraltypes_mypy._named_results import NAMED_RESULTS, RETURN_TYPES, named_result
from neuraltypes_mypy._names import (
    ANNOTATED,
    BUFFER,
    DISTRIBUTIONS,
    ENSURE,
    FOREIGN,
    GENERIC_TENSORS,
    MODULE,
    MODULE_CALL,
    MODULES,
    NEURAL_MODULE,
    PARAMETER,
    REVEAL,
    SEQUENTIAL,
    SIZE,
    TENSOR,
    TENSOR_BASE,
    TRANSFORMS,
    tensor_methods,
)
from neuraltypes_mypy._narrowing import COMPARISONS, Narrowing
from neuraltypes_mypy._natures import with_nature
from neuraltypes_mypy._operations import GENERIC_OPERATIONS, Operations, any_tensor
from neuraltypes_mypy._options import PluginOptions
from neuraltypes_mypy._packed import CHANGES, changed
from neuraltypes_mypy._parameter_containers import DICTIONARY, FILLING, ITEM_READS, LIST, ParameterContainers
from neuraltypes_mypy._parameter_containers import READING as PARAMETER_READING
from neuraltypes_mypy._partials import PARTIAL, PARTIAL_CALL, Partials
from neuraltypes_mypy._passed_on import PassedOn, is_one_expression
from neuraltypes_mypy._promised import Promised
from neuraltypes_mypy._recipe_nodes import makes_module
from neuraltypes_mypy._recipes import Recipes
from neuraltypes_mypy._results import is_entering
from neuraltypes_mypy._returned import check_return
from neuraltypes_mypy._returns import is_returning
from neuraltypes_mypy._reveal import Reveal
from neuraltypes_mypy._scopes import Scopes
from neuraltypes_mypy._settle import Settling
from neuraltypes_mypy._size_tuples import joined, sliced
from neuraltypes_mypy._tensor import (
    Lookup,
    as_tensor,
    is_known,
    make_generic,
    open_class_variables,
    type_untyped_methods,
    unknown,
)
from neuraltypes_mypy._types import KnownTypes
from neuraltypes_mypy._unasked import is_asking
from neuraltypes_mypy._values import ARITHMETIC_NAMES, POWERS, Values, is_undeclared
from neuraltypes_mypy._walk import mentions_alias, walk
from neuraltypes_mypy._weights import Weights

_C = TypeVar("_C", bound=Any)
_ISINSTANCE: Final = "builtins.isinstance"


@final
class Hooks:
    """The hooks of one run of mypy. `find` looks a full name up, in whatever modules mypy has by then."""

    def __init__(self, find: Lookup, plugin: Plugin, options: PluginOptions) -> None:
        self._find = find
        self._plugin = plugin
        self._types = KnownTypes(find)
        self._scopes = Scopes()
        is_reported = options.report_untracked
        self._settling = Settling(reports_untracked=is_reported)
        self._annotations = Annotations(self._types, self._scopes)
        self._calls = Calls(self._types, self._settling, reports_untracked=is_reported)
        self._values = Values(self._types)
        self._containers = Containers(self._types)
        self._partials = Partials(self._types)
        self._operations = Operations(self._types, self._calls.sizes, self._settling, options.stub_folders())
        self._module_containers = ModuleContainers(self._types, self._settling, self._operations)
        self._parameters = ParameterContainers(self._types, self._values, self._settling)
        self._passed_on = PassedOn(self._types, self._operations, self._calls.sizes)
        self._promised = Promised(self._calls.sizes)
        self._weights = Weights(self._types, self._operations)
        self._recipes = Recipes(self._types, self._operations, self._module_containers)
        self._module_types = Modules(
            self._types, self._calls, self._values, self._settling, self._operations, self._recipes
        )
        expressions = Expressions(self._types, self._annotations)
        self._narrowing = Narrowing(self._types, expressions, self._settling)
        self._reveal = Reveal(expressions)
        self._prepared: TypeInfo | None = None
        self._is_open = False
        self._aliases: dict[int, tuple[Type, bool]] = {}
        self._widen_function: Callable[[FunctionSigContext], FunctionLike] = _signature(self._calls.widen)
        self._unguided: Callable[[FunctionSigContext], FunctionLike] = _signature(unguided)
        self._widen_method: Callable[[MethodSigContext], FunctionLike] = _signature(self._calls.widen)
        self._keyword_only: Callable[[MethodSigContext], FunctionLike] = _signature(self._module_types.keyword_only)
        self._annotation_hooks = self._tabulate_annotations()
        self._function_signatures: dict[str, Callable[[FunctionSigContext], FunctionLike]] = {
            _ISINSTANCE: _signature(
                self._shared(
                    self._narrowing.isinstance_signature,
                    "get_function_signature_hook",
                    _ISINSTANCE,
                    "default_signature",
                )
            ),
            "builtins.sum": _signature(self._containers.summed),
            **{
                name: _signature(self._shared(unguided, "get_function_signature_hook", name, "default_signature"))
                for name in GENERIC_FUNCTIONS
            },
            **dict.fromkeys(WALKS, _signature(self._module_containers.walked)),
        }
        self._method_signatures: dict[str, Callable[[MethodSigContext], FunctionLike]] = dict.fromkeys(
            INSERTIONS, _signature(self._containers.widen)
        )
        self._module_call = _result(self._module_types.of_each(self._operations.module_called))
        # By full name; None for what is not ours and has no rule.
        self._functions = self._tabulate_functions()
        self._methods = self._tabulate_methods()
        self._attributes: dict[str, Callable[[AttributeContext], Type] | None] = {
            MODULE_CALL: _attribute(self._module_types.call),
            f"{TENSOR_BASE}.shape": _attribute(self._shape),
            f"{TENSOR_BASE}.ndim": _attribute(self._values.ndim),
        }

    def _tabulate_annotations(self) -> dict[str, Callable[[AnalyzeTypeContext], Type]]:
        annotated = _type(self._annotations.annotated)
        bare = {name: _type(partial(self._annotations.bare_tensor, fullname=name)) for name in GENERIC_TENSORS}
        return {**dict.fromkeys(ANNOTATED, annotated), **bare}

    def _tabulate_functions(self) -> dict[str, Callable[[FunctionContext], Type] | None]:
        functions: dict[str, Callable[[FunctionContext], Type]] = {
            TENSOR: self._new_tensor,
            **dict.fromkeys((PARAMETER, BUFFER), self._new_parameter),
            "builtins.len": self._values.length,
            _ISINSTANCE: self._isinstance_called,
            "dataclasses.replace": self._module_types.replaced,
            "torch.compile": self._module_types.compiled,
            _configs.AS_CONFIG: _configs.of_argument,
            "torch.utils.checkpoint.checkpoint": self._module_types.checkpointed,
            ENSURE: self._reveal.ensure,
            REVEAL: self._reveal.reveal,
            **dict.fromkeys(CLASSES, self._noted(self._module_containers.made)),
            **dict.fromkeys((LIST, DICTIONARY), self._parameters.made),
            **dict.fromkeys(TRANSFORMS, self._values.transformed),
            **dict.fromkeys(DISPLAYS, self._containers.display),
        }
        shared = {name: self._shared(hook, "get_function_hook", name) for name, hook in functions.items()}
        return {name: _result(hook) for name, hook in {**shared, PARTIAL: self._partial_made}.items()}

    def _shared(
        self, hook: Callable[[_C], Any], find: str, fullname: str, default: str = "default_return_type"
    ) -> Callable[[_C], Any]:
        """A hook for a name that other plugins may answer for, too: what it leaves as it is, they are asked about.

        mypy itself asks only the first plugin that answers.
        """

        def run(ctx: _C) -> Any:
            result = hook(ctx)
            return result if result is not getattr(ctx, default) else self._of_others(ctx, find, fullname, result)

        return run

    def _of_others(self, ctx: Any, find: str, fullname: str, result: Any) -> Any:
        """What the first of the plugins behind this one answers; without any, the result."""
        others = ctx.api.plugin._plugins  # noqa: SLF001 - the plugins in mypy's order
        for other in others[others.index(self._plugin) + 1 :]:
            found = getattr(other, find)(fullname)
            if found is not None:
                return found(ctx)
        return result

    def _partial_made(self, ctx: FunctionContext) -> Type:
        known = self._of_others(ctx, "get_function_hook", PARTIAL, ctx.default_return_type)
        return self._partials.made(ctx, known)

    def _partial_called(self, ctx: MethodContext) -> Type:
        known = self._of_others(ctx, "get_method_hook", PARTIAL_CALL, ctx.default_return_type)
        return self._partials.called(ctx, known)

    def _tabulate_methods(self) -> dict[str, Callable[[MethodContext], Type] | None]:
        methods: dict[str, Callable[[MethodContext], Type]] = {
            **dict.fromkeys(tensor_methods("size"), self._size),
            **dict.fromkeys(tensor_methods("dim", "ndimension"), self._values.ndim),
            **dict.fromkeys(tensor_methods("numel", "nelement"), self._values.numel),
            **dict.fromkeys(INSERTIONS, self._containers.inserted),
            **dict.fromkeys(COMPARISONS, self._narrowing.compared),
            **dict.fromkeys(READS, self._values.without_size),
            **dict.fromkeys(POWERS, self._values.power),
            f"{SIZE}.__getitem__": sliced,
            f"{SIZE}.__add__": joined,
            **dict.fromkeys(tensor_methods("__iter__"), self._operations.iterated),
            **{name: self._values.arithmetic_hook(name) for name in ARITHMETIC_NAMES},
            **dict.fromkeys(CHANGES, changed),
            f"{SEQUENTIAL}.__call__": self._module_types.of_each(self._module_types.sequential_called),
            **dict.fromkeys(FILLING, self._parameters.grown),
            **dict.fromkeys(ITEM_READS, self._parameters.item),
            **dict.fromkeys(PARAMETER_READING, self._parameters.items),
        }
        for container in CLASSES:
            methods[f"{container}.__getitem__"] = self._module_containers.item
            methods |= dict.fromkeys((f"{container}.{name}" for name in GROWING), self._module_containers.grown)
            methods |= dict.fromkeys((f"{container}.{name}" for name in READING), self._module_containers.items)
        shared = {name: self._shared(hook, "get_method_hook", name) for name, hook in methods.items()}
        return {name: _result(hook) for name, hook in {**shared, PARTIAL_CALL: self._partial_called}.items()}

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        """Annotations."""
        hook = self._annotation_hooks.get(fullname)
        if hook is not None and self._operations.awaits_types and not fullname.startswith("torch."):
            self._operations.type_untyped_functions(self._find)
        if hook is None and fullname.startswith(MODULES):
            return self._find_annotation(fullname)
        return hook if hook is not None or _is_foreign(fullname) else self._find_annotation(fullname)

    @lookup(lambda ctx: ctx.api.analyze_type(ctx.type))
    def _find_annotation(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        symbol = self._find(fullname)
        node = symbol.node if symbol is not None else None
        if isinstance(node, TypeAlias) and self._is_tensor_alias(node):
            return _type(lambda ctx: self._annotations.alias(ctx, node))
        if isinstance(node, TypeInfo) and is_dtype(node):
            return _type(partial(self._annotations.custom_dtype, info=node))
        if isinstance(node, TypeInfo) and node.has_base(MODULE):
            return lambda ctx: announce_helper(ctx, node)
        return None

    def _is_tensor_alias(self, alias: TypeAlias) -> bool:
        """Whether an alias stands for something that is said about tensors; what mypy has not finished is mypy's."""
        known = self._aliases.get(id(alias))
        if known is not None and known[0] is alias.target:
            return known[1]
        target = alias.target
        answer = not alias.alias_tvars and mentions_tensors(target) and not mentions_alias(target, alias)
        answer = answer and not any(isinstance(type_, PlaceholderType) for type_ in walk(target))
        self._aliases[id(alias)] = (target, answer)
        return answer

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Calls of functions and constructors, before."""
        hook = self._function_signatures.get(fullname)
        if hook is None and fullname.startswith(GENERIC_OPERATIONS):
            return _signature(any_tensor)
        return hook if hook is not None or _is_foreign(fullname) else self._find_function_signature(fullname)

    @lookup(lambda ctx: ctx.default_signature)
    def _find_function_signature(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        self._prepare()
        if _is_local(fullname) or self._is_checked(fullname):
            return self._widen_function
        return self._unguided if gives_argument(self._node(fullname)) else None

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Calls of functions and constructors, after."""
        hook = self._functions.get(fullname)
        if hook is not None:
            return hook
        if fullname in self._functions:
            self._prepare()
            return None
        found = self._find_rule(fullname) if self._has_rules(fullname) else None
        return found if found is not None or _is_foreign(fullname) else self._find_function(fullname)

    @lookup(lambda ctx: ctx.default_return_type)
    def _find_rule(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """A function that a rule is about, or the class of a module with one."""
        rule, made = self._operations.rule_of(fullname), self._operations.class_of(fullname)
        if rule is not None:
            self._functions[fullname] = _result(lambda ctx: self._operations.function(ctx, rule))
        elif made is not None:
            self._functions[fullname] = _result(self._noted(lambda ctx: self._operations.made(ctx, made)))
        elif _is_foreign(fullname):
            self._functions[fullname] = None
        self._prepare()
        return self._functions.get(fullname)

    @lookup(lambda ctx: ctx.default_return_type)
    def _find_function(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        self._prepare()
        node = self._node(fullname)
        inherited = self._operations.constructor_rule(node) if isinstance(node, TypeInfo) else None
        if inherited is not None:
            return _result(self._noted(lambda ctx: self._operations.made(ctx, inherited)))
        if isinstance(node, FuncDef) and makes_module(node):
            return _result(self._noted(lambda ctx: self._helper_called(ctx, fullname, node)))
        if _is_local(fullname) or self._is_checked(fullname) or self._is_made_with_sizes(fullname):
            return _result(self._noted(lambda ctx: self._called(ctx, fullname)))
        if isinstance(node, FuncDef) and is_one_expression(node):
            return _result(self._shared(lambda ctx: self._passed_on.called(ctx, node), "get_function_hook", fullname))
        return None

    def _noted(self, hook: Callable[[FunctionContext], Type]) -> Callable[[FunctionContext], Type]:
        """A hook for what makes modules: what the function makes that it stands in is kept."""

        def run(ctx: FunctionContext) -> Type:
            self._recipes.note(ctx.api)
            return hook(ctx)

        return run

    def _helper_called(self, ctx: FunctionContext, fullname: str, node: FuncDef) -> Type:
        return self._module_types.from_helper(ctx, node, self._called(ctx, fullname))

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Calls of methods, before."""
        hook = self._method_signatures.get(fullname)
        return hook if hook is not None or _is_foreign(fullname) else self._find_method_signature(fullname)

    @lookup(lambda ctx: ctx.default_signature)
    def _find_method_signature(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        self._prepare()
        if not self._is_checked(fullname):
            return None
        return self._keyword_only if fullname.endswith(".__call__") else self._widen_method

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Calls of methods, after."""
        hook = self._methods.get(fullname)
        if hook is not None or fullname in self._methods:
            return hook
        found = self._find_method_rule(fullname) if self._has_rules(fullname) else None
        return found if found is not None or _is_foreign(fullname) else self._find_method(fullname)

    @lookup(lambda ctx: ctx.default_return_type)
    def _find_method_rule(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """A method of a tensor, the call of a module, or a method of what was made with what its rule needs."""
        rule, of_made = self._operations.rule_of(fullname), self._operations.method_of(fullname)
        if rule is not None and rule.startswith("torch.Tensor."):
            self._methods[fullname] = _result(lambda ctx: self._operations.method(ctx, rule))
        elif of_made is not None:
            self._methods[fullname] = _result(lambda ctx: self._operations.configured_method(ctx, of_made))
        elif _is_foreign(fullname):
            self._methods[fullname] = self._module_call if fullname.endswith(".__call__") else None
        return self._methods.get(fullname)

    @lookup(lambda ctx: ctx.default_return_type)
    def _find_method(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        self._prepare()
        name, node = _method_name(fullname), self._node(fullname)
        if fullname.endswith(_configs.DEFAULT_CONFIG) and self._is_neural(fullname):
            return _result(_configs.default_config)
        if isinstance(node, FuncDef) and makes_module(node):
            return _result(lambda ctx: self._module_types.from_helper(ctx, node, self._module_types.called(ctx, name)))
        if not self._is_checked(fullname):
            return self._find_inherited(fullname)
        if not fullname.endswith(".__call__"):
            return _result(lambda ctx: self._module_types.called(ctx, name))
        return _result(self._module_types.of_each(lambda ctx: self._module_types.called(ctx, name)))

    def _is_neural(self, fullname: str) -> bool:
        """Whether a name is that of a member of a `NeuralModule`."""
        owner = self._find(fullname.rpartition(".")[0])
        return owner is not None and isinstance(owner.node, TypeInfo) and owner.node.has_base(NEURAL_MODULE)

    def _find_inherited(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """What a class leaves to one of torch's: the call by its `forward` or as a sequence, reading a container."""
        if self._is_ruled(fullname):
            return self._module_call
        owner, _, name = fullname.rpartition(".")
        symbol = self._find(owner)
        info = symbol.node if symbol is not None else None
        if not isinstance(info, TypeInfo) or not info.has_base(MODULE):
            return None
        if name == "__call__":
            return self._methods[f"{SEQUENTIAL}.__call__"] if is_sequence(info) else None
        definer = next((base.fullname for base in info.mro if name in base.names), None)
        return self._methods.get(f"{definer}.{name}") if definer in CLASSES else None

    def _prepare(self) -> None:
        """Finish what the semantic analysis of mypy left open, before its checker asks."""
        self._scopes.flush()
        tensor = self._types.info(TENSOR)
        if tensor is not None and tensor is not self._prepared and tensor.mro:
            self._prepared = tensor
            type_untyped_methods(tensor, self._types.function_type)
            self._operations.type_all_untyped_functions(self._find)
            self._is_open = False
        if tensor is not None and tensor.mro and not self._is_open:
            self._is_open = open_class_variables(tensor)

    def _is_checked(self, fullname: str) -> bool:
        """Whether a call is surely ours to check: the signature says something about a tensor.

        mypy asks only the first plugin that answers, so what is not ours is left to the others. Of overloads mypy
        chooses one itself, by the types as they are.
        """
        node = self._node(fullname)
        if isinstance(node, TypeInfo):
            return any(made is not None and says_tensors(made.node) for made in map(node.get, ("__init__", "__new__")))
        return says_tensors(node)

    def _has_rules(self, fullname: str) -> bool:
        return fullname.partition(".")[0] in self._operations.roots

    def _is_ruled(self, fullname: str) -> bool:
        """Whether a call is that of a module which leaves its `forward` to one of torch's."""
        owner, _, name = fullname.rpartition(".")
        symbol = self._find(owner) if name == "__call__" else None
        info = None if symbol is None else symbol.node
        return isinstance(info, TypeInfo) and self._operations.module_rule(info) is not None

    def _is_made_with_sizes(self, fullname: str) -> bool:
        node = self._node(fullname)
        return isinstance(node, TypeInfo) and has_configuration(node)

    def _node(self, fullname: str) -> SymbolNode | None:
        symbol = self._find(fullname)
        if symbol is not None:
            return symbol.node
        owner, _, name = fullname.rpartition(".")
        found = self._find(owner)
        if found is None or not isinstance(found.node, TypeInfo):
            return None
        inherited = found.node.get("forward" if name == "__call__" and found.node.has_base(MODULE) else name)
        return None if inherited is None else inherited.node

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        """Attributes that say more than their declaration."""
        hook = self._attributes.get(fullname)
        if hook is not None or fullname in self._attributes:
            return hook
        if fullname.startswith((RETURN_TYPES, NAMED_RESULTS)):
            return _attribute(named_result)
        if fullname.startswith(_configs.KEYS):
            return _attribute(_configs.key)
        return self._find_property(fullname) if _is_foreign(fullname) else self._find_attribute(fullname)

    @lookup(lambda ctx: ctx.default_attr_type)
    def _find_property(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        rule = self._operations.rule_of(fullname) if self._has_rules(fullname) else None
        hook = None if rule is None else _attribute(lambda ctx: self._operations.attribute(ctx, rule))
        if hook is None and fullname.startswith((MODULES, DISTRIBUTIONS)):
            hook = _attribute(self._weights.attribute)
        self._attributes[fullname] = hook
        return hook

    @lookup(lambda ctx: ctx.default_attr_type)
    def _find_attribute(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        self._prepare()
        owner, _, name = fullname.rpartition(".")
        symbol = self._find(owner)
        if symbol is None or not isinstance(symbol.node, TypeInfo):
            return None
        if name == _configs.WHOLE and symbol.node.has_base(NEURAL_MODULE):
            return _attribute(_configs.of_module)
        if self._has_rules(fullname) and self._operations.method_of(fullname) is not None:
            return _attribute(self._weights.attribute)
        if has_sizes(symbol.node, name):
            return _attribute(self._module_types.attribute)
        member = symbol.node.names.get(name)
        if member is not None and isinstance(member.node, Decorator) and member.node.func.is_property:
            return _attribute(self._module_types.property_read) if says_tensors(member.node) else None
        if member is None or not isinstance(member.node, Var):
            return None
        if _configs.is_nested(member.node):
            return _attribute(_configs.of_field)
        if is_undeclared(member.node):
            info = symbol.node
            return _attribute(lambda ctx: self._inferred_attribute(ctx, info, name))
        is_kept = member.node.type is not None and may_be_module(member.node.type)
        return _attribute(self._module_types.declared_attribute) if is_kept else None

    def _inferred_attribute(self, ctx: AttributeContext, info: TypeInfo, name: str) -> Type:
        found = self._attribute_type(ctx, info, name)
        tensor = None if ctx.is_lvalue else as_tensor(found)
        if tensor is not None and is_known(tensor):
            self._settling.instrument_current(ctx.api)  # a name that is given it may be given another tensor later
        return found

    def _attribute_type(self, ctx: AttributeContext, info: TypeInfo, name: str) -> Type:
        if is_buffer(info, name) and (ctx.is_lvalue or seen_by_a_cast(ctx.api)):
            return unknown()  # without this plugin it is no attribute of the class
        if not is_changing(_class_of(ctx, info), name):
            return self._values.inferred_attribute(ctx, False)
        known = self._module_types.declared_attribute(ctx)
        return self._values.inferred_attribute(ctx, True) if known is ctx.default_attr_type else known

    def _define_class(self, ctx: ClassDefContext) -> None:
        announce_buffers(ctx.cls)
        define_class(ctx)
        show_metadata(ctx.cls, self._types.str_type)
        announce_recipes(ctx.cls)
        chained: Any = ctx.api
        others = chained.plugin._plugins  # noqa: SLF001 - mypy asks only the first plugin that answers; this is for all
        for other in others[others.index(self._plugin) + 1 :]:
            hook = other.get_customize_class_mro_hook(ctx.cls.fullname)
            if hook is not None:
                hook(ctx)
                return

    def _isinstance_called(self, ctx: FunctionContext) -> Type:
        if is_asking(ctx.context):
            return self._calls.asked(ctx)
        if is_identity(ctx.context):
            return operand_type(ctx)
        if is_entering(ctx.context):
            self._scopes.results.enter(ctx.api)
        if is_returning(ctx.context):
            self._promised.loosen(ctx)
            check_return(ctx)
        if isinstance(ctx.context, CallExpr) and is_registered(ctx.context):
            return registered_type(ctx.context, self._types.tensor_type, ctx.api)
        return self._narrowing.isinstance_called(ctx)

    def _called(self, ctx: FunctionContext, fullname: str) -> Type:
        name, _, owner = fullname.partition(" of ")  # a method that is called by way of `super()`
        result = self._calls.instantiate(ctx, f"{owner}.{name}" if owner else name.rpartition(".")[2])
        result = with_nature(result, ctx)
        symbol = self._find(fullname)
        if symbol is not None and isinstance(symbol.node, TypeInfo):
            return self._module_types.made(ctx, result)
        return result

    def _shape(self, ctx: AttributeContext) -> Type:
        self._narrowing.unpacked(ctx)
        return self._values.shape(ctx)

    def _size(self, ctx: MethodContext) -> Type:
        if not ctx.args or not ctx.args[0]:
            self._narrowing.unpacked(ctx)
        return self._values.size(ctx)

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

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """`torch.Tensor` and `nn.Parameter` become generic."""
        if fullname in GENERIC_TENSORS:
            return _class(lambda ctx: make_generic(ctx.cls.info, self._types.object_type))
        return None if _is_foreign(fullname) else _class(self._define_class)


def _class_of(ctx: AttributeContext, owner: TypeInfo) -> TypeInfo:
    """The class of the object whose attribute is read, which may be a subclass of the one that declares it."""
    receiver = ctx.type
    return receiver.type if isinstance(receiver, Instance) else owner


@lru_cache(maxsize=2**16)  # mypy asks for every name in every annotation of torch
def _is_foreign(fullname: str) -> bool:
    return fullname.partition(".")[0] in FOREIGN


def _is_local(fullname: str) -> bool:
    """Whether a name is one inside of a function, which cannot be looked up: its signature shows whether it is ours."""
    return "." not in fullname and not fullname.startswith("<")


def _type(hook: Callable[[AnalyzeTypeContext], Type]) -> Callable[[AnalyzeTypeContext], Type]:
    return guarded(hook, lambda _: unknown())


def _signature(hook: Callable[[_C], FunctionLike]) -> Callable[[_C], FunctionLike]:
    return guarded(hook, lambda ctx: ctx.default_signature)


def _result(hook: Callable[[_C], Type]) -> Callable[[_C], Type]:
    return guarded(hook, lambda ctx: ctx.default_return_type)


def _attribute(hook: Callable[[AttributeContext], Type]) -> Callable[[AttributeContext], Type]:
    return guarded(hook, lambda ctx: ctx.default_attr_type)


def _class(hook: Callable[[ClassDefContext], None]) -> Callable[[ClassDefContext], None]:
    return guarded(hook, lambda _: None)


def _method_name(fullname: str) -> str:
    """The words for a method: `Encoder` for a module that is called, `Encoder.encode` for any other."""
    owner, _, name = fullname.rpartition(".")
    short = owner.rpartition(".")[2]
    return short if name == "__call__" else f"{short}.{name}"
