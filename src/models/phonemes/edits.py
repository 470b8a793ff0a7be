"""How far one sequence is from another."""

from __future__ import annotations

from collections.abc import Sequence


def edit_distance(found: Sequence[str], wanted: Sequence[str]) -> int:
    """The fewest insertions, deletions and replacements that make one of the other (Levenshtein)."""
    row = list(range(len(wanted) + 1))
    for i, symbol in enumerate(found, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(wanted, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (symbol != other))
    return row[-1]
