"""The parts of the plugin, which hooks hand on to: each made once for a run of mypy, with what it needs of others."""

from __future__ import annotations

from typing import final

from mypy.nodes import TypeInfo

from neuraltypes_mypy.annotations._annotations import Annotations
from neuraltypes_mypy.annotations._expressions import Expressions
from neuraltypes_mypy.annotations._reveal import Reveal
from neuraltypes_mypy.annotations._scopes import Scopes
from neuraltypes_mypy.base._names import TENSOR
from neuraltypes_mypy.base._options import PluginOptions
from neuraltypes_mypy.calls._calls import Calls
from neuraltypes_mypy.calls._handed_on import HandedOn
from neuraltypes_mypy.calls._module_calls import ModuleCalls
from neuraltypes_mypy.calls._modules import Modules
from neuraltypes_mypy.calls._narrowing import Narrowing
from neuraltypes_mypy.calls._partials import Partials
from neuraltypes_mypy.calls._transforms import Transforms
from neuraltypes_mypy.flow._containers import Containers
from neuraltypes_mypy.flow._settle import Settling
from neuraltypes_mypy.meaning._passed_on import PassedOn
from neuraltypes_mypy.meaning._unseen import Unseen
from neuraltypes_mypy.modules._held import Held
from neuraltypes_mypy.modules._module_containers import ModuleContainers
from neuraltypes_mypy.modules._parameter_containers import ParameterContainers
from neuraltypes_mypy.operations._operations import Operations
from neuraltypes_mypy.operations._recipes import Recipes
from neuraltypes_mypy.operations._torch_modules import TorchModules
from neuraltypes_mypy.operations._weights import Weights
from neuraltypes_mypy.rules._application import Application
from neuraltypes_mypy.rules._definitions import Definitions
from neuraltypes_mypy.rules._known_rules import KnownRules
from neuraltypes_mypy.sizes._promised import Promised
from neuraltypes_mypy.sizes._values import Values
from neuraltypes_mypy.tensors._tensor import Lookup, open_class_variables, type_untyped_methods
from neuraltypes_mypy.tensors._types import KnownTypes


@final
class Parts:
    """The parts. `find` looks a full name up, in whatever modules mypy has by then."""

    def __init__(self, find: Lookup, options: PluginOptions) -> None:
        self._find = find
        self.types = KnownTypes(find)
        self.scopes = Scopes()
        is_reported = options.report_untracked
        self.settling = Settling(reports_untracked=is_reported)
        self.annotations = Annotations(self.types, self.scopes)
        self.calls = Calls(self.types, self.settling, reports_untracked=is_reported)
        self.values = Values(self.types)
        self.held = Held(self.values)
        self.containers = Containers(self.types)
        self.partials = Partials(self.types, self.calls)
        self.transforms = Transforms(self.types)
        self.rules = KnownRules(self.types, options.stub_folders())
        application = Application(self.types, self.calls.sizes, self.settling)
        self.definitions = Definitions(self.types, self.rules)
        self.unseen = Unseen(self.rules)
        self.operations = Operations(self.types, self.rules, application, self.unseen)
        self.torch_modules = TorchModules(self.rules, application, self.unseen)
        self.module_containers = ModuleContainers(self.types, self.settling, self.rules)
        self.parameters = ParameterContainers(self.types, self.values, self.settling)
        self.passed_on = PassedOn(self.types, application.refusals, self.calls.sizes)
        self.handed_on = HandedOn(self.types, application.refusals)
        self.promised = Promised(self.calls.sizes)
        self.weights = Weights(self.types, self.torch_modules)
        self.recipes = Recipes(self.types, self.rules, self.torch_modules, self.module_containers)
        self.modules = Modules(self.types, self.values, self.recipes)
        self.module_calls = ModuleCalls(
            self.types, self.calls, self.torch_modules, self.passed_on, application.refusals
        )
        expressions = Expressions(self.types, self.annotations)
        self.narrowing = Narrowing(self.types, expressions, self.settling)
        self.reveal = Reveal(expressions)
        self._prepared: TypeInfo | None = None
        self._is_open = False

    def type_functions(self) -> None:
        """Type the functions of torch that mypy knows nothing of, as far as it has read torch."""
        if self.rules.awaits_types:
            self.rules.type_untyped_functions(self._find)

    def prepare(self) -> None:
        """Finish what the semantic analysis of mypy left open, before its checker asks."""
        self.scopes.flush()
        tensor = self.types.info(TENSOR)
        if tensor is not None and tensor is not self._prepared and tensor.mro:
            self._prepared = tensor
            type_untyped_methods(tensor, self.types.function_type)
            self.rules.type_all_untyped_functions(self._find)
            self._is_open = False
        if tensor is not None and tensor.mro and not self._is_open:
            self._is_open = open_class_variables(tensor)
