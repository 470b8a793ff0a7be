"""Modules that do not train: `freeze`, `unfreeze` and `as_frozen`, which put everything back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from torch import nn

_FROZEN = "_neuraltypes_frozen"


class Freezable:
    """A part of a module's class."""

    def freeze(self) -> Self:
        """Take gradients from all parameters and go into eval mode; `unfreeze` puts back what was, also after two."""
        module = _module(self)
        flags, modes = self.__dict__.get(_FROZEN, ({}, {}))
        flags = {name: parameter.requires_grad for name, parameter in module.named_parameters()} | flags
        modes = {name: part.training for name, part in module.named_modules()} | modes
        self.__dict__[_FROZEN] = flags, modes
        _stop(module)
        return self

    def unfreeze(self) -> Self:
        """Give parameters and modules what they had before `freeze`; if there was none, let all of them train."""
        module = _module(self)
        if _FROZEN not in self.__dict__:
            module.requires_grad_(True)  # torch's own signature
            module.train()
            return self
        flags, modes = self.__dict__.pop(_FROZEN)
        for name, parameter in module.named_parameters():
            parameter.requires_grad_(flags.get(name, parameter.requires_grad))
        for name, part in module.named_modules():
            part.training = modes.get(name, part.training)
        return self

    @contextmanager
    def as_frozen(self) -> Iterator[None]:
        """Inside the block parameters take no gradients and all modules are in eval mode; blocks nest."""
        module = _module(self)
        flags = [(parameter, parameter.requires_grad) for parameter in module.parameters()]
        modes = [(part, part.training) for part in module.modules()]
        _stop(module)
        try:
            yield
        finally:
            for parameter, flag in flags:
                parameter.requires_grad_(flag)
            for part, mode in modes:
                part.training = mode


def _stop(module: nn.Module) -> None:
    module.requires_grad_(False)  # torch's own signature
    module.eval()


def _module(value: object) -> nn.Module:
    from torch import nn

    assert isinstance(value, nn.Module)
    return value
