"""The baselines: counts of bytes in context, and gzip."""

import gzip
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.baselines import ByteModel, gzip_bits_per_byte

RHYME = b"The rain in Spain stays mainly in the plain. " * 12


@given(st.binary(max_size=40), st.binary(max_size=6), st.integers(0, 3))
def test_probabilities_of_all_bytes_sum_to_one_in_any_context(data: bytes, context: bytes, order: int) -> None:
    model = ByteModel(data, order=order)
    probabilities = [model.probability(byte, context) for byte in range(256)]
    assert min(probabilities) > 0
    assert math.fsum(probabilities) == pytest.approx(1, abs=1e-12)


@given(st.integers(1, 30), st.integers(0, 3))
def test_probabilities_sum_to_one_in_contexts_that_occur(start: int, order: int) -> None:
    model = ByteModel(RHYME, order=order)
    context = RHYME[start : start + order]
    assert math.fsum(model.probability(byte, context) for byte in range(256)) == pytest.approx(1, abs=1e-12)


# "aab": two bytes differ, three in all, and 0.75 of each is shared out over all 256.
SHARED = 2 * 0.75 / 3 / 256


@pytest.mark.parametrize(("byte", "expected"), [("a", 1.25 / 3 + SHARED), ("b", 0.25 / 3 + SHARED), ("z", SHARED)])
def test_order_0_is_the_discounted_frequency_and_a_share_of_the_uniform(byte: str, expected: float) -> None:
    assert ByteModel(b"aab", order=0).probability(ord(byte), b"") == pytest.approx(expected)


def test_order_1_interpolates_the_counts_after_a_byte_with_order_0() -> None:
    model = ByteModel(b"abab", order=1)
    of_all = 1.25 / 4 + 2 * 0.75 / 4 / 256
    assert model.probability(ord("b"), b"a") == pytest.approx(1.25 / 2 + 0.75 / 2 * of_all)
    assert model.probability(ord("a"), b"a") == pytest.approx(0.75 / 2 * of_all)


def test_discount_is_what_is_taken_from_each_count() -> None:
    assert ByteModel(b"aab", order=0, discount=0.5).probability(ord("a"), b"") == pytest.approx(1.5 / 3 + 1 / 3 / 256)


def test_context_that_never_occurred_backs_off_to_its_end() -> None:
    model = ByteModel(RHYME, order=2)
    assert model.probability(ord("n"), b"Qi") == model.probability(ord("n"), b"i")
    assert model.probability(ord("n"), b"QQ") == model.probability(ord("n"), b"")


def test_bits_per_byte_score_every_byte_once_in_its_context() -> None:
    model, text = ByteModel(RHYME, order=2), b"in pain"
    contexts = [b"", b"i", b"in", b"n ", b" p", b"pa", b"ai"]
    probabilities = [model.probability(byte, context) for byte, context in zip(text, contexts, strict=True)]
    assert model.bits_per_byte(text) == pytest.approx(-math.log2(math.prod(probabilities)) / len(text))


def test_bits_per_byte_are_8_where_nothing_was_counted() -> None:
    assert ByteModel(b"", order=2).bits_per_byte(b"any text") == pytest.approx(8)


def test_bits_per_byte_fall_with_each_order_on_repetitive_text() -> None:
    bits = [ByteModel(RHYME, order=order).bits_per_byte(RHYME[20:90]) for order in range(4)]
    assert bits == sorted(bits, reverse=True)
    assert bits[0] - bits[3] > 1


@pytest.mark.parametrize("data", [RHYME, bytes(range(256)), "".join(map(str, range(3000))).encode()])
def test_gzip_figure_is_the_size_of_a_gzip_file_at_its_highest_level(data: bytes) -> None:
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=9) as writer:
        writer.write(data)
    assert gzip.decompress(file.getvalue()) == data
    assert gzip_bits_per_byte(data) == len(file.getvalue()) * 8 / len(data)
