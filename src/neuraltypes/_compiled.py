"""The full check as `torch.compile` and `torch.fx` meet it.

A guard that says no inside a graph that may break leaves the graph, and the check runs as usual. With `fullgraph=True`
there is no way out: then the check runs on the compiler's fake tensors, so that the compilation fails in our words.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from torch.compiler import is_dynamo_compiling

from neuraltypes import _tags
from neuraltypes._tracing import outside_graphs
from neuraltypes.errors import CheckError

Examination = tuple[Any, Any]

_UNDECIDED = "a check cannot be decided inside a graph that may not break; compile without fullgraph=True"


def traceable(examine: Callable[..., Examination]) -> Callable[..., Examination]:
    """`examine` in a form that the generated code may call inside a compiled region."""
    # Outside the compiler as it is; once the compiler has come here, in a form that it leaves alone.
    current = [examine]

    @outside_graphs
    def outside(*args: Any) -> Examination:
        return current[0](*args)

    def explain(ctx: Any) -> None:
        from torch._dynamo import disable
        from torch._dynamo.eval_frame import skip_code

        if current[0] is examine:
            current[0] = disable(examine)  # type: ignore[no-untyped-call]
            skip_code(outside.__code__)
        raise _unsupported(_error_of(examine, ctx))

    def run(*args: Any) -> Examination:
        if is_dynamo_compiling():
            from torch._dynamo.comptime import comptime

            comptime(explain)
        return outside(*args)

    return run


def _error_of(examine: Callable[..., Examination], ctx: Any) -> CheckError:
    try:
        error, _ = examine(*traced_local(ctx, "args"))
    except Exception:  # noqa: BLE001  # the compiler's internals changed, or a value is of a kind not known here
        error = None
    return error if isinstance(error, CheckError) else CheckError(_UNDECIDED)


def traced_local(ctx: Any, name: str) -> Any:
    """A local of the function that is traced, with fake tensors for tensors.

    It raises what the compiler does where its internals changed, or where a value is of a kind not known here.
    """
    tx = ctx._i_will_not_complain_if_bc_breaks_InstructionTranslator()  # noqa: SLF001
    return _value(ctx.get_local(name)._i_will_not_complain_if_bc_breaks_VariableTracker(), tx)  # noqa: SLF001


def traced_line() -> tuple[str, int] | None:
    """File and line of the call of the function that is traced; None where the compiler starts with this function."""
    from torch._guards import TracingContext

    stack = TracingContext.extract_stack()
    return (stack[-2].filename, stack[-2].lineno or 0) if len(stack) > 1 else None


def _value(variable: Any, tx: Any) -> Any:
    """What a traced variable stands for: fake tensors for tensors, the objects themselves for the rest."""
    variable = variable.realize()
    if variable.is_tensor():
        return _fake_tensor(variable, tx)
    match type(variable).__name__:
        case "ConstDictVariable":
            return {key.vt.as_python_constant(): _value(item, tx) for key, item in variable.items.items()}
        case "ListVariable" | "TupleVariable":
            return variable.python_type()(_value(item, tx) for item in variable.items)
        case "NamedTupleVariable":
            return variable.tuple_cls._make(_value(item, tx) for item in variable.items)
        case "SymNodeVariable":
            return variable.sym_num
    return variable.value if hasattr(variable, "value") else variable.as_python_constant()


def _fake_tensor(variable: Any, tx: Any) -> Any:
    fake = variable.as_proxy().node.meta["example_value"]
    tag = _traced_tag(variable, tx)
    if tag is None:
        return fake
    tagged = fake.detach()
    setattr(tagged, _tags.ATTRIBUTE, tag)
    return tagged


def _traced_tag(variable: Any, tx: Any) -> str | None:
    """The tag that a tensor carries at this point of the trace."""
    effects = tx.output.side_effects
    if effects.is_attribute_mutation(variable) and effects.has_pending_mutation_of_attr(variable, _tags.ATTRIBUTE):
        return str(effects.load_attr(variable, _tags.ATTRIBUTE).as_python_constant())
    if variable.source is None:
        return None
    real = tx.output.resolve_source_value(variable.source)
    return getattr(real, _tags.ATTRIBUTE, None)


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
    graph = proxy.node.graph
    if proxy.node.op == "placeholder":
        proxy.node.type = None
    if "create_node" in vars(graph):
        return
    create_node = graph.create_node

    def without_type(*args: Any, **kwargs: Any) -> Any:
        given = inspect.signature(create_node).bind(*args, **kwargs)
        given.arguments["type_expr"] = None
        return create_node(*given.args, **given.kwargs)

    graph.create_node = without_type
