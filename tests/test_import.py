"""`import neuraltypes` is light: what is heavy is loaded where it is used."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "lightning", "pytorch_lightning", "jaxtyping", "beartype", "numpy", "omegaconf", "mypy")

_LOADED = f"""
import sys
{{statement}}
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def run(code: str, path: Path | None = None) -> str:
    """What a fresh interpreter prints."""
    source = code if path is None else f"import sys; sys.path.insert(0, {str(path)!r})\n{code}"
    result = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def assert_loads(statement: str, *expected: str, path: Path | None = None) -> None:
    assert run(_LOADED.format(statement=statement), path).split() == list(expected)


@pytest.mark.parametrize(
    "statement",
    [
        "import neuraltypes",
        "from neuraltypes import elements, kinds, TensorSpec, Comparison, AnnotationError, register_kind",
        "from neuraltypes import NeuralType, checks, set_checks",
        "from neuraltypes.config import ConfigError, Problem, instantiate",
        "import neuraltypes._compare, neuraltypes._interface, neuraltypes._spec_json, neuraltypes._pytest",
        "import models, models.data, models.runs, models.runs.report, neuraltypes.axes",
    ],
)
def test_importing_loads_nothing_heavy(statement: str) -> None:
    assert_loads(statement)


def test_using_the_type_language_by_hand_loads_nothing_heavy() -> None:
    assert_loads(
        "from neuraltypes import ListSpec, TensorSpec, spec_from_annotation, spec_from_json\n"
        "from neuraltypes.elements import LogitsType\n"
        "spec = ListSpec(TensorSpec('b t', LogitsType, 'Float'))\n"
        "assert spec_from_json(spec.to_json()) == spec and spec.compare(spec).accepted\n"
        "assert str(spec_from_annotation(dict[str, int])) == 'dict[str, int]'\n"
        "repr(spec), str(spec), hash(spec)\n"
    )


@pytest.mark.parametrize("heavy", ["torch", "lightning", "jaxtyping", "beartype", "numpy"])
def test_the_check_sees_a_package_that_loads_one(tmp_path: Path, heavy: str) -> None:
    for name in HEAVY:
        (tmp_path / f"{name}.py").touch()
    (tmp_path / "standin.py").write_text(f"import {heavy}\n")
    assert_loads("import standin", heavy, path=tmp_path)
    with pytest.raises(AssertionError):
        assert_loads("import standin", path=tmp_path)


def test_the_check_sees_what_a_lazy_name_loads() -> None:
    assert "torch" in run(_LOADED.format(statement="from neuraltypes import typecheck"))


def test_every_public_name_is_found() -> None:
    assert run("import neuraltypes; print(all(hasattr(neuraltypes, name) for name in neuraltypes.__all__))") == "True"


def test_every_public_name_is_listed_once_in_order() -> None:
    import neuraltypes

    assert neuraltypes.__all__ == sorted(set(neuraltypes.__all__))
    assert set(neuraltypes.__all__) <= set(dir(neuraltypes))


def test_an_unknown_name_is_an_attribute_error() -> None:
    import neuraltypes

    with pytest.raises(AttributeError, match="module 'neuraltypes' has no attribute 'Missing'"):
        _ = neuraltypes.Missing


def test_importing_takes_little_time() -> None:
    code = "import time; start = time.process_time(); import neuraltypes; print(time.process_time() - start)"
    # Twice what is promised on a quiet machine; torch alone takes ten times as long.
    assert min(float(run(code)) for _ in range(3)) < 0.2
