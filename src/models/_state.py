"""State dicts without what wrappers put into names (`_orig_mod.`, `module.`), and with all parts of sharded tensors."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

import torch.distributed as dist
from torch import nn
from torch._dynamo.eval_frame import OptimizedModule
from torch.nn.parallel import DataParallel, DistributedDataParallel
from torch.optim.swa_utils import AveragedModel

_WRAPPERS: dict[type[nn.Module], str] = {
    OptimizedModule: "_orig_mod",
    DistributedDataParallel: "module",
    DataParallel: "module",
    AveragedModel: "module",
}
_INSERTED = frozenset(_WRAPPERS.values())


def hide_wrappers(model: nn.Module, state: MutableMapping[str, Any], prefix: str) -> None:
    """Rename the entries of `model`, whose names start with `prefix`, to what they are without wrappers."""
    _rename(state, prefix, lambda name: plain_name(model, name), has_work=_has_wrappers(model))


def accept_wrappers(model: nn.Module, state: MutableMapping[str, Any], prefix: str) -> None:
    """Rename entries that were saved with or without wrappers to the names that `model` has now."""
    is_foreign = any(part in _INSERTED for name in state if name.startswith(prefix) for part in name.split("."))
    _rename(state, prefix, lambda name: _present(model, name), has_work=is_foreign or _has_wrappers(model))


def is_sharded(model: nn.Module) -> bool:
    """Whether this process holds only a part of some parameter."""
    return any(hasattr(parameter, "device_mesh") for parameter in model.parameters())


def whole_state(model: nn.Module, state: Mapping[str, Any]) -> Mapping[str, Any]:
    """A state dict of `model` with all of what processes share, on rank 0.

    To be called on all ranks, none of which holds more than one whole tensor at a time beside its part.
    """
    if not any(hasattr(value, "device_mesh") for value in state.values()):
        return state
    is_first = dist.get_rank() == 0
    ties = _ties(model)
    whole: dict[str, Any] = {}
    for name, value in state.items():
        if name not in ties:
            gathered = _gathered(value)
            whole |= {name: gathered} if is_first else {}
    return {name: whole[name if name in whole else ties[name]] for name in state} if is_first else {}


def _ties(model: nn.Module) -> dict[str, str]:
    """Further names of parameters that have several, with the first of each."""
    first: dict[nn.Parameter, str] = {}
    named = [(plain_name(model, name), parameter) for name, parameter in model.named_parameters(remove_duplicate=False)]
    return {name: owner for name, parameter in named if (owner := first.setdefault(parameter, name)) != name}


def _gathered(value: Any) -> Any:
    if not hasattr(value, "device_mesh"):
        return value
    return value.to(value.device_mesh.device_type).full_tensor().cpu()  # it may have been moved to the CPU to be saved


def _rename(state: MutableMapping[str, Any], prefix: str, renamed: Any, *, has_work: bool) -> None:
    if not has_work:
        return
    for name in [name for name in state if name.startswith(prefix)]:
        state[prefix + renamed(name[len(prefix) :])] = state.pop(name)


def _has_wrappers(model: nn.Module) -> bool:
    return any(_inserted_by(module) for module in model.modules())


def _inserted_by(module: nn.Module | None) -> str | None:
    return next((name for cls, name in _WRAPPERS.items() if isinstance(module, cls)), None)


def plain_name(model: nn.Module, name: str) -> str:
    """A parameter's name without what wrappers put into it."""
    module: nn.Module | None = model
    kept = []
    for part in name.split("."):
        if part != _inserted_by(module):
            kept.append(part)
        module = _child(module, part)
    return ".".join(kept)


def _present(model: nn.Module, name: str) -> str:
    """The name that `model` has for what was called `name`, with or without wrappers; if it has none, `name`."""
    given = name
    while True:
        if (found := _found(model, given)) is not None:
            return found
        first, _, given = given.partition(".")  # the whole model may have been wrapped
        if first not in _INSERTED:
            return name


def _found(model: nn.Module, name: str) -> str | None:
    module: nn.Module | None = model
    parts: list[str] = []
    for part in name.split("."):
        while (inserted := _inserted_by(module)) is not None and part != inserted:
            parts.append(inserted)
            module = _child(module, inserted)
        if module is None:
            return None
        if not _has(module, part):
            if part in _INSERTED:
                continue
            return None
        parts.append(part)
        module = _child(module, part)
    return ".".join(parts)


def _child(module: nn.Module | None, name: str) -> nn.Module | None:
    return None if module is None else module._modules.get(name)  # noqa: SLF001  # attributes may hide modules


def _has(module: nn.Module, name: str) -> bool:
    held = (module._modules, module._parameters, module._buffers)  # noqa: SLF001  # attributes may hide them
    return name == "_extra_state" or any(name in part for part in held)
