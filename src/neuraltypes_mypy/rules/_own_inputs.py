"""Targets that are the very tokens which a sequence model has read when it scores them: there is nothing to predict.

`logits = self.head(self.rnn(self.embed(ids))[0]); F.cross_entropy(logits.transpose(1, 2), ids)`: what a step gives has
seen the token of that step. Only what goes forward in time by its nature counts, a recurrent layer of one direction or
attention with `is_causal=True`: an encoder of both directions may be asked for tokens that were hidden from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from mypy.nodes import CallExpr, Expression, NameExpr, OpExpr, Var

from neuraltypes.rules import Refused
from neuraltypes_mypy.rules._history import History, applied_to
from neuraltypes_mypy.rules._remembered_axes import CASTS
from neuraltypes_mypy.source._statements import unpacked_from, written_name

_MAX_STEPS: Final = 24
_VIEWS: Final = CASTS | {"view", "reshape", "flatten", "transpose", "permute", "swapaxes", "mT"}
_RECURRENT: Final = frozenset({"RNN", "GRU", "LSTM"})
_ATTENDING: Final = frozenset({"TransformerEncoder", "TransformerEncoderLayer"})
_BY_STEP: Final = frozenset(
    {"Linear", "LayerNorm", "RMSNorm", "Dropout", "Identity", "ReLU", "GELU", "SiLU", "Tanh", "LogSoftmax"}
)
_FUNCTIONS: Final = frozenset({"relu", "gelu", "silu", "tanh", "dropout", "log_softmax"})


class _Read(NamedTuple):
    """The tokens that numbers were made of, and whether those of each step saw what came before."""

    tokens: Var
    is_forward: bool


def scored_against_input(scores: Expression | None, target: Expression | None, history: History) -> Iterator[Refused]:
    """A loss of what a model makes of tokens, against the same tokens at the same steps."""
    given = None if target is None else _end(target, history)
    if not isinstance(given, NameExpr):
        return
    found = _read(scores, history, _MAX_STEPS)
    if found is not None and found.is_forward and found.tokens is given.node:
        text = f'is "{given.name}", which each step has read itself; take what comes next, [:, 1:] of it'
        yield Refused(f"{text}, for [:, :-1] of the scores", "target", "element")


def _end(expression: Expression, history: History) -> Expression | None:
    """The parameter that an expression is a view of."""
    current: Expression | None = expression
    for _ in range(_MAX_STEPS):
        if isinstance(current, CallExpr) and written_name(current.callee) in _VIEWS:
            current = applied_to(current)
        elif isinstance(current, NameExpr) and history.is_parameter(current):
            return current
        elif isinstance(current, NameExpr):
            current = history.made(current)
        else:
            return None
    return None


def _read(expression: Expression | None, history: History, steps: int) -> _Read | None:
    """What numbers were made of, step by step."""
    if expression is None or not steps:
        return None
    match expression:
        case NameExpr(node=Var() as variable):
            unpacked = unpacked_from(variable, history.function)
            whole = unpacked[0] if unpacked is not None and unpacked[1:] == (0, 2) else None
            return _read(history.made(expression) if whole is None else whole, history, steps - 1)
        case OpExpr(op="*" | "/", left=left, right=right) if history.array(right) is None:
            return _read(left, history, steps - 1)
        case OpExpr(op="+", left=left, right=right):
            found = _read(left, history, steps - 1)
            return _read(right, history, steps - 1) if found is None else found
        case CallExpr(callee=callee) if written_name(callee) in _VIEWS | _FUNCTIONS:
            return _read(applied_to(expression), history, steps - 1)
        case CallExpr(callee=callee, args=[first, *_]):
            return _read_by_module(expression, first, history, steps - 1)
    return None


def _read_by_module(call: CallExpr, first: Expression, history: History, steps: int) -> _Read | None:
    name, made = history.module(call.callee)
    if name == "Embedding":
        tokens = _end(first, history)
        return _Read(tokens.node, False) if isinstance(tokens, NameExpr) and isinstance(tokens.node, Var) else None
    is_forward = name in _RECURRENT and made.get("bidirectional") is False
    if name not in _BY_STEP and not is_forward and not (name in _ATTENDING and _is_causal(call)):
        return None
    found = _read(first, history, steps)
    return None if found is None else found._replace(is_forward=found.is_forward or name not in _BY_STEP)


def _is_causal(call: CallExpr) -> bool:
    given = dict(zip(call.arg_names, call.args, strict=True)).get("is_causal")
    return isinstance(given, NameExpr) and given.fullname == "builtins.True"
