"""Example inputs and dynamic shapes, made from a module's annotations."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

import jaxtyping
import pytest
import torch
from jaxtyping import Bool, Float, Int, Shaped, UInt8
from torch import Tensor, nn

from neuraltypes import AnnotationError, NeuralModule, NeuralType, dynamic_shapes, elements, example_inputs, typecheck
from neuraltypes.elements import (
    Domain,
    ElementType,
    IgnoreMaskType,
    KeepMaskType,
    LabelsType,
    LengthsType,
    LogitsType,
    LogprobsType,
    PaddingMaskType,
    ProbsType,
    TokenIndex,
    ValidMaskType,
)


def module_of(hint: Any) -> NeuralModule:
    """A module with one input `x` of the type `hint`."""

    class Module(NeuralModule):
        def forward(self, *, x: hint) -> None: ...

    return Module()


def example(hint: Any, **given: Any) -> Any:
    """The example for one input, after the module's own check has accepted it."""
    module = module_of(hint)
    inputs = example_inputs(module, **given)
    module(**inputs)
    return inputs["x"]


class Encoded(NamedTuple):
    x: Float[Tensor, "b t"]
    lengths: NeuralType[Int[Tensor, "b"], LengthsType]


@dataclass
class Record:
    x: Float[Tensor, "b t"]


class Keys(TypedDict):
    x: Float[Tensor, "b t"]


class Encoder(NeuralModule):
    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(width, 3)

    def forward(
        self,
        *,
        x: Float[Tensor, "b t {self.width}"],
        lengths: NeuralType[Int[Tensor, "b"], LengthsType],
        mask: Bool[Tensor, "b t"] | None = None,
        scale: float = 1.0,
    ) -> Float[Tensor, "b t 3"]:
        out: Tensor = self.linear(x) * scale
        return out if mask is None else out * mask[..., None]


def dtypes() -> list[Any]:
    """jaxtyping's dtypes that torch has and can compute with."""
    found = [getattr(jaxtyping, name) for name in dir(jaxtyping) if inspect.isclass(getattr(jaxtyping, name))]
    return [d for d in found if issubclass(d, jaxtyping.AbstractDtype) and d.__name__ not in ("AbstractDtype", "Key")]


# torch has no such dtype, or cannot fill a tensor of it.
NEVER_MADE = {"Float8e4m3b11fnuz", "Int2", "Int4", "UInt2", "UInt4"}


@pytest.mark.parametrize(
    "dtype", [d for d in dtypes() if d.__name__ not in NEVER_MADE], ids=lambda dtype: dtype.__name__
)
def test_an_example_of_every_dtype_is_accepted(dtype: Any) -> None:
    assert example(dtype[Tensor, "b t"]).shape == (2, 5)


@pytest.mark.parametrize("dtype", [d for d in dtypes() if d.__name__ in NEVER_MADE], ids=lambda dtype: dtype.__name__)
def test_a_dtype_that_cannot_be_made_is_named(dtype: Any) -> None:
    with pytest.raises(AnnotationError, match=re.escape('input "x"')):
        example_inputs(module_of(dtype[Tensor, "b t"]))


ELEMENTS = sorted(
    (cls for cls in vars(elements).values() if inspect.isclass(cls) and issubclass(cls, ElementType)),
    key=lambda cls: cls.__name__,
)

DTYPES = {Domain.INDEX: Int, Domain.LENGTH: Int, Domain.BOOLEAN: Bool}

IN_DOMAIN: dict[Domain, Callable[[Tensor], Tensor]] = {
    Domain.UNIT: lambda x: (x >= 0) & (x <= 1),
    Domain.NON_POSITIVE: lambda x: x <= 0,
    Domain.NON_NEGATIVE: lambda x: x >= 0,
    Domain.INDEX: lambda x: x >= 0,
    Domain.LENGTH: lambda x: (x >= 1) & (x <= 5),
    Domain.BOOLEAN: lambda x: (x == 0) | (x == 1),
    Domain.REAL: lambda x: x.isfinite(),
}


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.__name__)
@pytest.mark.parametrize("dtype", [None, Shaped, Float], ids=["usual", "any", "float"])
def test_an_example_of_every_element_has_its_values(element: type[ElementType], dtype: Any) -> None:
    dtype = dtype or DTYPES.get(element.domain or Domain.REAL, Float)
    values = example(NeuralType[dtype[Tensor, "b t"], element])
    assert values.shape == (2, 5)
    assert IN_DOMAIN[element.domain or Domain.REAL](values).all()


def test_probabilities_sum_to_one() -> None:
    assert torch.allclose(example(NeuralType[Float[Tensor, "b c"], ProbsType]).sum(-1), torch.ones(2))
    assert torch.allclose(example(NeuralType[Float[Tensor, "b c"], LogprobsType]).exp().sum(-1), torch.ones(2))


@pytest.mark.parametrize(
    ("element", "ignored"),
    [(IgnoreMaskType, False), (PaddingMaskType, False), (KeepMaskType, True), (ValidMaskType, True)],
)
@pytest.mark.parametrize("seed", range(3))
def test_no_mask_ignores_the_first_step(element: type[ElementType], ignored: bool, seed: int) -> None:
    mask = example(NeuralType[Bool[Tensor, "b t"], element], seed=seed, t=50)
    assert (mask[:, 0] == ignored).all()
    assert mask.any()
    assert not mask.all()


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.__name__)
def test_a_scalar_of_every_element_has_its_values(element: type[ElementType]) -> None:
    values = [example(NeuralType[Shaped[Tensor, ""], element], seed=seed) for seed in range(4)]
    domain = element.domain or Domain.REAL
    assert all(IN_DOMAIN[domain](value) for value in values)


@pytest.mark.parametrize("seed", range(4))
def test_lengths_fit_the_time_axis_and_one_fills_it(seed: int) -> None:
    lengths = example_inputs(Encoder(), seed=seed, t=70, b=3)["lengths"]
    assert lengths.max() == 70
    assert lengths.min() >= 1


def test_inputs_without_a_default_are_made_and_accepted() -> None:
    module = Encoder()
    inputs = example_inputs(module)
    assert list(inputs) == ["x", "lengths"]
    assert inputs["x"].shape == (2, 5, 8)
    assert module(**inputs).shape == (2, 5, 3)


def test_sizes_and_whole_inputs_can_be_given() -> None:
    mask = torch.ones(3, 9, dtype=torch.bool)
    module = Encoder(width=4)
    inputs = example_inputs(module, b=3, t=9, mask=mask, scale=0.5)
    assert list(inputs) == ["x", "lengths", "mask", "scale"]
    assert inputs["x"].shape == (3, 9, 4)
    assert inputs["mask"] is mask
    assert module(**inputs).shape == (3, 9, 3)


AXES: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("", {}, ()),
    ("80", {}, (80,)),
    ("b mel=80 t", {}, (2, 80, 5)),
    ("b b t", {}, (2, 2, 5)),
    ("b t", {"b": 4}, (4, 2)),
    ("b _ t", {}, (2, 2, 5)),
    ("... t", {}, (2,)),
    ("*lead t", {"lead": 3}, (3, 2)),
    ("2*t t", {"t": 3}, (6, 3)),
    ("t-1 t", {"t": 3}, (2, 3)),
    ("{self.training}+2 t", {}, (3, 2)),
    ("#b t", {}, (2, 5)),
    ("b t", {"b": 0}, (0, 2)),
]


@pytest.mark.parametrize(("axes", "given", "shape"), AXES)
def test_examples_have_the_declared_axes(axes: str, given: dict[str, Any], shape: tuple[int, ...]) -> None:
    assert example(Float[Tensor, axes], **given).shape == shape


def test_containers_are_made_whole() -> None:
    rows = Float[Tensor, "b t"]
    assert len(example(list[rows])) == 2
    assert [x.shape for x in example(tuple[rows, Int[Tensor, "b"]])] == [(2, 5), (2,)]
    assert isinstance(example(tuple[rows, ...]), tuple)
    assert list(example(dict[str, rows])) == ["example"]
    assert isinstance(example(Encoded), Encoded)
    assert isinstance(example(Record), Record)
    assert example(Keys)["x"].shape == (2, 5)
    assert example(rows | None) is None
    assert example(rows | Int[Tensor, "b"]).shape == (2, 5)
    assert example(list[Encoded])[1].lengths.shape == (2,)


def test_examples_are_the_same_each_time() -> None:
    module, state = Encoder(), torch.random.get_rng_state()
    first, again, other = (example_inputs(module, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(first["x"], again["x"])
    assert not torch.equal(first["x"], other["x"])
    assert torch.equal(state, torch.random.get_rng_state())


def test_examples_lie_on_the_device_that_is_asked_for() -> None:
    inputs = example_inputs(module_of(list[Float[Tensor, "b"]]), device="meta")
    assert {x.device.type for x in inputs["x"]} == {"meta"}


def test_small_and_narrow_dtypes_hold_the_values() -> None:
    assert example(NeuralType[UInt8[Tensor, "b t"], TokenIndex]).dtype == torch.uint8
    assert example(NeuralType[Int[Tensor, "b"], LabelsType]).dtype == torch.int64


@pytest.mark.parametrize(
    ("hint", "given", "reason"),
    [
        (int, {}, 'example_inputs: input "x" is int, not a tensor; give it: x=...'),
        (Tensor, {}, 'example_inputs: the axes of input "x" are unknown; give it: x=...'),
        (Float[Tensor, "t-9 t"], {"t": 3}, 'example_inputs: axis "t-9" comes out as -6; give other sizes'),
        (Float[Tensor, "t/2 t"], {"t": 3}, 'example_inputs: axis "t/2" comes out as 1.5; give other sizes'),
    ],
)
def test_what_cannot_be_made_is_named(hint: Any, given: dict[str, Any], reason: str) -> None:
    with pytest.raises(AnnotationError, match=re.escape(reason)):
        example_inputs(module_of(hint), **given)


def test_a_plain_checked_module_has_examples_too() -> None:
    @typecheck
    class Plain(nn.Module):
        def forward(self, x: NeuralType[Float[Tensor, "b t"], LogitsType]) -> None: ...

    assert example_inputs(Plain())["x"].shape == (2, 5)


def test_a_given_name_that_the_inputs_do_not_have_is_refused() -> None:
    with pytest.raises(AnnotationError, match="tt"):
        example_inputs(Encoder(), tt=7)


def dims(shapes: Mapping[str, Any]) -> dict[str, Any]:
    """Dynamic shapes with each `Dim` by its name and `Dim.AUTO` as `"auto"`."""
    auto = torch.export.Dim.AUTO
    return torch.utils._pytree.tree_map(lambda dim: "auto" if dim is auto else dim.__name__, dict(shapes))  # type: ignore[no-any-return]


class Shapes(NeuralModule):
    def forward(
        self,
        *,
        x: Float[Tensor, "b t c"],
        image: Float[Tensor, "b 3 h w"],
        pair: tuple[Float[Tensor, "b"], Float[Tensor, "t 2*t"]],
        encoded: Encoded,
        keys: Keys,
        scale: float = 1.0,
    ) -> None: ...


def test_axes_that_vary_share_a_dim_and_fixed_ones_have_none() -> None:
    shapes = dynamic_shapes(Shapes())
    assert dims(shapes) == {
        "x": {0: "b", 1: "t", 2: "auto"},
        "image": {0: "b", 2: "h", 3: "w"},
        "pair": ({0: "b"}, {0: "t", 1: "auto"}),
        "encoded": ({0: "b", 1: "t"}, {0: "b"}),
        "keys": {"x": {0: "b", 1: "t"}},
    }
    assert shapes["x"][0] is shapes["image"][0]


def test_inputs_tell_how_many_tensors_there_are() -> None:
    module = module_of(list[Float[Tensor, "b"]])
    assert dims(dynamic_shapes(module, example_inputs(module))) == {"x": [{0: "b"}, {0: "b"}]}
    with pytest.raises(AnnotationError, match=re.escape("pass the inputs: dynamic_shapes(module, inputs)")):
        dynamic_shapes(module)


def test_the_shapes_serve_an_export() -> None:
    module = Encoder()
    inputs = example_inputs(module, mask=torch.ones(2, 5, dtype=torch.bool))
    program = torch.export.export(module, (), inputs, dynamic_shapes=dynamic_shapes(module, inputs))
    other = example_inputs(module, b=3, t=9, mask=torch.ones(3, 9, dtype=torch.bool))
    assert torch.equal(program.module()(**other), module(**other))
    assert len(program.range_constraints) == 2
