"""The table of operations is the one that the stubs make, and covers what models use."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rules_benchmark", ROOT / "benchmarks" / "rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_in_the_docs_is_up_to_date() -> None:
    assert (ROOT / "docs" / "operations.md").read_text(encoding="utf-8") == script().table()


def _counts() -> dict[str, int]:
    return {title: int(count) for title, count in re.findall(r"^## (.*): (\d+) of", script().table(), re.MULTILINE)}


def test_what_models_use_is_covered() -> None:
    counts = _counts()
    assert counts["Methods of tensors"] >= 350
    assert counts["`torch`"] >= 400
    assert counts["Modules of `torch.nn`"] >= 153
    assert counts["`torch.nn.functional`"] >= 129
    assert counts["`torch.linalg`"] >= 40
    assert counts["`torch.fft`"] >= 18
    assert counts["`torch.special`"] >= 56
    assert counts["`torch.nn.init`"] >= 14
    assert counts["Classes of `torch.distributions`"] >= 34
    assert counts["`einops`"] >= 7
    assert counts["Layers of `einops`"] == 3


def test_modules_and_functionals_without_a_rule_say_why() -> None:
    sections = re.split(r"^## ", script().table(), flags=re.MULTILINE)
    for section in sections:
        if section.startswith(("Modules", "`torch.nn.functional`", "`einops`", "Layers")):
            assert script().NO_REASON not in section, section.splitlines()[0]
