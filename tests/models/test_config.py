"""The demo's configuration: schema, file, overrides, and what is refused."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from models import demo
from models.config import DemoConfig, checked
from models.errors import ConfigError
from neuraltypes.config import check, load

FILE = Path(demo.__file__).parent / "configs" / "language_model.yaml"


def keys(tree: dict[str, Any], prefix: str = "") -> list[str]:
    nested = ((prefix + key, value) for key, value in tree.items() if key != "optim")
    return [key for path, value in nested for key in (keys(value, f"{path}.") if isinstance(value, dict) else [path])]


def test_file_has_every_key_of_the_schema_and_no_other_in_its_order() -> None:
    assert keys(OmegaConf.to_container(load(FILE))) == keys(asdict(DemoConfig()))  # type: ignore[arg-type]
    assert check(FILE, schema=DemoConfig).problems == ()


def test_file_is_what_is_loaded() -> None:
    assert asdict(checked(load(FILE))) == OmegaConf.to_container(load(FILE))


def config_with(*overrides: str) -> Any:
    return OmegaConf.merge(load(FILE), OmegaConf.from_dotlist(list(overrides)))


@pytest.mark.parametrize(
    ("override", "section", "key", "expected"),
    [
        ("trainer.steps=3", "trainer", "steps", 3),
        ("model.dropout=0.25", "model", "dropout", 0.25),
        ("optim.weight_decay=1", "optim", "weight_decay", 1),
        ("optim.lr=1e-3", "optim", "lr", 1e-3),
        ("sample.prompt=a = b, c", "sample", "prompt", "a = b, c"),
    ],
)
def test_override_changes_its_key_alone(override: str, section: str, key: str, expected: Any) -> None:
    loaded, usual = asdict(checked(config_with(override))), asdict(checked(load(FILE)))
    assert loaded[section][key] == expected
    assert type(loaded[section][key]) is type(expected)
    assert loaded == usual | {section: usual[section] | {key: expected}}


def test_what_is_left_out_is_the_default() -> None:
    config = checked(OmegaConf.create({"model": {"d_model": 16}, "output": "elsewhere"}))
    assert (config.model.d_model, config.output) == (16, "elsewhere")
    assert config.trainer == DemoConfig().trainer


@pytest.mark.parametrize("checks", ["always", "first", "off", False, {"policy": "first", "calls": 3}])
def test_checks_are_those_of_every_model(checks: Any) -> None:
    assert checked(OmegaConf.create({"checks": checks})).checks == checks


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("trainer.stepz=3", 'trainer.stepz: TrainerConfig has no such field; did you mean "steps"?'),
        ("model.d_modle=3", 'model.d_modle: LanguageModelConfig has no such field; did you mean "d_model"?'),
        ("trainr.steps=3", 'trainr: DemoConfig has no such field; did you mean "trainer"?'),
        ("zzz=3", "zzz: DemoConfig has no such field"),
        ("trainer.steps=abc", "trainer.steps: expected int, got str 'abc'"),
        ("trainer.steps=1.5", "trainer.steps: expected int, got float 1.5"),
        ("trainer.seed=true", "trainer.seed: expected int, got bool True"),
        ("model.dropout=none", "model.dropout: expected float, got str 'none'"),
        ("trainer.steps=null", "trainer.steps: expected int, got None"),
        ("trainer=3", "trainer: expected"),
        ("trainer.steps=${nothing}", "Interpolation key 'nothing' not found"),
    ],
)
def test_override_that_does_not_fit_is_named_with_the_nearest_spelling(override: str, message: str) -> None:
    problems = check(config_with(override), schema=DemoConfig).problems
    assert len(problems) == 1
    assert message in str(problems[0])


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model.n_layers=0", "model.n_layers is 0, expected at least 1"),
        ("model.n_heads=5", "model.d_model is 192, expected a multiple of 2 * n_heads=10"),
        ("model.dropout=1", "model.dropout is 1.0, expected 0 or more and less than 1"),
        ("model.vocab_size=255", "model.vocab_size is 255, expected 256 or more: one for each byte"),
        ("data.held_out_fraction=0", "data.held_out_fraction is 0.0, expected more than 0 and less than 1"),
        ("data.held_out_fraction=1", "data.held_out_fraction is 1.0, expected more than 0 and less than 1"),
        ("data.bpe_dropout=-0.1", "data.bpe_dropout is -0.1, expected 0 or more and less than 1"),
        ("data.segmentations=0", "data.segmentations is 0, expected 1 or more"),
        ("trainer.steps=0", "trainer.steps is 0, expected 1 or more"),
        ("trainer.batch_size=0", "trainer.batch_size is 0, expected 1 or more"),
        ("trainer.evaluations=0", "trainer.evaluations is 0, expected 1 or more"),
        ("trainer.threads=0", "trainer.threads is 0, expected 1 or more"),
        ("trainer.seed=-1", "trainer.seed is -1, expected 0 or more"),
        ("sample.tokens=-1", "sample.tokens is -1, expected 0 or more"),
        ("sample.temperature=0", "sample.temperature is 0.0, expected more than 0"),
        ("sample.top_k=0", "sample.top_k is 0, expected 1 or more"),
        ("sample.prompt=''", "sample.prompt is empty, expected some text"),
    ],
)
def test_value_out_of_range_is_refused_by_key(override: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked(config_with(override))
    assert str(caught.value) == message


def test_value_of_another_type_is_refused_by_key() -> None:
    with pytest.raises(ConfigError, match=r"^trainer\.steps: Value 'many' of type 'str'"):
        checked(config_with("trainer.steps=many"))


@pytest.mark.parametrize(
    "override",
    [
        *("model.vocab_size=256", "model.dropout=0", "data.bpe_dropout=0", "data.held_out_fraction=0.01"),
        *("trainer.steps=1", "trainer.seed=0", "sample.tokens=0", "sample.temperature=1e-3"),
    ],
)
def test_value_at_the_end_of_its_range_is_accepted(override: str) -> None:
    checked(config_with(override))
