"""Matrices as the last two axes of an operand."""

from __future__ import annotations

from typing import Final

from neuraltypes._unify import Rest, Shape, SizedAxis
from neuraltypes.rules._dtypes import require_among
from neuraltypes.rules._shapes import (
    ANY,
    require_equal,
    smaller,
)
from neuraltypes.rules._values import Array, DTypes, Value
from neuraltypes.rules.products import require_rank

SOLVABLE: Final[DTypes] = frozenset({"float32", "float64", "complex64", "complex128"})
INT32: Final[DTypes] = frozenset({"int32"})
INT64: Final[DTypes] = frozenset({"int64"})


class Matrix:
    """The last two axes of an array, and those before them; None where they are not known."""

    def __init__(self, array: Array, argument: str, *, is_square: bool = False, dtypes: DTypes = SOLVABLE) -> None:
        require_rank(array, 2, argument)
        expected = "float32, float64 or complex" if dtypes is SOLVABLE else "Inexact"
        self.dtype = require_among(array, dtypes, expected, argument)
        shape = array.shape
        is_known = shape is not None and len(shape) > 1 and not any(isinstance(one, Rest) for one in shape[-2:])
        self.batch: Shape | None = shape[:-2] if shape is not None and is_known else None
        self.rows, self.columns = ANY, ANY
        if shape is not None and is_known:
            rows, columns = shape[-2:]
            assert isinstance(rows, SizedAxis)
            assert isinstance(columns, SizedAxis)
            self.rows, self.columns = rows, columns
        if is_square:
            require_equal(self.rows, self.columns, "is {left} by {right}, expected a square matrix", argument)

    @property
    def least(self) -> SizedAxis:
        """The shorter of both sides."""
        size = smaller(self.rows.size, self.columns.size)
        label = self.rows.label if size == self.rows.size and size is not None else None
        return SizedAxis(size, label)

    def of(self, *axes: SizedAxis, dtype: DTypes | None = None) -> Array:
        """An array with the same axes in front and others behind."""
        shape = None if self.batch is None else (*self.batch, *axes)
        return Array(shape, self.dtype if dtype is None else dtype)


def operand(named: dict[str, Value], *, is_square: bool = False, dtypes: DTypes = SOLVABLE) -> Matrix:
    """The matrix that a function is given, under whichever name."""
    name = "A" if "A" in named else "input"
    array = named[name]
    assert isinstance(array, Array)
    return Matrix(array, name, is_square=is_square, dtypes=dtypes)
