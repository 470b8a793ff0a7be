"""Packages without `__init__.py`, stub files, modules that come and go."""

from pathlib import Path

import pytest

from tests.plugin._projects import Mypy, copy_of, write_later, write_project

ENCODER = """
from jaxtyping import Float
from torch import Tensor, nn

class Encoder(nn.Module):
    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.width = width

    def forward(self, x: Float[Tensor, "b {self.width}"]) -> Float[Tensor, "b 3"]: ...
"""
PLAIN = """
from typing import Any

class Encoder:
    def __init__(self, width: int = 8) -> None: ...
    def __call__(self, x: Any) -> Any: ...
"""
USER = """
from jaxtyping import Float
from {module} import Encoder
from torch import Tensor

def use(x: Float[Tensor, "2 8"], y: Float[Tensor, "2 3"]) -> Float[Tensor, "2 3"]:
    Encoder()(y)
    Encoder(3)(x)
    return Encoder()(x)
"""
REPORTED = [(7, "axis 1 is 3, expected 8"), (8, "axis 1 is 8, expected 3")]


def assert_reported(output: str, path: str, expected: list[tuple[int, str]] = REPORTED) -> None:
    """These errors and no others."""
    errors = [line for line in output.splitlines() if ": error: " in line]
    assert len(errors) == len(expected), output
    for error, (line, text) in zip(errors, expected, strict=True):
        assert error.startswith(f"{path}:{line}: "), output
        assert text in error, output


@pytest.mark.parametrize("module", ["parts.deep.encoder", "parts.encoder"])
def test_a_namespace_package(module: str, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    files = {f"{module.replace('.', '/')}.py": ENCODER, "app/use.py": USER.format(module=module)}
    project, cache = write_project(tmp_path / "project", files), copy_of(base, tmp_path / "cache")
    for _ in range(2):
        assert_reported(mypy.check(project, cache), "app/use.py")
    write_later(project / "app" / "use.py", "\n" + USER.format(module=module))
    moved = [(line + 1, text) for line, text in REPORTED]
    assert_reported(mypy.check(project, cache), "app/use.py", moved)


def test_a_relative_import(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    files = {"parts/encoder.py": ENCODER, "parts/sub/use.py": USER.format(module="..encoder")}
    project, cache = write_project(tmp_path / "project", files), copy_of(base, tmp_path / "cache")
    for _ in range(2):
        assert_reported(mypy.check(project, cache), "parts/sub/use.py")


def test_a_stub_says_what_the_module_does_not(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    files = {"encoder.py": PLAIN, "encoder.pyi": ENCODER, "use.py": USER.format(module="encoder")}
    project, cache = write_project(tmp_path / "project", files), copy_of(base, tmp_path / "cache")
    for _ in range(2):
        # What a constructor does stands in no stub, unless the stub says it as this one does.
        assert_reported(mypy.check(project, cache), "use.py")


def test_a_stub_that_comes_and_goes(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    files = {"encoder.py": PLAIN, "use.py": USER.format(module="encoder")}
    project, cache = write_project(tmp_path / "project", files), copy_of(base, tmp_path / "cache")
    quiet = mypy.check(project, cache)
    assert "expected" not in quiet
    write_later(project / "encoder.pyi", ENCODER)
    assert_reported(mypy.check(project, cache), "use.py")
    (project / "encoder.pyi").unlink()
    assert mypy.check(project, cache) == quiet


def test_a_stub_in_a_folder_of_stubs(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", {"use.py": USER.format(module="encoder")})
    write_project(tmp_path / "stubs", {"encoder.pyi": ENCODER})
    other = Mypy(mypy.packages, mypy.config, {"MYPYPATH": str(tmp_path / "stubs")})
    assert_reported(other.check(project, copy_of(base, tmp_path / "cache")), "use.py")


BASE = """
from jaxtyping import Float
from torch import Tensor, nn

class Base(nn.Module):
    def __init__(self, d_model: int = 8, **kwargs: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.norm = nn.LayerNorm(d_model)
"""
MIDDLE = """
from base import Base

class Middle(Base):
    def __init__(self, size: int = 8) -> None:
        super().__init__(d_model=size)
"""
LAST = """
from jaxtyping import Float
from middle import Middle
from torch import Tensor, nn

class Last(Middle):
    def __init__(self, d_model: int = 8) -> None:
        super().__init__(d_model)
        self.linear = nn.Linear(d_model, 3)

    def forward(self, x: Float[Tensor, "b {self.d_model}"]) -> Float[Tensor, "b 3"]:
        return self.linear(self.norm(x))
"""


def test_a_size_that_goes_through_constructors_in_other_files(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    files = {"base.py": BASE, "middle.py": MIDDLE, "last.py": LAST}
    project, cache = write_project(tmp_path / "project", files), copy_of(base, tmp_path / "cache")
    doubled = MIDDLE.replace("(d_model=size)", "(d_model=2 * size)")
    for source, expected in [
        (MIDDLE, []),
        (doubled, [(12, "axis -1 is d_model, expected size")]),
        (MIDDLE.replace("(d_model=size)", "(**{})"), []),
        (doubled, [(12, "axis -1 is d_model, expected size")]),
        (MIDDLE, []),
    ]:
        write_later(project / "middle.py", source)
        assert_reported(mypy.check(project, cache), "last.py", expected)
    write_later(project / "last.py", LAST.replace("nn.Linear(", "nn.Linear(2 * "))
    assert_reported(mypy.check(project, cache), "last.py", [(12, "expected 2*d_model")])


NEWER = """
from jaxtyping import Float
from torch import Tensor

type Audio = Float[Tensor, "b 16"]
type Pair[T] = tuple[T, T]

class Box[T]:
    def __init__(self, value: T) -> None:
        self.value = value

    def get(self) -> T:
        return self.value

def same[T](x: T) -> T:
    return x

def turned[T: Tensor](x: T, y: Float[Tensor, "b t"]) -> Float[Tensor, "t b"]:
    return y

def play(x: Audio) -> Audio:
    return x

def first(x: Pair[Float[Tensor, "2 3"]]) -> Float[Tensor, "3 2"]:
    return x[0]

def use(x: Float[Tensor, "2 17"], y: Float[Tensor, "2 16"]) -> Float[Tensor, "17 2"]:
    play(x)
    play(Box(y).get())
    play(same(Box(x).get()))
    return turned(x, x)
"""


def test_the_syntax_of_a_newer_python(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    """mypy reads it with a parser of its own, whatever Python it runs in."""
    project, cache = write_project(tmp_path / "project", {"newer.py": NEWER}), copy_of(base, tmp_path / "cache")
    expected = [
        (19, '"Tensor[Float, tuple[b, t], Any]", expected "Tensor[Float, tuple[t, b], Any]"'),
        (25, "[return-value]"),
        (28, "axis 1 is 17, expected 16"),
        (30, "axis 1 is 17, expected 16"),
    ]
    for _ in range(2):
        assert_reported(mypy.check(project, cache), "newer.py", expected)
