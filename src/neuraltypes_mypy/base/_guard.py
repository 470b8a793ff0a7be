"""A hook that fails says so and leaves mypy's own answer: the plugin never stops a check."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, Final, TypeVar

from mypy.plugin import AnalyzeTypeContext, AttributeContext, ClassDefContext
from mypy.types import AnyType, FunctionLike, Type, TypeOfAny

from neuraltypes_mypy.base._codes import BAD_ANNOTATION, FAILURE

_C = TypeVar("_C")
_R = TypeVar("_R")
_F = TypeVar("_F", bound=Callable[..., Any])
_T = TypeVar("_T", bound=Any)  # a context of mypy's
_failed: Final[set[str]] = set()  # what mypy itself is asked about now
_said: Final[dict[int, tuple[Exception, set[str]]]] = {}  # with the failure itself, for its id to last
_kept: Final[list[Exception]] = []  # failures that nobody has heard of yet


class TheirError(Exception):
    """A failure of what the project itself has written: a shape stub, or a computed rule. The message says which."""

    def __init__(self, message: str, *, is_error: bool = False) -> None:
        super().__init__(message)
        self.is_error = is_error


def guarded(hook: Callable[[_C], _R], fallback: Callable[[_C], _R]) -> Callable[[_C], _R]:
    """`hook`, or where it raises a note that names the place, and what `fallback` gives."""

    def run(ctx: _C) -> _R:
        if _is_torch(ctx):
            return fallback(ctx)
        context: Any = ctx
        if _kept and _is_heard(context.api):
            _say(ctx, _kept.pop())
        try:
            return hook(ctx)
        except Exception as error:  # noqa: BLE001 - whatever it is, mypy must go on
            _say(ctx, error)
            return fallback(ctx)

    return run


def type_hook(hook: Callable[[AnalyzeTypeContext], Type]) -> Callable[[AnalyzeTypeContext], Type]:
    """A guarded hook for annotations."""
    return guarded(hook, lambda _: AnyType(TypeOfAny.special_form))


def signature_hook(hook: Callable[[_T], FunctionLike]) -> Callable[[_T], FunctionLike]:
    """A guarded hook for signatures."""
    return guarded(hook, lambda ctx: ctx.default_signature)


def result_hook(hook: Callable[[_T], Type]) -> Callable[[_T], Type]:
    """A guarded hook for what calls give."""
    return guarded(hook, lambda ctx: ctx.default_return_type)


def attribute_hook(hook: Callable[[AttributeContext], Type]) -> Callable[[AttributeContext], Type]:
    """A guarded hook for attributes."""
    return guarded(hook, lambda ctx: ctx.default_attr_type)


def class_hook(hook: Callable[[ClassDefContext], None]) -> Callable[[ClassDefContext], None]:
    """A guarded hook for classes."""
    return guarded(hook, lambda _: None)


def _is_torch(ctx: Any) -> bool:
    """Whether mypy checks the body of torch itself, of which nothing is to be said."""
    tree = getattr(ctx.api, "tree", None)
    return tree is not None and (tree.fullname.startswith("torch.") or tree.fullname == "torch")


def _is_heard(api: Any) -> bool:
    """Whether mypy checks a file of which it reports errors."""
    if getattr(api, "tree", None) is None:
        return False
    return not api.options.ignore_errors and api.path not in api.errors.ignored_files


def lookup(fallback: Callable[[Any], Any]) -> Callable[[_F], _F]:
    """A search for a hook by name. Where it raises, it finds one that says so and gives what `fallback` gives."""

    def decorate(find: _F) -> _F:
        def run(plugin: Any, fullname: str) -> Any:
            try:
                return find(plugin, fullname)
            except Exception as error:  # noqa: BLE001 - whatever it is, mypy must go on
                return None if fullname in _failed else _failure(error, fullname, fallback)

        wrapped: Any = run
        return wrapped  # type: ignore[no-any-return]

    return decorate


def _failure(error: Exception, fullname: str, fallback: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def run(ctx: Any) -> Any:
        if not _is_torch(ctx) and not _was_said(ctx, error):
            _say(ctx, error)
        _failed.add(fullname)
        try:
            return fallback(ctx)
        finally:
            _failed.discard(fullname)

    return run


def _was_said(ctx: Any, error: Exception) -> bool:
    """Whether the same failure, which each search meets, was said of this module before."""
    analyzer = getattr(ctx.api, "api", ctx.api)
    module = str(getattr(getattr(ctx.api, "tree", None), "fullname", None) or getattr(analyzer, "cur_mod_id", ""))
    known = _said.setdefault(id(error), (error, set()))[1]
    is_known = module in known
    known.add(module)
    return is_known


def say_later(error: Exception) -> None:
    """Keep a failure where nothing can be said, to be said at the next place where something can."""
    _kept.append(error)


def _say(ctx: Any, error: Exception) -> None:
    context = getattr(ctx, "context", None) or getattr(ctx, "cls", None)
    if isinstance(error, TheirError) and error.is_error:
        ctx.api.fail(str(error), context, code=BAD_ANNOTATION)
    else:
        ctx.api.note(_message(error), context, code=FAILURE)


def _message(error: Exception) -> str:
    if isinstance(error, TheirError):
        return str(error)
    return (
        f"neuraltypes failed here and takes mypy's own answer ({failure_text(error)}); "
        "please report this line to the authors of neuraltypes"
    )


def failure_text(error: BaseException) -> str:
    """What was raised, and where: `KeyError in rules.py:12: 'x'`."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
    return f"{type(error).__name__} in {place}: {error}"
