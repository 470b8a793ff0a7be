"""The plugins behind this one: mypy asks only the first that answers, so this one hands on what it leaves as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from mypy.plugin import Plugin
from mypy.types import FunctionLike

from neuraltypes_mypy.base._guard import signature_hook
from neuraltypes_mypy.calls._welcome import welcoming

_C = TypeVar("_C", bound=Any)


class OtherPlugins:
    """Asks the plugins that stand behind `plugin` in mypy's order."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        # By full name; mypy asks for every call, those in torch's own bodies included.
        self._unclaimed: dict[str, Callable[[Any], FunctionLike]] = {}

    def shared(
        self, hook: Callable[[_C], Any], find: str, fullname: str, default: str = "default_return_type"
    ) -> Callable[[_C], Any]:
        """A hook for a name that other plugins may answer for, too: what it leaves as it is, they are asked about.

        mypy itself asks only the first plugin that answers.
        """

        def run(ctx: _C) -> Any:
            result = hook(ctx)
            return result if result is not getattr(ctx, default) else self.answer(ctx, find, fullname, result)

        return run

    def welcoming(self, hook: Callable[[_C], FunctionLike] | None, find: str, fullname: str) -> Callable[[_C], Any]:
        """A hook for a signature, ours or that of the plugins behind, which then takes what is welcome anywhere."""
        if hook is None:
            known = self._unclaimed.get(fullname)
            if known is None:
                known = self._unclaimed[fullname] = signature_hook(
                    lambda ctx: _welcoming(ctx, self.answer(ctx, find, fullname, ctx.default_signature))
                )
            return known
        return signature_hook(lambda ctx: _welcoming(ctx, hook(ctx)))

    def answer(self, ctx: Any, find: str, fullname: str, result: Any) -> Any:
        """What the first of the plugins behind this one answers; without any, the result."""
        others = ctx.api.plugin._plugins  # noqa: SLF001 - the plugins in mypy's order
        for other in others[others.index(self._plugin) + 1 :]:
            found = getattr(other, find)(fullname)
            if found is not None:
                return found(ctx)
        return result


def _welcoming(ctx: Any, signature: FunctionLike) -> FunctionLike:
    return welcoming(ctx if signature is ctx.default_signature else ctx._replace(default_signature=signature))
