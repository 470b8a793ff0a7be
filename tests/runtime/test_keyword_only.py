"""A `forward` that can be called with positional arguments is refused at class creation, the right signature shown."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from neuraltypes import AnnotationError, NeuralModule, NeuralType, typecheck
from neuraltypes.elements import LogitsType


def a_positional_input() -> type:
    class Wrong(NeuralModule):
        def forward(self, x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]:
            return x.sum(1)

    return Wrong


def positional_inputs_of_every_sort() -> type:
    class Wrong(NeuralModule):
        def forward(
            self,
            x: NeuralType[Float[Tensor, "b t"], LogitsType],
            /,
            scale: float = 1.0,
            *rest: Float[Tensor, "b"],
            mask: Bool[Tensor, "b t"] | None = None,
            **options: int,
        ) -> tuple[Float[Tensor, "b"], int]:
            return x.sum(1), 1

    return Wrong


def annotations_that_are_strings() -> type:
    class Wrong(NeuralModule):
        def forward(self, x: "Float[Tensor, 'b t']", y: "Any" = None) -> "Float[Tensor, 'b']":
            return x.sum(1)

    return Wrong


def no_annotations() -> type:
    class Wrong(NeuralModule):
        def forward(self, x, y=2):  # type: ignore[no-untyped-def]
            return x * y

    return Wrong


def a_decorated_forward() -> type:
    class Wrong(NeuralModule):
        @typecheck
        def forward(self, x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
            return x

    return Wrong


CORRECTED = [
    (
        a_positional_input,
        "x can be positional",
        'def forward(self, *, x: Float[Tensor, "b t"]) -> Float[Tensor, "b"]: ...',
    ),
    (
        positional_inputs_of_every_sort,
        "x, scale, *rest can be positional",
        (
            'def forward(self, *, x: NeuralType[Float[Tensor, "b t"], LogitsType], scale: float = 1.0, '
            'mask: Bool[Tensor, "b t"] | None = None, **options: int) -> tuple[Float[Tensor, "b"], int]: ...'
        ),
    ),
    (
        annotations_that_are_strings,
        "x, y can be positional",
        "def forward(self, *, x: Float[Tensor, 'b t'], y: Any = None) -> Float[Tensor, 'b']: ...",
    ),
    (no_annotations, "x, y can be positional", "def forward(self, *, x, y=2): ..."),
    (
        a_decorated_forward,
        "x can be positional",
        'def forward(self, *, x: Float[Tensor, "b"]) -> Float[Tensor, "b"]: ...',
    ),
]


@pytest.mark.parametrize(
    ("define", "positional", "corrected"), CORRECTED, ids=lambda case: getattr(case, "__name__", "")
)
def test_a_positional_forward_is_refused_with_the_corrected_signature(
    define: Callable[[], type], positional: str, corrected: str
) -> None:
    with pytest.raises(AnnotationError) as caught:
        define()
    assert str(caught.value) == (
        f"{define.__name__}.<locals>.Wrong.forward: forward takes its inputs by keyword only, but {positional}; write\n"
        f"    {corrected}"
    )


def test_a_keyword_only_forward_is_accepted() -> None:
    class Right(NeuralModule):
        def forward(self, *, x: Float[Tensor, "b"] | None = None, **options: int) -> None: ...

    Right()(x=torch.zeros(2), n=1)
    Right()()


def test_positional_arguments_are_pythons_own_error() -> None:
    class Right(NeuralModule):
        def forward(self, *, x: Float[Tensor, "b"]) -> None: ...

    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        Right()(torch.zeros(2))
