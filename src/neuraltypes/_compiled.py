"""The full check as `torch.compile` and `torch.fx` meet it.

A guard that says no inside a graph that may break leaves the graph, and the check runs as usual. With `fullgraph=True`
there is no way out: then the check runs on the compiler's fake tensors, so that the compilation fails in our words.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

from torch.compiler import is_dynamo_compiling

from neuraltypes.errors import CheckError

Examination = tuple[Any, Any]


def traceable(examine: Callable[..., Examination]) -> Callable[..., Examination]:
    """`examine` in a form that the generated code may call inside a compiled region."""

    def eager(*args: Any) -> Examination:
        compiler = sys.modules.get("torch._dynamo")
        return examine(*args) if compiler is None else compiler.disable(examine)(*args)

    # What torch.compiler.disable marks, without importing the compiler.
    setattr(eager, "_torchdynamo_disable", True)  # noqa: B010

    def explain(ctx: Any) -> None:
        error = _error_of(examine, ctx)
        if error is not None:
            raise _unsupported(error)

    def run(*args: Any) -> Examination:
        if is_dynamo_compiling():
            from torch._dynamo.comptime import comptime

            comptime(explain)
        return eager(*args)

    return run


def _error_of(examine: Callable[..., Examination], ctx: Any) -> CheckError | None:
    try:
        error, _ = examine(*(_value(variable) for variable in _traced_arguments(ctx)))
    except Exception:  # noqa: BLE001  # the compiler's internals changed: leave the graph instead
        return None
    return error if isinstance(error, CheckError) else None


def _traced_arguments(ctx: Any) -> list[Any]:
    variable = ctx.get_local("args")._i_will_not_complain_if_bc_breaks_VariableTracker()  # noqa: SLF001
    return list(variable.items)


def _value(variable: Any) -> Any:
    """What a traced variable stands for: fake tensors for tensors, the objects themselves for the rest."""
    variable = variable.realize()
    if variable.is_tensor():
        return variable.as_proxy().node.meta["example_value"]
    name = type(variable).__name__
    if name == "ConstDictVariable":
        return {key.vt.as_python_constant(): _value(item) for key, item in variable.items.items()}
    if name in ("ListVariable", "TupleVariable"):
        return variable.python_type()(_value(item) for item in variable.items)
    if hasattr(variable, "value"):
        return variable.value
    return variable.as_python_constant()


def _unsupported(error: CheckError) -> Exception:
    """`error` as an exception that the compiler hands to the user when it may not leave the graph."""
    from torch._dynamo.exc import Unsupported

    class GraphError(type(error), Unsupported):  # type: ignore[misc]
        """A failed check inside a graph that may not break."""

        def __init__(self, message: str) -> None:
            Unsupported.__init__(self, message)
            CheckError.__init__(self, message, error.failures, error.bindings)

    GraphError.__name__ = GraphError.__qualname__ = type(error).__name__
    return GraphError(str(error))


def forget_annotation(proxy: Any) -> None:
    """Take our annotations from a `torch.fx` trace: fx writes them into code, and cannot spell `Annotated`."""
    tracer = proxy.tracer
    if proxy.node.op == "placeholder":
        proxy.node.type = None
    if "create_node" in vars(tracer):
        return
    create_node = tracer.create_node

    def without_type(*args: Any, **kwargs: Any) -> Any:
        given = inspect.signature(create_node).bind(*args, **kwargs)
        given.arguments["type_expr"] = None
        return create_node(*given.args, **given.kwargs)

    tracer.create_node = without_type
