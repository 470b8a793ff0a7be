"""`check` and `neuraltypes config check`: what a config says is wrong before anything is made of it."""

import itertools
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from omegaconf import OmegaConf

from neuraltypes._command_line import main
from neuraltypes.config import ConfigError, Report, check, load
from tests.config import _models

HERE = "tests.config._models"


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write_file(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(text.replace("HERE", HERE))
        return path

    return write_file


def said(report: Report, path: Path) -> list[str]:
    return [str(problem).replace(str(path), "config.yaml") for problem in report.problems]


FITTING = """\
n_embed: 32
model:
  _target_: HERE.Model
  encoder:
    width: ${n_embed}
  decoder:
    _target_: HERE.Decoder
    width: 32
"""


def test_a_config_that_fits(write: Any) -> None:
    assert check(write(FITTING)) == Report()


def test_all_problems_of_a_file_have_their_lines(write: Any) -> None:
    path = write(
        """\
model:
  _target_: HERE.Modl
  encoder:
    _target_: HERE.Decoder
    width: ${n_embd}
other:
  _target_: HERE.Model
  encoder: {_target_: HERE.Decoder}
  decoder:
    widht: 3
    width: wide
list:
- - {_target_: HERE.Decoder,
     classes: 1.5}
n_embed: ${y}
"""
    )
    assert said(check(path), path) == [
        (
            "config.yaml:2: model._target_: no imported NeuralModule and no allowed class is called "
            f"'{HERE}.Modl'; did you mean \"{HERE}.Model\"?"
        ),
        "config.yaml:5: model.encoder.width: Interpolation key 'n_embd' not found; did you mean \"n_embed\"?",
        f"config.yaml:8: other.encoder._target_: {HERE}.Decoder is no Encoder",
        'config.yaml:10: other.decoder.widht: Decoder has no such parameter; did you mean "width"?',
        "config.yaml:11: other.decoder.width: expected int, got str 'wide'",
        "config.yaml:14: list[0][0].classes: expected int, got float 1.5",
        "config.yaml:15: n_embed: Interpolation key 'y' not found",
    ]


def test_a_missing_parameter_has_the_line_of_its_module(write: Any) -> None:
    path = write("a: 1\nmodel:\n  _target_: HERE.Model\n  encoder: {}\n")
    assert said(check(path), path) == ["config.yaml:2: model.decoder: is missing, Model requires it: expected Decoder"]


# Sizes


def test_modules_that_do_not_fit_each_other(write: Any) -> None:
    path = write(FITTING.replace("width: 32", "width: 16"))
    (problem,) = check(path).problems
    lines = str(problem).replace(str(path), "config.yaml").splitlines()
    assert lines[0] == (
        "config.yaml:2: model: its modules do not fit each other: "
        "Decoder.forward(encoded=): axis 2 '{self.width}' is 32, expected 16 (read from the call)"
    )
    assert lines[-1] == "  config    model.encoder.width is 32 | model.decoder.width is 16"
    assert (problem.expected, problem.got) == ("16", "32")


def test_a_model_that_makes_its_parts_from_its_config(write: Any) -> None:
    text = FITTING.replace("HERE.Model", "HERE.Configured").replace(
        "  encoder:", "  encoder:\n    _target_: HERE.Encoder"
    )
    assert check(write(text)) == Report()
    (problem,) = check(write(text.replace("width: 32", "width: 16"))).problems
    assert problem.got == "32"


def test_the_class_of_a_whole_config_can_be_given() -> None:
    part = OmegaConf.create(
        {"encoder": {"_target_": f"{HERE}.Encoder", "width": 4}, "decoder": {"width": 3, "classes": 2}}
    )
    assert check(part, model=_models.Configured).problems[0].expected == "3"
    assert check(part, model=_models.Model).problems[0].expected == "3"
    assert check(part, model=_models.Model, wiring=False) == Report()


@pytest.mark.parametrize(
    ("config", "note"),
    [
        ({"_target_": f"{HERE}.Doubled", "decoder": {}}, "its forward takes no inputs of just any sizes: ShapeError: "),
        (
            {"_target_": f"{HERE}.Branching", "decoder": {}},
            "its forward does not run on the meta device: RuntimeError: ",
        ),
        ({"_target_": f"{HERE}.Picky"}, "it is not made on the meta device: ValueError: heads must be even"),
        ({"_target_": f"{HERE}.Untyped"}, "AnnotationError: Untyped defines no forward"),
    ],
)
def test_what_cannot_be_known_is_a_note(config: dict[str, Any], note: str) -> None:
    report = check({"a": config})
    assert report.problems == ()
    assert len(report.notes) == 1
    assert report.notes[0].startswith(f"a: its wiring is not known: {note}")


def test_sizes_that_parts_ask_of_the_input_itself_are_given_to_it() -> None:
    assert check({"_target_": f"{HERE}.Lax", "decoder": {"width": 9}, "other": {"width": 9}}) == Report()
    (problem,) = check({"_target_": f"{HERE}.Lax", "decoder": {"width": 9}, "other": {"width": 4}}).problems
    assert (problem.expected, problem.got) == ("4", "9")


def test_no_memory_is_taken() -> None:
    config = {"_target_": f"{HERE}.Model", "encoder": {"width": 10**7}, "decoder": {"width": 10**7, "classes": 10**5}}
    assert check(config) == Report()  # 4 TB of weights


def test_other_classes_may_get_arguments_from_whoever_makes_them() -> None:
    config = {"optim": {"_target_": "torch.optim.AdamW", "lr": 0.1, "beta": 1}}
    (problem,) = check(config, allow=[torch.optim.AdamW]).problems
    assert str(problem) == 'optim.beta: AdamW has no such parameter; did you mean "betas"?'


def test_a_defaults_list_is_hydras() -> None:
    assert check(OmegaConf.create({"defaults": ["a"]})).notes[0].startswith('config: "defaults" is Hydra\'s')


# Files

ANCHORS = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join(9 * [f'*{before}'])}]\n" for before, name in itertools.pairwise("abcdef")
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1\nb: 2", "config.yaml:2: config: expected ',' or ']', but got ':'"),
        ("a: 1\nb: 2\na: 3", "config.yaml:3: config: found duplicate key a"),
        ("- 1", "config.yaml:1: config: expected a mapping, got a list"),
        ("a:\n  b: ${x", "config.yaml:2: a.b: no viable alternative at input '${x'"),
        ("a: !!python/object/apply:os.system [ls]", "config.yaml:1: config: could not determine a constructor"),
        ("a: 1\nb: ${oc.env:HOME}", 'config.yaml:2: b: it uses the resolver "oc.env"'),
        ("a: &a [*a]", "config.yaml:1: config: is nested too deeply, or within itself"),
        ("a: " + 3000 * "[", "config.yaml:1: config: is nested too deeply"),
        (ANCHORS, "config.yaml:6: config: stands for more than 100,000 entries"),
        ("a: \xff", "config.yaml:1: config: "),
    ],
)
def test_a_file_that_is_no_config(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value).replace(str(path), "config.yaml").startswith(expected)
    assert check(path).problems == caught.value.problems


def test_an_empty_file_is_an_empty_config(write: Any) -> None:
    assert load(write("")) == {}


def test_loading_means_what_omegaconf_means(write: Any) -> None:
    path = write("a: 1e-3\nb: 2026-01-01\nc: off\nd: &x {e: [1, null]}\nf:\n  <<: *x\n  g: ${a}\n")
    assert load(path) == OmegaConf.load(path)
    assert load(path).f.g == 1e-3


def test_lines_hold_for_values_that_are_still_those_of_the_file(write: Any) -> None:
    path = write("width: wide\nclasses: many\n")
    config = load(path)
    config.width = "narrow"
    for changed in (config, OmegaConf.merge({"width": 1}, config)):
        assert said(check(changed, model=_models.Decoder), path) == [
            "width: expected int, got str 'narrow'",
            "config.yaml:2: classes: expected int, got str 'many'",
        ]


def test_resolvers_that_the_caller_allows_to_a_file_run_in_all_its_parts(
    write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLASSES", "3")
    config = load(write("a:\n  classes: ${oc.decode:${oc.env:CLASSES}}\n"), resolvers=["oc.env", "oc.decode"])
    assert _models.Decoder.from_config_dict(config.a).linear.out_features == 3


# The command


def test_the_command_prints_problems(
    write: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(FITTING)
    assert main(["config", "check", str(path), "--import", HERE]) == 0
    assert capsys.readouterr().out == f"{path}: no problems\n"
    assert main(["config", "check", str(path), "--import", HERE, "n_embed=16"]) == 1
    assert "axis 2 '{self.width}' is 16, expected 32" in capsys.readouterr().out
    assert main(["config", "check", str(path), "n_embed=x", "--no-wiring"]) == 1
    assert capsys.readouterr().out == f"{path}:5: model.encoder.width: expected int, got str 'x'\n"
    assert main(["config", "check", str(path), "--key", "model.decoder", "--model", f"{HERE}.Encoder"]) == 1
    assert f"{HERE}.Decoder is no Encoder" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--import", "no_such_module"], "cannot import no_such_module: No module named 'no_such_module'"),
        (["--model", "tests.config._models.nothing"], "there is no class tests.config._models.nothing"),
        (["--allow", "torch.load"], "there is no class torch.load"),
        (["--key", "nothing"], "has no section 'nothing'"),
        (["width"], "override 'width' sets nothing; write key=value"),
    ],
)
def test_the_command_says_what_it_cannot_work_with(
    write: Any, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = list(sys.path)
    assert main(["config", "check", str(write("a: 1")), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert sys.path == before
