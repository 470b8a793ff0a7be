"""Weights are drawn for as their modules are; of their dtype no rule says anything."""

from tests.rules._conformance import EXPECTED_UNKNOWN, registry

WEIGHTS = [
    name
    for name in registry()
    if name.startswith("torch.nn.") and (rule := registry().find(name)) is not None and rule.is_property
]
EXPECTED_UNKNOWN.update(WEIGHTS)
