"""Full names, as mypy knows them."""

import sys
from typing import Final

TENSOR: Final = "torch._tensor.Tensor"
PARAMETER: Final = "torch.nn.parameter.Parameter"
BUFFER: Final = "torch.nn.parameter.Buffer"
# The classes that are generic over dtype, shape and element.
GENERIC_TENSORS: Final = (TENSOR, PARAMETER, BUFFER)
PRETRAINED: Final = tuple(f"torch.nn.modules.sparse.{name}.from_pretrained" for name in ("Embedding", "EmbeddingBag"))
METADATA: Final = "neuraltypes"  # under which the plugin keeps what it has read of a class
ANNOTATED: Final = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
DTYPES_MODULE: Final = "neuraltypes_mypy._dtypes"
ELEMENT_TYPE: Final = "neuraltypes.elements.ElementType"
VOID_TYPE: Final = "neuraltypes.elements.VoidType"
UNNORMALIZED_TYPE: Final = "neuraltypes.elements.UnnormalizedType"
MODULES: Final = "torch.nn.modules."
DISTRIBUTIONS: Final = "torch.distributions."
MODULE: Final = "torch.nn.modules.module.Module"
MODULE_CALL: Final = f"{MODULE}.__call__"
NEURAL_MODULE: Final = "neuraltypes._module.NeuralModule"
ENSURE: Final = "neuraltypes._ensure.ensure"
REVEAL: Final = "neuraltypes._ensure.reveal"
CONTAINERS: Final = "torch.nn.modules.container"
SEQUENTIAL: Final = f"{CONTAINERS}.Sequential"
SIZE: Final = "torch._C.Size"
IDENTITY: Final = "torch.nn.modules.linear.Identity"
TENSOR_BASE: Final = "torch._C.TensorBase"
# What these give takes other axes than the function that they are given, under the same signature.
TRANSFORMS: Final = (
    *(f"torch._functorch.apis.{name}" for name in ("vmap", "grad", "grad_and_value", "chunk_vmap")),
    *(f"torch._functorch.eager_transforms.{name}" for name in ("vjp", "jvp", "jacrev", "jacfwd", "hessian")),
)
SCRIPT: Final = "torch.jit._script.script"
# What gives the module that it takes, or one that is called in the same way.
SAME_MODULE: Final = (
    "torch.compile",
    *(f"torch.nn.utils.parametrizations.{name}" for name in ("orthogonal", "spectral_norm", "weight_norm")),
)

# Code that is surely not annotated for this plugin; what is said about it stands in tables. What torch imports, mypy
# reads with it.
FOREIGN: Final = (sys.stdlib_module_names - {"__main__", "test"}) | {
    "_typeshed",
    "cycler",
    "filelock",
    "fsspec",
    "jinja2",
    "matplotlib",
    "ml_dtypes",
    "mpl_toolkits",
    "mpmath",
    "networkx",
    "numpy",
    "onnx",
    "onnx_ir",
    "onnxscript",
    "packaging",
    "PIL",
    "pyparsing",
    "sympy",
    "torch",
    "typing_extensions",
}


def tensor_methods(*names: str) -> list[str]:
    """The full names under which mypy knows methods of tensors: those of the class of the receiver."""
    return [f"{owner}.{name}" for owner in GENERIC_TENSORS for name in names]
