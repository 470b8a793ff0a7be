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


def test_what_models_use_is_covered() -> None:
    counts = {title: int(count) for title, count in re.findall(r"^## (.*): (\d+) of", script().table(), re.MULTILINE)}
    assert counts["Methods of tensors"] >= 350
    assert counts["`torch`"] >= 400
