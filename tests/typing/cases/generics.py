"""A function or a class may be generic over the element; the tensor type stays the tensor type."""

from typing import Generic, TypeVar, assert_type

from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import ElementType, EncodedRepresentation, LogitsType, LogprobsType

E = TypeVar("E", bound=ElementType)


def keep(x: NeuralType[Float[Tensor, "*shape"], E]) -> NeuralType[Float[Tensor, "*shape"], E]:
    assert_type(x, Tensor)
    return x * 1


def keep_all(x: list[NeuralType[Float[Tensor, "b t"], E]]) -> dict[str, NeuralType[Float[Tensor, "b t"], E]]:
    return {str(i): item for i, item in enumerate(x)}


class Head(nn.Module, Generic[E]):
    def __init__(self, *, element: type[E]) -> None:
        super().__init__()
        self.element = element

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "b c"], E]:
        assert_type(x, Tensor)
        return x


class LogitsHead(Head[LogitsType]):
    def __init__(self) -> None:
        super().__init__(element=LogitsType)


def calls(x: Tensor) -> None:
    assert_type(keep(x), Tensor)
    assert_type(keep_all([x]), dict[str, Tensor])
    head = Head(element=LogprobsType)
    assert_type(head, Head[LogprobsType])
    assert_type(head.forward(x=x), Tensor)
    assert_type(LogitsHead().forward(x=x), Tensor)
    assert_type(LogitsHead().element, type[LogitsType])
