"""Async functions, generators and async generators: arguments, results and every item are checked."""

import asyncio
import inspect
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator

import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from neuraltypes import CheckError, DTypeError, ShapeError, typecheck


def zeros(*sizes: int) -> Tensor:
    return torch.zeros(sizes)


def assert_refused(call: Callable[[], object], reason: str, error: type[CheckError] = ShapeError) -> None:
    with pytest.raises(error, match=re.escape(reason)):
        call()


@typecheck
async def later(x: Float[Tensor, "b"], grow: int = 0) -> Float[Tensor, "b"]:
    await asyncio.sleep(0)
    return zeros(len(x) + grow)


def test_async_functions_are_checked() -> None:
    assert inspect.iscoroutinefunction(later)
    assert asyncio.run(later(zeros(2))).shape == (2,)
    assert_refused(lambda: asyncio.run(later(zeros(2, 3))), "(x=): has 2 axes, expected 1")
    assert_refused(lambda: asyncio.run(later(zeros(2), 1)), "(->): axis 0 'b' is 3, expected 2 (bound by x axis 0)")


class Talk:
    """What a generator heard."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    @typecheck
    def run(self, x: Float[Tensor, "b"], bad: bool = False) -> Generator[Float[Tensor, "b"], object, str]:
        try:
            self.heard.append((yield x))
            try:
                yield x + 1
            except ValueError as error:
                self.heard.append(str(error))
                yield zeros(2, 2) if bad else x + 2
        finally:
            self.heard.append("closed")
        return "result"


def test_a_generator_hears_what_is_sent_and_thrown_and_gives_its_result() -> None:
    talk = Talk()
    assert inspect.isgeneratorfunction(Talk.run)
    talking = talk.run(zeros(2))
    assert next(talking).tolist() == [0, 0]
    assert talking.send("sent").tolist() == [1, 1]
    assert talking.throw(ValueError("thrown")).tolist() == [2, 2]
    with pytest.raises(StopIteration) as stopped:
        next(talking)
    assert stopped.value.value == "result"
    assert talk.heard == ["sent", "thrown", "closed"]


def test_a_generator_is_closed() -> None:
    talk = Talk()
    talking = talk.run(zeros(2))
    next(talking)
    talking.close()
    assert talk.heard == ["closed"]


def test_arguments_and_items_of_a_generator_are_checked() -> None:
    talk = Talk()
    assert_refused(lambda: next(talk.run(zeros(2, 3))), "Talk.run(x=): has 2 axes, expected 1")
    talking = talk.run(zeros(2), bad=True)
    next(talking)
    next(talking)
    assert_refused(lambda: talking.throw(ValueError("thrown")), "Talk.run(->): has 2 axes, expected 1")
    assert talk.heard == [None, "thrown", "closed"]


@typecheck
def counted(x: Float[Tensor, "b"]) -> Iterator[Float[Tensor, "b"]]:
    yield x
    yield x.int()


@typecheck
async def counted_later(x: Float[Tensor, "b"]) -> AsyncIterator[Float[Tensor, "b"]]:
    yield x
    await asyncio.sleep(0)
    yield x.int()


async def collected(items: AsyncIterator[Tensor]) -> list[Tensor]:
    return [item async for item in items]


def test_iterators_are_checked_item_by_item() -> None:
    assert_refused(lambda: list(counted(zeros(2))), "(->): dtype is int32, expected Float", DTypeError)
    assert inspect.isasyncgenfunction(counted_later)
    assert_refused(
        lambda: asyncio.run(collected(counted_later(zeros(2)))), "(->): dtype is int32, expected Float", DTypeError
    )
    assert_refused(lambda: asyncio.run(collected(counted_later(zeros(2, 2)))), "(x=): has 2 axes, expected 1")


def test_an_async_generator_hears_what_is_sent_and_thrown() -> None:
    heard: list[object] = []

    @typecheck
    async def talk(x: Float[Tensor, "b"]) -> AsyncGenerator[Float[Tensor, "b"], object]:
        try:
            heard.append((yield x))
            try:
                yield x
            except ValueError as error:
                heard.append(str(error))
                yield x
        finally:
            heard.append("closed")

    async def converse() -> None:
        talking = talk(zeros(2))
        await anext(talking)
        await talking.asend("sent")
        await talking.athrow(ValueError("thrown"))
        await talking.aclose()

    asyncio.run(converse())
    assert heard == ["sent", "thrown", "closed"]


def test_items_agree_in_their_sizes_with_the_arguments() -> None:
    @typecheck
    def pieces(x: Float[Tensor, "b t"], size: int) -> Iterator[Float[Tensor, "b k"]]:
        for start in range(0, x.shape[1], size):
            yield x[:, start : start + size]

    @typecheck
    def growing(x: Float[Tensor, "b"]) -> Iterator[Float[Tensor, "b"]]:
        yield x
        yield zeros(len(x) + 1)

    @typecheck
    async def growing_later(x: Float[Tensor, "b"]) -> AsyncIterator[Float[Tensor, "b"]]:
        yield zeros(len(x) + 1)

    assert [piece.shape for piece in pieces(zeros(2, 5), 3)] == [(2, 3), (2, 2)]
    assert_refused(lambda: list(growing(zeros(2))), "(->): axis 0 'b' is 3, expected 2 (bound by x axis 0)")
    assert_refused(lambda: asyncio.run(collected(growing_later(zeros(2)))), "(->): axis 0 'b' is 3, expected 2")


def test_the_event_loop_is_not_named_as_the_caller() -> None:
    with pytest.raises(ShapeError) as caught:
        asyncio.run(later(zeros(2), 1))
    assert "events.py" not in str(caught.value)
