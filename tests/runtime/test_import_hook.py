"""The import hook and the option of pytest: every function of a package is checked, without a word in its code."""

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from neuraltypes import ShapeError, install_import_hook
from neuraltypes._hook import is_hooked

PACKAGE = {
    "__init__.py": """
        from hooked_package.functions import flat
    """,
    "functions.py": """
        import functools
        from jaxtyping import Float
        from torch import Tensor

        def flat(x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
            return x

        def untyped(x: int) -> int:
            return x

        def unannotated(x):
            return x

        def twice(function):
            @functools.wraps(function)
            def run(*args, **kwargs):
                run.calls += 1
                return function(*args, **kwargs)
            run.calls = 0
            return run

        @twice
        def decorated(x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
            return x

        def outer(x):
            def inner(y: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
                return y
            return inner(x)

        async def later(x: Float[Tensor, "b"]) -> None: ...

        def only_result(x) -> Float[Tensor, "b"]:
            return x
    """,
    "classes.py": """
        from __future__ import annotations

        import dataclasses
        from typing import TYPE_CHECKING

        from torch import Tensor, nn

        if TYPE_CHECKING:
            from nowhere import Missing

        class Module(nn.Module):
            def forward(self, x: Rows) -> Rows:
                return x

            @staticmethod
            def static(x: Rows) -> Rows:
                return x

            @classmethod
            def of_class(cls, x: Rows) -> Rows:
                return x

            @property
            def rows(self) -> Rows:
                return self.made

            def missing(self, x: Missing) -> None: ...

            def make(self, x):
                class Local:
                    def run(self, x: Rows) -> Rows:
                        return x
                return Local().run(x)

        @dataclasses.dataclass
        class Holder:
            x: Tensor

            def __post_init__(self) -> None:
                self.check(self.x)

            def check(self, x: Rows) -> None: ...

        from jaxtyping import Float
        Rows = Float[Tensor, "b"]
    """,
    "inner/__init__.py": "",
    "inner/deep.py": """
        from hooked_package.functions import flat
        from jaxtyping import Float
        from torch import Tensor

        def deep(x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
            return flat(x)
    """,
}  # fmt: skip

GOOD, BAD = torch.zeros(2), torch.zeros(2, 3)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package that can be imported and has not been."""
    write(tmp_path / "hooked_package", PACKAGE)
    write(tmp_path, {"hooked_package_two.py": PACKAGE["functions.py"]})
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield "hooked_package"
    for name in set(sys.modules) - before:
        if name.startswith("hooked_package"):
            del sys.modules[name]


def write(folder: Path, files: dict[str, str]) -> None:
    import textwrap

    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")


def hooked(package: str, module: str) -> ModuleType:
    with install_import_hook(package):
        return importlib.import_module(f"{package}.{module}")


def assert_refused(call: Callable[..., object]) -> None:
    call(GOOD)
    with pytest.raises(ShapeError, match="has 2 axes, expected 1"):
        call(BAD)


def test_functions_are_checked(package: str) -> None:
    functions: Any = hooked(package, "functions")
    for function in (functions.flat, functions.outer, functions.only_result, functions.decorated):
        assert_refused(function)
    assert functions.decorated.calls == 2
    with pytest.raises(ShapeError):
        functions.later(BAD).send(None)


def test_functions_without_tensor_annotations_are_as_they_were(package: str) -> None:
    functions: Any = hooked(package, "functions")
    assert functions.untyped("not an int") == "not an int"
    assert functions.unannotated(BAD) is BAD
    assert not is_hooked(functions.unannotated)


def test_methods_are_checked_also_with_annotations_as_strings(package: str) -> None:
    classes: Any = hooked(package, "classes")
    module = classes.Module()
    for call in (module, module.static, module.of_class, classes.Module.static, module.make, classes.Holder):
        assert_refused(call)
    module.made = BAD
    with pytest.raises(ShapeError):
        _ = module.rows


def test_a_function_with_a_name_for_type_checkers_only_still_runs(package: str) -> None:
    classes: Any = hooked(package, "classes")
    classes.Module().missing(3)


def test_submodules_are_checked_and_others_are_not(package: str) -> None:
    with install_import_hook(package):
        deep: Any = importlib.import_module(f"{package}.inner.deep")
        other: Any = importlib.import_module("hooked_package_two")
    assert_refused(deep.deep)
    assert other.flat(BAD) is BAD


def test_a_module_may_be_hooked_by_itself(package: str) -> None:
    importlib.import_module(package)
    with install_import_hook(f"{package}.inner"):
        deep: Any = importlib.import_module(f"{package}.inner.deep")
    assert is_hooked(deep.deep)
    assert not is_hooked(deep.flat)


def test_what_is_imported_after_the_hook_is_gone_is_not_checked(package: str) -> None:
    hook = install_import_hook(package)
    functions: Any = importlib.import_module(f"{package}.functions")
    hook.uninstall()
    hook.uninstall()
    assert hook not in sys.meta_path
    classes: Any = importlib.import_module(f"{package}.classes")
    assert_refused(functions.flat)
    assert classes.Module()(BAD) is BAD


def test_compiled_files_are_neither_used_nor_left_behind(package: str, tmp_path: Path) -> None:
    importlib.import_module(f"{package}.functions")
    cached = list(tmp_path.rglob("functions.*.pyc"))
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]
    contents = [path.read_bytes() for path in cached]
    assert is_hooked(vars(hooked(package, "functions"))["flat"])
    assert [path.read_bytes() for path in cached] == contents


def test_tracebacks_show_the_lines_of_the_file(package: str, tmp_path: Path) -> None:
    functions: Any = hooked(package, "functions")
    code = functions.flat.__wrapped__.__code__
    assert Path(code.co_filename) == tmp_path / package / "functions.py"
    assert code.co_firstlineno == 6


def test_a_package_that_is_imported_already_is_refused(package: str) -> None:
    importlib.import_module(package)
    before = list(sys.meta_path)
    reason = f'install_import_hook: "{package}" is imported already; install the hook before it'
    with pytest.raises(ImportError, match=re.escape(reason)):
        install_import_hook("another_package", package)
    assert sys.meta_path == before


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ((), 'install_import_hook: no package given; write install_import_hook("my_package")'),
        (("my-package",), 'install_import_hook: "my-package" is no dotted module name'),
        (("ok", "a..b"), 'install_import_hook: "a..b" is no dotted module name'),
        (("",), 'install_import_hook: "" is no dotted module name'),
    ],
)
def test_wrong_names_are_refused(names: tuple[str, ...], reason: str) -> None:
    before = list(sys.meta_path)
    with pytest.raises(ValueError, match=re.escape(reason)):
        install_import_hook(*names)
    assert sys.meta_path == before


TESTS = {
    "{package}/__init__.py": PACKAGE["functions.py"],
    "test_package.py": """
        import pytest, torch
        from {package} import flat
        from neuraltypes import ShapeError

        def test_checked():
            with pytest.raises(ShapeError):
                flat(torch.zeros(2, 3))

        def test_not_checked():
            flat(torch.zeros(2, 3))
    """,
    "pytest.ini": """
        [pytest]
        addopts = -q -p no:cacheprovider --import-mode=importlib
        {setting}
    """,
}  # fmt: skip

RUN_PYTEST = """
import pytest, sys

sys.path[:0] = ["by_option", "by_setting"]
for folder, *options in [("by_option", "--neuraltypes=one, other"), ("by_setting",)]:
    status = pytest.main([*options, "--rootdir", folder, "-c", f"{folder}/pytest.ini", folder])
    assert status == pytest.ExitCode.TESTS_FAILED, status
    assert not any(type(finder).__name__ == "ImportHook" for finder in sys.meta_path)
"""


def test_the_option_of_pytest_checks_a_package(tmp_path: Path, run_python: Callable[..., str]) -> None:
    for folder, package, setting in (("by_option", "one", ""), ("by_setting", "two", "neuraltypes = two")):
        filled = {
            name: text.replace("{setting}", setting).replace("{package}", package) for name, text in TESTS.items()
        }
        write(tmp_path / folder, {name.replace("{package}", package): text for name, text in filled.items()})
    output = run_python(RUN_PYTEST)
    # Where the environment says CI, pytest shows the whole message in its summary.
    summary = r"FAILED \S*test_package.py::test_not_checked.*\n(?:  .*\n)*1 failed, 1 passed"
    assert len(re.findall(summary, output)) == 2, output
