"""Constructing modules without drawing initial weights that are about to be replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, is_grad_enabled, nn
from torch.overrides import TorchFunctionMode

# What `torch.nn.init` calls on a parameter in the end: the draws, the constants, and the steps of trunc_normal_.
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
        # Under autograd a parameter cannot be filled in place; torch says so better than we would.
        if func in _FILLING and args and isinstance(args[0], nn.Parameter) and not is_grad_enabled():
            return args[0]
        return func(*args, **(kwargs or {}))
