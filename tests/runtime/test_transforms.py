"""What torch does to modules and tensors: functional calls, fake tensors, autocast, parametrizations and the like."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from jaxtyping import Float, Float32
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call, grad, jvp, stack_module_state, vmap
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.nn.utils import parametrizations, parametrize
from torch.utils.checkpoint import checkpoint

from neuraltypes import CheckError, DTypeError, ElementError, NeuralModule, NeuralType, ShapeError, typecheck
from neuraltypes.elements import LogitsType, ProbsType


class Linear(NeuralModule):
    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(width, width)

    def forward(
        self, *, x: Float[Tensor, "b t {self.width}"]
    ) -> NeuralType[Float[Tensor, "b t {self.width}"], LogitsType]:
        return self.linear(x)  # type: ignore[no-any-return]


class Weighted(NeuralModule):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3, 3))

    def forward(self, *, x: Float[Tensor, "b 3"]) -> Float32[Tensor, "b 3"]:
        return x @ self.weight


class Softmax(NeuralModule):
    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t 3"], LogitsType]
    ) -> NeuralType[Float[Tensor, "b t 3"], ProbsType]:
        return x.softmax(-1)


GOOD, BAD = torch.ones(2, 4, 3), torch.ones(2, 4, 5)


def assert_refused(call: Callable[[], object], error: type[CheckError] = ShapeError) -> None:
    with pytest.raises(error):
        call()


def parameters_of(module: nn.Module) -> dict[str, Tensor]:
    return dict(module.named_parameters())


def test_a_functional_call_is_checked() -> None:
    module = Linear()
    parameters = {name: torch.zeros_like(p) for name, p in parameters_of(module).items()}
    assert functional_call(module, parameters, (), {"x": GOOD}).sum() == 0
    assert_refused(lambda: functional_call(module, parameters, (), {"x": BAD}))


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
def test_a_gradient_by_function_is_checked() -> None:
    module = Linear()

    def loss(parameters: dict[str, Tensor], x: Tensor) -> Tensor:
        return functional_call(module, parameters, (), {"x": x}).sum()  # type: ignore[no-any-return]

    assert grad(loss)(parameters_of(module), GOOD)["linear.bias"].sum() == 24
    assert_refused(lambda: grad(loss)(parameters_of(module), BAD))
    assert jvp(lambda x: module(x=x), (GOOD,), (GOOD,))[0].shape == GOOD.shape


def test_vmap_is_checked_without_the_mapped_axis() -> None:
    module = Linear()
    assert vmap(lambda x: module(x=x))(torch.ones(7, 2, 4, 3)).shape == (7, 2, 4, 3)
    assert_refused(lambda: vmap(lambda x: module(x=x))(torch.ones(7, 2, 4, 5)))
    assert_refused(lambda: vmap(lambda x: module(x=x))(GOOD))


def test_tags_inside_vmap_are_checked() -> None:
    linear, softmax = Linear(), Softmax()
    assert vmap(lambda x: softmax(x=linear(x=x)))(torch.ones(7, 2, 4, 3)).shape == (7, 2, 4, 3)
    assert_refused(lambda: vmap(lambda x: softmax(x=softmax(x=x)))(torch.ones(7, 2, 4, 3)), ElementError)


def test_an_ensemble_and_gradients_per_sample() -> None:
    modules = [Linear() for _ in range(3)]
    parameters, buffers = stack_module_state(modules)
    base = copy.deepcopy(modules[0]).to("meta")

    def call(parameters: Any, buffers: Any, x: Tensor) -> Any:
        return functional_call(base, (parameters, buffers), (), {"x": x})

    assert vmap(call, in_dims=(0, 0, None))(parameters, buffers, GOOD).shape == (3, 2, 4, 3)

    def loss(parameters: dict[str, Tensor], x: Tensor) -> Tensor:
        return functional_call(modules[0], parameters, (), {"x": x[None]}).sum()  # type: ignore[no-any-return]

    each = vmap(grad(loss), in_dims=(None, 0))(parameters_of(modules[0]), torch.ones(5, 4, 3))
    assert each["linear.weight"].shape == (5, 3, 3)


def test_tensors_without_data_are_checked() -> None:
    module = Linear().to("meta")
    assert module(x=GOOD.to("meta")).device.type == "meta"
    assert_refused(lambda: module(x=BAD.to("meta")))


def test_fake_tensors_are_checked() -> None:
    with FakeTensorMode():
        module = Linear()
        assert module(x=torch.empty(2, 4, 3)).shape == (2, 4, 3)
        assert_refused(lambda: module(x=torch.empty(2, 4, 5)))


def test_fake_tensors_of_symbolic_size_are_checked() -> None:
    mode = FakeTensorMode(shape_env=ShapeEnv(), allow_non_fake_inputs=True)
    x = mode.from_tensor(GOOD, static_shapes=False)
    with mode:
        module = Linear()
        assert module(x=x).ndim == 3
        with pytest.raises(ShapeError, match=r"axis 2 '\{self.width\}' is 2, expected 3"):
            module(x=x[..., :2])


def test_autocast_is_seen_by_the_check() -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert Linear()(x=GOOD).dtype == torch.bfloat16
        assert_refused(lambda: Linear()(x=BAD))
        with pytest.raises(DTypeError, match=r"Weighted.forward\(->\): dtype is bfloat16, expected Float32"):
            Weighted()(x=torch.ones(2, 3))
    assert Weighted()(x=torch.ones(2, 3)).dtype == torch.float32


class Symmetric(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return weight.triu() + weight.triu(1).T


def test_a_parametrized_module_is_checked() -> None:
    module = Weighted()
    parametrize.register_parametrization(module, "weight", Symmetric())
    assert type(module).__name__ == "ParametrizedWeighted"
    assert type(module).forward is Weighted.forward
    for each in (module, copy.deepcopy(module)):
        assert each(x=torch.ones(2, 3)).shape == (2, 3)
        assert_refused(lambda each=each: each(x=torch.ones(2, 4)))  # type: ignore[misc]
    assert list(module.input_types) == ["x"]
    parametrize.remove_parametrizations(module, "weight")
    assert_refused(lambda: module(x=torch.ones(2, 4)))


def test_a_checked_module_parametrizes_another() -> None:
    @typecheck
    class Checked(nn.Module):
        def forward(self, weight: Float[Tensor, "n n"]) -> Float[Tensor, "n n"]:
            return weight.triu() + weight.triu(1).T

    parametrize.register_parametrization(nn.Linear(3, 3), "weight", Checked())
    with pytest.raises(ShapeError):
        parametrize.register_parametrization(nn.Linear(3, 4), "weight", Checked())


def test_weight_norm_is_no_hindrance() -> None:
    module = Linear()
    parametrizations.weight_norm(module.linear)
    assert module(x=GOOD).shape == GOOD.shape


LAYOUTS = pytest.mark.parametrize("layout", [torch.jagged, torch.strided], ids=["jagged", "strided"])


def nested(*shapes: tuple[int, ...], layout: torch.layout) -> Tensor:
    return torch.nested.nested_tensor([torch.ones(shape) for shape in shapes], layout=layout)


@LAYOUTS
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors is in prototype stage:UserWarning")
def test_nested_tensors_are_accepted(layout: torch.layout) -> None:
    assert Softmax()(x=nested((2, 3), (4, 3), layout=layout)).is_nested


@LAYOUTS
@pytest.mark.parametrize("shapes", [[(2, 5), (4, 5)], [(2,), (4,)]], ids=["size", "ndim"])
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors is in prototype stage:UserWarning")
def test_wrong_nested_tensors_are_refused(layout: torch.layout, shapes: list[tuple[int, ...]]) -> None:
    assert_refused(lambda: Softmax()(x=nested(*shapes, layout=layout)))


@LAYOUTS
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors is in prototype stage:UserWarning")
def test_nested_tensors_of_a_wrong_dtype_are_refused(layout: torch.layout) -> None:
    assert_refused(lambda: Softmax()(x=nested((2, 3), (4, 3), layout=layout).int()), DTypeError)


@LAYOUTS
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors is in prototype stage:UserWarning")
def test_nested_tensors_come_back_as_they_are(layout: torch.layout) -> None:
    @typecheck
    def same(x: Float[Tensor, "b t 3"]) -> NeuralType[Float[Tensor, "b t 3"], LogitsType]:
        return x

    assert same(nested((2, 3), (4, 3), layout=layout)).is_nested


def test_sparse_tensors_are_checked() -> None:
    assert Softmax.forward(Softmax(), x=torch.eye(3).expand(2, 3, 3)).shape == (2, 3, 3)

    @typecheck
    def double(x: Float[Tensor, "b t 3"]) -> Float[Tensor, "b t 3"]:
        return x * 2

    assert double(GOOD.to_sparse()).is_sparse
    assert_refused(lambda: double(BAD.to_sparse()))


def test_inference_mode_is_checked_and_tagged() -> None:
    with torch.inference_mode():
        probs = Softmax()(x=GOOD)
        assert_refused(lambda: Softmax()(x=BAD))
        assert_refused(lambda: Softmax()(x=probs), ElementError)
    assert_refused(lambda: Softmax()(x=probs), ElementError)


class Meters(Tensor):
    pass


def test_subclasses_of_tensor_are_checked() -> None:
    x = GOOD.as_subclass(Meters)
    assert type(Softmax()(x=x)) is Meters
    assert_refused(lambda: Softmax()(x=BAD.as_subclass(Meters)))
    assert Softmax()(x=nn.Parameter(GOOD)).shape == GOOD.shape
    assert_refused(lambda: Softmax()(x=nn.Parameter(BAD)))


def test_checkpointing_runs_the_checks_again() -> None:
    x = GOOD.clone().requires_grad_()
    result: Any = checkpoint(Linear(), x=x, use_reentrant=False)
    result.sum().backward()
    assert x.grad is not None
    assert_refused(lambda: checkpoint(Linear(), x=BAD, use_reentrant=False))


def test_averaged_and_quantized_modules_are_checked() -> None:
    averaged = torch.optim.swa_utils.AveragedModel(Linear())
    assert averaged(x=GOOD).shape == GOOD.shape
    assert_refused(lambda: averaged(x=BAD))


def test_forward_hooks_may_change_the_arguments_before_the_check() -> None:
    module = Linear()
    module.register_forward_pre_hook(
        lambda _module, args, kwargs: (args, {"x": kwargs["x"][..., :3]}), with_kwargs=True
    )
    assert module(x=BAD).shape == GOOD.shape
