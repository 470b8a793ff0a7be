"""The runner: Hydra's composition on the command line, every config checked first, nothing of Hydra left behind."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from omegaconf import DictConfig, OmegaConf

from models.main import Run, Runner, main, table
from neuraltypes.config import ConfigError, Problem
from tests.config import _models

HERE = "tests.config._models"

FILES = {
    "train.yaml": """\
defaults:
  - model: small
  - optim@opt: adam
  - _self_
seed: 0
n_embed: 8
""",
    "model/small.yaml": """\
_target_: HERE.Model
encoder:
  width: ${n_embed}
decoder:
  width: ${n_embed}
""",
    "model/broken.yaml": """\
_target_: HERE.Model
encoder:
  widht: 3
decoder:
  width: ${n_embd}
""",
    "model/narrow.yaml": """\
defaults: [small]
decoder:
  width: 4
""",
    "optim/adam.yaml": "lr: 0.1\n",
    "optim/sgd.yaml": "lr: 1.0\n",
}


@dataclass
class OptimConfig:
    lr: float = 1.0
    kind: Literal["a", "b"] = "a"


@dataclass
class TrainConfig:
    seed: int = 1
    n_embed: int = 2
    extra: str = "none"
    model: Any = None
    opt: OptimConfig = field(default_factory=OptimConfig)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("HERE", HERE))
    return tmp_path / "conf"


@pytest.fixture
def seen() -> list[Any]:
    return []


@pytest.fixture
def plain(folder: Path, seen: list[Any]) -> Runner[DictConfig]:
    @main(str(folder), "train")
    def train(cfg: DictConfig) -> dict[str, float]:
        """Train a model."""
        seen.append(cfg)
        if cfg.seed == 13:
            raise ValueError("unlucky")
        return {"loss": cfg.seed / cfg.opt.lr}

    return train


@pytest.fixture
def typed(folder: Path, seen: list[Any]) -> Runner[TrainConfig]:
    @main(str(folder), "train")
    def train(cfg: TrainConfig) -> None:
        seen.append(cfg)

    return train


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path) -> Any:
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.hydra_config import HydraConfig
    from hydra.core.singleton import Singleton
    from omegaconf.basecontainer import BaseContainer

    def state() -> Any:
        held = [Singleton._instances.get(cls) for cls in (GlobalHydra, HydraConfig)]
        return Path.cwd(), held, dict(BaseContainer._resolvers), sys.argv, sys.path

    before = state()
    yield
    assert state() == before
    assert {path.name for path in tmp_path.iterdir()} <= {"conf"}


def test_groups_and_overrides_are_composed(plain: Runner[DictConfig], seen: list[Any]) -> None:
    assert plain(["opt.lr=2", "optim@opt=sgd", "n_embed=4"]) == 0
    (cfg,) = seen
    assert (cfg.opt.lr, cfg.seed, cfg.model.encoder.width) == (2, 0, 4)
    assert _models.Model.from_config_dict(cfg.model).decoder.width == 4
    assert "hydra" not in cfg


def test_the_schema_gives_defaults_and_types(typed: Runner[TrainConfig], seen: list[Any]) -> None:
    assert typed(["extra=more", "opt.kind=b"]) == 0
    (cfg,) = seen
    assert (cfg.extra, cfg.opt.kind, cfg.seed, cfg.opt.lr) == ("more", "b", 0, 0.1)


def test_the_config_is_printed_and_nothing_runs(
    plain: Runner[DictConfig], typed: Runner[TrainConfig], seen: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert plain(["--cfg", "job", "n_embed=3"]) == 0
    assert OmegaConf.create(capsys.readouterr().out).model.encoder == {"width": "${n_embed}"} | {"width": 3}
    assert plain(["--cfg", "job", "--resolve", "--package", "model.decoder"]) == 0
    assert capsys.readouterr().out == "width: 8\n"
    assert typed(["--cfg", "job", "-p", "extra"]) == 0
    assert capsys.readouterr().out == "none\n"
    assert seen == []


def test_problems_are_said_before_anything_runs(
    plain: Runner[DictConfig], folder: Path, seen: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert plain(["model=broken"]) == 2
    file = folder / "model" / "broken.yaml"
    assert capsys.readouterr().err.splitlines() == [
        f'{file}:3: model.encoder.widht: Encoder has no such parameter; did you mean "width"?',
        f"{file}:5: model.decoder.width: Interpolation key 'n_embd' not found; did you mean \"n_embed\"?",
    ]
    assert plain(["n_embed=many", "model.decoder.width=2"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"{folder / 'model' / 'small.yaml'}:3: model.encoder.width: expected int, got str 'many'"
    ]
    assert plain(["model=narrow"]) == 2
    assert "model.encoder.width is 8 | model.decoder.width is 4" in capsys.readouterr().err
    assert seen == []


def test_overrides_may_stand_on_both_sides_of_an_option(plain: Runner[DictConfig], seen: list[Any]) -> None:
    assert plain(["seed=3", "--config-name", "train", "n_embed=4"]) == 0
    assert (seen[0].seed, seen[0].n_embed) == (3, 4)


def test_the_function_may_refuse_its_config(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    @main(str(folder), "train")
    def train(cfg: DictConfig) -> None:
        raise ConfigError([Problem("seed", "is 0, expected 1 or more")])

    assert train([]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "seed: is 0, expected 1 or more\n")


@pytest.mark.parametrize(("seed", "status"), [(1, 0), (3, 1)])
def test_the_status_is_that_of_the_result(folder: Path, seed: int, status: int) -> None:
    @main(str(folder), "train", status=lambda found: int(found["loss"] > 2))
    def train(cfg: DictConfig) -> dict[str, float]:
        return {"loss": cfg.seed}

    assert train([f"seed={seed}"]) == status


def test_a_schema_is_checked_too(
    typed: Runner[TrainConfig], folder: Path, seen: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "train.yaml").write_text(FILES["train.yaml"].replace("seed: 0", "sede: 0\nopt: {kind: c}"))
    assert typed(["n_embed=2.5"]) == 2
    small = folder / "model" / "small.yaml"
    assert capsys.readouterr().err.splitlines() == [
        f"{small}:3: model.encoder.width: expected int, got float 2.5",
        f"{small}:5: model.decoder.width: expected int, got float 2.5",
        f"{folder / 'train.yaml'}:6: opt.kind: expected Literal['a', 'b'], got str 'c'",
        f'{folder / "train.yaml"}:5: sede: TrainConfig has no such field; did you mean "seed"?',
        "n_embed: expected int, got float 2.5",
    ]
    assert seen == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["model=large"], "Could not find 'model/large'"),
        (["opt.rl=1"], 'opt.rl: did you mean "opt.lr"?'),
        (["seed=1,2"], "Ambiguous value"),
        (["model=null"], "Config group override must be a string or a list"),
        (["-m", "seed=1,range(2,3)"], "Unexpected type annotation"),
        (["seed=[1"], "no viable alternative at input '[1'"),
        (["--multirun", "seed=[1"], "no viable alternative at input '[1'"),
        (["--multirun", "seed=interval(1,2)"], "does not support sweep type"),
        (["--config-name", "nothing"], "Cannot find primary config 'nothing'"),
    ],
)
def test_what_cannot_be_composed(
    plain: Runner[DictConfig],
    seen: list[Any],
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert plain(arguments) == 2
    assert message in capsys.readouterr().err
    assert seen == []


def test_a_sweep_runs_all_and_prints_a_table(
    plain: Runner[DictConfig], seen: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert plain(["--multirun", "seed=1,13,2", "optim@opt=adam,sgd", "n_embed=4"]) == 1
    assert [(cfg.seed, cfg.opt.lr) for cfg in seen][:3] == [(1, 0.1), (1, 1.0), (13, 0.1)]
    assert capsys.readouterr().out.partition("\n\n")[2].splitlines()[:4] == [
        "run  seed  optim@opt  loss  error",
        "1    1     adam       10    -",
        "2    1     sgd        1     -",
        "3    13    adam       -     ValueError: unlucky",
    ]
    assert plain(["--multirun", "seed=range(1,3)"]) == 0
    assert [cfg.seed for cfg in seen[6:]] == [1, 2]


def test_a_sweep_with_a_problem_anywhere_runs_nothing(
    plain: Runner[DictConfig], folder: Path, seen: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "model" / "broken.yaml"
    assert plain(["-m", "model=small,broken", "seed=1,2"]) == 2
    assert capsys.readouterr().err.splitlines()[:2] == [
        f'{file}:3: model.encoder.widht: Encoder has no such parameter; did you mean "width"?',
        "  with model=broken seed=1",
    ]
    assert seen == []


def test_the_table_of_results() -> None:
    runs = [
        Run(("a=1", "++b=x", "c=0"), {"loss": 0.123456789, "note": "fine"}),
        Run(("a=2", "++b=x", "c=0"), {"loss": 1e-9}),
        Run(("a=3", "++b=y", "c=0"), None),
    ]
    assert table(runs) == (
        "run  a  b  loss      note\n1    1  x  0.123457  fine\n2    2  x  1e-09     -\n3    3  y  -         -"
    )
    assert table([Run(("a=1",), 2)]) == "run  result\n1    2"
    assert table([]) == "run"


def test_interpolation_of_the_command_line_is_live(plain: Runner[DictConfig], seen: list[Any]) -> None:
    assert plain([]) == 0
    seen[0].n_embed = 5
    assert seen[0].model.encoder.width == 5


def test_resolvers_of_hydras_run_during_the_command_alone(
    folder: Path, seen: list[Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @main(str(folder), "train", resolvers=["oc.env"])
    def train(cfg: DictConfig) -> None:
        seen.append((cfg.when, cfg.choice, cfg.home))

    monkeypatch.setenv("HOME", "here")
    extra = ["+when=${now:%Y}", "+choice=${hydra:runtime.choices.model}", "+home=${oc.env:HOME}"]
    assert train(extra) == 0
    ((when, *others),) = seen
    assert when.isdigit()
    assert others == ["small", "here"]

    @main(str(folder), "train")
    def strict(cfg: DictConfig) -> None: ...

    assert strict(extra) == 2
    assert 'home: it uses the resolver "oc.env"' in capsys.readouterr().err


def test_help_is_the_functions(plain: Runner[DictConfig], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        plain(["--help"])
    assert "Train a model." in capsys.readouterr().out
