"""`torch.export`, `torch.fx` and `torch.jit`: a checked module is captured like any other."""

import io
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType, ShapeError, dynamic_shapes, example_inputs, typecheck
from neuraltypes.elements import LogitsType, ProbsType

STRICT = pytest.mark.parametrize("strict", [False, True], ids=["not strict", "strict"])


class Out(NamedTuple):
    logits: NeuralType[Float[Tensor, "b t c"], LogitsType]
    pooled: Float[Tensor, "b c"]


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


class Containers(NeuralModule):
    def forward(
        self, *, xs: list[Float[Tensor, "b t c"]], named: dict[str, Float[Tensor, "b t c"]], by: int = 2
    ) -> Out:
        y = xs[0] + xs[1] + named["example"] * by
        return Out(y, y.mean(1))


class Probabilities(NeuralModule):
    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t c"], LogitsType], scale: float = 1.0
    ) -> NeuralType[Float[Tensor, "b t c"], ProbsType]:
        return (x * scale).softmax(-1)


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear, self.probabilities = Linear(), Probabilities()

    def forward(self, x: Tensor) -> Tensor:
        return self.probabilities(x=self.linear(x=x))


def export(module: nn.Module, inputs: dict[str, Any], strict: bool, **options: Any) -> torch.export.ExportedProgram:
    return torch.export.export(module, (), inputs, strict=strict, **options)


@STRICT
def test_a_module_is_exported(strict: bool) -> None:
    module = Linear()
    inputs = example_inputs(module)
    program = export(module, inputs, strict)
    assert torch.equal(program.module()(**inputs), module(**inputs))
    assert all(node.target is not torch.ops.aten._assert_async.msg for node in program.graph.nodes)


@STRICT
def test_the_checks_leave_nothing_in_the_graph(strict: bool) -> None:
    class Bare(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(3, 3)

        def forward(self, *, x: Tensor) -> Tensor:
            return self.linear(x)  # type: ignore[no-any-return]

    inputs = {"x": torch.zeros(2, 4, 3)}
    nodes, bare = ([str(n.target) for n in export(m, inputs, strict).graph.nodes] for m in (Linear(), Bare()))
    assert nodes == bare


@STRICT
def test_dynamic_shapes_are_exported(strict: bool) -> None:
    module = Linear()
    inputs = example_inputs(module, mask=torch.ones(2, 5, dtype=torch.bool))
    program = export(module, inputs, strict, dynamic_shapes=dynamic_shapes(module, inputs))
    for b, t in ((1, 2), (7, 9)):
        other = example_inputs(module, b=b, t=t, mask=torch.ones(b, t, dtype=torch.bool))
        assert torch.equal(program.module()(**other), module(**other))


@STRICT
def test_containers_are_exported(strict: bool) -> None:
    module = Containers()
    inputs = example_inputs(module, c=3)
    program = export(module, inputs, strict, dynamic_shapes=dynamic_shapes(module, inputs))
    other = example_inputs(module, b=4, t=6, c=3)
    result = program.module()(**other)
    assert [x.shape for x in result] == [(4, 6, 3), (4, 3)]


@STRICT
def test_a_wrong_example_is_caught(strict: bool) -> None:
    with pytest.raises(ShapeError, match=re.escape("Linear.forward(x=): axis 2 '{self.width}' is 4, expected 3")):
        export(Linear(), {"x": torch.zeros(2, 5, 4)}, strict)


@STRICT
def test_a_model_whose_modules_hand_on_tags_is_exported(strict: bool) -> None:
    net = Net()
    program = torch.export.export(net, (torch.zeros(2, 4, 3),), strict=strict)
    assert torch.equal(program.module()(torch.ones(2, 4, 3)), net(torch.ones(2, 4, 3)))


def test_an_exported_program_is_saved_and_loaded() -> None:
    module, file = Linear(), io.BytesIO()
    inputs = example_inputs(module)
    torch.export.save(export(module, inputs, strict=False), file)
    file.seek(0)
    assert torch.equal(torch.export.load(file).module()(**inputs), module(**inputs))


def test_an_exported_module_is_lowered() -> None:
    program = export(Linear(), {"x": torch.zeros(2, 4, 3)}, strict=False).run_decompositions()
    assert program.module()(x=torch.zeros(2, 4, 3)).shape == (2, 4, 3)


@pytest.mark.parametrize("make", [Probabilities, Containers, Net], ids=lambda make: make.__name__)
def test_a_module_is_traced_symbolically(make: Callable[[], nn.Module]) -> None:
    module = make()
    traced = torch.fx.symbolic_trace(module)
    inputs = example_inputs(module) if isinstance(module, NeuralModule) else {"x": torch.zeros(2, 4, 3)}
    for result, expected in zip(traced(**inputs), module(**inputs), strict=True):
        assert torch.equal(result, expected)
    compile(traced.code, "<traced>", "exec")
    assert "Annotated" not in traced.code


def test_a_positional_module_is_traced_symbolically() -> None:
    @typecheck
    class Probs(nn.Module):
        def forward(
            self, x: NeuralType[Float[Tensor, "b t"], LogitsType], y: Tensor
        ) -> NeuralType[Float[Tensor, "b t"], ProbsType]:
            return (x + y).softmax(-1)

    traced = torch.fx.symbolic_trace(Probs())
    assert "Annotated" not in traced.code
    assert traced(torch.zeros(2, 3), torch.zeros(3)).sum() == 2


def test_a_traced_module_is_not_checked_any_more() -> None:
    traced = torch.fx.symbolic_trace(Probabilities())
    assert traced(x=torch.zeros(2)).shape == (2,)


def test_a_traced_module_can_be_copied_and_compiled() -> None:
    import copy

    traced = copy.deepcopy(torch.fx.symbolic_trace(Net()))
    assert torch.compile(traced, backend="eager")(torch.zeros(2, 4, 3)).shape == (2, 4, 3)


@typecheck
class Positional(nn.Module):
    def forward(self, x: Float[Tensor, "b t"], y: Float[Tensor, "b"] | None = None) -> Float[Tensor, "b t"]:
        return x * 2 if y is None else x * y[:, None]


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning", "ignore::torch.jit.TracerWarning")
def test_a_positional_module_is_traced_by_jit() -> None:
    traced = torch.jit.trace(Positional(), (torch.zeros(2, 3), torch.zeros(2)))  # type: ignore[no-untyped-call]
    assert traced(torch.ones(4, 5), torch.ones(4)).sum() == 20
    with pytest.raises(ShapeError):
        torch.jit.trace(Positional(), (torch.zeros(2, 3), torch.zeros(3)))  # type: ignore[no-untyped-call]


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning", "ignore::torch.jit.TracerWarning")
def test_a_keyword_only_module_is_traced_by_jit_inside_another() -> None:
    traced = torch.jit.trace(Net(), torch.zeros(2, 4, 3))  # type: ignore[no-untyped-call]
    assert traced(torch.zeros(5, 6, 3)).shape == (5, 6, 3)
