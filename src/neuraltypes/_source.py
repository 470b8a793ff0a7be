"""The source of a checked function: its signature, the guard, the call, and the check of the result."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from neuraltypes import _tags
from neuraltypes._guard import GuardBuilder
from neuraltypes._interface import Interface
from neuraltypes._signature import default_name, function_name, signature_source
from neuraltypes._spec import ElementVar, Spec, TensorSpec, tensors


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """Source of functions with the signature of `function`; `namespace` takes the defaults of its parameters.

    `counted` is the expression of what counts its checked calls: the module, or the function.
    """

    function: Callable[..., Any]
    namespace: dict[str, Any]
    counted: str

    def stub(self) -> str:
        """The function that stands in until the first call: it prepares the checked one and calls that."""
        declared, passed = signature_source(self.function, self.namespace)
        return self._define(declared, ["_nt_prepare()", *self._forwarded(passed, "_nt_wrapper")])

    def unchecked(self) -> str:
        """A function that only passes the call on."""
        declared, passed = signature_source(self.function, self.namespace)
        return self._define(declared, self._forwarded(passed))

    def checked(self, interface: Interface, builder: GuardBuilder) -> str:
        """The function with its guard, and the full check where the guard does not say yes."""
        declared, passed = signature_source(self.function, self.namespace)
        body = [
            f"if _nt_switch.special and _nt_is_skipped({self.counted}):",
            *_indented(self._forwarded(passed), 1),
            "try:",
            *_indented(self._argument_lines(builder, interface), 1),
            "except Exception:",
            "    _nt_ok = False",
            "if not _nt_ok:",
            f"    _nt_error, _nt_bindings = _nt_examine({self._arguments()})",
            "    if _nt_error is not None: raise _nt_error",
            *self._result_lines(builder, interface, passed),
        ]
        return self._define(declared, body)

    def _argument_lines(self, builder: GuardBuilder, interface: Interface) -> list[str]:
        others = {n for n, s in interface.parameters if not (isinstance(s, TensorSpec) and n in interface.required)}
        defaults = {n: default_name(n) for n in others if default_name(n) in self.namespace}
        return builder.arguments(interface, defaults)

    def _result_lines(self, builder: GuardBuilder, interface: Interface, passed: str) -> list[str]:
        bind = f"_nt_bindings = ({_mapping(builder.bound_sizes())}, {_mapping(builder.bound_shapes())})"
        if interface.yields:
            return ["if _nt_ok:", f"    {bind}", *self._yield_lines(passed)]
        inputs = [name for name, spec in interface.parameters if _may_be_returned(spec, interface.result)]
        checks = builder.result("_nt_result", interface.result, inputs, _generic_source(interface))
        call = f"_nt_result = {self._call(passed)}"
        if not checks:
            return [call, "return _nt_result"]
        is_input = " or ".join(f"_nt_result is {name}" for name in inputs) or "False"
        return [
            call,
            "if _nt_ok:",
            "    try:",
            *_indented(checks, 2),
            "    except Exception:",
            "        _nt_ok = False",
            "    if _nt_ok:",
            "        return _nt_result",
            f"    {bind}",
            f"_nt_error, _nt_result = _nt_examine_result(_nt_result, {self._arguments()}, _nt_bindings, {is_input})",
            "if _nt_error is not None: raise _nt_error",
            "return _nt_result",
        ]

    def _yield_lines(self, passed: str) -> list[str]:
        if inspect.isasyncgenfunction(self.function):
            return _async_yield_lines(f"_nt_function({passed})", "_nt_check_yield(_nt_item, _nt_bindings)")
        return [f"return (yield from _nt_check_yields(_nt_function({passed}), _nt_check_yield, _nt_bindings))"]

    def _forwarded(self, passed: str, function: str = "_nt_function") -> list[str]:
        if inspect.isasyncgenfunction(self.function):
            return [*_async_yield_lines(f"{function}({passed})", "_nt_item"), "return"]
        if inspect.isgeneratorfunction(self.function):
            return [f"return (yield from {function}({passed}))"]
        return [f"return {self._call(passed, function)}"]

    def _call(self, passed: str, function: str = "_nt_function") -> str:
        return f"{'await ' if inspect.iscoroutinefunction(self.function) else ''}{function}({passed})"

    def _arguments(self) -> str:
        names = inspect.signature(self.function).parameters
        return "{" + ", ".join(f"{name!r}: {name}" for name in names) + "}"

    def _define(self, declared: str, body: list[str]) -> str:
        is_async = inspect.iscoroutinefunction(self.function) or inspect.isasyncgenfunction(self.function)
        header = f"{'async ' if is_async else ''}def {function_name(self.function)}({declared}):"
        return "\n".join([header, *_indented(body, 1)])


def _may_be_returned(given: Spec, result: Spec) -> bool:
    """Whether an input itself may be a tensor that the result tags: then their dtypes overlap."""
    return isinstance(given, TensorSpec) and any(
        given.dtype is None or spec.dtype is None or given.dtype.members & spec.dtype.members
        for spec in tensors(result)
        if _tags.make_tag(spec) is not None
    )


def _generic_source(interface: Interface) -> tuple[str, TensorSpec] | None:
    """The input that decides which element a result generic over its element has."""
    element = interface.result.element if isinstance(interface.result, TensorSpec) else None
    if not isinstance(element, ElementVar):
        return None
    sources = ((n, s) for n, s in interface.parameters if isinstance(s, TensorSpec) and s.element == element)
    return next(sources, None)


def _async_yield_lines(generator: str, item: str) -> list[str]:
    """Lines that pass everything to and from an asynchronous generator, which has no `yield from`."""
    return [
        f"_nt_generator = {generator}",
        "try:",
        "    _nt_item = await anext(_nt_generator)",
        "    while True:",
        "        try:",
        f"            _nt_sent = yield {item}",
        "        except GeneratorExit:",
        "            raise",
        "        except BaseException as _nt_thrown:",
        "            _nt_item = await _nt_generator.athrow(_nt_thrown)",
        "        else:",
        "            _nt_item = await _nt_generator.asend(_nt_sent)",
        "except StopAsyncIteration:",
        "    pass",
        "finally:",
        "    await _nt_generator.aclose()",
    ]


def _indented(lines: list[str], levels: int) -> list[str]:
    return ["    " * levels + line for line in lines]


def _mapping(variables: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name!r}: {variable}" for name, variable in variables.items()) + "}"
