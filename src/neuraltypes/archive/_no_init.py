"""Constructing modules without drawing initial weights that are about to be replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, is_grad_enabled, nn
from torch.overrides import TorchFunctionMode

# Some functions of torch.nn.init come here themselves, and the mode does not see what they call then.
_INITIALISERS = frozenset(f for name, f in vars(nn.init).items() if name.endswith("_") and not name.startswith("_"))
# What the others call on a parameter in the end: the draws, the constants, and the steps of trunc_normal_.
_FILLING = frozenset(
    {
        Tensor.uniform_,
        Tensor.normal_,
        Tensor.fill_,
        Tensor.zero_,
        Tensor.erfinv_,
        Tensor.mul_,
        Tensor.add_,
        Tensor.clamp_,
    }
)


class NoInit(TorchFunctionMode):
    """In the block, and in this thread alone, parameters are not filled in place; they hold whatever was in memory.

    Only for modules of which every parameter is then replaced. Other tensors, buffers among them, are filled as ever.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        tensor = args[0] if args else kwargs.get("tensor")
        # Where autograd is on, filling a parameter by its own methods is an error; torch says so better than we would.
        is_filled = func in _INITIALISERS or (func in _FILLING and not is_grad_enabled())
        return tensor if is_filled and isinstance(tensor, nn.Parameter) else func(*args, **kwargs)
