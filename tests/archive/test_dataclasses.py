"""Dataclasses as constructor arguments: data in the archive, made again of what the constructor's annotations name."""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor, nn

from neuraltypes import NeuralModule
from neuraltypes.archive import Archive, ArchiveError, ConfigError
from tests.archive._build import dumps, parts, reassembled

if TYPE_CHECKING:
    from fractions import Fraction


@dataclass(frozen=True)
class LayerConfig:
    width: int
    activation: str = "relu"


@dataclass
class EncoderConfig:
    layers: list[LayerConfig]
    dtype: torch.dtype = torch.float32
    sizes: tuple[int, ...] = (1, 2)
    total: int = field(init=False)

    def __post_init__(self) -> None:
        self.total = sum(layer.width for layer in self.layers)


@dataclass
class WideConfig(EncoderConfig):
    factor: int = 2


class Encoder(NeuralModule):
    def __init__(self, config: "EncoderConfig | None" = None, *, scale: "Fraction | None" = None) -> None:
        super().__init__()
        self.config = config
        self.linear = nn.Linear(3, config.total if config else 1)

    def forward(self, *, x: Tensor) -> Tensor:
        encoded: Tensor = self.linear(x)
        return encoded


class Untyped(NeuralModule):
    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config
        self.linear = nn.Linear(3, 1)


class Outer(NeuralModule):
    def __init__(self, encoder: Encoder, layer: LayerConfig = LayerConfig(3)) -> None:
        super().__init__()
        self.encoder, self.layer = encoder, layer


CONFIG = EncoderConfig([LayerConfig(2), LayerConfig(3, "gelu")], torch.bfloat16)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Encoder(CONFIG).save_to(tmp_path / "model.nt")
    return tmp_path / "model.nt"


def test_a_dataclass_comes_back(path: Path) -> None:
    assert Encoder.restore_from(path).config == CONFIG


def test_it_is_plain_data_in_the_archive(path: Path) -> None:
    with Archive.open(path) as archive:
        assert archive.config["config"]["layers"][0] == {"width": 2, "activation": "relu"}
        assert "total" not in archive.config["config"], "the class computes it"


def test_a_subclass_that_no_annotation_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="config: a WideConfig, which the parameter's type does not name"):
        Encoder(WideConfig([LayerConfig(2)], factor=4)).save_to(tmp_path / "model.nt")


def test_defaults_and_dataclasses_of_submodules_come_back(tmp_path: Path) -> None:
    Outer(Encoder(CONFIG)).save_to(tmp_path / "model.nt")
    restored = Outer.restore_from(tmp_path / "model.nt")
    assert (restored.encoder.config, restored.layer) == (CONFIG, LayerConfig(3))


def test_later_changes_to_a_dataclass_do_not_count(tmp_path: Path) -> None:
    config = EncoderConfig([LayerConfig(2)])
    model = Encoder(config)
    config.layers.append(LayerConfig(9))
    model.save_to(tmp_path / "model.nt")
    restored = Encoder.restore_from(tmp_path / "model.nt").config
    assert restored is not None
    assert restored.layers == [LayerConfig(2)]


def test_its_fields_are_overridden_one_by_one_or_it_is_replaced(path: Path) -> None:
    changed = Encoder.restore_from(path, config=['config.dtype={"_dtype_": "float16"}']).config
    assert changed == dataclasses.replace(CONFIG, dtype=torch.float16)
    other = EncoderConfig([LayerConfig(5)])
    assert Encoder.restore_from(path, config={"config": other}).config == other


def test_unknown_and_missing_fields_are_named(path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.size: .*did you mean \"sizes\""):
        Encoder.restore_from(path, config=["config.size=[1]"])
    found = parts(path)
    found["config.json"] = dumps({"config": {"dtype": {"_dtype_": "float32"}}})
    path.write_bytes(reassembled(found))
    with pytest.raises(ConfigError, match=r"config\.layers: is missing"):
        Encoder.restore_from(path)


def test_a_dataclass_that_no_annotation_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="config: a LayerConfig, which the parameter's type does not name"):
        Untyped(LayerConfig(2)).save_to(tmp_path / "model.nt")


@dataclass
class Danger:
    command: str

    def __post_init__(self) -> None:
        raise AssertionError("made from a file's word")


@pytest.mark.parametrize(
    "hostile",
    [
        {"_target_": f"{__name__}.Danger", "command": "rm"},
        {"_target_": "subprocess.Popen", "args": "true"},
        {"layers": [{"_target_": f"{__name__}.Danger", "command": ""}]},
        {"layers": [{"command": ""}]},
        {"layers": [], "total": 3},
        {"layers": [], "_args_": [[], None, None, None]},
    ],
)
def test_an_archive_cannot_choose_other_dataclasses(path: Path, hostile: dict[str, Any]) -> None:
    found = parts(path)
    found["config.json"] = dumps({"config": hostile})
    path.write_bytes(reassembled(found))
    with pytest.raises(ArchiveError):
        Encoder.restore_from(path)


@dataclass
class Holding:
    values: object


class Holder(NeuralModule):
    def __init__(self, config: Holding) -> None:
        super().__init__()


def test_what_is_no_data_in_a_dataclass_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.values: a set"):
        Holder(Holding({1})).save_to(tmp_path / "model.nt")
