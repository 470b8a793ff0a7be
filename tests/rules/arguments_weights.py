"""Weights are drawn for as their modules are; of their dtype no rule says anything."""

from tests.rules._conformance import EXPECTED_UNKNOWN, registry


def _is_weight(name: str) -> bool:
    rule = registry().find(name)
    return rule is not None and rule.is_property and f"{name.rpartition('.')[0]}.forward" in registry()


WEIGHTS = [name for name in registry() if _is_weight(name)]
EXPECTED_UNKNOWN.update(WEIGHTS)
