"""Other plugins work beside this one, and mypy's own special cases work under it."""

import importlib.util
from pathlib import Path

import pytest

from tests.plugin._cases import describe_difference, read_reports
from tests.plugin._projects import Mypy, copy_of, find_package, link, write_project

OURS = "neuraltypes_mypy"
OWN = """
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property, partial, singledispatch, total_ordering
from typing import TypedDict

from jaxtyping import Float, Int
from torch import Tensor


def scale(x: Float[Tensor, "b 5"], factor: float, *, name: str = "") -> Float[Tensor, "b"]: ...
def plain(x: int, y: str = "") -> float: ...


@dataclass
class Config:
    width: int = 8
    name: str = field(default="")


@dataclass
class Batch:
    x: Float[Tensor, "b 5"]
    size: int


@contextmanager
def opened(x: Float[Tensor, "b t"]) -> Iterator[Float[Tensor, "b"]]: ...


class Color(Enum):
    RED = 1


class Named(TypedDict, total=False):
    x: Float[Tensor, "b 5"]
    y: int


class Lazy:
    @cached_property
    def weight(self) -> Float[Tensor, "3 4"]: ...


def partials(x: Float[Tensor, "2 5"], y: Float[Tensor, "2 4"]) -> None:
    partial(plain, "x")  # E: [arg-type]
    partial(plain, 1)(y=2)  # E: [arg-type]
    reveal_type(partial(plain, 1)())  # R: float
    scaled = partial(scale, factor=2.0)
    scaled(x)
    scaled(x, name=3)  # E: [arg-type]
    partial(scale, x)(factor="a")  # E: [arg-type]


def replaced(config: Config, batch: Batch, x: Float[Tensor, "2 4"]) -> None:
    reveal_type(replace(config, width=9).name)  # R: str
    replace(config, width="a")  # E: [arg-type]
    replace(config, depth=1)  # E: [call-arg]
    replace(batch, size="a")  # E: [arg-type]
    reveal_type(replace(batch, size=1).x)  # R: Tensor[Float


def contexts(x: Float[Tensor, "2 4"]) -> None:
    with opened(x) as y:
        z: Int[Tensor, "2"] = y  # E: [assignment]
    with opened(1) as y:  # E: [arg-type]
        del z


def others(named: Named, x: Float[Tensor, "2 4"]) -> None:
    named.setdefault("y", "a")  # E: [typeddict-item]
    named["z"]  # E: [typeddict-item]
    named.update({"y": "a"})  # E: [typeddict-item]
    reveal_type(named.get("y", 0))  # R: int
    reveal_type(Color.RED.value)  # R: Literal[1]?
    reveal_type("{}".format(1))  # R: str
    "{} {}".format(1)  # E: [str-format]
    reveal_type((1, 2) + (3,))  # R: tuple[Literal[1]?, Literal[2]?, Literal[3]?]
    reveal_type(2**3)  # R: int
    reveal_type(Lazy().weight)  # R: Tensor[Float
"""
PYDANTIC = """
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn


class Config(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)
    width: int = 8
    x: Float[Tensor, "b 5"] | None = None


class Encoder(nn.Module):
    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.width = width

    def forward(self, x: Float[Tensor, "b {self.width}"]) -> Float[Tensor, "b"]: ...


def use(x: Float[Tensor, "2 7"], y: Float[Tensor, "2 5"]) -> None:
    Config(width="a")  # E: Argument "width" to "Config"  [arg-type]
    Config(depth=2)  # E: [call-arg]
    Config().width = 3  # E: [misc]
    Config(x=y)
    Encoder(7)(x)
    Encoder()(x)  # E: axis 1 is 7, expected 8  [shape-mismatch]
"""
SHAPES = """
from jaxtyping import Float
from torch import Tensor


def head(x: Float[Tensor, "b 5"]) -> None: ...


def use(x: Float[Tensor, "2 4"]) -> None:
    head(x)  # E: axis 1 is 4, expected 5  [shape-mismatch]
    head("a")  # E: [arg-type]
"""
PROPER = """
from mypy.types import Instance, Type
from jaxtyping import Float
from torch import Tensor


def head(x: Float[Tensor, "b 5"], type_: Type) -> None: ...


def use(x: Float[Tensor, "2 4"], type_: Type) -> None:
    head(x, type_)  # E: axis 1 is 4, expected 5  [shape-mismatch]
    isinstance(type_, Instance)  # E: Never apply isinstance() to unexpanded types
"""


def both_orders(other: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("plugins", [f"{other}, {OURS}", f"{OURS}, {other}"])


def with_plugins(mypy: Mypy, plugins: str) -> Mypy:
    return mypy.with_config(f"plugins = {OURS}", f"plugins = {plugins}")


def assert_reported(mypy: Mypy, source: str, base: Path, folder: Path) -> None:
    """The comments of the source are met, with a cold and with a warm cache."""
    project, cache = write_project(folder / "project", {"case.py": source}), copy_of(base, folder / "cache")
    for _ in range(2):
        output = mypy.check(project, cache, "--output", "json")
        difference = describe_difference(source, read_reports(output, project).get(project / "case.py", []))
        assert not difference, f"{difference}\n{output}"


def with_packages(mypy: Mypy, folder: Path, *names: str) -> Mypy:
    """mypy that sees these packages, too."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed")
        link(folder, name, find_package(name))
    return Mypy(mypy.packages, mypy.config, {"MYPYPATH": str(folder)})


def test_mypys_own_special_cases_stay(mypy: Mypy, base: Path, tmp_path: Path) -> None:
    assert_reported(mypy, OWN, base, tmp_path)


@pytest.mark.parametrize(
    "plugins",
    [f"mypy.plugins.proper_plugin, {OURS}", f"{OURS}, mypy.plugins.proper_plugin"],
)
def test_mypys_plugin_for_plugins(plugins: str, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    seen = with_packages(mypy, tmp_path / "packages", "mypy", "mypy_extensions")
    assert_reported(with_plugins(seen, plugins), PROPER, base, tmp_path)


@both_orders("pydantic.mypy")
def test_pydantics_plugin(plugins: str, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    packages = ("pydantic", "pydantic_core", "annotated_types", "typing_inspection")
    seen = with_packages(mypy, tmp_path / "packages", *packages)
    assert_reported(with_plugins(seen, plugins), PYDANTIC, base, tmp_path)


@both_orders("numpy.typing.mypy_plugin")
def test_numpys_plugin(plugins: str, mypy: Mypy, base: Path, tmp_path: Path) -> None:
    """Newer releases of numpy have none, and those before warn of that."""
    if importlib.util.find_spec("numpy.typing.mypy_plugin") is None:
        pytest.skip("this numpy has no plugin")
    quiet = Mypy(mypy.packages, mypy.config, {"PYTHONWARNINGS": "ignore::DeprecationWarning"})
    assert_reported(with_plugins(quiet, plugins), SHAPES, base, tmp_path)
