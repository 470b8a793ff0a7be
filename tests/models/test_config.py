"""The configuration: schema, file, overrides, and what is refused."""

from collections.abc import Sequence
from dataclasses import FrozenInstanceError, asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from models.config import DEFAULT_FILE, ConfigError, DemoConfig, load_config


def keys(tree: dict[str, Any], prefix: str = "") -> list[str]:
    nested = ((prefix + key, value) for key, value in tree.items())
    return [key for path, value in nested for key in (keys(value, f"{path}.") if isinstance(value, dict) else [path])]


def default_file() -> Any:
    return OmegaConf.to_container(OmegaConf.load(DEFAULT_FILE))


def test_file_has_every_key_of_the_schema_and_no_other_in_its_order() -> None:
    assert keys(default_file()) == keys(asdict(DemoConfig()))


def test_file_is_what_is_loaded() -> None:
    config = load_config()
    assert asdict(config) == default_file()
    assert all(
        type(value) is type(default) for value, default in zip(leaves(config), leaves(DemoConfig()), strict=True)
    )


def leaves(config: Any) -> list[Any]:
    if not is_dataclass(config):
        return [config]
    return [leaf for item in fields(config) for leaf in leaves(getattr(config, item.name))]


@pytest.mark.parametrize(
    ("overrides", "section", "key", "expected"),
    [
        (["trainer.steps=3"], "trainer", "steps", 3),
        (["model.dropout=0.25"], "model", "dropout", 0.25),
        (["optimizer.weight_decay=1"], "optimizer", "weight_decay", 1.0),
        (["optimizer.peak_lr=1e-3"], "optimizer", "peak_lr", 1e-3),
        (["sample.prompt=a = b, c"], "sample", "prompt", "a = b, c"),
        (["trainer.steps=3", "trainer.steps=4"], "trainer", "steps", 4),
        (["trainer={steps: 5}"], "trainer", "steps", 5),
    ],
)
def test_override_changes_its_key_alone(overrides: Sequence[str], section: str, key: str, expected: Any) -> None:
    loaded, usual = asdict(load_config(overrides=overrides)), default_file()
    assert loaded[section][key] == expected
    assert type(loaded[section][key]) is type(expected)
    assert loaded == usual | {section: usual[section] | {key: expected}}


def test_file_is_over_the_defaults_and_overrides_are_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text("model:\n  d_model: 16\n  n_layers: 1\noutput: elsewhere\n", encoding="utf-8")
    config = load_config(file, ["model.n_layers=2"])
    assert (config.model.d_model, config.model.n_layers, config.output) == (16, 2, "elsewhere")
    assert config.trainer == DemoConfig().trainer


def test_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.touch()
    assert load_config(file) == DemoConfig()


def test_result_is_frozen() -> None:
    config = load_config()
    with pytest.raises(FrozenInstanceError):
        config.output = "elsewhere"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        config.model.d_model = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("trainer.stepz=3", "trainer.stepz: Key 'stepz' not in 'TrainerConfig'; did you mean \"trainer.steps\"?"),
        (
            "model.d_modle=3",
            "model.d_modle: Key 'd_modle' not in 'LanguageModelConfig'; did you mean \"model.d_model\"?",
        ),
        ("trainr.steps=3", "trainr: Key 'trainr' not in 'DemoConfig'; did you mean \"trainer\"?"),
        ("zzz=3", "zzz: Key 'zzz' not in 'DemoConfig'"),
        ("trainer.steps=abc", "trainer.steps: Value 'abc' of type 'str' could not be converted to Integer"),
        ("trainer.steps=1.5", "trainer.steps: Value '1.5' of type 'float' could not be converted to Integer"),
        ("trainer.seed=true", "trainer.seed: Value 'True' of type 'bool' could not be converted to Integer"),
        ("model.dropout=none", "model.dropout: Value 'none' of type 'str' could not be converted to Float"),
        ("trainer.steps=null", "trainer.steps: Incompatible value 'None' for field of type 'int'"),
        ("trainer=null", "trainer: field 'trainer' is not Optional"),
    ],
)
def test_override_that_does_not_fit_is_named_with_the_nearest_spelling(override: str, message: str) -> None:
    assert_refused(f"{override}: {message}", overrides=["trainer.seed=1", override, "output=here"])


def assert_refused(message: str, file: Path = DEFAULT_FILE, overrides: Sequence[str] = ()) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(file, overrides)
    assert str(caught.value) == message


def test_key_without_its_section_is_suggested_with_it() -> None:
    with pytest.raises(ConfigError, match=r'did you mean "trainer\.steps"'):
        load_config(overrides=["steps=3"])


def test_override_that_sets_nothing_shows_the_form() -> None:
    message = 'override "trainer.steps" sets nothing; write key=value, for example trainer.steps=100'
    assert_refused(message, overrides=["trainer.seed=1", "trainer.steps"])


def test_number_for_a_section_is_refused_by_name() -> None:
    message = "trainer=3: Merge error: int is not a subclass of TrainerConfig. value: 3"
    assert_refused(message, overrides=["model.d_model=16", "trainer=3"])


@pytest.mark.parametrize("override", ["trainer.steps=[1", "sample.prompt='a", "sample.prompt=: a"])
def test_malformed_override_is_refused_by_name(override: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(overrides=["output=here", override])
    assert str(caught.value).startswith(f"{override}: while ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model:\n  d_modle: 3\n", "model.d_modle: Key 'd_modle' not in 'LanguageModelConfig'; did you mean"),
        ("modle:\n  d_model: 3\n", "modle: Key 'modle' not in 'DemoConfig'; did you mean \"model\"?"),
        ("trainer:\n  steps: many\n", "trainer.steps: Value 'many' of type 'str'"),
        ("trainer:\n", "trainer: field 'trainer' is not Optional"),
        ("5\n", "config.yaml: Invalid loaded object type: int"),
    ],
)
def test_file_that_does_not_fit_is_refused_by_key(tmp_path: Path, text: str, message: str) -> None:
    assert message in refusal(tmp_path, text)


def refusal(folder: Path, text: str) -> str:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    return str(caught.value)


@pytest.mark.parametrize("text", ["a: [", "model:\n\td_model: 3", "output: a\noutput: b\n", "output: !!python/none x"])
def test_malformed_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    assert "config.yaml" in refusal(tmp_path, text)


@pytest.mark.parametrize("text", ["- 1\n- 2\n", "model: 3\n"])
def test_file_of_another_form_is_refused_by_name(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).startswith(f"{tmp_path / 'config.yaml'}: ")


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
        ("trainer.clip=-1", "trainer.clip is -1.0, expected 0 or more"),
        ("sample.tokens=-1", "sample.tokens is -1, expected 0 or more"),
        ("sample.temperature=0", "sample.temperature is 0.0, expected more than 0"),
        ("sample.top_k=0", "sample.top_k is 0, expected 1 or more"),
        ("sample.prompt=''", "sample.prompt is empty, expected some text"),
    ],
)
def test_value_out_of_range_is_refused_by_key(override: str, message: str) -> None:
    assert_refused(message, overrides=[override])


@pytest.mark.parametrize(
    "override",
    [
        *("model.vocab_size=256", "model.dropout=0", "data.bpe_dropout=0", "data.held_out_fraction=0.01"),
        *("trainer.steps=1", "trainer.seed=0", "trainer.clip=0", "sample.tokens=0", "sample.temperature=1e-3"),
    ],
)
def test_value_at_the_end_of_its_range_is_accepted(override: str) -> None:
    load_config(overrides=[override])


def test_interpolation_of_what_is_not_there_is_named() -> None:
    assert_refused("trainer.steps: Interpolation key 'nothing' not found", overrides=["trainer.steps=${nothing}"])


@pytest.mark.parametrize(
    "override", ["optimizer.peak_lr=-1", "optimizer.warmup=2", "optimizer.beta1=1", "optimizer.weight_decay=-1"]
)
def test_optimizer_value_out_of_range_is_refused_by_key(override: str) -> None:
    with pytest.raises(ConfigError, match=override.partition("=")[0]):
        load_config(overrides=[override])


def test_file_that_is_missing_or_no_text_is_refused_by_name(tmp_path: Path) -> None:
    missing, image = tmp_path / "missing.yaml", tmp_path / "image.yaml"
    image.write_bytes(b"\xff\xfe\xff")
    for file, reason in ((missing, "No such file"), (tmp_path, "Is a directory"), (image, "can't decode byte")):
        with pytest.raises(ConfigError, match=reason) as caught:
            load_config(file)
        assert str(caught.value).startswith(f"{file}: ")
