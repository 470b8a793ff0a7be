"""The packages of the plugin lie in layers: each imports only those below, and every module of it is in one."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import neuraltypes_mypy

PLUGIN: Final = Path(neuraltypes_mypy.__file__).parent
LAYERS: Final = (
    *("base", "source", "tensors", "flow", "sizes", "annotations"),
    *("rules", "modules", "meaning", "operations", "calls", "hooks"),
)


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """The modules of the plugin that a module imports, wherever in it, with the package that each is in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            top, _, inside = name.partition(".")
            if top == "neuraltypes_mypy":
                yield name, inside.partition(".")[0]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_those_below(layer: str) -> None:
    allowed = LAYERS[: LAYERS.index(layer) + 1]
    found = {path: list(imported(path)) for path in sorted((PLUGIN / layer).glob("*.py"))}
    assert any(package in allowed for names in found.values() for _, package in names)
    reaches_up = [
        f"{path.name} imports {name}"
        for path, names in found.items()
        for name, package in names
        if package not in allowed
    ]
    assert not reaches_up


def test_every_module_is_in_a_layer() -> None:
    assert {path.name for path in PLUGIN.glob("*.py")} == {"__init__.py", "_plugin.py"}
    assert {path.name for path in PLUGIN.iterdir() if (path / "__init__.py").exists()} == set(LAYERS)
