"""`from_config_dict`, `to_config_dict` and `default_config`: what a config can say, and what is said of a wrong one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from omegaconf import II, DictConfig, OmegaConf
from omegaconf.errors import ConfigAttributeError
from torch import nn

from neuraltypes import NeuralModule
from neuraltypes.archive import ArchiveError
from neuraltypes.config import ConfigError, as_config, instantiate


class Color(Enum):
    RED = 1
    BLUE = 2


@dataclass
class NormConfig:
    eps: float = 1e-5
    kind: Literal["layer", "batch"] = "layer"


@dataclass
class BlockConfig:
    width: int
    norm: NormConfig = field(default_factory=NormConfig)
    sizes: tuple[int, ...] = (1, 2)
    color: Color = Color.RED


class Part(NeuralModule):
    """Keeps what it was given."""

    def __init__(self, **given: Any) -> None:
        super().__init__()
        self.given = given


class Block(NeuralModule):
    def __init__(self, *, width: int, norm: NormConfig | None = None, activation: str = "relu") -> None:
        super().__init__()
        self.width, self.norm, self.activation = width, norm, activation


class WideBlock(Block):
    def __init__(self, *, factor: float = 2, **kwargs: Any) -> None:
        super().__init__(width=8, **kwargs)
        self.factor = factor


class Weighted(Block):
    def __init__(self, *, width: int) -> None:
        super().__init__(width=width)
        self.linear = nn.Linear(width, width)


class Encoder(NeuralModule):
    def __init__(
        self,
        *,
        width: int = 4,
        block: Block,
        blocks: Sequence[Block] = (),
        dtype: torch.dtype = torch.float32,
        path: Path | None = None,
        extra: object = None,
    ) -> None:
        super().__init__()
        self.width, self.block, self.blocks = width, block, nn.ModuleList(blocks)
        self.dtype, self.path, self.extra = dtype, path, extra


class Configured(NeuralModule):
    def __init__(self, *, cfg: BlockConfig | DictConfig) -> None:
        super().__init__()
        self.cfg = cfg


class Declared(NeuralModule):
    def __init__(self, *, cfg: BlockConfig, color: Color = Color.BLUE) -> None:
        super().__init__()
        self.cfg, self.color = cfg, color


class Live(NeuralModule):
    def __init__(self, *, cfg: DictConfig) -> None:
        super().__init__()
        self.cfg = as_config(cfg)


class Composed(NeuralModule):
    """Makes its parts from its config, of whatever kind that is."""

    def __init__(self, *, cfg: Any) -> None:
        super().__init__()
        cfg = as_config(cfg)
        self.encoder: Encoder = self.from_config_dict(cfg.encoder)


def name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def problems_of(make: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        make()
    return [str(problem) for problem in caught.value.problems]


# What can be said


def test_keys_are_the_constructors_parameters() -> None:
    block = Block.from_config_dict({"width": 3, "activation": "gelu"})
    assert type(block) is Block
    assert (block.width, block.norm, block.activation) == (3, None, "gelu")


def test_target_names_a_subclass_of_the_class_it_is_called_on() -> None:
    block = Block.from_config_dict({"_target_": name(WideBlock), "factor": 3})
    assert isinstance(block, WideBlock)
    assert block.factor == 3.0


def test_modules_nest_in_parameters_and_lists_with_and_without_a_target() -> None:
    encoder = Encoder.from_config_dict(
        {"block": {"width": 1}, "blocks": [{"width": 2}, {"_target_": name(WideBlock), "norm": {"eps": 1}}]}
    )
    first, second = encoder.blocks
    assert isinstance(first, Block)
    assert isinstance(second, WideBlock)
    assert (encoder.block.width, first.width) == (1, 2)
    assert vars(second)["norm"] == {"eps": 1}  # the type of what goes on as **kwargs is not known


def test_an_untyped_parameter_takes_modules_by_target() -> None:
    part = Part.from_config_dict({"inner": [{"_target_": name(Block), "width": 2}], "plain": {"a": [1, {"b": None}]}})
    assert isinstance(part.given["inner"][0], Block)
    assert part.given["plain"] == {"a": [1, {"b": None}]}


@pytest.mark.parametrize(
    "config",
    [
        {"width": 2, "norm": {"eps": 1}},
        OmegaConf.create({"width": 2, "norm": {"eps": 1}}),
        BlockConfig(width=2, norm=NormConfig(eps=1.0)),
        as_config(BlockConfig(width=2, norm=NormConfig(eps=1.0))),
    ],
)
def test_dicts_dataclasses_and_structured_configs_are_configs(config: Any) -> None:
    declared = Declared.from_config_dict({"cfg": config, "color": "RED"})
    assert declared.cfg == BlockConfig(width=2, norm=NormConfig(eps=1.0))
    assert type(declared.cfg.norm.eps) is float
    assert declared.color is Color.RED


def test_a_dataclass_is_a_whole_config() -> None:
    @dataclass
    class Small:
        width: int = 5
        activation: str = "silu"

    assert Block.from_config_dict(Small()).activation == "silu"
    assert Block.from_config_dict(Small).width == 5
    assert Block.from_config_dict(OmegaConf.structured(Small)).width == 5


def test_values_are_converted_to_what_the_parameter_declares() -> None:
    encoder = Encoder.from_config_dict({"block": {"width": 1}, "dtype": "bfloat16", "path": "a/b"})
    assert encoder.dtype is torch.bfloat16
    assert encoder.path == Path("a/b")


def test_objects_pass_as_they_are() -> None:
    block = Block(width=3)
    assert Encoder.from_config_dict({"block": block}).block is block
    assert Encoder.from_config_dict({}, block=block).block is block


def test_on_an_instance_it_makes_any_module() -> None:
    config = OmegaConf.create({"encoder": {"_target_": name(Encoder), "block": {"width": 1}}})
    assert type(Composed(cfg=config).encoder) is Encoder


def test_classes_that_the_caller_allows_are_made_from_configs_too() -> None:
    parameter = nn.Parameter(torch.zeros(1))
    made = instantiate(
        {"_target_": "torch.optim.AdamW", "lr": 0.5, "betas": [0.5, 0.6]},
        torch.optim.Optimizer,
        allow=[torch.optim.AdamW],
        given={"params": [parameter]},
    )
    assert type(made) is torch.optim.AdamW
    assert made.defaults["betas"] == (0.5, 0.6)
    layer = Part().from_config_dict(
        {"_target_": "linear", "in_features": 1, "out_features": 2}, allow={"linear": nn.Linear}
    )
    assert isinstance(layer, nn.Linear)


def test_a_parameter_of_omegaconfs_type_gets_the_live_container() -> None:
    config = OmegaConf.create({"n": 1, "model": {"cfg": {"width": "${n}"}}})
    live = Live.from_config_dict(config.model)
    config.n = 2
    assert live.cfg.width == 2


# Round trips


@pytest.mark.parametrize(
    "module",
    [
        Block(width=3, activation="${not.one}"),
        Encoder(block=Block(width=3), blocks=[WideBlock(factor=1.5)], dtype=torch.bfloat16),
        Encoder(block=WideBlock(), extra=("a", {"b": [1, 2.5, None, True]})),
        Declared(cfg=BlockConfig(3, NormConfig(kind="batch"), (4,), Color.BLUE), color=Color.RED),
        Configured(cfg=BlockConfig(3)),
        Live(cfg=OmegaConf.create({"a": {"b": [1, "${a.c}"], "c": 2, "d": r"\${c} \\${a.c} $"}})),
    ],
)
def test_a_round_trip_gives_an_equal_config(module: NeuralModule, tmp_path: Path) -> None:
    config = module.to_config_dict()
    again = type(module).from_config_dict(config)
    assert again.to_config_dict() == config
    module.save_to(tmp_path / "model.nt")
    assert type(module).restore_from(tmp_path / "model.nt").to_config_dict() == config


def test_a_path_that_is_no_artifact_goes_round() -> None:
    config = Encoder(block=Block(width=3), path=Path("a")).to_config_dict()
    assert Encoder.from_config_dict(config).path == Path("a")


def test_an_archive_restores_what_the_parameters_declare(tmp_path: Path) -> None:
    Declared(cfg=BlockConfig(3, color=Color.BLUE)).save_to(tmp_path / "model.nt")
    restored = Declared.restore_from(tmp_path / "model.nt", config={"cfg": {"width": 5}})
    assert restored.cfg == BlockConfig(5, color=Color.BLUE)
    assert restored.color is Color.BLUE


def test_a_dataclass_that_no_type_names_is_no_data() -> None:
    part = Part(options=NormConfig())
    with pytest.raises(ArchiveError, match="options: a NormConfig, which the parameter's type does not name"):
        part.to_config_dict()


def test_text_of_an_archive_is_never_an_interpolation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "hidden")
    config = OmegaConf.create({"key": "${oc.env:SECRET}", "n": 1, "m": "${n}"})
    live = Live(cfg=config)
    assert live.to_config_dict() == {"cfg": {"key": "${oc.env:SECRET}", "n": 1, "m": 1}}
    live.save_to(tmp_path / "model.nt")
    assert Live.restore_from(tmp_path / "model.nt").cfg.key == "${oc.env:SECRET}"
    assert b"hidden" not in (tmp_path / "model.nt").read_bytes()


COMPOSED: dict[str, Any] = {"encoder": {"_target_": f"{__name__}.Encoder", "block": {"width": 1}}, "note": ["${x}"]}


LIVE = OmegaConf.create({**COMPOSED, "note": [r"\${x}"]})


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: Composed(cfg=LIVE), id="made with a container"),
        pytest.param(lambda: Composed.from_config_dict({"cfg": LIVE}), id="from a container"),
        pytest.param(lambda: Composed.from_config_dict(LIVE), id="from a container as a whole"),
        pytest.param(lambda: Composed(cfg=COMPOSED), id="made with a dict"),
        pytest.param(lambda: Composed.from_config_dict(COMPOSED), id="from a dict as a whole"),
        pytest.param(
            lambda: Composed.from_config_dict({"_target_": f"{__name__}.Composed", **COMPOSED}), id="with a target"
        ),
    ],
)
def test_a_cfg_stays_a_config(make: Any, tmp_path: Path) -> None:
    made = make()
    config = made.to_config_dict()
    assert config["cfg"].pop("_target_", None) in (None, f"{__name__}.Composed")
    assert config == {"cfg": COMPOSED}
    assert Composed.from_config_dict(config).to_config_dict() == config
    made.save_to(tmp_path / "model.nt")
    restored = Composed.restore_from(tmp_path / "model.nt", config={"cfg": {"encoder": {"block": {"width": 5}}}})
    assert restored.encoder.block.width == 5


def test_a_part_is_restored_with_its_part_of_a_cfg(tmp_path: Path) -> None:
    encoder = {"_target_": f"{__name__}.Encoder", "width": 9, "block": {"_target_": f"{__name__}.Weighted", "width": 5}}
    model = Composed(cfg={"encoder": encoder})
    model.save_to(tmp_path / "model.nt")
    part = Encoder.restore_from(tmp_path / "model.nt", prefix="encoder")
    assert (part.width, part.block.width) == (9, 5)


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ({"cfg": {"encoder": Block(width=1)}}, "cfg.encoder: a Block, which is no part of a config"),
        ({"cfg": {"encoder": {"_tuple_": []}}}, "cfg.encoder: a dict with keys that are no plain texts"),
        ({"other": {"encoder": {"_target_": "a"}}}, "other.encoder: a dict with keys that are no plain texts"),
    ],
)
def test_what_would_come_back_as_something_else_is_no_data(given: dict[str, Any], note: str) -> None:
    with pytest.raises(ArchiveError, match=note):
        Part(**given).to_config_dict()


# Defaults


def test_the_default_config_follows_the_constructor() -> None:
    config = Encoder.default_config()
    assert OmegaConf.to_container(config) == {
        "_target_": name(Encoder),
        "width": 4,
        "block": {"_target_": name(Block), "width": "???", "norm": None, "activation": "relu"},
        "blocks": [],
        "dtype": "float32",
        "path": None,
        "extra": None,
    }


def test_the_default_config_has_dataclasses_below() -> None:
    assert OmegaConf.to_container(Declared.default_config()) == {
        "_target_": name(Declared),
        "cfg": {"width": "???", "norm": {"eps": 1e-5, "kind": "layer"}, "sizes": [1, 2], "color": "RED"},
        "color": "BLUE",
    }


def test_a_completed_default_config_makes_the_module() -> None:
    config = Encoder.default_config()
    assert problems_of(lambda: Encoder.from_config_dict(config)) == ["block.width: is missing, expected int"]
    config.block.width = 7
    encoder = Encoder.from_config_dict(config)
    assert encoder.block.width == 7
    assert encoder.dtype is torch.float32
    assert Encoder.from_config_dict(OmegaConf.create(OmegaConf.to_yaml(config))).block.width == 7


def test_the_default_config_takes_no_other_keys() -> None:
    with pytest.raises(ConfigAttributeError):
        Block.default_config().widht = 3


# What is wrong


def test_all_problems_are_said_at_once_and_nothing_is_made() -> None:
    made: list[int] = []

    class Counting(Block):
        def __init__(self, *, width: int) -> None:
            made.append(width)
            super().__init__(width=width)

    config = {
        "blok": 1,
        "block": {"_target_": name(Counting), "width": 3},
        "blocks": [{"widht": 4}, {"_target_": "Blok", "width": 1}],
        "dtype": "bf16",
        "path": 3,
        "width": "4",
    }
    assert problems_of(lambda: Encoder.from_config_dict(config)) == [
        'blok: Encoder has no such parameter; did you mean "block"?',
        'blocks[0].widht: Block has no such parameter; did you mean "width"?',
        "blocks[0].width: is missing, Block requires it: expected int",
        "blocks[1]._target_: no imported NeuralModule and no allowed class is called 'Blok'",
        "dtype: expected a dtype of torch, got str 'bf16'",
        "path: expected Path | None, got int 3",
        "width: expected int, got str '4'",
    ]
    assert made == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "width: expected int, got bool True"),
        (2.0, "width: expected int, got float 2.0"),
        (None, "width: expected int, got None"),
        ([1], "width: expected int, got a list"),
        ({"a": 1}, "width: expected int, got a mapping"),
        (
            "${n}",
            "width: expected int, got str '${n}'; interpolations are OmegaConf's, in a plain container they are texts",
        ),
    ],
)
def test_a_wrong_type_is_said_with_both_types(value: object, expected: str) -> None:
    assert problems_of(lambda: Block.from_config_dict({"width": value})) == [expected]


def test_wrong_values_below_dataclasses_have_their_path() -> None:
    config = {"cfg": {"width": 1, "norm": {"kind": "bach", "esp": 1}, "sizes": [1, "2"], "color": "GREEN"}}
    assert problems_of(lambda: Configured.from_config_dict(config)) == problems_of(
        lambda: Declared.from_config_dict(config)
    )
    assert problems_of(lambda: Declared.from_config_dict(config)) == [
        "cfg.norm.kind: expected Literal['layer', 'batch'], got str 'bach'; did you mean \"batch\"?",
        'cfg.norm.esp: NormConfig has no such field; did you mean "eps"?',
        "cfg.sizes[1]: expected int, got str '2'",
        "cfg.color: expected Color (RED, BLUE), got str 'GREEN'",
    ]


def test_a_target_must_be_of_the_expected_kind() -> None:
    assert problems_of(lambda: Block.from_config_dict({"_target_": name(Part)})) == [
        f"_target_: {name(Part)} is no Block"
    ]
    assert problems_of(lambda: Encoder.from_config_dict({"block": {"_target_": name(Encoder)}})) == [
        f"block._target_: {name(Encoder)} is no Block"
    ]
    assert problems_of(lambda: Block(width=1).from_config_dict({"width": 1})) == [
        'names no class: "_target_" is missing, expected a class that is a NeuralModule'
    ]


def test_the_same_name_in_another_module_is_suggested() -> None:
    (problem,) = problems_of(lambda: Block.from_config_dict({"_target_": "somewhere.WideBlock"}))
    assert problem.endswith(f'did you mean "{name(WideBlock)}"?')


def test_hydras_instructions_are_not_followed() -> None:
    (problem,) = problems_of(lambda: Block.from_config_dict({"width": 1, "_partial_": True}))
    assert problem == "_partial_: is an instruction to hydra.utils.instantiate, which is not used here"


def test_paths_are_those_of_the_whole_config() -> None:
    config = OmegaConf.create({"model": {"encoder": {"_target_": name(Encoder), "block": {"width": "x"}}}})
    assert problems_of(lambda: Composed(cfg=config.model)) == ["model.encoder.block.width: expected int, got str 'x'"]


def test_what_a_constructor_raises_is_raised_with_the_place() -> None:
    class Picky(NeuralModule):
        def __init__(self, *, heads: int) -> None:
            raise ValueError(f"{heads} heads")

    with pytest.raises(ValueError, match="3 heads") as caught:
        Part.from_config_dict({"inner": {"_target_": name(Picky), "heads": 3}})
    assert caught.value.__notes__ == [f"while inner was made: {name(Picky)}"]


def test_errors_keep_their_problems_when_pickled() -> None:
    import pickle

    with pytest.raises(ConfigError) as caught:
        Block.from_config_dict({})
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


# Interpolation


def test_interpolation_follows_a_change_before_use() -> None:
    config = OmegaConf.create({"model": {"n_embed": 4, "block": {"width": "${model.n_embed}"}}})
    part = config.model.block
    config.model.n_embed = 6
    assert Block.from_config_dict(part).width == 6


def test_an_interpolation_that_leads_nowhere_is_a_problem_with_the_nearest_key() -> None:
    config = OmegaConf.create({"model": {"n_embed": 4, "block": {"width": "${model.n_embd}", "activation": "${x}"}}})
    first, second = problems_of(lambda: Block.from_config_dict(config.model.block))
    assert first == "model.block.width: Interpolation key 'model.n_embd' not found; did you mean \"model.n_embed\"?"
    assert second == "model.block.activation: Interpolation key 'x' not found"


def test_interpolations_that_go_round_are_a_problem() -> None:
    config = OmegaConf.create({"width": "${a}", "a": "${width}"})
    assert any(problem.startswith("width: ") for problem in problems_of(lambda: Block.from_config_dict(config)))


@pytest.mark.parametrize(
    "text",
    [
        "${oc.env:SECRET}",
        "a ${oc.env:SECRET}",
        "${other}",
        "${deep.er.0}",
        "${..other}",
        "${${name}:SECRET}",
        "${oc.${last}:SECRET}",
        "${oc.select:secret}",
        "${oc.decode:'${oc.env:SECRET}'}",
        "${.${rest}}",
        "${through.key}",
        "${oc.create:{a:1}}",
    ],
)
def test_no_resolver_of_omegaconfs_own_runs_unless_the_caller_says_so(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "hidden")
    config = OmegaConf.create(
        {
            "block": {"width": 1, "activation": text},
            "other": "${oc.env:SECRET}",
            "secret": "${oc.env:SECRET}",
            "deep": {"er": ["${other}"]},
            "name": "oc.env",
            "last": "env",
            "rest": ".other",
            "through": "${holder}",
            "holder": {"key": "${oc.env:SECRET}"},
        }
    )
    (problem,) = problems_of(lambda: Block.from_config_dict(config.block))
    assert problem.startswith('block.activation: it uses the resolver "oc.')
    everything = ("oc.env", "oc.select", "oc.decode", "oc.create")
    if "create" not in text:
        assert "hidden" in Block.from_config_dict(config.block, resolvers=everything).activation


def test_a_resolver_that_the_caller_registered_runs() -> None:
    OmegaConf.register_new_resolver("test_twice", lambda value: 2 * value)
    try:
        config = OmegaConf.create({"n": 4, "block": {"width": "${test_twice:${n}}"}})
        assert Block.from_config_dict(config.block).width == 8
    finally:
        OmegaConf.clear_resolver("test_twice")


def test_as_config_is_live_and_refuses_resolvers() -> None:
    config = as_config({"n": 1, "m": "${n}"})
    config.n = 2
    assert config.m == 2
    assert as_config(config) is config
    assert problems_of(lambda: as_config({"a": ["${oc.env:HOME}"]})) == [
        'a[0]: it uses the resolver "oc.env", which is not among the allowed resolvers'
    ]
    assert as_config({"a": "${oc.env:HOME}"}, resolvers=["oc.env"]).a

    @dataclass
    class Structured:
        n: int = 1
        m: int = II("n")

    assert as_config(Structured(n=5)).m == 5
    assert as_config(NormConfig).kind == "layer"  # of a type that OmegaConf does not know
    with pytest.raises(TypeError, match="expected a config"):
        as_config(3)
