"""Archives of every version of the format, as they were written once, and what is in them.

The files are never written anew: a change that does not read them breaks the archives that people have. A new version
of the format adds files.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.archive import Archive, _manifest
from neuraltypes.archive._state import _DTYPES, load_state, read_state
from neuraltypes.archive._writer import Content, write
from neuraltypes.elements import LogitsType
from tests.archive._build import parts, read_all

GOLDEN = Path(__file__).parent / "golden"
FILES = {
    "format-1.nt": "e12cb80831161997c13ab826af36d3a764de2facc6a9d05a8e31dbdd14c6102b",
    "format-1-dtypes.nt": "4796b984123b3ff5c2cc7da01af8ed9fd118f6f0831192ff59bfa259ef3d8b12",
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEURALTYPES_CACHE", str(tmp_path / "cache"))


@dataclass(frozen=True)
class LayerConfig:
    width: int
    bias: bool = True


class Encoder(NeuralModule):
    """At version 1 of its config, which the file has, `layer_config` was called `layer`."""

    config_version: ClassVar[int] = 2

    def __init__(
        self,
        layer_config: LayerConfig,
        sizes: tuple[int, ...] = (1, 2),
        vocabulary: str | Path | None = None,
        dtype: torch.dtype = torch.bfloat16,
    ) -> None:
        super().__init__()
        self.sizes, self.dtype = sizes, dtype
        self.linear = nn.Linear(3, layer_config.width, bias=layer_config.bias)
        if vocabulary is not None:
            self.register_artifact("vocabulary", vocabulary)
        self.register_buffer("steps", torch.tensor(0))
        self.register_buffer("scale", torch.zeros(2, dtype=dtype))

    def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b d"]:
        encoded: Tensor = self.linear(x)
        return encoded

    @classmethod
    def migrate_config(cls, config: dict[str, Any], version: int) -> dict[str, Any]:
        assert version == 1
        return {"layer_config" if name == "layer" else name: value for name, value in config.items()}


class Classifier(NeuralModule):
    """At version 1 of its config, which the file has, there was `hidden`, and `learning_rate` was called `rate`."""

    config_version: ClassVar[int] = 2

    def __init__(self, encoder: Encoder, labels: list[str], learning_rate: float = 0.1) -> None:
        super().__init__()
        self.labels, self.learning_rate = labels, learning_rate
        self.encoder = encoder
        self.out = nn.Linear(encoder.linear.out_features, len(labels))
        self.again = self.out

    def forward(self, *, x: Float[Tensor, "b 3"]) -> NeuralType[Float[Tensor, "b c"], LogitsType]:
        logits: Tensor = self.out(self.encoder(x=x))
        return logits

    @classmethod
    def migrate_config(cls, config: dict[str, Any], version: int) -> dict[str, Any]:
        assert version == 1
        rest = {name: value for name, value in config.items() if name not in ("hidden", "rate")}
        return rest | {"learning_rate": config["rate"]}


OUT = {
    "weight": [[-2.0, -1.875, -1.75, -1.625], [-1.5, -1.375, -1.25, -1.125], [-1.0, -0.875, -0.75, -0.625]],
    "bias": [-3.0, -2.875, -2.75],
}
STATE: Mapping[str, Any] = {
    "encoder.steps": 7,
    "encoder.scale": [0.5, -2.0],
    "encoder.linear.weight": [[0.0, 0.125, 0.25], [0.375, 0.5, 0.625], [0.75, 0.875, 1.0], [1.125, 1.25, 1.375]],
    "encoder.linear.bias": [-1.0, -0.875, -0.75, -0.625],
    **{f"{name}.{part}": values for name in ("out", "again") for part, values in OUT.items()},
}


def test_the_files_are_those_that_were_written_once() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in GOLDEN.iterdir()}
    assert found == FILES


def test_there_are_files_of_every_version() -> None:
    assert {int(name.split("-")[1].removesuffix(".nt")) for name in FILES} == set(range(1, _manifest.VERSION + 1))


@pytest.mark.parametrize("name", FILES)
def test_they_are_read_and_verified(name: str) -> None:
    read_all(GOLDEN / name)


def test_what_the_model_of_format_1_holds() -> None:
    with Archive.open(GOLDEN / "format-1.nt") as archive:
        assert archive.digest == "sha256:851badca154062436bee8392d8c27f822e926bf6042447b23749de9836e22574"
        assert (archive.class_name, archive.class_version) == (f"{__name__}.Classifier", 1)
        assert archive.provenance == {"neuraltypes": "0.1.0", "torch": "2.13.0"}
        assert archive.metadata == {"epoch": 3, "loss": 0.25}
        assert archive.config == {
            "encoder": {
                "_target_": f"{__name__}.Encoder",
                "layer": {"width": 4, "bias": True},
                "sizes": {"_tuple_": [1, 2]},
                "vocabulary": {"_artifact_": "encoder.vocabulary"},
                "dtype": {"_dtype_": "bfloat16"},
            },
            "hidden": 4,
            "labels": ["yes", "no", "näein"],
            "rate": 0.1,
        }
        assert archive.artifacts["encoder.vocabulary"].read_bytes() == b"a\nb\n"
        assert archive.artifacts["encoder.tables"].read_bytes("in/two.txt") == b"2\n"
        assert {name: tensor.alias_of for name, tensor in archive.tensors.items() if tensor.alias_of} == {
            "out.bias": "again.bias",
            "out.weight": "again.weight",
        }


def test_the_model_of_format_1_is_restored_and_its_configs_migrated() -> None:
    model = Classifier.restore_from(GOLDEN / "format-1.nt")
    assert {name: tensor.tolist() for name, tensor in model.state_dict().items()} == STATE
    assert model.encoder.scale.dtype is torch.bfloat16
    assert model.out is model.again
    assert (model.labels, model.learning_rate) == (["yes", "no", "näein"], 0.1)
    assert (model.encoder.sizes, model.encoder.dtype) == ((1, 2), torch.bfloat16)
    assert model.encoder.artifact_path("vocabulary").read_text() == "a\nb\n"
    assert (model.encoder.artifact_path("tables") / "one.txt").read_text() == "1"
    assert model(x=torch.tensor([[1.0, 2.0, 3.0]])).tolist() == [[-27.34375, -20.09375, -12.84375]]


def test_a_part_of_the_model_of_format_1_is_restored() -> None:
    encoder = Encoder.restore_from(GOLDEN / "format-1.nt", prefix="encoder")
    assert encoder.linear.bias.tolist() == STATE["encoder.linear.bias"]


def test_dtypes_of_format_1() -> None:
    state = load_state(Archive.open(GOLDEN / "format-1-dtypes.nt"))
    assert state.pop("nothing").shape == (0, 4)
    assert state.pop("turned").tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
    assert state.pop("number") is state.pop("näme")
    assert state.pop("BOOL").tolist() == [False, True, False, True]
    assert state.keys() == _DTYPES.keys() - {"BOOL"}
    for name, tensor in state.items():
        assert tensor.dtype is _DTYPES[name]
        assert tensor.view(torch.uint8).tolist() == list(range(32)), name


def test_the_same_content_still_gives_the_same_bytes(tmp_path: Path) -> None:
    path = GOLDEN / f"format-{_manifest.VERSION}-dtypes.nt"
    with Archive.open(path) as archive:
        tensors, aliases = read_state(load_state(archive))
        write(tmp_path / "again.nt", Content(tensors, aliases, provenance=archive.provenance))
    assert parts(tmp_path / "again.nt") == parts(path)
    assert (tmp_path / "again.nt").read_bytes() == path.read_bytes()
