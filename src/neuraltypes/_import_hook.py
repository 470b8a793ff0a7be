"""The import hook: every function of a package is checked, without a decorator in its code."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, Self

_DECORATOR = "__neuraltypes_hook__"


class _Decorate(ast.NodeTransformer):
    """Puts the hook innermost on every function that has an annotation."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._decorate(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._decorate(node)

    def _decorate(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        arguments = node.args
        declared = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        if node.returns is not None or any(a is not None and a.annotation is not None for a in declared):
            decorator = ast.Name(_DECORATOR, ast.Load())
            node.decorator_list.append(ast.copy_location(decorator, node))
        return node


class _Loader(SourceFileLoader):
    """Loads a module with its functions hooked; compiled files are not used, for they hold unhooked code."""

    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        tree = _Decorate().visit(ast.parse(data, path))
        code: CodeType = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True, optimize=_optimize)
        return code

    def exec_module(self, module: ModuleType) -> None:
        from neuraltypes._typecheck import hook_target

        def decorate(function: Any) -> Any:
            return hook_target(function, sys._getframe(1), tensors_only=True)  # noqa: SLF001

        setattr(module, _DECORATOR, decorate)
        super().exec_module(module)


class ImportHook(importlib.abc.MetaPathFinder):
    """An installed import hook; `uninstall` it, or use it in a `with` block. Modules loaded meanwhile stay checked."""

    def __init__(self, packages: Iterable[str]) -> None:
        self.packages = tuple(packages)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's spec with our loader, or None for a module outside the packages."""
        if not any(fullname == package or fullname.startswith(package + ".") for package in self.packages):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader):
            return None
        spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec

    def uninstall(self) -> None:
        """Load later modules without checks. Uninstalling twice does nothing."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.uninstall()


def install_import_hook(*packages: str) -> ImportHook:
    """Check every function with a tensor annotation in these packages, for modules that are imported from now on.

    Functions without tensor annotations are left as they are.

    Raises:
        ValueError: no package is given, or one is no dotted name.
        ImportError: a package is imported already, so that it would go unchecked.
    """
    if not packages:
        raise ValueError('install_import_hook: no package given; write install_import_hook("my_package")')
    for package in packages:
        if not all(part.isidentifier() for part in package.split(".")):
            raise ValueError(f'install_import_hook: "{package}" is no dotted module name')
        if package in sys.modules:
            raise ImportError(f'install_import_hook: "{package}" is imported already; install the hook before it')
    hook = ImportHook(packages)
    sys.meta_path.insert(0, hook)
    return hook
