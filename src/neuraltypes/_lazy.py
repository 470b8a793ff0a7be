"""Names of a package that are loaded at first use."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def lazy_names(
    namespace: dict[str, Any], modules: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of the package with that namespace, some names of which are in other modules.

    `modules` has the names by full module name; a submodule's own name stands for the submodule.
    """
    package = namespace["__name__"]
    places = {name: module for module, names in modules.items() for name in names}

    def load(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(places[name])
        namespace[name] = value = module if module.__name__ == f"{package}.{name}" else getattr(module, name)
        return value

    return load, lambda: sorted({*namespace, *namespace["__all__"]})
