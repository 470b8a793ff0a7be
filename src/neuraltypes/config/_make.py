"""Objects from configs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar, overload

from neuraltypes.config._classes import Allow, Classes
from neuraltypes.config._fit import Fitter, sections_of
from neuraltypes.config._nodes import ConfigNode

Made = TypeVar("Made")


@overload
def instantiate(
    config: Any,
    expected: type[Made],
    *,
    allow: Allow = (),
    resolvers: Collection[str] = (),
    given: Mapping[str, Any] | None = None,
) -> Made: ...
@overload
def instantiate(
    config: Any,
    expected: None = None,
    *,
    allow: Allow = (),
    resolvers: Collection[str] = (),
    given: Mapping[str, Any] | None = None,
) -> Any: ...
def instantiate(
    config: Any,
    expected: type[Any] | None = None,
    *,
    allow: Allow = (),
    resolvers: Collection[str] = (),
    given: Mapping[str, Any] | None = None,
) -> Any:
    """The object of a config, once the whole config is known to fit the classes that it names.

    Args:
        config: a container of OmegaConf's, a dict, or a dataclass; its keys are the constructor's parameters.
        expected: what the object must be; its class where `_target_` is missing.
        allow: classes that `_target_` may name beside imported `NeuralModule`s, each one by itself; a mapping also
            says by which names.
        resolvers: resolvers of OmegaConf's own, such as `"oc.env"`, that the config may use.
        given: arguments that the caller adds, such as the parameters of an optimizer. They are passed as they are.

    Raises:
        ConfigError: every key, type and class that does not fit. Nothing was made.
    """
    fitter = Fitter(Classes(allow), resolvers)
    make = fitter.root(config, expected, given or {})
    fitter.raise_problems()
    return make()


def as_hinted(cls: type, name: str, value: Any, hint: Any) -> Any:
    """An argument of a class, which is made already, with dataclasses, enumerations and containers as such.

    Raises:
        ConfigError: it does not fit the hint.
    """
    fitter = Fitter(Classes())
    make = fitter.argument(name, ConfigNode(value, name), hint, sections_of(cls))
    fitter.raise_problems()
    return make()
