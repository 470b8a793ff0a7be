"""`export_to`: the program takes and gives what the annotations say, at any size of their axes."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import AnnotationError, NeuralModule, example_inputs, interface_from_json
from neuraltypes.archive import Archive, ExportError
from neuraltypes.errors import ShapeError


class Encoded(NamedTuple):
    encoded: Float[Tensor, "b t 5"]
    lengths: Int[Tensor, "b"]


class Encoder(NeuralModule):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 5)
        self.norm = nn.BatchNorm1d(5)

    def forward(
        self, *, mel: Float[Tensor, "b t 8"], lengths: Int[Tensor, "b"], mask: Bool[Tensor, "b t"] | None = None
    ) -> Encoded:
        encoded = self.norm(self.linear(mel).transpose(1, 2)).transpose(1, 2)
        if mask is not None:
            encoded = encoded * mask.unsqueeze(-1)
        return Encoded(encoded=encoded, lengths=lengths)


@dataclass
class Pair:
    left: Float[Tensor, "n k"]
    right: Float[Tensor, "k m"]


class Points(NamedTuple):
    places: Float[Tensor, "n k"]


class Nested(NeuralModule):
    def forward(
        self, *, points: Points, others: tuple[Float[Tensor, "k m"], list[Float[Tensor, "n"]]]
    ) -> tuple[Float[Tensor, "n m"], Pair]:
        product = points.places @ others[0] + others[1][0][:, None]
        return product, Pair(points.places + 1, others[0] * 2)


@pytest.fixture
def encoder() -> Encoder:
    return Encoder().eval()


def assert_close(got: Any, expected: Any) -> None:
    torch.testing.assert_close(got, expected, atol=1e-5, rtol=1e-5)


def extra(path: Path) -> dict[str, Any]:
    texts = {"interface.json": "", "export.json": ""}
    torch.export.load(path, extra_files=texts)
    return {name: json.loads(text) for name, text in texts.items()}


def test_a_program_agrees_with_the_interface_of_the_archive(tmp_path: Path, encoder: Encoder) -> None:
    encoder.export_to(tmp_path / "encoder.pt2")
    encoder.save_to(tmp_path / "encoder.nt")
    program = torch.export.load(tmp_path / "encoder.pt2")
    inputs = example_inputs(encoder, b=3, t=11)
    got, expected = program.module()(**inputs), encoder(**inputs)
    assert list(got) == ["encoded", "lengths"]
    assert_close(got["encoded"], expected.encoded)
    assert program.state_dict.keys() == encoder.state_dict().keys()
    described = extra(tmp_path / "encoder.pt2")
    with Archive.open(tmp_path / "encoder.nt") as archive:
        assert described["interface.json"] == archive.interface
    assert interface_from_json(described["interface.json"]) == encoder.interface
    assert described["export.json"] == {
        "inputs": [
            {"name": "mel", "dtype": "float32", "axes": "b t 8"},
            {"name": "lengths", "dtype": "int64", "axes": "b"},
        ],
        "outputs": [
            {"name": "encoded", "dtype": "float32", "axes": "b t 5"},
            {"name": "lengths", "dtype": "int64", "axes": "b"},
        ],
        "axes": {"b": {"min": None, "max": None}, "t": {"min": None, "max": None}},
    }
    assert len(program.range_constraints) == 2, "one size for each name"


def test_sizes_that_have_one_name_must_be_equal_and_fixed_ones_as_they_are(tmp_path: Path, encoder: Encoder) -> None:
    encoder.export_to(tmp_path / "encoder.pt2")
    run = torch.export.load(tmp_path / "encoder.pt2").module()
    lengths = torch.tensor([1, 2])
    with pytest.raises((AssertionError, RuntimeError), match=r"lengths\.size\(\)\[0\]|lengths.*shape\[0\]"):
        run(mel=torch.zeros(3, 4, 8), lengths=lengths)
    with pytest.raises((AssertionError, RuntimeError), match=r"mel\.size\(\)\[2\] == 8|mel.*shape\[2\]"):
        run(mel=torch.zeros(2, 4, 9), lengths=lengths)


def test_the_program_is_read_without_the_classes(tmp_path: Path) -> None:
    module = Nested().eval()
    module.export_to(tmp_path / "nested.pt2")
    code = (
        "import sys, torch\n"
        "run = torch.export.load('nested.pt2').module()\n"
        "others = (torch.ones(4, 7), [torch.ones(9), torch.ones(9)])\n"
        "product, pair = run(points={'places': torch.ones(9, 4)}, others=others)\n"
        "assert product.shape == (9, 7) and list(pair) == ['left', 'right'], pair\n"
        "assert product[0, 0] == 5 and pair['left'][0, 0] == 2\n"
        "assert not any(name.startswith('neuraltypes') for name in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    described = extra(tmp_path / "nested.pt2")["export.json"]
    assert [leaf["name"] for leaf in described["inputs"]] == ["points.places", "others.0", "others.1.0", "others.1.1"]
    assert [leaf["name"] for leaf in described["outputs"]] == ["0", "1.left", "1.right"]
    assert [leaf["axes"] for leaf in described["outputs"]] == ["n m", "n k", "k m"]


def test_an_input_with_a_default_is_part_of_the_program_where_it_is_given(tmp_path: Path, encoder: Encoder) -> None:
    mask = torch.ones(2, 5, dtype=torch.bool)
    encoder.export_to(tmp_path / "encoder.pt2", inputs={"mask": mask}, sizes={"b": 2, "t": 5})
    inputs = example_inputs(encoder, b=4, t=3, mask=torch.zeros(4, 3, dtype=torch.bool))
    assert not torch.export.load(tmp_path / "encoder.pt2").module()(**inputs)["encoded"].any()


def test_a_module_is_left_as_it_was(tmp_path: Path) -> None:
    encoder = Encoder().train()
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    keys = set(vars(encoder))
    encoder.export_to(tmp_path / "encoder.pt2")
    assert all(torch.equal(value, encoder.state_dict()[name]) for name, value in before.items())
    assert set(vars(encoder)) == keys
    assert encoder.training


# What cannot be exported as it is annotated.


class Awkward(NeuralModule):
    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how
        self.table = nn.Parameter(torch.zeros(40, 3))

    def forward(self, *, x: Float[Tensor, "b t c"]) -> Float[Tensor, "b t c"]:
        if self.how == "one size":
            return x.reshape(2, -1, 3)  # type: ignore[return-value]
        if self.how == "at most":
            return x + self.table[: x.shape[1]]  # type: ignore[shape-mismatch]
        if self.how == "at least" and x.shape[1] > 3:
            return x * 2
        if self.how == "but one" and x.shape[1] == 7:
            return x * 2
        if self.how == "multiples":
            return x.reshape(x.shape[0], -1, 5, 3).reshape(x.shape)
        if self.how == "data" and x.sum() > 0:
            return x * 2
        return x + 0


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (
            "one size",
            'axis "b": with this example, the code takes the size 2 alone; annotate it so, give static={"b": 2}',
        ),
        ("at most", 'axis "t": the code takes sizes of at most 40 alone; give ranges={"t": (None, 40)}'),
        ("at least", 'axis "t": the code takes sizes of at least 4 alone; give ranges={"t": (4, None)}'),
        ("multiples", 'axis "t": the code takes sizes of the form 5*_t alone'),
        ("but one", 'axis "t": the code takes sizes with t != 7 alone; annotate it so, or give ranges of such sizes'),
        ("data", "depends on the values of a tensor"),
    ],
)
def test_axes_that_torch_would_fix_are_named(tmp_path: Path, how: str, message: str) -> None:
    with pytest.raises(ExportError, match=re.escape(message)):
        Awkward(how).eval().export_to(tmp_path / "x.pt2", static={"c": 3}, sizes={"t": 10})
    assert list(tmp_path.iterdir()) == []


def test_the_place_of_a_branch_on_values_is_shown(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"test_export\.py:\d+: if self\.how == \"data\" and x\.sum\(\) > 0"):
        Awkward("data").export_to(tmp_path / "x.pt2", static={"c": 3})


@pytest.mark.parametrize(
    ("how", "options", "sizes"),
    [
        ("one size", {"static": {"b": 2, "c": 3}}, (2, 9, 3)),
        ("at most", {"static": {"c": 3}, "ranges": {"t": (None, 40)}}, (3, 40, 3)),
        ("at least", {"static": {"c": 3}, "ranges": {"t": (4, 9)}}, (3, 9, 3)),
        ("fine", {}, (7, 6, 4)),
    ],
)
def test_what_the_advice_says_helps(tmp_path: Path, how: str, options: Any, sizes: tuple[int, ...]) -> None:
    module = Awkward(how).eval()
    module.export_to(tmp_path / "x.pt2", **options)
    x = torch.randn(sizes)
    assert_close(torch.export.load(tmp_path / "x.pt2").module()(x=x), module(x=x))
    axes = extra(tmp_path / "x.pt2")["export.json"]["axes"]
    assert axes == {
        name: options.get("static", {}).get(name)
        or dict(zip(("min", "max"), options.get("ranges", {}).get(name, (None, None)), strict=True))
        for name in "btc"
    }


def test_an_example_of_size_one(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(ExportError, match=re.escape('axis "b" has the size 1 in the example input "mel"')) as error:
        encoder.export_to(tmp_path / "x.pt2", sizes={"b": 1})
    assert error.value.details["axis"] == "b"
    encoder.export_to(tmp_path / "x.pt2", static={"b": 1})
    assert torch.export.load(tmp_path / "x.pt2").example_inputs[1]["mel"].shape[0] == 1


class Frozen(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3"]:
        return torch.zeros(len(x.tolist()) if not torch.compiler.is_exporting() else 2, 3)


def test_an_output_that_does_not_follow_its_input(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=re.escape('axis "b": the output "output" has the size 2 whatever')):
        Frozen().export_to(tmp_path / "x.pt2")


class Wrong(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3"]:
        return torch.cat([x, x])  # type: ignore[return-value]


class Untyped(NeuralModule):
    def forward(self, *, x: Tensor) -> Tensor:
        return x


def test_modules_that_do_not_do_what_they_say_or_do_not_say_enough(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(ShapeError):
        Wrong().export_to(tmp_path / "x.pt2")
    with pytest.raises(AnnotationError, match='the axes of input "x" are unknown'):
        Untyped().export_to(tmp_path / "x.pt2")
    with pytest.raises(AnnotationError, match='ranges names "q", which is no axis of an input; known are b, t'):
        encoder.export_to(tmp_path / "x.pt2", ranges={"q": (1, 2)})
    Untyped().export_to(tmp_path / "x.pt2", inputs={"x": torch.ones(3, 4)})


# ONNX.


def test_onnx_gives_the_same_numbers(tmp_path: Path, encoder: Encoder) -> None:
    runtime = pytest.importorskip("onnxruntime")
    encoder.export_to(tmp_path / "encoder.onnx")
    session = runtime.InferenceSession(tmp_path / "encoder.onnx")
    assert [(each.name, each.shape) for each in session.get_inputs()] == [("mel", ["b", "t", 8]), ("lengths", ["b"])]
    outputs = [(each.name, each.shape) for each in session.get_outputs()]
    assert outputs == [("encoded", ["b", "t", 5]), ("lengths_output", ["b"])], "no output has the name of an input"
    inputs = example_inputs(encoder, b=3, t=11)
    encoded, lengths = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    assert_close(torch.from_numpy(encoded), encoder(**inputs).encoded.detach())
    assert torch.equal(torch.from_numpy(lengths), inputs["lengths"])
    metadata = session.get_modelmeta().custom_metadata_map
    assert json.loads(metadata["interface.json"]) == encoder.interface.to_json()


def test_onnx_of_nested_inputs(tmp_path: Path) -> None:
    runtime = pytest.importorskip("onnxruntime")
    module = Nested().eval()
    module.export_to(tmp_path / "x.onnx")
    session = runtime.InferenceSession(tmp_path / "x.onnx")
    assert [each.name for each in session.get_inputs()] == ["points.places", "others.0", "others.1.0", "others.1.1"]
    assert [each.name for each in session.get_outputs()] == ["0", "1.left", "1.right"]


def test_onnx_that_is_not_installed(tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    found = __import__("importlib").util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if "onnx" in name else found(name))
    with pytest.raises(ExportError, match=re.escape('needs onnx and onnxscript: pip install "neuraltypes[onnx]"')):
        encoder.export_to(tmp_path / "encoder.onnx")
