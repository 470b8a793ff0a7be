"""Losses with sizes that have names, or none."""

from typing import Any

from neuraltypes._sizes import named, number
from neuraltypes._unify import Rest, SizedAxis, format_shape
from neuraltypes.rules import UNKNOWN, Array, Outcome, Produced, Surroundings, apply
from tests.rules._conformance import registry, to_value

F = "torch.nn.functional."


def array(text: str, dtype: str = "float32", element: str | None = None) -> Array:
    axes = [_axis(word) for word in text.split()]
    return Array(tuple(axes), frozenset({dtype}), None if element is None else Produced(element))


def _axis(word: str) -> SizedAxis | Rest:
    if word in ("...", "_"):
        return Rest() if word == "..." else SizedAxis()
    return SizedAxis(number(int(word)) if word.isdigit() else named(word))


def _fits(wanted: str, given: object) -> bool:
    return isinstance(given, Produced) and given.name == wanted


def call(name: str, **given: Any) -> Outcome:
    signature = registry().find(F + name)
    assert signature is not None
    return apply(signature, given, None, Surroundings(element_fits=_fits))


def made(name: str, config: dict[str, Any], **given: Any) -> Outcome:
    signature, init = registry().find(f"torch.nn.{name}.forward"), registry().find(f"torch.nn.{name}.__init__")
    assert signature is not None
    assert init is not None
    defaults = {one.name: one.default for one in init.parameters if not one.is_required}
    return apply(signature, given, {**defaults, **{key: to_value(value) for key, value in config.items()}})


def text(outcome: Outcome) -> str:
    assert isinstance(outcome.result, Array)
    return "?" if outcome.result.shape is None else format_shape(outcome.result.shape)


def problems(outcome: Outcome) -> list[tuple[str | None, str]]:
    return [(one.argument, one.code) for one in (*outcome.refused, *outcome.suspected)]


def test_a_loss_is_one_number_unless_it_is_not_reduced() -> None:
    logits, labels = array("b c t"), array("b t", "int64")
    outcome = call("cross_entropy", input=logits, target=labels)
    assert isinstance(outcome.result, Array)
    assert (text(outcome), problems(outcome), outcome.result.element) == ("", [], Produced("LossType"))
    assert text(call("cross_entropy", input=logits, target=labels, reduction="none")) == "b t"
    assert text(call("cross_entropy", input=logits, target=labels, reduction=UNKNOWN)) == "?"
    assert text(call("mse_loss", input=array("... d"), target=array("... d"), reduction="none")) == "... d"
    assert text(made("CrossEntropyLoss", {"reduction": "none"}, input=array("b c"), target=array("b", "int64"))) == "b"


def test_a_column_against_a_row_is_suspected() -> None:  # bug 33
    outcome = call("mse_loss", input=array("b 1"), target=array("b"))
    assert [(one.argument, one.reason) for one in outcome.suspected] == [
        ("target", 'is "b", but input is "b 1": together they are "b b"')
    ]
    assert problems(made("L1Loss", {}, input=array("b"), target=array("b 1"))) == [("target", "shape")]
    for target in ("b", "", "1", "_", "..."):
        assert not problems(call("mse_loss", input=array("b"), target=array(target))), target
    assert problems(call("mse_loss", input=array("b"), target=array("t"))) == [("target", "shape")]


def test_softmax_ahead_of_cross_entropy() -> None:  # bugs 54, 57, 60, C01
    labels = array("b", "int64")
    probabilities, logarithms, logits = (
        array("b c", element=f"{name}Type") for name in ("Probs", "Logprobs", "Logits")
    )
    for given in (logits, logarithms, array("b c")):
        assert not problems(call("cross_entropy", input=given, target=labels))
    for name in ("cross_entropy", "nll_loss"):
        assert problems(call(name, input=probabilities, target=labels)) == [("input", "element")]
    assert problems(call("nll_loss", input=logits, target=labels)) == [("input", "element")]
    assert problems(call("kl_div", input=probabilities, target=probabilities)) == [("input", "element")]
    assert not problems(call("kl_div", input=logarithms, target=probabilities, reduction="batchmean"))


def test_the_target_of_a_divergence_is_what_log_target_says() -> None:
    logarithms, probabilities = (array("b c", element=f"{name}Type") for name in ("Logprobs", "Probs"))
    assert problems(call("kl_div", input=logarithms, target=logarithms)) == [("target", "element")]
    assert problems(call("kl_div", input=logarithms, target=probabilities, log_target=True)) == [("target", "element")]
    assert not problems(call("kl_div", input=logarithms, target=logarithms, log_target=True))


def test_class_indices_are_whole_numbers() -> None:  # bug 73
    outcome = call("cross_entropy", input=array("b 10"), target=array("b"))
    words = 'is float32, expected int64 class indices, or probabilities "b 10"'
    assert [(one.reason, one.code) for one in outcome.refused] == [(words, "dtype")]
    assert not problems(call("cross_entropy", input=array("b 10"), target=array("b 10")))
    assert problems(call("cross_entropy", input=array("b 10"), target=array("b 10", "int64"))) == [("target", "dtype")]


def test_class_indices_lack_the_axis_of_classes() -> None:
    outcome = call("cross_entropy", input=array("b t c"), target=array("b t", "int64"))
    words = 'is "b t", expected class indices "b c", or probabilities "b t c"'
    assert [one.reason for one in outcome.refused] == [words]
    assert not problems(call("cross_entropy", input=array("... c"), target=array("b t", "int64")))
    assert not problems(call("cross_entropy", input=Array(), target=Array()))
    found = made("CrossEntropyLoss", {"weight": None}, input=array("b c"), target=array("b", "int64"))
    assert not problems(found)


def test_weights_of_a_module_are_named_in_the_message() -> None:
    signature = registry().find("torch.nn.CrossEntropyLoss.forward")
    assert signature is not None
    config: dict[str, Any] = {
        "weight": array("4"),
        "reduction": "mean",
        "size_average": None,
        "reduce": None,
        "label_smoothing": 0.0,
    }
    found = apply(signature, {"input": array("b 5"), "target": array("b", "int64")}, config)
    assert [(one.argument, one.reason) for one in found.refused] == [(None, "weight axis 0 is 4, expected 5")]


def test_binary_targets_are_floats_of_the_shape_of_the_input() -> None:  # bug 76
    assert problems(call("binary_cross_entropy", input=array("b 5"), target=array("b 5", "int64")))[0] == (
        "target",
        "dtype",
    )
    name = "binary_cross_entropy_with_logits"
    assert problems(call(name, input=array("b 1"), target=array("b"))) == [("target", "shape")]
    assert not problems(call(name, input=array("b 1"), target=array("b 1")))
    assert not problems(call(name, input=array("b c"), target=array("b c"), pos_weight=array("c")))
    assert problems(call(name, input=array("b c"), target=array("b c"), pos_weight=array("d"))) == [
        ("pos_weight", "shape")
    ]


def test_sequences_come_time_first() -> None:
    lengths = array("batch", "int64")
    given = {"targets": array("batch s", "int64"), "input_lengths": lengths, "target_lengths": lengths}
    assert not problems(call("ctc_loss", log_probs=array("time batch c"), **given))
    found = call("ctc_loss", log_probs=array("batch time c"), **given)
    assert ("log_probs", "kind") in problems(found)


def test_pairs_and_triplets() -> None:
    pair = {"input1": array("b d"), "input2": array("b d")}
    assert text(call("cosine_embedding_loss", **pair, target=array("b"), reduction="none")) == "b"
    one = {"input1": array("1 d"), "input2": array("b d")}
    assert not problems(call("cosine_embedding_loss", **one, target=array("b")))
    names = ("anchor", "positive", "negative")
    assert text(call("triplet_margin_loss", **dict.fromkeys(names, array("... d")), reduction="none")) == "..."
    assert text(call("triplet_margin_loss", **dict.fromkeys(names, array("b d")), reduction="none")) == "b"
