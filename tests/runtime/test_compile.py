"""`torch.compile`: no graph breaks, no more graphs than without checks, and wrong input is still caught."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import pytest
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch._dynamo.testing import CompileCounter

from neuraltypes import (
    CheckError,
    ElementError,
    NeuralModule,
    NeuralType,
    ShapeError,
    checks,
    example_inputs,
    set_checks,
    typecheck,
)
from neuraltypes._switches import Policy
from neuraltypes.elements import LogitsType, ProbsType

pytestmark = [
    pytest.mark.usefixtures("compiler"),
    # The compiler looks at `.grad` of every input, and torch warns of that.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning"),
]

MODES = [
    pytest.param({}, id="default"),
    pytest.param({"fullgraph": True}, id="fullgraph"),
    pytest.param({"dynamic": True}, id="dynamic"),
    pytest.param({"fullgraph": True, "dynamic": True}, id="fullgraph-dynamic"),
]


def zeros(*sizes: int) -> Tensor:
    return torch.zeros(sizes)


class Linear(NeuralModule):
    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(width, width)

    def forward(
        self, *, x: Float[Tensor, "b t {self.width}"], mask: Bool[Tensor, "b t"] | None = None
    ) -> NeuralType[Float[Tensor, "b t {self.width}"], LogitsType]:
        y: Tensor = self.linear(x)
        return y if mask is None else y * mask[..., None]


class Bare(nn.Module):
    """`Linear` without a check."""

    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(width, width)

    def forward(self, *, x: Tensor, mask: Tensor | None = None) -> Tensor:
        y: Tensor = self.linear(x)
        return y if mask is None else y * mask[..., None]


class Softmax(NeuralModule):
    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t c"], LogitsType]
    ) -> NeuralType[Float[Tensor, "b t c"], ProbsType]:
        return x.softmax(-1)


class Stack(nn.Module):
    def __init__(self, times: int = 1) -> None:
        super().__init__()
        self.linear, self.softmax, self.times = Linear(), Softmax(), times

    def forward(self, x: Tensor) -> Tensor:
        x = self.linear(x=x)
        for _ in range(self.times):
            x = self.softmax(x=x)
        return x


def graphs(make: Callable[[], nn.Module], shapes: Sequence[tuple[int, ...]], **mode: Any) -> int:
    """How many graphs the calls with those shapes compile."""
    torch._dynamo.reset()
    counter = CompileCounter()
    compiled = torch.compile(make(), backend=counter, **mode)
    for shape in shapes:
        compiled(x=zeros(*shape))
    return int(counter.frame_count)


@pytest.mark.parametrize("mode", MODES)
def test_a_module_compiles_to_as_many_graphs_as_without_checks(mode: dict[str, Any]) -> None:
    shapes = [(2, 4, 3), (2, 4, 3), (2, 5, 3), (3, 6, 3), (4, 7, 3)]
    assert graphs(Linear, shapes, **mode) == graphs(Bare, shapes, **mode)


def test_the_path_of_a_module_does_not_show_the_compiler() -> None:
    class Outer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner: Any = torch.compile(Stack(), backend="eager")

        def forward(self, x: Tensor) -> Tensor:
            return self.inner(x)  # type: ignore[no-any-return]

    with pytest.raises(ShapeError, match=r"  module    Outer\.inner\.linear    called"):
        Outer()(zeros(2, 4, 4))


def test_there_is_no_graph_break() -> None:
    explained = torch._dynamo.explain(Stack())(zeros(2, 4, 3))
    assert (explained.graph_break_count, explained.graph_count) == (0, 1), explained.break_reasons


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("is_first", [True, False], ids=["first call", "later call"])
def test_wrong_input_is_caught(mode: dict[str, Any], is_first: bool) -> None:
    compiled = torch.compile(Linear(), backend="eager", **mode)
    if not is_first:
        compiled(x=zeros(2, 4, 3))
    with pytest.raises(ShapeError, match=re.escape("Linear.forward(x=): axis 2 '{self.width}' is 4, expected 3")):
        compiled(x=zeros(2, 4, 4))
    with pytest.raises(ShapeError, match=re.escape("Linear.forward(mask=): axis 1 't' is 5, expected 4")):
        compiled(x=zeros(2, 4, 3), mask=torch.ones(2, 5).bool())
    assert compiled(x=zeros(2, 4, 3)).shape == (2, 4, 3)


@pytest.mark.parametrize("mode", MODES)
def test_a_wrong_result_is_caught(mode: dict[str, Any]) -> None:
    class Short(NeuralModule):
        def forward(self, *, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
            return x[:, 1:] * 2

    with pytest.raises(ShapeError, match=re.escape("Short.forward(->): axis 1 't' is 3, expected 4")):
        torch.compile(Short(), backend="eager", **mode)(x=zeros(2, 4))


@pytest.mark.parametrize("mode", MODES)
def test_the_first_call_ever_may_be_compiled(mode: dict[str, Any]) -> None:
    @typecheck
    class Fresh(nn.Module):
        def forward(self, x: "Float[Tensor, 'b t']") -> "Float[Tensor, 'b t']":
            return x * 2

    counter = CompileCounter()
    assert torch.compile(Fresh(), backend=counter, **mode)(zeros(2, 3)).shape == (2, 3)
    assert counter.frame_count == 1


def test_a_function_compiles() -> None:
    @typecheck
    def scale(x: Float[Tensor, "b t"], by: float = 2.0) -> Float[Tensor, "b t"]:
        return x * by

    counter = CompileCounter()
    compiled = torch.compile(scale, backend=counter, fullgraph=True)
    assert compiled(zeros(2, 3)).shape == (2, 3)
    with pytest.raises(ShapeError):
        compiled(zeros(2))
    assert counter.frame_count == 1


def test_a_wrong_call_with_a_symbolic_number_is_explained() -> None:
    @typecheck
    def scale(x: Float[Tensor, "b t"], by: int = 2) -> Float[Tensor, "b t"]:
        return x * by

    compiled = torch.compile(scale, backend="eager", fullgraph=True)
    for by in (2, 3, 4):
        compiled(zeros(2, 3), by)
    with pytest.raises(ShapeError):
        compiled(zeros(2), 5)


def test_fourteen_classes_compile_each_once_and_catch_wrong_input() -> None:
    counter = CompileCounter()
    for number in range(14):

        class Module(NeuralModule):
            add = number

            def forward(self, *, x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
                return x + self.add

        compiled = torch.compile(Module(), backend=counter, fullgraph=True)
        assert compiled(x=zeros(2, 3)).sum() == 6 * number
        with pytest.raises(ShapeError):
            compiled(x=zeros(2))
        compiled(x=zeros(2, 3))
    assert counter.frame_count == 14


def test_fourteen_instances_compile_as_often_as_without_checks() -> None:
    def compiled_graphs(make: Callable[[], nn.Module]) -> int:
        torch._dynamo.reset()
        counter = CompileCounter()
        for _ in range(14):
            compiled = torch.compile(make(), backend=counter)
            compiled(x=zeros(2, 4, 3))
            compiled(x=zeros(2, 5, 3))
        return int(counter.frame_count)

    assert compiled_graphs(Linear) == compiled_graphs(Bare)


class Result(NamedTuple):
    logits: NeuralType[Float[Tensor, "b t"], LogitsType]
    rest: list[Float[Tensor, "b"]]


class Containers(NeuralModule):
    def forward(
        self,
        *,
        xs: list[Float[Tensor, "b t"]],
        pair: tuple[Float[Tensor, "b"], int],
        either: Float[Tensor, "b t"] | Float[Tensor, "b"],
        named: dict[str, Float[Tensor, "*lead t"]],
        maybe: Float[Tensor, "b"] | None = None,
        mode: Literal["sum", "mean"] = "sum",
    ) -> Result:
        return Result(xs[0] + named["a"], [pair[0] * pair[1]])


GOOD: dict[str, Any] = {
    "xs": [zeros(2, 3), zeros(2, 3)],
    "pair": (zeros(2), 1),
    "either": zeros(2),
    "named": {"a": zeros(2, 3)},
}

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"xs": [zeros(2, 3), zeros(2, 4)]}, "(xs=[1]): axis 1 't' is 4, expected 3"),
    ({"pair": (zeros(3), 1)}, "(pair=[0]): axis 0 'b' is 3, expected 2"),
    ({"either": zeros(3, 3)}, "(either=): is float32[3, 3], which fits no option"),
    ({"named": {"a": zeros(2, 3), "b": zeros(2, 4)}}, "(named=['b']): axis 1 't' is 4, expected 3"),
    ({"maybe": zeros(3)}, "(maybe=): axis 0 'b' is 3, expected 2"),
    ({"mode": "max"}, "(mode=): is a value of type str, expected Literal['sum', 'mean']"),
]


@pytest.mark.parametrize("fullgraph", [False, True], ids=["default", "fullgraph"])
def test_containers_and_optional_arguments_compile(fullgraph: bool) -> None:
    counter = CompileCounter()
    compiled = torch.compile(Containers(), backend=counter, fullgraph=fullgraph)
    for extra in ({}, {"maybe": zeros(2)}, {"mode": "mean"}, {"either": zeros(2, 3)}):
        result = compiled(**GOOD | extra)
        assert isinstance(result, Result)
        assert hasattr(result.logits, "_neural_type")
    assert counter.frame_count <= 4


@pytest.mark.parametrize(("wrong", "reason"), WRONG, ids=[next(iter(wrong)) for wrong, _ in WRONG])
@pytest.mark.parametrize("fullgraph", [False, True], ids=["default", "fullgraph"])
def test_a_wrong_item_is_caught(wrong: dict[str, Any], reason: str, fullgraph: bool) -> None:
    compiled = torch.compile(Containers(), backend="eager", fullgraph=fullgraph)
    compiled(**GOOD)
    with pytest.raises(CheckError, match=re.escape(reason)):
        compiled(**GOOD | wrong)


@pytest.mark.parametrize("fullgraph", [False, True], ids=["default", "fullgraph"])
def test_tags_cross_modules_inside_one_graph(fullgraph: bool) -> None:
    counter = CompileCounter()
    compiled = torch.compile(Stack(), backend=counter, fullgraph=fullgraph)
    result = compiled(zeros(2, 4, 3))
    assert counter.frame_count == 1
    assert ProbsType.__name__ in result._neural_type
    with pytest.raises(ElementError, match=re.escape("Softmax.forward(x=): holds ProbsType(), expected LogitsType()")):
        torch.compile(Stack(times=2), backend="eager", fullgraph=fullgraph)(zeros(2, 4, 3))


def test_tags_cross_from_one_compiled_module_to_another() -> None:
    softmax = torch.compile(Softmax(), backend="eager")
    probs = softmax(x=torch.compile(Linear(), backend="eager")(x=zeros(2, 4, 3)))
    with pytest.raises(ElementError, match=re.escape("holds ProbsType(), expected LogitsType()")):
        softmax(x=probs)


def test_a_graph_compiled_without_checks_is_not_used_with_them() -> None:
    compiled = torch.compile(Softmax(), backend="eager")
    with checks("off"):
        assert compiled(x=zeros(2)).shape == (2,)
    with pytest.raises(ShapeError):
        compiled(x=zeros(2))
    with checks("off"):
        assert compiled(x=zeros(2)).shape == (2,)


@pytest.mark.parametrize("policy", ["always", "first"])
def test_a_graph_compiled_under_one_policy_is_not_used_under_another(policy: Policy) -> None:
    compiled = torch.compile(Softmax(), backend="eager")
    with checks("off"):
        assert compiled(x=zeros(2)).shape == (2,)
    with checks(policy), pytest.raises(ShapeError):
        compiled(x=zeros(2))


def test_the_policy_first_neither_compiles_a_graph_per_call_nor_counts_compiled_calls() -> None:
    set_checks("first", calls=2)
    assert graphs(Linear, [(2, 4, 3)] * 5) == 1
    module = Linear()
    compiled = torch.compile(module, backend="eager")
    for size in range(2, 6):
        compiled(x=zeros(size, size, 3))
    with pytest.raises(ShapeError):
        compiled(x=zeros(2, 3, 4))
    with pytest.raises(ShapeError):
        module(x=zeros(2, 3, 4))


def test_a_gradient_flows_through_a_compiled_module() -> None:
    module = Linear()
    torch.compile(module, backend="aot_eager", fullgraph=True)(x=zeros(2, 4, 3)).sum().backward()
    assert module.linear.bias.grad is not None
    assert module.linear.bias.grad.sum() == 24


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_the_default_backend_compiles(requires_compiler: None) -> None:
    module = Linear()
    compiled = torch.compile(module, fullgraph=True)
    inputs = example_inputs(module)
    assert torch.allclose(compiled(**inputs), module(**inputs), atol=1e-6)
    with pytest.raises(ShapeError):
        compiled(x=zeros(2, 4, 4))


@pytest.fixture
def requires_compiler() -> None:
    from torch._inductor.cpp_builder import get_cpp_compiler

    try:
        get_cpp_compiler()
    except Exception as error:  # noqa: BLE001  # torch has a class of its own for each reason
        pytest.skip(f"no C++ compiler: {error}")
