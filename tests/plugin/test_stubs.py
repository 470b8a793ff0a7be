"""Shape stubs of a project's own, as docs/stubs.md shows them: for another package, with a computed rule."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from neuraltypes.rules import Array, Registry, apply, number, sizes
from tests.plugin._projects import Mypy, copy_of, daemon, write_project

DOCUMENT = Path(__file__).parents[2] / "docs" / "stubs.md"
LIBRARY = """# mypy: ignore-errors
def band_energy(x, bands):
    ...

def detect(x):
    ...

def decimate(x, factor, dim=-1):
    ...

class Resampler:
    def __init__(self, channels, factor=2):
        self.window = channels

    def forward(self, x):
        ...

    def __call__(self, *args, **kwargs):
        ...
"""
USE = """
import sigkit
from jaxtyping import Float
from torch import Tensor

def use(x: Float[Tensor, "b t"], wide: Float[Tensor, "b 8"], bands: Float[Tensor, "8 t"]) -> None:
    reveal_type(sigkit.band_energy(x, bands))
    sigkit.band_energy(wide, bands)
    reveal_type(sigkit.decimate(wide, 4))
    reveal_type(sigkit.decimate(x, 2, dim=0))
    reveal_type(sigkit.Resampler(3).window)
    wide @ sigkit.Resampler(3, factor=4).window
    sigkit.decimate(x, 0)
"""


def blocks() -> list[str]:
    """The code of the document."""
    return re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    declared, computed_stub, computed, _ = blocks()
    write_project(tmp_path / "library", {"sigkit/__init__.py": LIBRARY, "sigkit_shapes.py": computed})
    folder = write_project(
        tmp_path / "project",
        {"use.py": USE, "shapes/sigkit/__init__.pyi": declared, "shapes/sigkit/_more.pyi": computed_stub},
    )
    (folder / "pyproject.toml").write_text('[tool.neuraltypes]\nstubs = ["shapes"]\n', encoding="utf-8")
    return folder


def with_library(mypy: Mypy, project: Path) -> Mypy:
    """mypy that sees the library, and whose rules can be imported."""
    library = str(project.parent / "library")
    path = os.pathsep.join([library, *filter(None, [os.environ.get("PYTHONPATH")])])
    return replace(mypy, environment={"MYPYPATH": library, "PYTHONPATH": path})


def check(mypy: Mypy, project: Path, cache: Path, *options: str) -> list[str]:
    result = with_library(mypy, project).run(
        project, "mypy", *mypy.options(cache), *options, "--allow-untyped-calls", "use.py"
    )
    said = (result.stdout + result.stderr).splitlines()
    return [line.replace("torch._tensor.", "").replace("neuraltypes_mypy._dtypes.", "") for line in said]


def test_the_document_works(project: Path, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    said = check(mypy, project, copy_of(base, tmp_path / "cache"))
    assert said == [
        'use.py:7: note: Revealed type is "Tensor[Float, tuple[b, 8], Any]"',
        (
            'use.py:8: error: Argument "bands" to "band_energy" does not fit: axis 1 "t" is t, expected 8 '
            "(bound by x axis -1)  [shape-mismatch]"
        ),
        'use.py:8: note: Got Float[Tensor, "8 t"]',
        'use.py:9: note: Revealed type is "Tensor[Float, tuple[b, 2], Any]"',
        'use.py:10: note: Revealed type is "Tensor[Float, tuple[b//2, t], Any]"',
        'use.py:11: note: Revealed type is "Tensor[Float, tuple[8], Any]"',
        (
            'use.py:12: error: Right operand of "@" does not fit: axis -1 is 16, expected 8 '
            "(axis -1 of the left operand)  [shape-mismatch]"
        ),
        'use.py:12: note: Got Float[Tensor, "16"]',
        'use.py:13: error: Argument "factor" to "decimate" is 0  [shape-mismatch]',
    ]


def test_an_edited_stub_or_rule_is_seen(project: Path, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    cache = copy_of(base, tmp_path / "cache")
    before = check(mypy, project, cache)
    stub, rule = project / "shapes" / "sigkit" / "__init__.pyi", project.parent / "library" / "sigkit_shapes.py"
    stub.write_text(stub.read_text().replace('-> Float[Tensor, "*batch n"]', '-> Float[Tensor, "n *batch"]'))
    after = check(mypy, project, cache)
    assert "tuple[8, b]" in after[0]
    assert after[1:] == before[1:]
    rule.write_text(rule.read_text().replace('"is 0"', '"is zero"'))
    assert check(mypy, project, cache)[-1].endswith('"decimate" is zero  [shape-mismatch]')


def test_a_rule_can_be_called_with_numbers(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(project.parent / "library")
    monkeypatch.chdir(project)
    rule = Registry([Path("shapes")]).find("sigkit.decimate")
    assert rule is not None
    outcome = apply(rule, {"x": Array(sizes(2, 100)), "factor": number(4), "dim": number(-1)})
    assert isinstance(outcome.result, Array)
    assert outcome.result.shape == sizes(2, 25)


def test_a_folder_that_is_not_there_is_refused(project: Path, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.neuraltypes]\nstubs = ["forms"]\n', encoding="utf-8")
    assert 'stubs: there is no folder "forms"' in "".join(check(mypy, project, copy_of(base, tmp_path / "cache")))


STUB_ERRORS = [
    ("bands: Float", "bands: Flaot", '"Flaot" is no dtype; did you mean "Float"?'),
    ('"n t"]', '"n ..t"]', '"..t" is neither a name, a number nor an expression'),
    ("def band_energy(", "def band_energy(-> ", "invalid syntax"),
]


@pytest.mark.parametrize(("old", "new", "reason"), STUB_ERRORS, ids=["dtype", "axis", "syntax"])
def test_a_stub_that_cannot_be_read_is_said_where_it_is_needed(
    old: str, new: str, reason: str, project: Path, mypy: Mypy, base: Path, tmp_path: Path
) -> None:
    stub = project / "shapes" / "sigkit" / "__init__.pyi"
    text = stub.read_text()
    assert old in text
    stub.write_text(text.replace(old, new, 1))
    cache = copy_of(base, tmp_path / "cache")
    for _ in range(2):
        said = check(mypy, project, cache)
        assert said[0].startswith("use.py:7: error: The shape stub cannot be read: shapes/sigkit/__init__.pyi:1: ")
        assert reason in said[0]
        assert "[bad-annotation]" in said[0]
        assert 'use.py:9: note: Revealed type is "Tensor[Float, tuple[b, 2], Any]"' in said, "the others still count"


RULE_FAILURES = [
    ("return x.of(replaced", "1 // 0\n    return x.of(replaced", "(ZeroDivisionError in sigkit_shapes.py:"),
    ("return x.of(replaced", "raise SystemExit(3)\n    return x.of(replaced", "(SystemExit in sigkit_shapes.py:"),
    ("return x.of(replaced", 'return "2 b"\n    return x.of(replaced', "gave '2 b', expected an Array"),
    ("return x.of(replaced", "return x.of((2, 3))\n    return x.of(replaced", "gave Array(shape=(2, 3)"),
    ("dim: Value)", "axis: Value)", "unexpected keyword argument 'dim'"),
    ("from neuraltypes.rules", "import no_such_module\nfrom neuraltypes.rules", "No module named 'no_such_module'"),
    ("from neuraltypes.rules", "def (\nfrom neuraltypes.rules", "(SyntaxError in "),
]


@pytest.mark.parametrize(("old", "new", "reason"), RULE_FAILURES)
def test_a_rule_that_fails_is_said_as_the_projects_own(
    old: str, new: str, reason: str, project: Path, mypy: Mypy, base: Path, tmp_path: Path
) -> None:
    rule = project.parent / "library" / "sigkit_shapes.py"
    source = rule.read_text()
    assert old in source
    rule.write_text(source.replace(old, new, 1))
    said = check(mypy, project, copy_of(base, tmp_path / "cache"))
    notes = [line for line in said if 'note: The computed rule "sigkit_shapes:decimate" ' in line]
    assert notes, said
    assert all(reason in note and "please report" not in note for note in notes)
    assert 'use.py:7: note: Revealed type is "Tensor[Float, tuple[b, 8], Any]"' in said, "the others still count"


def test_a_stub_that_is_no_text_is_refused(project: Path, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    (project / "shapes" / "sigkit" / "other.pyi").mkdir()  # a folder, whatever its name
    cache = copy_of(base, tmp_path / "cache")
    assert "Revealed type" in check(mypy, project, cache)[0]
    (project / "shapes" / "sigkit" / "latin.pyi").write_bytes(b"# \xe9\n")
    said = check(mypy, project, cache)
    assert "pyproject.toml: error: [tool.neuraltypes] stubs: " in said[-1]
    assert "latin.pyi cannot be read" in said[-1]
    assert not any("Traceback" in line for line in said)


@pytest.mark.parametrize("module", ["math", "no_such.module", "broken.rules"])
def test_a_rule_without_a_source_does_no_harm(
    module: str, project: Path, mypy: Mypy, base: Path, tmp_path: Path
) -> None:
    write_project(project.parent / "library", {"broken/__init__.py": "1 // 0\n", "broken/rules.py": ""})
    stub = project / "shapes" / "sigkit" / "_more.pyi"
    stub.write_text(stub.read_text().replace("sigkit_shapes:", f"{module}:"))
    said = check(mypy, project, copy_of(base, tmp_path / "cache"))
    assert any(f'The computed rule "{module}:decimate" failed' in line for line in said), said


def test_an_edit_of_what_a_rule_imports_is_seen(project: Path, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    library = project.parent / "library"
    rule = library / "sigkit_shapes.py"
    rule.write_text(f"from sigkit_words import ZERO\n{rule.read_text()}".replace('"is 0"', "ZERO"))
    write_project(library, {"sigkit_words.py": 'ZERO = "is 0"\n'})
    cache = copy_of(base, tmp_path / "cache")
    assert check(mypy, project, cache)[-1].endswith('"decimate" is 0  [shape-mismatch]')
    (library / "sigkit_words.py").write_text('ZERO = "is nothing"\n')
    assert check(mypy, project, cache)[-1].endswith('"decimate" is nothing  [shape-mismatch]')


def test_an_edited_stub_leaves_torch_as_it_is(project: Path, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    cache = copy_of(base, tmp_path / "cache")
    check(mypy, project, cache)
    stub = project / "shapes" / "sigkit" / "__init__.pyi"
    stub.write_text(f"{stub.read_text()}\n# One line more.\n")
    log = check(mypy, project, cache, "--verbose")
    abandoned = {line.split()[4].rstrip(":") for line in log if "Metadata abandoned for " in line}
    assert "use" in abandoned
    assert not [name for name in abandoned if name.partition(".")[0] in ("builtins", "torch", "typing")]


def test_the_daemon_starts_anew_for_an_edited_stub(project: Path, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    seen = with_library(mypy, project)
    with daemon(seen, project, copy_of(base, tmp_path / "cache"), "--allow-untyped-calls") as running:
        first = running.run()
        assert "tuple[b, 8]" in first
        assert running.run() == first
        stub = project / "shapes" / "sigkit" / "__init__.pyi"
        stub.write_text(stub.read_text().replace('-> Float[Tensor, "*batch n"]', '-> Float[Tensor, "n *batch"]'))
        assert "tuple[8, b]" in running.run()
        assert "tuple[8, b]" in running.run()
