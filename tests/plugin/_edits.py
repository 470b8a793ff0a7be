"""A project of some modules, and edits of it whose consequences lie in other modules than the edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from _pytest.mark import MarkDecorator, ParameterSet

from tests.plugin._projects import write_later

PROJECT: Final = Path(__file__).parent / "incremental" / "cases"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one file of the project. `says` is what is reported either before it only or after it only."""

    name: str
    file: str
    old: str
    new: str
    says: str

    def apply(self, folder: Path) -> None:
        """Make the change."""
        source = (PROJECT / self.file).read_text(encoding="utf-8")
        assert source.count(self.old) == 1, f"{self.file} has {source.count(self.old)} times {self.old!r}"
        write_later(folder / self.file, source.replace(self.old, self.new))

    def undo(self, folder: Path) -> None:
        """Take it back."""
        write_later(folder / self.file, (PROJECT / self.file).read_text(encoding="utf-8"))


EDITS: Final = [
    Edit(
        "axis_of_a_signature",
        "ops.py",
        'head(x: F[Tensor, "b 5"])',
        'head(x: F[Tensor, "b 4"])',
        "axis 1 is 5, expected 4",
    ),
    Edit("annotation_removed", "ops.py", 'head(x: F[Tensor, "b 5"])', "head(x: Tensor)", "axis 1 is 4"),
    Edit("malformed_axes", "ops.py", 'tail(x: jt.Float[Tensor, "b 5"])', 'tail(x: jt.Float[Tensor, "5 ..a"])', "..a"),
    Edit("alias_of_a_dtype", "ops.py", "import Float as F", "import Int as F", '"head" is Float, expected Int'),
    Edit("alias_of_a_package", "ops.py", "import jaxtyping as jt", "import typing as jt", '"tail" is Int'),
    Edit("dtype_passed_on", "compat.py", "Float as Number", "Bool as Number", '"score" is Int, expected Bool'),
    Edit("body_of_a_user_of_one", "scores.py", "print(x)", "print(x, x)", ""),
    Edit("call_in_a_user_of_one", "main.py", "score(z)", "score(x)", '"score" is Int'),
    Edit("body", "ops.py", "return x[:, 0]", "return x[:, 2]", ""),
    Edit("base_of_a_dtype", "meanings.py", "class Half(AbstractDtype)", "class Half(str)", "Half"),
    Edit("axes_of_an_alias", "aliases.py", '"b 16"', '"b 17"', "axis 1 is 16, expected 17"),
    Edit("alias_of_something_else", "aliases.py", 'Float[Tensor, "b 16"]', "str", '"play" has incompatible'),
    Edit("default", "layers.py", "d_model: int = 256", "d_model: int = 512", "512"),
    Edit("default_removed", "layers.py", "d_model: int = 256", "d_model: int", '"d_model"'),
    Edit("size_of_an_attribute", "layers.py", "self.d_model = d_model", "self.d_model = d_model * 2", "512"),
    Edit("size_of_a_part", "layers.py", "self.d_model = d_model", "self.d_model = 3", "axis 1 is 3, expected 256"),
    Edit("size_of_a_class", "layers.py", "channels: int = 3", "channels: int = 4", "expected 4"),
    Edit("constant", "compat.py", "WIDTH: Final = 64", "WIDTH: Final = 65", "65"),
    Edit("default_of_a_dataclass", "records.py", "width: int = 64", "width: int = 32", "axis 1 is 32"),
    Edit("base_of_a_module", "layers.py", "class Encoder(Base)", "class Encoder(Decoder)", "axis 1 is 10"),
    Edit(
        "result_of_a_factory",
        "layers.py",
        "def make_decoder() -> Decoder:",
        "def make_decoder() -> Spoken:",
        "[keyword-only]",
    ),
    Edit(
        "modules_of_a_sequence", "layers.py", "nn.Sequential(Encoder(), ", "nn.Sequential(Encoder(8), ", "layers.py:38"
    ),
    Edit(
        "result_of_forward",
        "layers.py",
        '{self.width}"]) -> Float[Tensor, "b 10"]',
        '{self.width}"]) -> Float[Tensor, "b 11"]',
        "batch=2, 11]",
    ),
    Edit("body_of_a_helper", "makers.py", "return nn.Linear(d, e)", "return nn.Linear(d, 2 * e)", "tuple[2, 12]"),
    Edit("default_of_a_helper", "makers.py", "e: int = 6", "e: int = 8", "tuple[2, 8]"),
    Edit(
        "list_of_a_helper",
        "makers.py",
        "layers.append(nn.Linear(d, d))",
        "layers.append(nn.Linear(9, 9))",
        "expected 9",
    ),
    Edit("sequence_by_inheritance", "makers.py", "nn.Linear(d, 2 * d)", "nn.Linear(d, 3 * d)", "tuple[2, 15]"),
    Edit("default_of_a_configuration", "makers.py", "inner: int = 5", "inner: int = 3", "expected 3"),
    Edit("appended_module", "makers.py", "nn.Linear(sizes.inner, 7)", "nn.Linear(sizes.inner, 4)", "tuple[2, 4]"),
    Edit(
        "declared_attribute",
        "makers.py",
        "self.act: nn.Module = nn.ReLU()",
        "self.act: nn.Module = nn.Linear(5, 11)",
        "tuple[2, 11]",
    ),
    Edit("value_of_a_declared_buffer", "makers.py", "torch.ones(5, 12)", "torch.ones(5, 13)", "tuple[5, 13]"),
    Edit(
        "another_value_of_one", "makers.py", "self.count = torch.ones(3)", "self.table = torch.ones(3)", "tuple[5, 12]"
    ),
    Edit("base_of_an_element", "meanings.py", "import AudioSignal\n", "import LogitsType as AudioSignal\n", "Speech"),
    Edit("base_of_a_returned_element", "meanings.py", "class Chance(Probabilities)", "class Chance(Speech)", "Chance"),
    Edit("parameter_of_an_element", "ops.py", "freq=16000", "freq=8000", "8000"),
    Edit(
        "field_of_a_named_tuple", "records.py", 'y: Float[Tensor, "2 3"]', 'y: Float[Tensor, "2 4"]', "[return-value]"
    ),
    Edit("field_of_a_typed_dict", "records.py", 'x: Float[Tensor, "2 5"]', 'x: Float[Tensor, "2 6"]', "axis 1 is 6"),
    Edit("forward_not_keyword_only", "layers.py", "def forward(self, *, x", "def forward(self, x", "[keyword-only]"),
    Edit(
        "module_keyword_only", "layers.py", "class Decoder(nn.Module)", "class Decoder(NeuralModule)", "[keyword-only]"
    ),
    Edit("lines", "layers.py", '"""Modules."""', '"""Modules."""\n\n# One line more.', "layers.py:39"),
    Edit("lines_of_an_alias", "aliases.py", "import Tensor\n", "import Tensor\n\n# One line more.\n", ""),
    Edit("lines_of_a_user", "main.py", '"""Uses all of them."""\n', '"""Uses all of them."""', "main.py:19:"),
    Edit("argument", "main.py", "Decoder(512)", "Decoder(500)", "500"),
    Edit("nature_of_a_function", "heads.py", "return y.softmax(-1)", "return y", '"cross_entropy" holds'),
    Edit("nature_by_way_of_a_method", "heads.py", "return x.sigmoid()", "return x", "_with_logits"),
    Edit("nature_of_an_item", "heads.py", "logits.log_softmax(-1)", "logits.softmax(-1)", '"nll_loss" holds ProbsType'),
    Edit("nature_of_a_module", "heads.py", "F.log_softmax(x, dim=-1)", "F.softmax(x, dim=-1)", "holds LogprobsType"),
    Edit("nature_of_a_field", "heads.py", "probs=x.softmax(-1)", "probs=x.relu()", '"kl_div" holds ProbsType'),
    Edit("nature_of_an_entry", "heads.py", '"probs": x.sigmoid()', '"probs": x', '"multilabel_soft_margin_loss" holds'),
    Edit("default_of_a_held_configuration", "held.py", "d_model: int = 64", "d_model: int = 65", "expected 65"),
    Edit("default_that_braces_read", "held.py", "size: int = 4", "size: int = 5", "tuple[b, 12, 5]"),
    Edit("size_of_what_is_handed", "wired.py", "self.d_model = d_model", "self.d_model = 2 * d_model", "expected 12"),
    Edit("one_of_several_made", "wired.py", "nn.Linear(e, d)", "nn.Linear(e + 1, d)", "expected 8"),
    Edit("items_of_a_list_made", "wired.py", "return [nn.Linear(d, d)", "return [nn.Linear(d + 3, d)", "expected 9"),
    Edit("what_is_walked", "wired.py", "ModuleList([nn.Linear(d, d)", "ModuleList([nn.Linear(d + 4, d)", "expected 10"),
    Edit("assigned_in_both_branches", "wired.py", "nn.Linear(d, d)\n        else", "nn.Linear(d, 5)\n        else", ""),
    Edit("value_of_a_local_name", "widths.py", "width = 4", "width = 7", "axis 1 is 7, expected 5"),
]


def assert_effect(edit: Edit, before: str, after: str) -> None:
    """An edit shows, or a test of it would prove nothing."""
    if edit.says:
        reports = f"before:\n{before}\nafter:\n{after}"
        assert (edit.says in before) != (edit.says in after), f"{edit.says!r} is in both or in neither\n{reports}"
    else:
        assert before == after


def parameters(defects: Mapping[str, str]) -> list[ParameterSet]:
    """All edits, to parametrize a test with. Those with a known defect are to fail until it is mended."""
    unknown = defects.keys() - {edit.name for edit in EDITS}
    assert not unknown, f"no such edits: {unknown}"
    return [pytest.param(edit, id=edit.name, marks=_marks(defects.get(edit.name))) for edit in EDITS]


def _marks(defect: str | None) -> tuple[MarkDecorator, ...]:
    return () if defect is None else (pytest.mark.xfail(strict=True, reason=defect),)
