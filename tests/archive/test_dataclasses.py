"""Dataclasses as constructor arguments: data in the archive, made again of what the constructor's annotations name."""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor, nn

from neuraltypes import NeuralModule
from neuraltypes.archive import Archive, ArchiveError, ClassNotFoundError, ConfigError
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
    layer = {"_dataclass_": f"{__name__}.LayerConfig", "width": 2, "activation": "relu"}
    with Archive.open(path) as archive:
        assert archive.config["config"]["layers"][0] == layer
        assert "total" not in archive.config["config"], "the class computes it"


def test_a_subclass_comes_back_as_itself(tmp_path: Path) -> None:
    config = WideConfig([LayerConfig(2)], factor=4)
    Encoder(config).save_to(tmp_path / "model.nt")
    assert Encoder.restore_from(tmp_path / "model.nt").config == config


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
    assert Encoder.restore_from(path, config={"config": other}).config is other


def test_unknown_and_missing_fields_are_named(path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.config\.size: EncoderConfig takes no .*did you mean 'sizes'"):
        Encoder.restore_from(path, config=["config.size=[1]"])
    found = parts(path)
    found["config.json"] = dumps({"config": {"_dataclass_": f"{__name__}.EncoderConfig"}})
    path.write_bytes(reassembled(found))
    with pytest.raises(ConfigError, match=r"config\.config\.layers: EncoderConfig requires it"):
        Encoder.restore_from(path)


def test_a_dataclass_that_no_annotation_names_must_be_allowed(tmp_path: Path) -> None:
    Untyped(LayerConfig(2)).save_to(tmp_path / "model.nt")
    with pytest.raises(ClassNotFoundError, match="no parameter of Untyped is annotated"):
        Untyped.restore_from(tmp_path / "model.nt")
    allow = {f"{__name__}.LayerConfig": LayerConfig}
    assert Untyped.restore_from(tmp_path / "model.nt", allow=allow).config == LayerConfig(2)


@dataclass
class Danger:
    command: str

    def __post_init__(self) -> None:
        raise AssertionError("made from a file's word")


@pytest.mark.parametrize(
    "hostile",
    [
        {"_dataclass_": f"{__name__}.Danger", "command": "rm"},
        {"_dataclass_": "subprocess.Popen", "args": "true"},
        {"_dataclass_": f"{__name__}.EncoderConfig", "layers": [{"_dataclass_": f"{__name__}.Danger", "command": ""}]},
        {"_dataclass_": f"{__name__}.LayerConfig", "width": 2},  # a class of a field, not of the parameter
        {"_dataclass_": 3},
        {"_dataclass_": f"{__name__}.EncoderConfig", "_target_": f"{__name__}.Encoder", "layers": []},
        {"_dataclass_": f"{__name__}.EncoderConfig", "layers": [], "total": 3},
        {"_dataclass_": f"{__name__}.EncoderConfig", "_args_": [[], None, None, None]},
    ],
)
def test_an_archive_cannot_choose_other_dataclasses(path: Path, hostile: dict[str, Any]) -> None:
    found = parts(path)
    found["config.json"] = dumps({"config": hostile})
    path.write_bytes(reassembled(found))
    with pytest.raises(ArchiveError):
        Encoder.restore_from(path)


@dataclass
class Counted:
    width: int
    offset: dataclasses.InitVar[int]

    def __post_init__(self, offset: int) -> None:
        self.width += offset


@dataclass
class Holding:
    values: object


def test_what_cannot_be_made_again_is_refused_when_saved(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="config: a Counted"):
        Untyped(Counted(1, 2)).save_to(tmp_path / "model.nt")
    with pytest.raises(ConfigError, match=r"config\.values: a set"):
        Untyped(Holding({1})).save_to(tmp_path / "model.nt")
