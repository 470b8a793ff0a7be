"""The package that mypy loads: an edit of it counts, a failure in it does no harm, and it loads nothing heavy."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.plugin._cases import read_reports
from tests.plugin._projects import Mypy, copy_of, daemon, find_package, link_packages, write_later, write_project

ROOT = Path(__file__).parents[2]
SOURCE = """
from jaxtyping import Float
from torch import Tensor, nn

class Encoder(nn.Module):
    def __init__(self, width: int = 5) -> None:
        super().__init__()
        self.width = width

    def forward(self, x: Float[Tensor, "b {self.width}"]) -> Float[Tensor, "b"]: ...

def head(x: Float[Tensor, "b 5"]) -> Float[Tensor, "b"]: ...

def use(x: Float[Tensor, "2 4"]) -> int:
    head(x)
    Encoder()(x)
    b, t = x.shape
    return "a"
"""
HEAVY = ("torch", "jaxtyping", "beartype", "numpy", "lightning", "pytorch_lightning")
# What says what a tensor is; a warm run asks nothing about tensors.
UNASKED = (
    "neuraltypes._axes",
    "neuraltypes.rules",
    "neuraltypes_mypy.hooks._hooks",
    "neuraltypes_mypy.tensors._tensor",
)
LOADED = f"""
import sys
{{statement}}
print(*(name for name in {HEAVY + UNASKED!r} if name in sys.modules))
"""
FAIL = """
def fail(*args: object, **kwargs: object) -> None:
    raise RuntimeError("on purpose")
"""
# An alias in an annotation and a call: nothing else that a hook is asked about.
ONLY_SEARCHES = """
from jaxtyping import Float
from torch import Tensor
Audio = Float[Tensor, "b t"]
def size(x: Audio) -> int: ...
size(None)
"a" + 1
"""
# What mypy does when it loads a plugin, and a run of it over a file that the plugin has much to say about.
LOAD = """
from mypy.options import Options
import neuraltypes_mypy
neuraltypes_mypy.__version__
neuraltypes_mypy.plugin("2.4.1")(Options())
"""
RUN = """
import mypy.api
output, errors, status = mypy.api.run({arguments!r})
assert status == 1 and "shape-mismatch" in output, output + errors
"""


@dataclass(frozen=True, slots=True)
class Copied:
    """mypy with a copy of the package, in the folder `source`, and a project."""

    mypy: Mypy
    source: Path
    project: Path
    cache: Path

    def check(self) -> str:
        return self.mypy.check_anyhow(self.project, self.cache)


@pytest.fixture
def copied(mypy: Mypy, tmp_path: Path) -> Copied:
    source = tmp_path / "copy" / "src"
    for name in ("neuraltypes", "neuraltypes_mypy"):
        copy_of(find_package(name), source / name)
    copy_of(ROOT / "stubs", source.parent / "stubs")
    packages = link_packages(tmp_path / "packages", source)
    project = write_project(tmp_path / "project", {"case.py": SOURCE})
    return Copied(Mypy(packages, mypy.config, {"PYTHONPATH": str(source)}), source, project, tmp_path / "cache")


def test_an_edited_rule_counts_though_nothing_else_changed(copied: Copied) -> None:
    path = copied.source / "neuraltypes_mypy" / "calls" / "_disagreements.py"
    said, now = "does not fit", "FITS BADLY"
    first = copied.check()
    assert said in first
    assert copied.check() == first
    source = path.read_text(encoding="utf-8")
    assert said in source
    write_later(path, source.replace(said, now))
    assert copied.check() == first.replace(said, now)


def test_an_edited_rule_counts_for_files_that_were_not_checked_in_between(copied: Copied) -> None:
    path = copied.source / "neuraltypes_mypy" / "calls" / "_disagreements.py"
    said, now = "does not fit", "FITS BADLY"
    (copied.project / "other.py").write_text("import torch\n", encoding="utf-8")
    first = copied.check()
    write_later(path, path.read_text(encoding="utf-8").replace(said, now))
    copied.mypy.run(copied.project, "mypy", *copied.mypy.options(copied.cache), "other.py")
    assert copied.check() == first.replace(said, now)


def test_the_daemon_starts_anew_for_an_edited_rule(copied: Copied) -> None:
    path = copied.source / "neuraltypes_mypy" / "calls" / "_disagreements.py"
    said, now = "does not fit", "FITS BADLY"
    with daemon(copied.mypy, copied.project, copied.cache) as running:
        first = running.run()
        assert said in first
        write_later(path, path.read_text(encoding="utf-8").replace(said, now))
        assert running.run() == first.replace(said, now)


@pytest.mark.parametrize(
    "file",
    [
        "src/neuraltypes/_dtypes.py",
        "src/neuraltypes_mypy/__init__.py",
        "src/neuraltypes_mypy/_dtypes.pyi",
        "src/neuraltypes_mypy/sizes/_values.py",
        "stubs/new.pyi",
        "stubs/torch/nn/new.pyi",
        "src/neuraltypes_mypy/stubs/new.pyi",
    ],
)
def test_the_version_says_all_that_decides(file: str, copied: Copied) -> None:
    first = version(copied)
    assert version(copied) == first
    path = copied.source.parent / file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as opened:
        opened.write("# one line more\n")
    assert version(copied) != first


def version(copied: Copied) -> str:
    result = subprocess.run(
        [sys.executable, "-c", "import neuraltypes_mypy as n; print(n.__file__, n.__version__)"],
        env=os.environ | copied.mypy.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    file, _, found = result.stdout.partition(" ")
    assert Path(file).is_relative_to(copied.source)
    return found


@pytest.mark.parametrize(
    ("file", "hook"),
    [
        ("_analysis_hooks.py", "AnalysisHooks.get_type_analyze_hook"),
        ("_announced.py", "announce_helper"),
        ("_annotations.py", "Annotations.annotated"),
        ("_attribute_hooks.py", "AttributeHooks.get_attribute_hook"),
        ("_calls.py", "Calls.instantiate"),
        ("_classes.py", "define_class"),
        ("_definitions.py", "Definitions.has_rules"),
        ("_definitions.py", "Definitions.is_checked"),
        ("_function_hooks.py", "FunctionHooks.get_function_hook"),
        ("_function_hooks.py", "FunctionHooks.get_function_signature_hook"),
        ("_hooks.py", "Hooks.__init__"),
        ("_method_hooks.py", "MethodHooks.get_method_hook"),
        ("_method_hooks.py", "MethodHooks.get_method_signature_hook"),
        ("_options.py", "read_options"),
        ("_scopes.py", "make_generic"),
        ("_values.py", "Values.shape"),
    ],
)
def test_a_hook_that_fails_is_a_note_and_no_more(file: str, hook: str, copied: Copied) -> None:
    path = next((copied.source / "neuraltypes_mypy").rglob(file))
    source = path.read_text(encoding="utf-8")
    write_later(path, f"{source}\n\n{FAIL}\n{hook} = fail\n")
    line = source.count("\n") + FAIL[: FAIL.index("raise")].count("\n") + 3
    for _ in range(2):
        output = copied.mypy.check_anyhow(copied.project, copied.cache, "--output", "json")
        messages = read_reports(output, copied.project)[copied.project / "case.py"]
        notes = [message.text for message in messages if message.code == "neuraltypes-failure"]
        assert notes, output
        assert all(f"RuntimeError in {file}:{line}: on purpose" in note for note in notes), output
        assert all("please report" in note for note in notes), output
        assert not any(word in output for word in ("INTERNAL ERROR", "Traceback")), output
        assert any(message.code == "return-value" for message in messages), "mypy's own errors are still there"


def test_a_module_that_cannot_be_imported_is_a_note_too(copied: Copied) -> None:
    """It is tried once: each of the many searches would import the plugin anew."""
    path = copied.source / "neuraltypes_mypy" / "operations" / "_recipes.py"
    counted = copied.project / "imported.txt"
    failing = f"with open({str(counted)!r}, 'a') as file:\n    file.write('once')\nraise RuntimeError('on purpose')\n"
    write_later(path, f"{path.read_text(encoding='utf-8')}\n\n{failing}")
    output = copied.mypy.check_anyhow(copied.project, copied.cache, "--output", "json")
    messages = read_reports(output, copied.project)[copied.project / "case.py"]
    notes = [message.text for message in messages if message.code == "neuraltypes-failure"]
    assert len(notes) == 1, output
    assert "RuntimeError in _recipes.py" in notes[0], output
    assert counted.read_text(encoding="utf-8") == "once"


@pytest.mark.parametrize(
    ("file", "owner", "search"),
    [("_analysis_hooks.py", "AnalysisHooks", "_is_tensor_alias"), ("_definitions.py", "Definitions", "is_checked")],
)
def test_a_search_that_fails_is_said_where_it_failed(file: str, owner: str, search: str, copied: Copied) -> None:
    """Also where no hook follows that could say so for it."""
    path = next((copied.source / "neuraltypes_mypy").rglob(file))
    source = path.read_text(encoding="utf-8")
    broken = f"def {search}(self: Any, *_: Any) -> Any:\n    raise RuntimeError('on purpose')\n"
    write_later(path, f"{source}\n\n{broken}\n\n{owner}.{search} = {search}\n")
    (copied.project / "case.py").write_text(ONLY_SEARCHES, encoding="utf-8")
    output = copied.mypy.check_anyhow(copied.project, copied.cache, "--output", "json")
    messages = read_reports(output, copied.project)[copied.project / "case.py"]
    lines = {message.line for message in messages if message.code == "neuraltypes-failure"}
    assert lines == ({5} if search == "_is_tensor_alias" else {6}), output
    assert [message.code for message in messages if message.letter == "E"] == ["arg-type", "operator"], (
        "mypy's own errors are still there"
    )


def test_loading_the_plugin_loads_nothing_heavy_and_no_rules() -> None:
    assert loaded(LOAD) == []


def test_a_check_loads_nothing_heavy(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    project, cache = write_project(tmp_path / "project", {"case.py": SOURCE}), copy_of(base, tmp_path / "cache")
    assert loaded(RUN.format(arguments=[*mypy.options(cache), str(project)])) == list(UNASKED)


@pytest.mark.parametrize("heavy", ["torch", "jaxtyping", "beartype"])
def test_what_is_heavy_is_seen(heavy: str, mypy: Mypy, copied: Copied) -> None:
    path = copied.source / "neuraltypes_mypy" / "_plugin.py"
    source = path.read_text(encoding="utf-8")
    path.write_text(
        source.replace("from __future__ import annotations\n", f"from __future__ import annotations\nimport {heavy}\n")
    )
    assert heavy in loaded(LOAD, copied.mypy.environment)


def loaded(statement: str, environment: Mapping[str, str] | None = None) -> list[str]:
    """Which of the heavy packages, and of our own modules for tensors, an interpreter has loaded after a statement."""
    result = subprocess.run(
        [sys.executable, "-c", LOADED.format(statement=statement)],
        env=os.environ | {"MYPYPATH": "", "MYPY_NUM_WORKERS": "0"} | dict(environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()
