"""`NeuralType[T, Element]` at run time: `typing.Annotated[T, Element]`, refused where it is written when malformed."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn, TypeVar

from neuraltypes._errors import AnnotationError
from neuraltypes._read import check_annotation
from neuraltypes._spec import to_element

_USAGE = 'write NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]'


class NeuralType:
    """A tensor type with what its numbers mean: `NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]`.

    For type checkers this is `typing.Annotated`: they read the tensor type. The element is a subclass of `ElementType`,
    an instance with parameters (`AudioSignal(freq=16000)`), or a `TypeVar` bound to an element.

    Raises:
        AnnotationError: there is no element, or the axes or the element are malformed.
    """

    def __init__(self) -> NoReturn:
        raise AnnotationError(f"NeuralType is an annotation and has no instances; {_USAGE}")

    def __class_getitem__(cls, item: Any) -> Any:
        if not isinstance(item, tuple) or len(item) != 2:
            raise AnnotationError(f"NeuralType takes a tensor type and one element, got {item!r}; {_USAGE}")
        hint, element = item
        if not isinstance(element, TypeVar):
            _check_element(element)
        check_annotation(hint)
        return Annotated[hint, element]


def _check_element(element: Any) -> None:
    try:
        if element is None:
            raise AnnotationError("element None says nothing")
        to_element(element)
    except AnnotationError as error:
        raise AnnotationError(f"NeuralType: {error}") from None
