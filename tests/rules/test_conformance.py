"""Each rule against the operation that it is about."""

import importlib
from pathlib import Path

import pytest

from tests.rules import _conformance as conformance

for _path in sorted(Path(__file__).parent.glob("arguments_*.py")):
    importlib.import_module(f"tests.rules.{_path.stem}")

EXAMPLES = 24
# A named axis counts as no shorter than what is cut off it, so cuts in a mixed order have no sure answer.
CUTS = ("tensor_split", "hsplit", "vsplit", "dsplit", "slice_copy", "slice_scatter")


@pytest.mark.parametrize("name", conformance.rule_names())
def test_rule_and_torch_agree(name: str) -> None:
    tally = conformance.examine(name, EXAMPLES)
    assert not tally.disagreements, "\n".join(tally.disagreements[:5])
    assert tally["same"] + tally["unknown"] >= EXAMPLES // 4, f"only {tally.counts}: the generator hardly ever fits"
    assert tally["same"] or name in conformance.EXPECTED_UNKNOWN, (
        f"the rule never knows the whole answer: {tally.counts}"
    )


@pytest.mark.parametrize("name", conformance.rule_names())
def test_what_is_said_of_less_is_so(name: str) -> None:
    draws = (conformance.Draw(f"partial {name} {number}") for number in range(EXAMPLES // 2))
    wrong = [words for draw in draws if (words := conformance.compare_partial(name, draw))]
    wrong = [words for words in wrong if not (name.endswith(CUTS) and "named:" in words)]
    assert not wrong, "\n".join(wrong[:5])


@pytest.mark.parametrize("name", conformance.rule_names())
def test_what_is_said_under_autocast_is_so(name: str) -> None:
    draws = (conformance.Draw(f"autocast {name} {number}") for number in range(EXAMPLES // 4))
    wrong = [words for draw in draws if (words := conformance.compare_under_autocast(name, draw))]
    assert not wrong, "\n".join(wrong[:5])


@pytest.mark.parametrize("name", conformance.constructor_names())
def test_constructor_and_torch_agree(name: str) -> None:
    found = [
        conformance.compare_construction(name, conformance.Draw(f"{name} {number}")) for number in range(3 * EXAMPLES)
    ]
    wrong = [words for verdict, words in found if verdict == "disagree"]
    assert not wrong, "\n".join(wrong[:5])
    assert {verdict for verdict, _ in found} == {"same", "both refuse"}, "only right ones, or only wrong ones"


def test_every_generator_belongs_to_a_rule() -> None:
    names = {*conformance.rule_names(), *conformance.constructor_names()}
    assert set(conformance.GENERATORS) <= names
    assert names >= conformance.ON_CPU | conformance.EXPECTED_UNKNOWN
