"""When calls are checked: the variable of the environment, `set_checks`, and `checks` blocks."""

import asyncio
import copy
import re
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any, get_args

import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import CheckError, NeuralModule, ShapeError, checks, set_checks, typecheck
from neuraltypes._switches import Policy, switch


class Flat(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
        return x


@typecheck
def flat(x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
    return x


GOOD, BAD = torch.zeros(2), torch.zeros(2, 3)


def is_checked(call: Callable[..., object] = flat) -> bool:
    """Whether a wrong call is refused here and now."""
    try:
        call(x=BAD)
    except ShapeError:
        return True
    return False


def test_every_call_is_checked_by_default() -> None:
    assert is_checked()
    assert is_checked(Flat())
    assert not switch.special


def test_a_block_switches_checks_off_and_on_again() -> None:
    with checks("off"):
        assert not is_checked()
        assert not is_checked(Flat())
    assert is_checked()
    assert not switch.special


def test_blocks_nest() -> None:
    with checks("off"):
        with checks("always"):
            assert is_checked()
            with checks("off"):
                assert not is_checked()
            assert is_checked()
        assert not is_checked()
    assert is_checked()


def test_a_block_ends_with_an_exception() -> None:
    with pytest.raises(KeyError), checks("off"):
        raise KeyError
    assert is_checked()
    assert not switch.special


def test_a_block_is_a_decorator() -> None:
    @checks("off")
    def unchecked() -> bool:
        return is_checked()

    assert not unchecked()
    assert not unchecked()
    assert is_checked()


def test_a_block_is_of_its_thread_only() -> None:
    seen: dict[str, bool] = {}
    inside, done = threading.Event(), threading.Event()

    def other() -> None:
        inside.wait(10)
        seen["other"] = is_checked()
        with checks("off"):
            seen["other inside"] = is_checked()
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with checks("off"):
        inside.set()
        done.wait(10)
        seen["this"] = is_checked()
    thread.join()
    assert seen == {"other": True, "other inside": False, "this": False}


def test_many_threads_leave_the_switch_as_it_was() -> None:
    results: list[bool] = []

    def work() -> None:
        for _ in range(200):
            with checks("off"):
                off = is_checked()
            results.append(not off and is_checked())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 800
    assert not switch.special


def test_a_block_is_of_its_task_only() -> None:
    async def unchecked(started: asyncio.Event, go_on: asyncio.Event) -> list[bool]:
        with checks("off"):
            started.set()
            await go_on.wait()
            inside = is_checked()
        return [inside, is_checked()]

    async def both() -> tuple[list[bool], bool]:
        started, go_on = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(unchecked(started, go_on))
        await started.wait()
        here = is_checked()
        go_on.set()
        return await task, here

    assert asyncio.run(both()) == ([False, True], True)


def test_a_generator_that_starts_unchecked_stays_so() -> None:
    @typecheck
    def steps() -> Iterator[Float[Tensor, "b"]]:
        yield BAD  # type: ignore[misc]
        yield BAD  # type: ignore[misc]

    with checks("off"):
        items = steps()
        assert next(items) is BAD  # type: ignore[comparison-overlap]
    assert next(items) is BAD  # type: ignore[comparison-overlap]
    with pytest.raises(CheckError):
        next(steps())


def test_switched_off_functions_of_every_sort_run_as_written() -> None:
    @typecheck
    async def later(x: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
        return x

    @typecheck
    def items(x: Float[Tensor, "b"]) -> Generator[Float[Tensor, "b"], Any, None]:
        got = yield x
        yield got

    @typecheck
    async def items_later(x: Float[Tensor, "b"]) -> AsyncIterator[Float[Tensor, "b"]]:
        yield x

    async def collected() -> list[Tensor]:
        return [item async for item in items_later(BAD)]

    with checks("off"):
        assert asyncio.run(later(BAD)) is BAD  # type: ignore[comparison-overlap]
        assert asyncio.run(collected()) == [BAD]
        generator = items(BAD)
        assert next(generator) is BAD  # type: ignore[comparison-overlap]
        assert generator.send(3) == 3


def test_off_makes_no_tag() -> None:
    from neuraltypes import NeuralType
    from neuraltypes.elements import LogitsType

    @typecheck
    def logits(x: Tensor) -> NeuralType[Float[Tensor, "b"], LogitsType]:
        return x * 1

    with checks("off"):
        assert not hasattr(logits(GOOD), "_neural_type")
    assert hasattr(logits(GOOD), "_neural_type")


def checked_calls(call: Callable[..., object], calls: int) -> list[bool]:
    return [is_checked(call) for _ in range(calls)]


def test_first_checks_the_first_calls_of_each_module_and_function() -> None:
    one, other = Flat(), Flat()

    @typecheck
    def function(x: Float[Tensor, "b"]) -> None: ...

    @typecheck
    def another(x: Float[Tensor, "b"]) -> None: ...

    set_checks("first", calls=2)
    assert checked_calls(one, 4) == [True, True, False, False]
    assert checked_calls(other, 3) == [True, True, False]
    assert checked_calls(function, 3) == [True, True, False]
    assert checked_calls(another, 1) == [True]
    set_checks("always")
    assert checked_calls(one, 2) == [True, True]


def test_first_counts_calls_that_pass() -> None:
    module = Flat()
    with checks("first", calls=3):
        for _ in range(3):
            module(x=GOOD)
        assert not is_checked(module)


def test_first_counts_a_hundred_unless_told() -> None:
    module = Flat()
    set_checks("first")
    assert checked_calls(module, 102) == [True] * 100 + [False] * 2


def test_first_leaves_state_and_copies_as_they_are() -> None:
    module = Flat()
    set_checks("first", calls=1)
    assert checked_calls(module, 2) == [True, False]
    assert not module.state_dict()
    assert not is_checked(copy.deepcopy(module))


def test_a_block_overrides_the_policy_of_the_process() -> None:
    set_checks("off")
    assert not is_checked()
    with checks("always"):
        assert is_checked()
    assert not is_checked()
    set_checks("always")
    assert is_checked()


def test_the_policy_of_the_process_holds_in_every_thread() -> None:
    seen = []
    set_checks("off")
    thread = threading.Thread(target=lambda: seen.append(is_checked()))
    thread.start()
    thread.join()
    assert seen == [False]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"policy": "sometimes"}, 'checks: policy is "sometimes", expected "always", "first" or "off"'),
    (
        {"policy": "always", "calls": 3},
        'checks: calls=3 goes with policy "first" and is at least 1; got policy "always"',
    ),
    ({"policy": "first", "calls": 0}, 'checks: calls=0 goes with policy "first" and is at least 1; got policy "first"'),
    ({"policy": "off", "calls": 1}, 'checks: calls=1 goes with policy "first"'),
]


@pytest.mark.parametrize(("arguments", "reason"), WRONG, ids=range(len(WRONG)))
def test_wrong_values_are_refused_and_change_nothing(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        set_checks(**arguments)
    with pytest.raises(ValueError, match=re.escape(reason)), checks(**arguments):
        pytest.fail("the block is entered")
    assert is_checked()
    assert not switch.special
    assert set(get_args(Policy)) == {"always", "first", "off"}
