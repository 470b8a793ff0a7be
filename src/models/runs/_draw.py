"""Curves as text: in the dots of braille, or in ASCII where a terminal has no such letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from models.runs._logs import Series

_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", ".:-=+*%@"
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of a braille letter, from above


class Range(NamedTuple):
    """From the least to the greatest."""

    low: float
    high: float

    def part(self, value: float) -> float:
        """Where a value is, from 0 to 1; in the middle of a range that has one value only."""
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5


def draw(series: Series, *, width: int, height: int, is_ascii: bool = False) -> list[str]:
    """Lines of a plot of values over steps, with the least and the greatest of both at its edges."""
    points = series.finite()
    steps, values = Range(points[0][0], points[0][0]), Range(points[0][1], points[0][1])
    for step, value in points:
        steps = Range(min(steps.low, step), max(steps.high, step))
        values = Range(min(values.low, value), max(values.high, value))
    labels = [f"{values.high:.4g}", *[""] * (height - 2), f"{values.low:.4g}"]
    margin = max(map(len, labels))
    columns = max(width - margin - 3, 8)
    across, down = (1, 2) if is_ascii else (2, 4)
    dots = _dots(points, steps, values, columns * across, height * down)
    letter = _ascii_letter if is_ascii else _braille_letter
    rows = ["".join(letter(dots, column, row) for column in range(columns)).rstrip() for row in range(height)]
    edge = "|" if is_ascii else "│"
    lines = [f"{label:>{margin}} {edge}{row}" for label, row in zip(labels, rows, strict=True)]
    first, last = f"{steps.low:.0f}", f"{steps.high:.0f}"
    return [*lines, f"{'':{margin}}  {first}{last:>{columns - len(first)}}"]


def sparkline(series: Series, values: Range, *, width: int, is_ascii: bool = False) -> str:
    """The values as bars of one line, on a scale that several lines may share; of close values the mean."""
    points = series.finite()
    if not points:
        return ""
    bars = _ASCII_BARS if is_ascii else _BARS
    columns = min(width, len(points))
    parts = [points[len(points) * n // columns : len(points) * (n + 1) // columns] for n in range(columns)]
    means = [sum(value for _, value in part) / len(part) for part in parts]
    return "".join(bars[min(int(values.part(mean) * len(bars)), len(bars) - 1)] for mean in means)


def _dots(
    points: Sequence[tuple[int, float]], steps: Range, values: Range, columns: int, rows: int
) -> set[tuple[int, int]]:
    """The dots of a curve: each value, and what lies between it and the next."""
    found: set[tuple[int, int]] = set()
    before: tuple[int, int] | None = None
    for step, value in points:
        here = round(steps.part(step) * (columns - 1)), round((1 - values.part(value)) * (rows - 1))
        found |= {here} if before is None else _between(before, here)
        before = here
    return found


def _between(start: tuple[int, int], end: tuple[int, int]) -> set[tuple[int, int]]:
    length = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    return {
        (round(start[0] + (end[0] - start[0]) * n / length), round(start[1] + (end[1] - start[1]) * n / length))
        for n in range(length + 1)
    }


def _braille_letter(dots: set[tuple[int, int]], column: int, row: int) -> str:
    bits = sum(
        bit for y, pair in enumerate(_DOTS) for x, bit in enumerate(pair) if (column * 2 + x, row * 4 + y) in dots
    )
    return chr(0x2800 + bits) if bits else " "


def _ascii_letter(dots: set[tuple[int, int]], column: int, row: int) -> str:
    upper, lower = (column, row * 2) in dots, (column, row * 2 + 1) in dots
    return ":" if upper and lower else "'" if upper else "." if lower else " "
