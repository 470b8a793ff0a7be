"""After an edit the plugin says what it says without a cache."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.plugin._projects import PROJECT, Edit, check, copy_of

EDITS = [
    Edit("axis_of_a_signature", "ops.py", 'head(x: F[Tensor, "b 5"])', 'head(x: F[Tensor, "b 4"])', "axis 1 is 5"),
    Edit("annotation_removed", "ops.py", 'head(x: F[Tensor, "b 5"])', "head(x: Tensor)", "axis 1 is 4"),
    Edit("malformed_axes", "ops.py", 'tail(x: jt.Float[Tensor, "b 5"])', 'tail(x: jt.Float[Tensor, "5 ..a"])', "..a"),
    Edit("alias_of_a_dtype", "ops.py", "import Float as F", "import Int as F", '"head" is Float, expected Int'),
    Edit("alias_of_a_package", "ops.py", "import jaxtyping as jt", "import typing as jt", '"tail" is Int'),
    Edit("dtype_passed_on", "compat.py", "Float as Number", "Bool as Number", '"score" is Float, expected Bool'),
    Edit("body_of_a_user_of_one", "ops.py", "return x[:, 0]", "return x[:, 2]", ""),
    Edit("call_in_a_user_of_one", "main.py", "score(y)", "score(x)", '"score" does not fit: axis 1 is 3'),
    Edit("dtypes_of_a_dtype", "meanings.py", '["float16", "bfloat16"]', '["float16"]', "expected Half"),
    Edit("base_of_a_dtype", "meanings.py", "class Half(AbstractDtype)", "class Half(str)", "[type-arg]"),
    Edit("axes_of_an_alias", "aliases.py", '"b 16"', '"b 17"', "axis 1 is 16, expected 17"),
    Edit("alias_of_something_else", "aliases.py", 'Float[Tensor, "b 16"]', "str", '"play" has incompatible'),
    Edit("default", "layers.py", "d_model: int = 256", "d_model: int = 512", "512"),
    Edit("default_removed", "layers.py", "d_model: int = 256", "d_model: int", '"d_model"'),
    Edit("size_of_an_attribute", "layers.py", "self.d_model = d_model", "self.d_model = d_model * 2", "512"),
    Edit("size_of_a_class", "layers.py", "channels = 3", "channels = 4", "expected 4"),
    Edit("constant", "compat.py", "WIDTH: Final = 64", "WIDTH: Final = 65", "65"),
    Edit("default_of_a_dataclass", "records.py", "width: int = 64", "width: int = 32", "32"),
    Edit("base_of_a_module", "layers.py", "class Encoder(Base)", "class Encoder(Decoder)", "10"),
    Edit("result_of_a_factory", "layers.py", "def make_decoder() -> Decoder:", "def make_decoder() -> Sized:", "Sized"),
    Edit("modules_of_a_sequence", "layers.py", "nn.Sequential(Encoder(), ", "nn.Sequential(Encoder(8), ", "8, expected 256"),
    Edit("result_of_forward", "layers.py", '{self.width}"]) -> Float[Tensor, "b 10"]', '{self.width}"]) -> Float[Tensor, "b 11"]', "11"),
    Edit("base_of_an_element", "meanings.py", "import AudioSignal\n", "import LogitsType as AudioSignal\n", "Speech"),
    Edit("parameter_of_an_element", "ops.py", "freq=16000", "freq=8000", "8000"),
    Edit("field_of_a_named_tuple", "records.py", 'y: Float[Tensor, "2 3"]', 'y: Float[Tensor, "2 4"]', "[return-value]"),
    Edit("field_of_a_typed_dict", "records.py", 'x: Float[Tensor, "2 5"]', 'x: Float[Tensor, "2 6"]', "axis 1 is 6"),
    Edit("forward_not_keyword_only", "layers.py", "def forward(self, *, x", "def forward(self, x", "[keyword-only]"),
    Edit("module_keyword_only", "layers.py", "class Decoder(nn.Module)", "class Decoder(NeuralModule)", "[keyword-only]"),
    Edit("lines", "layers.py", '"""Modules."""', '"""Modules."""\n\n# One line more.', ""),
    Edit("lines_of_an_alias", "aliases.py", "import Tensor\n", "import Tensor\n\n# One line more.\n", ""),
    Edit("lines_of_a_user", "main.py", '"""Uses all of them."""\n', '"""Uses all of them."""', "main.py:17"),
    Edit("argument", "main.py", "Decoder(512)", "Decoder(500)", "500"),
]


@dataclass(frozen=True, slots=True)
class Checked:
    """The project as it was checked first."""

    cache: Path
    output: str


@pytest.fixture(scope="session")
def first(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = tmp_path_factory.mktemp("first")
    project, cache = copy_of(PROJECT, folder / "project"), copy_of(base, folder / "cache")
    return Checked(cache, check(project, cache))


def test_an_unchanged_project_is_reported_as_before(first: Checked, tmp_path: Path) -> None:
    project, cache = copy_of(PROJECT, tmp_path / "project"), copy_of(first.cache, tmp_path / "cache")
    assert check(project, cache) == first.output
    assert check(project, cache) == first.output


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_after_an_edit_all_is_as_without_a_cache(edit: Edit, first: Checked, base: Path, tmp_path: Path) -> None:
    project, warm, cold = copy_of(PROJECT, tmp_path / "project"), tmp_path / "warm", tmp_path / "cold"
    edit.apply(project)
    expected = check(project, copy_of(base, cold))
    assert_effect(edit, first.output, expected)
    assert check(project, copy_of(first.cache, warm)) == expected
    edit.undo(project)
    assert check(project, warm) == first.output, "the edit was taken back"


def assert_effect(edit: Edit, before: str, after: str) -> None:
    """An edit shows, or it would prove nothing."""
    if edit.says:
        assert (edit.says in before) != (edit.says in after), f"{edit.says!r} is in both or in neither:\n{before}\n{after}"
    else:
        assert before == after
