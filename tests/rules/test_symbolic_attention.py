"""Recurrent networks, attention and transformers with sizes that have names, or none."""

from typing import Any

from neuraltypes._sizes import named, number
from neuraltypes._unify import Rest, SizedAxis, format_shape
from neuraltypes.rules import UNKNOWN, Array, Outcome, Produced, Surroundings, apply
from tests.rules._conformance import registry, to_value


def array(text: str, dtype: str = "float32", element: str | None = None) -> Array:
    axes = [_axis(word) for word in text.split()]
    return Array(tuple(axes), frozenset({dtype}), None if element is None else Produced(element))


def _axis(word: str) -> SizedAxis | Rest:
    if word in ("...", "_"):
        return Rest() if word == "..." else SizedAxis()
    return SizedAxis(number(int(word)) if word.isdigit() else named(word))


def call(name: str, config: dict[str, Any], **given: Any) -> Outcome:
    signature, init = registry().find(f"{name}.forward"), registry().find(f"{name}.__init__")
    assert signature is not None
    assert init is not None
    made = {one.name: one.default for one in init.parameters if not one.is_required}
    made |= {key: to_value(value) for key, value in config.items()}
    return apply(signature, given, made, Surroundings(element_fits=_fits))


def _fits(wanted: str, given: object) -> bool:
    return isinstance(given, Produced) and given.name == wanted


def text(result: Any) -> Any:
    if isinstance(result, Array):
        return "?" if result.shape is None else format_shape(result.shape)
    return tuple(map(text, result)) if isinstance(result, tuple) else result


def reasons(outcome: Outcome) -> list[tuple[str | None, str]]:
    return [(one.argument, one.reason) for one in (*outcome.refused, *outcome.suspected)]


def test_lstm_gives_outputs_and_states() -> None:
    config = {"input_size": 80, "hidden_size": 64, "num_layers": 2, "bidirectional": True, "batch_first": True}
    outcome = call("torch.nn.LSTM", config, input=array("b t 80"))
    assert text(outcome.result) == ("b t 128", ("4 b 64", "4 b 64"))
    assert text(call("torch.nn.LSTM", {**config, "proj_size": 8}, input=array("t 80")).result) == (
        "t 16",
        ("4 8", "4 64"),
    )


def test_lstm_wants_its_input_size() -> None:  # bug 13
    outcome = call("torch.nn.LSTM", {"input_size": 64, "hidden_size": 64, "batch_first": True}, input=array("b t 80"))
    assert reasons(outcome) == [("input", "axis -1 is 80, expected 64")]


def test_lstm_reads_its_first_two_axes_by_position() -> None:  # bug 35
    config = {"input_size": 80, "hidden_size": 64}
    wrong = "got batch, time, ...; expected time, batch, ... (batch_first=False)"
    assert reasons(call("torch.nn.LSTM", config, input=array("batch time 80"))) == [("input", wrong)]
    assert not reasons(call("torch.nn.LSTM", {**config, "batch_first": True}, input=array("batch time 80")))
    assert not reasons(call("torch.nn.LSTM", config, input=array("b t 80")))
    wrong = "got time, batch, ...; expected batch, time, ... (batch_first=True)"
    assert reasons(call("torch.nn.GRU", {**config, "batch_first": True}, input=array("time batch 80"))) == [
        ("input", wrong)
    ]


def test_states_are_held_against_the_input() -> None:
    config = {"input_size": 80, "hidden_size": 64}
    outcome = call("torch.nn.LSTM", config, input=array("t b 80"), hx=(array("1 b 64"), array("2 b 64")))
    assert reasons(outcome) == [("hx", "axis 0 of hx[1] is 2, expected 1")]
    assert not reasons(call("torch.nn.GRU", config, input=array("... 80"), hx=array("1 b 64")))


def test_of_packed_sequences_only_the_states_are_known() -> None:
    outcome = call("torch.nn.LSTM", {"input_size": 80, "hidden_size": 64}, input=UNKNOWN)
    assert text(outcome.result) == (UNKNOWN, ("1 ... 64", "1 ... 64"))


def test_attention_gives_what_comes_out_and_weights() -> None:
    config = {"embed_dim": 64, "num_heads": 4, "batch_first": True}
    given = {"query": array("b l 64"), "key": array("b s 64"), "value": array("b s 64")}
    outcome = call("torch.nn.MultiheadAttention", config, **given)
    assert text(outcome.result) == ("b l 64", "b l s")
    assert outcome.result[1].element == Produced("AttentionWeightsType")  # type: ignore[index,union-attr]
    outcome = call("torch.nn.MultiheadAttention", config, **given, average_attn_weights=False)
    assert text(outcome.result) == ("b l 64", "b 4 l s")
    assert text(call("torch.nn.MultiheadAttention", config, **given, need_weights=False).result) == ("b l 64", None)
    assert text(call("torch.nn.MultiheadAttention", config, **given, need_weights=UNKNOWN).result)[1] is UNKNOWN


def test_a_mask_of_padding_is_true_where_to_ignore() -> None:  # bug 70
    x = array("b t 64")
    valid, padded = (array("b t", "bool", name) for name in ("ValidMaskType", "IgnoreMaskType"))
    config = {"embed_dim": 64, "num_heads": 4, "batch_first": True}
    outcome = call("torch.nn.MultiheadAttention", config, query=x, key=x, value=x, key_padding_mask=valid)
    assert [(one.argument, one.code) for one in outcome.refused] == [("key_padding_mask", "element")]
    assert not reasons(call("torch.nn.MultiheadAttention", config, query=x, key=x, value=x, key_padding_mask=padded))


def test_a_layer_that_reads_time_first_refuses_the_mask() -> None:  # bug 42
    given = {"src": array("batch time 64"), "src_key_padding_mask": array("batch time", "bool")}
    found = call("torch.nn.TransformerEncoderLayer", {"d_model": 64, "nhead": 4}, **given)
    assert [(one.argument, one.code) for one in (*found.refused, *found.suspected)] == [
        ("src_key_padding_mask", "shape"),
        ("src", "kind"),
    ]
    assert not reasons(
        call("torch.nn.TransformerEncoderLayer", {"d_model": 64, "nhead": 4, "batch_first": True}, **given)
    )


def test_heads_must_divide_the_features() -> None:
    x = array("b t 64")
    outcome = call("torch.nn.MultiheadAttention", {"embed_dim": 64, "num_heads": 5}, query=x, key=x, value=x)
    assert reasons(outcome) == [(None, "cannot split 64 features among 5 heads")]


def test_stacks_keep_the_shape_whatever_their_layers() -> None:
    outcome = call("torch.nn.TransformerEncoder", {}, src=array("b t d"), src_key_padding_mask=array("b t", "bool"))
    assert (text(outcome.result), reasons(outcome)) == ("b t d", [])
    outcome = call("torch.nn.TransformerDecoder", {}, tgt=array("b t d"), memory=array("b s d"))
    assert (text(outcome.result), reasons(outcome)) == ("b t d", [])


def _dots(**given: Any) -> Outcome:
    signature = registry().find("torch.nn.functional.scaled_dot_product_attention")
    assert signature is not None
    return apply(signature, given)


def test_scaled_dot_products() -> None:
    q, k, v = array("b h t d"), array("b h s d"), array("b h s e")
    assert text(_dots(query=q, key=k, value=v).result) == "b h t e"
    assert text(_dots(query=q, key=k, value=v, attn_mask=array("t s", "bool")).result) == "b h t e"
    assert text(_dots(query=array("... t d"), key=array("... s d"), value=array("... s d")).result) == "... t d"
    assert reasons(_dots(query=q, key=array("b h s e"), value=v)) == [("key", "axis -1 is e, expected d")]
    outcome = _dots(query=q, key=k, value=v, attn_mask=array("s t", "bool"))
    assert [one.argument for one in outcome.refused] == ["attn_mask"]
    grouped = _dots(query=array("b 8 t d"), key=array("b 2 s d"), value=array("b 2 s d"), enable_gqa=True)
    assert (text(grouped.result), reasons(grouped)) == ("b 8 t d", [])


def test_heads_behind_time_are_suspected() -> None:
    x = array("batch time heads d")
    assert [one.code for one in _dots(query=x, key=x, value=x).suspected] == ["kind"]
    x = array("b t h d")
    assert not reasons(_dots(query=x, key=x, value=x))
