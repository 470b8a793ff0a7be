"""The text: split, byte pairs, windows."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from models.text import HeldOutWindows, RandomWindows, Split, encode, resegment, split_topics, train_tokenizer


@pytest.fixture(scope="module")
def split() -> Split:
    return split_topics()


@pytest.fixture(scope="module")
def tokenizer(split: Split) -> Tokenizer:
    return train_tokenizer(split.train[:50_000], vocab_size=400)


def runs_of_words(text: str, length: int) -> set[str]:
    words = text.split()
    return {" ".join(words[start : start + length]) for start in range(len(words) - length + 1)}


def test_no_8_words_in_a_row_of_the_held_out_text_occur_in_training(split: Split) -> None:
    assert runs_of_words(split.train, 8).isdisjoint(runs_of_words(split.held_out, 8))


def test_shorter_runs_are_common_to_both_parts_of_the_split(split: Split) -> None:
    """The test above can fail: both parts are the same kind of text."""
    assert len(runs_of_words(split.train, 4) & runs_of_words(split.held_out, 4)) > 20


def test_about_a_tenth_of_the_text_is_held_out(split: Split) -> None:
    train, held_out = len(split.train), len(split.held_out)
    assert train + held_out > 300_000
    assert 0.1 <= held_out / (train + held_out) < 0.12


def test_split_is_the_same_each_time(split: Split) -> None:
    assert split_topics() == split


@pytest.mark.parametrize("fraction", [0.05, 0.2, 0.5])
def test_fraction_says_how_much_is_held_out(fraction: float) -> None:
    split = split_topics(held_out_fraction=fraction)
    assert fraction <= len(split.held_out) / len(split.train + split.held_out) < fraction + 0.05


EIGHT_WORDS = "one two three four five six seven eight"


def split_of(monkeypatch: pytest.MonkeyPatch, **topics: str) -> Split:
    monkeypatch.setattr("models.text.topics", topics)
    return split_topics(held_out_fraction=0.01)


def test_last_topics_are_held_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    split = split_of(monkeypatch, z="last topic\n\nits end\n", a="\nfirst topic\n", m="in between\n")
    assert split == Split("first topic\n\nin between", "last topic\n\nits end")


@pytest.mark.parametrize(
    ("paragraph", "is_kept"),
    [
        (f"so {EIGHT_WORDS} it is", False),
        (EIGHT_WORDS.replace(" ", "\n   "), False),
        (EIGHT_WORDS.removesuffix(" eight"), True),
        (EIGHT_WORDS.replace("four", "4"), True),
    ],
)
def test_training_paragraph_with_8_held_out_words_in_a_row_is_dropped(
    monkeypatch: pytest.MonkeyPatch, paragraph: str, is_kept: bool
) -> None:
    split = split_of(monkeypatch, a=f"before\n\n{paragraph}\n\nafter", z=f"they say {EIGHT_WORDS} and nine")
    assert split.train == (f"before\n\n{paragraph}\n\nafter" if is_kept else "before\n\nafter")


def test_paragraph_of_several_topics_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    split = split_of(monkeypatch, a="again\n\nfirst", b="again\n\nsecond", z="again\n\nthird")
    assert split == Split("again\n\nfirst\n\nsecond", "third")


@settings(max_examples=60, deadline=None)
@given(text=st.text())
def test_decoding_gives_back_any_text_after_one_newline(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(encode(tokenizer, text).tolist()) == "\n" + text


def test_decoding_gives_back_the_held_out_text(split: Split, tokenizer: Tokenizer) -> None:
    tokens = encode(tokenizer, split.held_out)
    assert tokens.dtype == torch.int64
    assert tokenizer.decode(tokens.tolist()) == "\n" + split.held_out


def test_byte_pairs_are_learned_up_to_the_size_of_the_vocabulary(split: Split, tokenizer: Tokenizer) -> None:
    assert tokenizer.get_vocab_size() == 400
    tokens = encode(tokenizer, split.held_out)
    assert int(tokens.max()) < 400
    assert len(tokens) < 0.7 * len(split.held_out)


def test_tokenizer_is_the_same_each_time(split: Split, tokenizer: Tokenizer) -> None:
    assert train_tokenizer(split.train[:50_000], vocab_size=400).to_str() == tokenizer.to_str()


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=200), dropout=st.sampled_from([0.0, 0.1, 0.5, 1.0]), copies=st.integers(1, 4))
def test_segmentations_decode_to_the_same_text(tokenizer: Tokenizer, text: str, dropout: float, copies: int) -> None:
    tokens = resegment(tokenizer, text, dropout=dropout, copies=copies)
    assert tokenizer.decode(tokens.tolist()) == ("\n" + text) * copies


def test_segmentations_differ_by_dropout_alone(split: Split, tokenizer: Tokenizer) -> None:
    text = split.held_out[:2000]
    whole = encode(tokenizer, text)
    bytes_alone = resegment(tokenizer, text, dropout=1.0, copies=1)
    some, others = (resegment(tokenizer, text, dropout=0.1, copies=1).tolist() for _ in range(2))
    assert torch.equal(resegment(tokenizer, text, dropout=0.0, copies=2), torch.cat([whole, whole]))
    assert some != others
    assert len(whole) < len(some) < len(bytes_alone) == len(text.encode()) + 1


def test_tokenizer_drops_no_merges_after_a_resegmentation(split: Split, tokenizer: Tokenizer) -> None:
    before = encode(tokenizer, split.held_out[:2000])
    resegment(tokenizer, split.held_out[:2000], dropout=0.5, copies=1)
    assert torch.equal(encode(tokenizer, split.held_out[:2000]), before)


@pytest.mark.parametrize("context", [1, 2, 3, 4, 5, 7, 8, 13, 64])
def test_held_out_windows_score_every_target_once(context: int) -> None:
    for length in range(2, 70):
        tokens = torch.arange(100, 100 + length)
        windows = HeldOutWindows(tokens, context=context)
        items = [windows[i] for i in range(len(windows))]
        scored = [target for item in items for target in item.targets[item.skip :].tolist()]
        assert scored == tokens[1:].tolist(), f"{length} tokens"


@pytest.mark.parametrize(("length", "context"), [(2, 8), (5, 8), (8, 8), (9, 8), (10, 8), (31, 8), (31, 7), (100, 13)])
def test_held_out_targets_follow_at_least_half_a_context(length: int, context: int) -> None:
    tokens = torch.arange(length)
    windows = HeldOutWindows(tokens, context=context)
    for number in range(len(windows)):
        inputs, targets, skip, _ = windows[number]
        assert len(inputs) == min(context, length - 1), "all windows are of one size, so that they make a batch"
        assert torch.equal(targets, inputs + 1)
        assert skip == 0 if number == 0 else context // 2 <= skip < context


@pytest.mark.parametrize(("n_bytes", "expected"), [(None, 30), (50, 50)])
def test_held_out_windows_share_out_the_bytes_of_the_text(n_bytes: int | None, expected: int) -> None:
    windows = HeldOutWindows(torch.arange(31), context=8, n_bytes=n_bytes)
    found = [windows[number] for number in range(len(windows))]
    assert sum(window.n_bytes for window in found) == pytest.approx(expected)
    assert all(window.n_bytes == pytest.approx((8 - window.skip) * expected / 30) for window in found)


def test_random_windows_are_inputs_and_the_tokens_that_follow() -> None:
    tokens = torch.arange(1000, 1030)
    windows = RandomWindows(tokens, context=7, n_windows=300)
    starts = set()
    for number in range(len(windows)):
        inputs, targets = windows[number]
        starts.add(int(inputs[0]))
        assert torch.equal(inputs, torch.arange(7) + inputs[0])
        assert torch.equal(targets, inputs + 1)
    assert len(windows) == 300
    assert starts == set(range(1000, 1023)), "every offset occurs, the first and the last too"


def test_random_windows_are_reproducible_by_the_seed() -> None:
    def starts(seed: int) -> list[int]:
        torch.manual_seed(seed)
        windows = RandomWindows(torch.arange(100), context=7, n_windows=8)
        return [int(windows[number][0][0]) for number in range(8)]

    assert starts(1) == starts(1) != starts(2)
