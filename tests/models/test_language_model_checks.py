"""The interfaces of the language model, what its checks refuse, and that right calls take their fast path alone."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
import torch
from jaxtyping import Float
from torch import Tensor, nn

import neuraltypes._hook
from models.language_model import (
    ChannelDropout,
    Key,
    LanguageModel,
    LanguageModelConfig,
    NextTokenLoss,
    Query,
    RMSNorm,
    TokenEmbedding,
    Value,
)
from neuraltypes import (
    DTypeError,
    ElementError,
    ElementVar,
    NeuralModule,
    NeuralType,
    ShapeError,
    TensorSpec,
    typecheck,
)
from neuraltypes._check import Checker
from neuraltypes.elements import (
    ChannelType,
    ElementType,
    EmbeddedTextType,
    EncodedRepresentation,
    LogitsType,
    LossType,
    TokenIndex,
)

# The sizes of the model: context, channels, vocabulary.
T, D, VOCABULARY = 8, 16, 17


CHANNELS = ElementVar("Channels", ChannelType())


@pytest.mark.parametrize(
    ("path", "inputs", "output"),
    [
        ("", {"tokens": ("b t", TokenIndex())}, ("b t {self.config.vocab_size}", LogitsType())),
        ("embedding", {"tokens": ("b t", TokenIndex())}, ("b t d={self.d_model}", EmbeddedTextType())),
        ("dropout", {"x": ("b t d", CHANNELS)}, ("b t d", CHANNELS)),
        ("blocks.1", {"x": ("b t d={self.d_model}", ChannelType())}, ("b t d={self.d_model}", EncodedRepresentation())),
        ("blocks.1.norm_attention", {"x": ("b t d={self.d_model}", CHANNELS)}, ("b t d={self.d_model}", CHANNELS)),
        (
            "blocks.1.attention",
            {"x": ("b t d={self.d_model}", ChannelType())},
            ("b t d={self.d_model}", EncodedRepresentation()),
        ),
        (
            "blocks.1.attention.attention",
            {"q": ("b heads t e", Query()), "k": ("b heads t e", Key()), "v": ("b heads t e", Value())},
            ("b heads t e", EncodedRepresentation()),
        ),
        (
            "blocks.1.feed_forward",
            {"x": ("b t d={self.d_model}", ChannelType())},
            ("b t d={self.d_model}", EncodedRepresentation()),
        ),
        (
            "unembedding",
            {"x": ("b t d={self.d_model}", EncodedRepresentation())},
            ("b t {self.vocab_size}", LogitsType()),
        ),
    ],
)
def test_interface_of_each_module(
    model: LanguageModel, path: str, inputs: dict[str, tuple[str, Any]], output: tuple[str, Any]
) -> None:
    module = model.get_submodule(path)
    assert isinstance(module, NeuralModule)
    assert list(module.input_types) == list(inputs)
    assert dict(module.input_types) == {name: spec(*of_input) for name, of_input in inputs.items()}
    assert dict(module.output_types) == {"output": spec(*output)}


def spec(axes: str, element: ElementType | ElementVar) -> TensorSpec:
    return TensorSpec(axes, element=element, dtype="Int" if isinstance(element, TokenIndex) else "Float")


def test_interface_of_the_loss() -> None:
    assert dict(NextTokenLoss().input_types) == {
        "logits": spec("b t vocabulary", LogitsType()),
        "targets": spec("b t", TokenIndex()),
    }
    assert dict(NextTokenLoss().output_types) == {"output": spec("b t", LossType())}


def test_every_module_of_the_model_is_typed_but_the_linear_maps(model: LanguageModel) -> None:
    untyped = {type(module) for module in model.modules() if not isinstance(module, NeuralModule)}
    assert untyped == {nn.Linear, nn.ModuleList}
    assert all(module.interface.is_typed for module in model.modules() if isinstance(module, NeuralModule))


@typecheck
def as_query(x: Float[Tensor, "b heads t e"]) -> NeuralType[Float[Tensor, "b heads t e"], Query]:
    return x * 1


@typecheck
def as_value(x: Float[Tensor, "b heads t e"]) -> NeuralType[Float[Tensor, "b heads t e"], Value]:
    return x * 1


@typecheck
def as_logits(x: Float[Tensor, "b t d"]) -> NeuralType[Float[Tensor, "b t d"], LogitsType]:
    return x * 1


@typecheck
def as_embedding(x: Float[Tensor, "b t d"]) -> NeuralType[Float[Tensor, "b t d"], EmbeddedTextType]:
    return x * 1


@pytest.mark.parametrize(
    ("path", "argument", "change", "error", "reason"),
    [
        ("embedding", "tokens", Tensor.float, DTypeError, "dtype is float32, expected Int"),
        ("embedding", "tokens", lambda x: x[0], ShapeError, "has 1 axes, expected 2"),
        ("dropout", "x", as_logits, ElementError, "holds LogitsType(), expected ChannelType()"),
        ("blocks.0", "x", as_logits, ElementError, "holds LogitsType(), expected ChannelType()"),
        ("blocks.1", "x", lambda x: x[..., :7], ShapeError, "axis 2 '{self.d_model}' is 7, expected 16"),
        ("blocks.1.norm_attention", "x", Tensor.long, DTypeError, "dtype is int64, expected Float"),
        ("blocks.1.attention", "x", lambda x: x[:, 0], ShapeError, "has 2 axes, expected 3"),
        ("blocks.1.attention.rotary", "x", lambda x: x[..., :2], ShapeError, "axis 3 '{self.d_head}' is 2, expected 4"),
        ("blocks.1.attention.rotary", "x", as_value, ElementError, "holds Value(), expected Query() or Key()"),
        ("blocks.1.attention.attention", "k", as_query, ElementError, "holds Query(), expected Key()"),
        ("blocks.0.attention.attention", "v", lambda x: x[:, :, :-1], ShapeError, "axis 2 't' is 7, expected 8"),
        ("blocks.0.attention.attention", "k", lambda x: x[:, :1], ShapeError, "axis 1 'heads' is 1, expected 4"),
        ("blocks.0.feed_forward", "x", as_logits, ElementError, "holds LogitsType(), expected ChannelType()"),
        ("norm", "x", lambda x: x[..., None], ShapeError, "has 4 axes, expected 3"),
        ("unembedding", "x", as_embedding, ElementError, "holds EmbeddedTextType(), expected EncodedRepresentation()"),
        ("unembedding", "x", lambda x: x.mT, ShapeError, "axis 2 '{self.d_model}' is 8, expected 16"),
    ],
)
def test_wrong_input_of_a_module_is_refused_with_its_path(
    model: LanguageModel,
    tokens: Tensor,
    path: str,
    argument: str,
    change: Callable[[Tensor], Tensor],
    error: type[Exception],
    reason: str,
) -> None:
    module = model.get_submodule(path)
    module.register_forward_pre_hook(
        lambda _, args, kwargs: (args, kwargs | {argument: change(kwargs[argument])}), with_kwargs=True
    )
    with pytest.raises(error) as caught:
        model(tokens=tokens)
    first, *others = str(caught.value).splitlines()
    assert first.startswith(f"{type(module).__name__}.forward({argument}=): {reason}")
    shown = path.replace("blocks.0", "blocks[0]").replace("blocks.1", "blocks[1]")
    assert [line.split()[1] for line in others if line.startswith("  module ")] == [f"LanguageModel.{shown}"]


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        (Tensor.float, DTypeError, "dtype is float32, expected Int"),
        (Tensor.bool, DTypeError, "dtype is bool, expected Int"),
        (lambda x: x[0], ShapeError, "has 1 axes, expected 2"),
        (lambda x: x[None], ShapeError, "has 3 axes, expected 2"),
    ],
)
def test_wrong_tokens_are_refused_by_the_model(
    model: LanguageModel, tokens: Tensor, change: Callable[[Tensor], Tensor], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error) as caught:
        model(tokens=change(tokens))
    assert str(caught.value).splitlines()[0] == f"LanguageModel.forward(tokens=): {reason}"


def test_wrong_result_of_a_module_is_refused_with_its_path(model: LanguageModel, tokens: Tensor) -> None:
    model.blocks[1].get_submodule("attention.out").register_forward_hook(lambda module, args, y: y[..., :5])
    with pytest.raises(ShapeError) as caught:
        model(tokens=tokens)
    first, *others = str(caught.value).splitlines()
    assert first.startswith("CausalSelfAttention.forward(->): axis 2 '{self.d_model}' is 5, expected 16")
    assert any(line.startswith("  module    LanguageModel.blocks[1].attention ") for line in others)


def test_loss_refuses_what_does_not_belong_together(model: LanguageModel, tokens: Tensor) -> None:
    loss, logits = NextTokenLoss(), model(tokens=tokens)
    with pytest.raises(ShapeError, match=r"axis 1 't' is 7, expected 8 \(bound by logits axis 1\)"):
        loss(logits=logits, targets=tokens[:, 1:])
    with pytest.raises(ElementError, match=r"holds EmbeddedTextType\(\), expected LogitsType\(\)"):
        loss(logits=model.embedding(tokens=tokens), targets=tokens)
    with pytest.raises(DTypeError, match=r"NextTokenLoss.forward\(targets=\): dtype is float32, expected Int"):
        loss(logits=logits, targets=tokens.float())


def test_positional_tokens_are_refused(model: LanguageModel, tokens: Tensor) -> None:
    with pytest.raises(TypeError, match="positional"):
        model(tokens)


def test_more_tokens_than_the_context_are_refused_in_words(model: LanguageModel) -> None:
    with pytest.raises(ValueError, match="LanguageModel: 9 tokens, expected at most context=8"):
        model(tokens=torch.zeros(1, T + 1, dtype=torch.long))


@pytest.mark.parametrize(("d_model", "n_heads"), [(16, 3), (12, 4), (8, 8)])
def test_heads_that_do_not_divide_the_channels_into_pairs_are_refused(d_model: int, n_heads: int) -> None:
    with pytest.raises(ValueError, match=rf"d_model is {d_model}, expected a multiple of 2 \* n_heads={2 * n_heads}"):
        LanguageModelConfig(d_model=d_model, n_heads=n_heads)


@pytest.fixture
def full_checks(monkeypatch: pytest.MonkeyPatch) -> list[Checker]:
    """The full checks that are made: the slow path of the hook, for what its generated guard does not pass."""
    made: list[Checker] = []

    class Counted(Checker):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            made.append(self)

    monkeypatch.setattr(neuraltypes._hook, "Checker", Counted)
    return made


MODES: list[tuple[str, Callable[[], AbstractContextManager[Any]]]] = [
    ("train", nullcontext),
    ("train", lambda: torch.autocast("cpu", dtype=torch.bfloat16)),
    ("eval", nullcontext),
    ("eval", torch.no_grad),
    ("eval", torch.inference_mode),
]


@pytest.mark.parametrize(("mode", "context"), MODES, ids=["train", "autocast", "eval", "no_grad", "inference_mode"])
def test_right_calls_never_take_the_slow_path(
    model: LanguageModel,
    tokens: Tensor,
    full_checks: list[Checker],
    mode: str,
    context: Callable[[], AbstractContextManager[Any]],
) -> None:
    model.train(mode == "train")
    loss = NextTokenLoss()
    with context():
        loss(logits=model(tokens=tokens), targets=tokens)
        full_checks.clear()
        for time in (T, T, 3, 1):
            nats = loss(logits=model(tokens=tokens[:, :time]), targets=tokens[:, :time])
            if nats.requires_grad:
                nats.mean().backward()
    assert full_checks == []


def test_wrong_calls_do_take_the_slow_path(model: LanguageModel, tokens: Tensor, full_checks: list[Checker]) -> None:
    with pytest.raises(DTypeError):
        model(tokens=tokens.float())
    assert len(full_checks) == 1


def test_results_are_tagged_with_their_elements(model: LanguageModel, tokens: Tensor) -> None:
    """What the elements of the interface mean for the next module: a tensor taken for another thing is refused."""
    embedding = TokenEmbedding(vocab_size=VOCABULARY, d_model=D)
    nn.init.normal_(embedding.weight)
    with pytest.raises(ElementError):
        model.unembedding(x=ChannelDropout(p=0.5)(x=embedding(tokens=tokens)))
    with pytest.raises(ElementError):
        model.unembedding(x=RMSNorm(d_model=D)(x=embedding(tokens=tokens)))
    assert (
        model.unembedding(x=RMSNorm(d_model=D)(x=model.blocks[0](x=embedding(tokens=tokens)))).shape[-1] == VOCABULARY
    )
