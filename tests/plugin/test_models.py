"""Models as people write them: nothing is reported about them, and what is revealed is what they give when they run."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from neuraltypes._dtypes import dtype_from_name
from tests.plugin._cases import Message, describe_difference, read_expectations, run_mypy

MODELS = Path(__file__).parent / "models"
FILES = sorted(MODELS.glob("*.py"))
_TENSOR = re.compile(r'(\w+)\[Tensor, "([^"]*)"\]')


@pytest.fixture(scope="module")
def reports(cache: Path) -> dict[Path, list[Message]]:
    return run_mypy(MODELS, cache)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_reported_and_shapes_are_followed(path: Path, reports: dict[Path, list[Message]]) -> None:
    source = path.read_text(encoding="utf-8")
    difference = describe_difference(source, reports.get(path, []))
    assert not difference, f"{path.name}\n{difference}"
    expected = read_expectations(source).messages
    assert all(message.letter == "N" for message in expected)
    revealed = [message for message in reports[path] if message.text.startswith("Revealed neural type")]
    assert len(revealed) == len(expected), "each reveal says what it expects"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_revealed_is_what_comes_out(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(0)
    outputs = _run(path)
    expected = {message.line: message.text for message in read_expectations(path.read_text(encoding="utf-8")).messages}
    last = _TENSOR.findall(expected[max(expected)])
    assert len(last) == len(outputs)
    for (dtype, axes), output in zip(last, outputs, strict=True):
        assert_holds(dtype, axes, str(output.dtype).removeprefix("torch."), list(output.shape))
    seen = _printed(path, capsys.readouterr().err)
    assert set(seen) == set(expected), "each reveal is run"
    for line, types in seen.items():
        for printed in types:
            for (dtype, axes), (given, sizes) in _pairs(expected[line], printed):
                assert_holds(dtype, axes, given.lower(), list(map(int, sizes.split())))


def _run(path: Path) -> list[Tensor]:
    module = importlib.import_module(f"tests.plugin.models.{path.stem}")
    given = module.check()
    return list(given) if isinstance(given, tuple) else [given]


def _printed(path: Path, text: str) -> dict[int, list[str]]:
    """What was revealed in the run, by line."""
    found: dict[int, list[str]] = {}
    for name, line, said in re.findall(r"([^\s:]+):(\d+): Runtime type is (.*)", text):
        assert Path(name).name == path.name
        found.setdefault(int(line), []).append(said)
    return found


def _pairs(expected: str, printed: str) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    known, given = _TENSOR.findall(expected), _TENSOR.findall(_without_labels(printed))
    return zip(known, given, strict=True) if known else iter(())


def _without_labels(text: str) -> str:
    return re.sub(r"\b[a-z_]\w*=(?=\d|_)", "", text)


def assert_holds(dtype: str, axes: str, given: str, shape: list[int]) -> None:
    """Whether a revealed type says the truth of a tensor, each name being one size and each number itself."""
    if dtype != "Shaped":
        assert given in dtype_from_name(dtype).members, f"{dtype} for {given}"
    if axes == "...":
        return
    written = [axis.rpartition("=")[2] for axis in axes.split()]
    if "..." in written:
        before, after = written.index("..."), len(written) - written.index("...") - 1
        written = [*written[:before], *["_"] * (len(shape) - before - after), *written[before + 1 :]]
    assert len(written) == len(shape), f"{axes!r} for {shape}"
    sizes: dict[str, int] = {}
    for axis, size in zip(written, shape, strict=True):
        if axis != "_" and axis.isidentifier():
            assert sizes.setdefault(axis, size) == size, f"{axes!r} for {shape}"
    for axis, size in zip(written, shape, strict=True):
        names = re.findall(r"[^\W\d]\w*", axis)
        if not axis.isidentifier() and all(name in sizes for name in names):
            assert eval(axis, {}, sizes) == size, f"{axes!r} for {shape}"


@pytest.mark.parametrize(
    ("dtype", "axes", "given", "shape", "holds"),
    [
        ("Float", "batch=2 3", "float32", [2, 3], True),
        ("Float", "2 3", "int64", [2, 3], False),
        ("Float", "2 4", "float32", [2, 3], False),
        ("Float", "2 3 4", "float32", [2, 3], False),
        ("Shaped", "b _", "int64", [2, 3], True),
        ("Int64", "b b", "int64", [2, 3], False),
        ("Float", "b 2*b", "float32", [2, 4], True),
        ("Float", "b 2*b", "float32", [2, 5], False),
        ("Float", "b 2*t", "float32", [2, 5], True),
        ("Float", "", "float32", [], True),
        ("Float", "...", "float32", [2, 5], True),
    ],
)
def test_a_wrong_shape_is_noticed(dtype: str, axes: str, given: str, shape: list[int], holds: bool) -> None:
    if holds:
        assert_holds(dtype, axes, given, shape)
    else:
        with pytest.raises(AssertionError):
            assert_holds(dtype, axes, given, shape)


def test_there_are_models() -> None:
    assert len(FILES) >= 16
