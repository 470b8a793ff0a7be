"""Error codes: one for each thing that a user may want to switch off."""

from typing import Final

from mypy.errorcodes import ErrorCode

_CATEGORY: Final = "neuraltypes"

BAD_ANNOTATION: Final = ErrorCode("bad-annotation", "A tensor annotation is malformed", _CATEGORY)
SHAPE: Final = ErrorCode("shape-mismatch", "Sizes or numbers of axes disagree", _CATEGORY)
KIND: Final = ErrorCode("axis-kind", "An axis stands where one of another kind is expected", _CATEGORY)
DTYPE: Final = ErrorCode("dtype-mismatch", "A dtype is not among those expected", _CATEGORY)
ELEMENT: Final = ErrorCode("element-mismatch", "The numbers of a tensor do not mean what is expected", _CATEGORY)
KEYWORD_ONLY: Final = ErrorCode("keyword-only", "The forward of a NeuralModule takes its inputs by keyword", _CATEGORY)
CONFIG: Final = ErrorCode("config-key", "A config has no such key", _CATEGORY)
UNTRACKED: Final = ErrorCode("untracked", "Says where the type of a tensor is lost", _CATEGORY)
FAILURE: Final = ErrorCode("neuraltypes-failure", "The plugin failed; please report it", _CATEGORY)

OF_TENSORS: Final = frozenset({SHAPE, KIND, DTYPE, ELEMENT})
"""What is said of tensors that disagree."""
