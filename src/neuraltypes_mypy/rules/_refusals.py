"""What rules refuse, in words, at the argument that disagrees."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final, NamedTuple

from mypy.errorcodes import ARG_TYPE, ErrorCode
from mypy.nodes import Context, FuncDef, MemberExpr, NameExpr, Var
from mypy.types import Instance, TupleType, Type, get_proper_type

from neuraltypes.rules import Outcome, Parameter, Refused
from neuraltypes_mypy.annotations._reveal import annotation_text
from neuraltypes_mypy.base import _codes as codes
from neuraltypes_mypy.rules._arguments import Given
from neuraltypes_mypy.source._assigned import assignments_to
from neuraltypes_mypy.source._operators import operator_of
from neuraltypes_mypy.tensors._packed import is_packed
from neuraltypes_mypy.tensors._tensor import as_tensor, is_known

_CODES: Final = {"shape": codes.SHAPE, "kind": codes.KIND, "dtype": codes.DTYPE, "element": codes.ELEMENT}


class Trial(NamedTuple):
    """What was said while nothing was to be said."""

    watcher: Any

    def __call__(self) -> bool:
        """Whether there was an error."""
        return bool(self.errors())

    def errors(self) -> list[Any]:
        """The errors, as mypy keeps them."""
        return [info for info in self.watcher.filtered_errors() if info.severity == "error"]

    def codes(self) -> set[ErrorCode]:
        """The codes of the errors."""
        return {info.code for info in self.errors() if info.code is not None}

    def refusal(self, lines: Container[int]) -> str | None:
        """What is refused before anything else is wrong, if it is in one of these lines."""
        first = next(iter(self.errors()), None)
        return None if first is None or first.code is not codes.SHAPE or first.line not in lines else first.message


class Refusals:
    """Reports what rules refuse, for one run of mypy."""

    def __init__(self) -> None:
        self._trials = 0
        # Where a wrong number of axes of a name was said, by function, name and words; nodes are kept for their ids.
        self._said: dict[tuple[int, int, str, str], tuple[int, object, object]] = {}

    def report(
        self,
        outcome: Outcome,
        given: Given,
        name: str,
        context: Context,
        api: Any,
        made: str | None = None,
    ) -> None:
        """Say what a rule refuses of a call; `made` is where the object was made whose rule it is."""
        if not outcome.refused and not outcome.suspected:
            return
        short = name.removesuffix(".forward").rpartition(".")[2]
        with nullcontext() if self._trials else _unwatched(api.errors):
            for problem in (*outcome.refused, *outcome.suspected):
                if not self._is_said(problem, given, short, context, api):
                    self._say(problem, given, short, context, api, made)

    def _is_said(self, problem: Refused, given: Given, name: str, context: Context, api: Any) -> bool:
        """Whether the same was said in another line of the function: one name has one number of axes throughout."""
        place, _ = given.places.get(problem.argument or "", (context, None))
        subject = place.expr if isinstance(place, MemberExpr) else place
        function = api.scope.current_function()
        if self._trials or not problem.reason.startswith("has ") or not isinstance(function, FuncDef):
            return False
        if not isinstance(subject, NameExpr) or not isinstance(subject.node, Var):
            return False
        if len(assignments_to(subject.node, function)) + subject.node.is_argument > 1:
            return False
        key = id(function.body), id(subject.node), name, problem.reason
        return self._said.setdefault(key, (context.line, function.body, subject.node))[0] != context.line

    def pass_on(self, refusal: str, function: str, context: Context, api: Any) -> None:
        """Say at a call of a function what is refused inside of it."""
        with nullcontext() if self._trials else _unwatched(api.errors):
            api.fail(f'In "{function}": {refusal}', context, code=codes.SHAPE)

    @property
    def is_trial(self) -> bool:
        """Whether nothing is said now."""
        return self._trials > 0

    @contextmanager
    def trial(self, api: Any) -> Iterator[Trial]:
        """Say nothing meanwhile; what is given says whether there was an error, and which."""
        self._trials += 1
        try:
            with api.msg.filter_errors(save_filtered_errors=True) as watcher:
                yield Trial(watcher)
        finally:
            self._trials -= 1

    def _say(self, problem: Refused, given: Given, name: str, context: Context, api: Any, made: str | None) -> None:
        code = _CODES[problem.code]
        reason = f"does not fit: {problem.reason}" if problem.reason.startswith("axis ") else problem.reason
        place, type_ = given.places.get(problem.argument or "", (context, None))
        operator = operator_of(name, tuple(given.places), context)
        if problem.argument is None or type_ is None:
            subject = f'"{name}"' if problem.argument is None else f'"{problem.argument}" of "{name}"'
            words = f"{subject} {problem.reason}" if operator is None else operator.whole(problem.reason)
            api.fail(words, context, code=code)
        elif operator is not None:
            api.fail(f"{operator.subject(problem.argument)} {operator.renamed(reason)}", place, code=code)
        else:
            api.fail(f'Argument "{problem.argument}" to "{name}" {reason}', place, code=code)
        tensor = None if type_ is None else as_tensor(type_)
        if tensor is not None and is_known(tensor):
            api.note(f"Got {annotation_text(tensor)}", place, code=code)
        elif type_ is None:
            for label, (_, other) in given.places.items():
                one = as_tensor(other)
                if one is not None and is_known(one):
                    subject = f'"{label}"' if operator is None else operator.roles[label]
                    api.note(f"{subject} is {annotation_text(one)}", context, code=code)
        if made is not None:
            api.note(f'"{name}" was made at {made}', place, code=code)


def report_tuple(parameter: Parameter, context: Context, given: Type, module: Instance, api: Any) -> bool:
    """Report a tuple where a module takes a tensor, as when an LSTM's result is handed on whole."""
    proper = get_proper_type(given)
    if not isinstance(proper, TupleType):
        return False
    is_plain = proper.partial_fallback.type.fullname == "builtins.tuple"
    is_of_tensors = is_plain and any(as_tensor(item) is not None for item in proper.items)
    is_wrong = (is_of_tensors or is_packed(proper)) and parameter.tensors is not None and not parameter.is_union
    if is_wrong:
        kind = f"a tuple of {len(proper.items)}" if is_plain else "a packed sequence"
        text = f'Argument "{parameter.name}" to "{module.type.name}" is {kind}, expected a tensor'
        with _unwatched(api.errors):
            api.fail(text, context, code=ARG_TYPE)
    return is_wrong


@contextmanager
def _unwatched(errors: Any) -> Iterator[None]:
    """Say what is said, also while mypy tries one overload or operator after the other: each of them is this call."""
    watchers = errors._watchers  # noqa: SLF001 - mypy has no other way
    saved = list(watchers)
    watchers.clear()
    try:
        yield
    finally:
        watchers.extend(saved)
