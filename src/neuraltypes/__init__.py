"""The type system for PyTorch models: one annotation on `forward`, checked by mypy, at run time and in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuraltypes._lazy import lazy_names

if TYPE_CHECKING:
    from typing import Annotated as NeuralType

    from neuraltypes import axes as axes
    from neuraltypes import elements as elements
    from neuraltypes import kinds as kinds
    from neuraltypes._compare import Comparison as Comparison
    from neuraltypes._ensure import ensure as ensure
    from neuraltypes._ensure import reveal as reveal
    from neuraltypes._errors import AnnotationError as AnnotationError
    from neuraltypes._errors import RegistrationError as RegistrationError
    from neuraltypes._examples import dynamic_shapes as dynamic_shapes
    from neuraltypes._examples import example_inputs as example_inputs
    from neuraltypes._hook import interface_of as interface_of
    from neuraltypes._import_hook import install_import_hook as install_import_hook
    from neuraltypes._interface import Interface as Interface
    from neuraltypes._interface import interface_from_json as interface_from_json
    from neuraltypes._module import NeuralModule as NeuralModule
    from neuraltypes._read import spec_from_annotation as spec_from_annotation
    from neuraltypes._spec import DictSpec as DictSpec
    from neuraltypes._spec import ElementVar as ElementVar
    from neuraltypes._spec import ListSpec as ListSpec
    from neuraltypes._spec import OptionalSpec as OptionalSpec
    from neuraltypes._spec import RecordSpec as RecordSpec
    from neuraltypes._spec import Spec as Spec
    from neuraltypes._spec import TensorSpec as TensorSpec
    from neuraltypes._spec import TupleSpec as TupleSpec
    from neuraltypes._spec import UnionSpec as UnionSpec
    from neuraltypes._spec import ValueSpec as ValueSpec
    from neuraltypes._spec_json import spec_from_json as spec_from_json
    from neuraltypes._switches import checks as checks
    from neuraltypes._switches import set_checks as set_checks
    from neuraltypes._typecheck import typecheck as typecheck
    from neuraltypes.errors import ArgumentTypeError as ArgumentTypeError
    from neuraltypes.errors import AxisKindError as AxisKindError
    from neuraltypes.errors import CheckError as CheckError
    from neuraltypes.errors import DTypeError as DTypeError
    from neuraltypes.errors import ElementError as ElementError
    from neuraltypes.errors import ShapeError as ShapeError
    from neuraltypes.kinds import AxisKind as AxisKind
    from neuraltypes.kinds import register_kind as register_kind

__version__ = "0.1.0"

# Each module is loaded at first use: the type language is light without torch and beartype, a part of it lighter still.
_MODULES = {
    "neuraltypes._compare": ("Comparison",),
    "neuraltypes._ensure": ("ensure", "reveal"),
    "neuraltypes._errors": ("AnnotationError", "RegistrationError"),
    "neuraltypes._examples": ("dynamic_shapes", "example_inputs"),
    "neuraltypes._hook": ("interface_of",),
    "neuraltypes._import_hook": ("install_import_hook",),
    "neuraltypes._interface": ("Interface", "interface_from_json"),
    "neuraltypes._module": ("NeuralModule",),
    "neuraltypes._neural_type": ("NeuralType",),
    "neuraltypes._read": ("spec_from_annotation",),
    "neuraltypes._spec": (
        "DictSpec",
        "ElementVar",
        "ListSpec",
        "OptionalSpec",
        "RecordSpec",
        "Spec",
        "TensorSpec",
        "TupleSpec",
        "UnionSpec",
        "ValueSpec",
    ),
    "neuraltypes._spec_json": ("spec_from_json",),
    "neuraltypes._switches": ("checks", "set_checks"),
    "neuraltypes._typecheck": ("typecheck",),
    "neuraltypes.errors": (
        "ArgumentTypeError",
        "AxisKindError",
        "CheckError",
        "DTypeError",
        "ElementError",
        "ShapeError",
    ),
    "neuraltypes.axes": ("axes",),
    "neuraltypes.elements": ("elements",),
    "neuraltypes.kinds": ("AxisKind", "kinds", "register_kind"),
}

__all__ = [
    "AnnotationError",
    "ArgumentTypeError",
    "AxisKind",
    "AxisKindError",
    "CheckError",
    "Comparison",
    "DTypeError",
    "DictSpec",
    "ElementError",
    "ElementVar",
    "Interface",
    "ListSpec",
    "NeuralModule",
    "NeuralType",
    "OptionalSpec",
    "RecordSpec",
    "RegistrationError",
    "ShapeError",
    "Spec",
    "TensorSpec",
    "TupleSpec",
    "UnionSpec",
    "ValueSpec",
    "axes",
    "checks",
    "dynamic_shapes",
    "elements",
    "ensure",
    "example_inputs",
    "install_import_hook",
    "interface_from_json",
    "interface_of",
    "kinds",
    "register_kind",
    "reveal",
    "set_checks",
    "spec_from_annotation",
    "spec_from_json",
    "typecheck",
]

__getattr__, __dir__ = lazy_names(globals(), _MODULES)
