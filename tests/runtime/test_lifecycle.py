"""Checked modules are copied, pickled, shared between threads and collected like any other."""

import copy
import gc
import importlib
import pickle
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import CheckError, DTypeError, NeuralModule, NeuralType, ShapeError, typecheck
from neuraltypes.elements import LogitsType

GOOD, BAD = torch.ones(2, 3), torch.ones(2, 4)


class Linear(NeuralModule):
    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.width = width
        self.linear = nn.Linear(width, width)

    def forward(self, *, x: Float[Tensor, "b {self.width}"]) -> NeuralType[Float[Tensor, "b {self.width}"], LogitsType]:
        return self.linear(x)  # type: ignore[no-any-return]


@typecheck
def double(x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3"]:
    return x * 2


def assert_checked(call: Callable[..., object]) -> None:
    call(x=GOOD)
    with pytest.raises(ShapeError):
        call(x=BAD)


def by_pickle(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def by_cloudpickle(value: Any) -> Any:
    cloudpickle: Any = importlib.import_module("cloudpickle")
    return pickle.loads(cloudpickle.dumps(value))


COPIES = [copy.copy, copy.deepcopy, by_pickle, by_cloudpickle]


@pytest.mark.parametrize("copied", COPIES, ids=lambda copied: copied.__name__)
@pytest.mark.parametrize("is_called", [False, True], ids=["before a call", "after a call"])
def test_a_copy_of_a_module_is_checked(copied: Callable[[Any], Any], is_called: bool) -> None:
    module = Linear()
    if is_called:
        module(x=GOOD)
    other = copied(module)
    assert_checked(other)
    assert torch.equal(other(x=GOOD), module(x=GOOD))
    assert other.input_types == module.input_types


@pytest.mark.parametrize("copied", COPIES, ids=lambda copied: copied.__name__)
def test_a_copy_of_a_function_is_the_function(copied: Callable[[Any], Any]) -> None:
    assert copied(double) is double
    assert copied(Linear.forward) is Linear.forward


@pytest.mark.parametrize("is_called", [False, True], ids=["before a call", "after a call"])
def test_a_class_pickled_by_value_is_checked(is_called: bool) -> None:
    class Local(NeuralModule):
        def forward(self, *, x: Float[Tensor, "b 3"], mode: str = "sum") -> Float[Tensor, "b 3"]:
            return x

    if is_called:
        assert_checked(Local())
    local = by_cloudpickle(Local)
    assert_checked(local())
    with pytest.raises(CheckError, match="expected str"):
        local()(x=GOOD, mode=3)


def test_a_class_with_strings_as_annotations_pickled_by_value_is_checked() -> None:
    class Local(NeuralModule):
        def forward(self, *, x: "Float[Tensor, 'b 3']") -> "Float[Tensor, 'b 3']":
            return x

    assert_checked(by_cloudpickle(Local)())


def test_annotations_keep_only_the_names_that_they_use() -> None:
    unrelated = torch.ones(3)

    @typecheck
    def local(x: "Float[Tensor, 'b 3']") -> "Float[Tensor, 'b 3']":
        return x

    assert_checked(local)
    alive = weakref.ref(unrelated)
    del unrelated
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize("is_called", [False, True], ids=["before a call", "after a call"])
def test_a_function_pickled_by_value_is_checked(is_called: bool) -> None:
    @typecheck
    def local(x: Float[Tensor, "b 3"], mode: str = "sum") -> Float[Tensor, "b 3"]:
        return x

    if is_called:
        assert_checked(local)
    other = by_cloudpickle(local)
    assert other is not local
    assert_checked(other)
    assert_checked(local)


def test_the_state_of_a_checked_module_is_that_of_a_plain_one() -> None:
    module = Linear()
    module(x=GOOD)
    assert list(module.state_dict()) == ["linear.weight", "linear.bias"]
    assert Linear().load_state_dict(module.state_dict()).missing_keys == []


def test_many_threads_may_make_the_first_call() -> None:
    results: list[bool] = []
    start = threading.Barrier(8)

    @typecheck
    def fresh(x: "Float[Tensor, 'b 3']", n: int) -> "Float[Tensor, 'b 3']":
        return x * n

    def work() -> None:
        start.wait()
        for size in range(30):
            results.append(fresh(torch.ones(size, 3), size).shape == (size, 3))
            try:
                fresh(BAD, size)
            except ShapeError as error:
                results.append(error.bindings == {"b": 2})
            else:
                results.append(False)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 480


def test_a_module_is_freed_without_the_garbage_collector() -> None:
    module = Linear()
    module(x=GOOD)
    _ = module.input_types
    alive = weakref.ref(module)
    gc.disable()
    try:
        del module
        assert alive() is None
    finally:
        gc.enable()


def test_a_caught_error_keeps_no_module_and_no_argument_alive() -> None:
    module, x = Linear(), torch.ones(2, 4)
    with pytest.raises(ShapeError):
        module(x=x)
    modules, tensors = weakref.ref(module), weakref.ref(x)
    del module, x
    gc.collect()
    assert modules() is None
    assert tensors() is None


def test_a_local_class_is_collected() -> None:
    def make() -> weakref.ref[type]:
        class Local(NeuralModule):
            def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 3"]:
                return x

        assert_checked(Local())
        return weakref.ref(Local)

    alive = make()
    gc.collect()
    assert alive() is None


def test_the_arguments_of_a_call_are_freed_when_it_ends() -> None:
    x = torch.ones(2, 3)
    alive = weakref.ref(x)
    double(x)
    del x
    assert alive() is None


def unsqueezed(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    return x.unsqueeze_(0)


def resized(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    return x.resize_(5, 5)


def with_other_dtype(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    x.data = x.data.int()
    return x


def grown(x: list[Float[Tensor, "b t"]]) -> list[Float[Tensor, "b t"]]:
    x.append(torch.ones(2, 9))  # type: ignore[arg-type]
    return x


@pytest.mark.parametrize(
    ("function", "argument", "error", "reason"),
    [
        (unsqueezed, torch.ones(2, 3), ShapeError, "has 3 axes, expected 2"),
        (resized, torch.ones(2, 3), ShapeError, "axis 0 'b' is 5, expected 2"),
        (with_other_dtype, torch.ones(2, 3), DTypeError, "dtype is int32, expected Float"),
        (grown, [torch.ones(2, 3)], ShapeError, "axis 1 't' is 9, expected 3"),
    ],
    ids=lambda case: getattr(case, "__name__", ""),
)
def test_an_argument_changed_in_place_is_seen_in_the_result(
    function: Callable[[Any], Any], argument: Any, error: type[CheckError], reason: str
) -> None:
    with pytest.raises(error, match=rf"{function.__name__}\(->.*{reason}"):
        typecheck(function)(copy.copy(argument))


def test_what_the_arguments_bound_outlasts_their_change() -> None:
    @typecheck
    def shrink(x: Float[Tensor, "b t"], y: Int[Tensor, "b"]) -> Float[Tensor, "b t"]:
        result = x * 2
        x.resize_(1, 1)
        y.resize_(9)
        return result

    assert shrink(torch.ones(2, 3), torch.ones(2, dtype=torch.int64)).shape == (2, 3)


def test_an_argument_may_be_rebound_inside() -> None:
    @typecheck
    def rebind(x: Float[Tensor, "b t"]) -> Float[Tensor, "b t"]:
        given = x
        x = x[:, :1]
        return given + x

    assert rebind(GOOD).shape == (2, 3)
