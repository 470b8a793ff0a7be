"""The signature of a function as source."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def signature_source(function: Callable[..., Any], constants: dict[str, Any]) -> tuple[str, str]:
    """The parameter list of `function` as source, defaults as constants, and the arguments that pass it on."""
    parameters = inspect.signature(function).parameters.values()
    declared: list[str] = []
    passed: list[str] = []
    previous = None
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and previous not in (
            parameter.KEYWORD_ONLY,
            parameter.VAR_POSITIONAL,
        ):
            declared.append("*")
        if previous is parameter.POSITIONAL_ONLY and parameter.kind is not parameter.POSITIONAL_ONLY:
            declared.insert(len(declared) - (declared[-1:] == ["*"]), "/")
        text, call = _parameter_source(parameter, constants)
        declared.append(text)
        passed.append(call)
        previous = parameter.kind
    if previous is inspect.Parameter.POSITIONAL_ONLY:
        declared.append("/")
    return ", ".join(declared), ", ".join(passed)


def _parameter_source(parameter: inspect.Parameter, constants: dict[str, Any]) -> tuple[str, str]:
    name = parameter.name
    if parameter.kind is parameter.VAR_POSITIONAL:
        return f"*{name}", f"*{name}"
    if parameter.kind is parameter.VAR_KEYWORD:
        return f"**{name}", f"**{name}"
    call = f"{name}={name}" if parameter.kind is parameter.KEYWORD_ONLY else name
    if parameter.default is parameter.empty:
        return name, call
    constants[default_name(name)] = parameter.default
    return f"{name}={default_name(name)}", call


def default_name(parameter: str) -> str:
    """The constant that holds a parameter's default."""
    return f"_nt_default_{parameter}"


def function_name(function: Callable[..., Any]) -> str:
    """The name under which a function can be defined: its own, where that is an identifier."""
    return function.__name__ if function.__name__.isidentifier() else "function"
