"""The language model: each module against a plain reference; causality, learning, compiling."""

import copy
import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.language_model import (
    CausalAttention,
    CausalSelfAttention,
    ChannelDropout,
    FeedForward,
    LanguageModel,
    LanguageModelConfig,
    NextTokenLoss,
    RMSNorm,
    RotaryPositions,
)
from neuraltypes import (
    DTypeError,
)

# The sizes of the `model` and the `tokens`: batch, time, channels, vocabulary.
B, T, D, VOCABULARY = 2, 8, 16, 17


def rotated(x: Tensor, base: float = 10_000.0) -> Tensor:
    """Pairs (i, i + E/2) of channels as complex numbers, turned by time * base^(-2i/E)."""
    half = x.shape[-1] // 2
    pairs = torch.complex(x[..., :half].double(), x[..., half:].double())
    for t in range(x.shape[-2]):
        for i in range(half):
            angle = t * base ** (-i / half)
            pairs[..., t, i] *= complex(math.cos(angle), math.sin(angle))
    return torch.cat([pairs.real, pairs.imag], dim=-1).to(x.dtype)


def normalised(x: Tensor, gain: Tensor | float = 1.0) -> Tensor:
    return x / (x.square().mean(dim=-1, keepdim=True) + torch.finfo(x.dtype).eps).sqrt() * gain


def self_attention(weights: dict[str, Tensor], x: Tensor, heads: int) -> Tensor:
    """Every head on its own, then all of them side by side."""
    qkv = F.linear(x, weights["qkv.weight"])
    size = x.shape[-1] // heads
    read = []
    for head in range(heads):
        q, k, v = (part[..., head * size : (head + 1) * size] for part in qkv.chunk(3, dim=-1))
        q, k = rotated(normalised(q)), rotated(normalised(k))
        read.append(F.scaled_dot_product_attention(q, k, v, is_causal=True))
    return F.linear(torch.cat(read, dim=-1), weights["out.weight"])


def feed_forward(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    h = F.linear(x, weights["up.weight"])
    return F.linear(h * 0.5 * (1 + torch.erf(h / math.sqrt(2))), weights["out.weight"])


def weights_of(module: nn.Module) -> dict[str, Tensor]:
    return {name: weight.detach() for name, weight in module.named_parameters(remove_duplicate=False)}


def reference(model: LanguageModel, tokens: Tensor) -> Tensor:
    """The whole model, from its weights alone."""
    weights = weights_of(model)
    x = weights["embedding.weight"][tokens]
    for n in range(model.config.n_layers):
        of_block = {k.removeprefix(f"blocks.{n}."): w for k, w in weights.items() if k.startswith(f"blocks.{n}.")}
        part = {k.removeprefix("attention."): w for k, w in of_block.items() if k.startswith("attention.")}
        x = x + self_attention(part, normalised(x, of_block["norm_attention.weight"]), model.config.n_heads)
        part = {k.removeprefix("feed_forward."): w for k, w in of_block.items() if k.startswith("feed_forward.")}
        x = x + feed_forward(part, normalised(x, of_block["norm_feed_forward.weight"]))
    return normalised(x, weights["norm.weight"]) @ weights["embedding.weight"].T


@pytest.mark.parametrize("time", [1, 2, T - 1, T])
def test_model_is_the_reference_at_every_length(model: LanguageModel, tokens: Tensor, time: int) -> None:
    torch.testing.assert_close(model(tokens=tokens[:, :time]).detach(), reference(model, tokens[:, :time]))


@pytest.mark.parametrize(("batch", "heads", "time", "size"), [(1, 1, 1, 2), (2, 3, 5, 4), (2, 1, 8, 6)])
def test_attention_is_that_of_torch(batch: int, heads: int, time: int, size: int) -> None:
    q, k, v = torch.randn(3, batch, heads, time, size)
    expected = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    torch.testing.assert_close(CausalAttention(context=8)(q=q, k=k, v=v), expected)


def test_self_attention_is_that_of_each_head_side_by_side() -> None:
    module, x = CausalSelfAttention(d_model=12, n_heads=3, context=9), torch.randn(2, 7, 12)
    torch.testing.assert_close(module(x=x).detach(), self_attention(weights_of(module), x, heads=3))


def test_feed_forward_is_two_maps_around_the_exact_gelu() -> None:
    module, x = FeedForward(d_model=6, expansion=3), torch.randn(2, 5, 6)
    assert module.up.weight.shape == (18, 6)
    torch.testing.assert_close(module(x=x).detach(), feed_forward(weights_of(module), x))


def test_rms_norm_is_its_formula() -> None:
    module, x = RMSNorm(d_model=6), 5 * torch.randn(2, 5, 6) + 1
    torch.testing.assert_close(module(x=x).detach().square().mean(dim=-1), torch.ones(2, 5))
    with torch.no_grad():
        module.weight.copy_(torch.arange(6) - 2.0)
    torch.testing.assert_close(module(x=x).detach(), normalised(x, torch.arange(6) - 2.0))


def test_rms_norm_of_zeros_is_zeros() -> None:
    assert torch.equal(RMSNorm(d_model=6)(x=torch.zeros(1, 2, 6)), torch.zeros(1, 2, 6))


def test_rotary_positions_turn_pairs_of_channels() -> None:
    x = torch.randn(2, 3, 7, 6)
    torch.testing.assert_close(RotaryPositions(context=9, d_head=6)(x=x), rotated(x))
    torch.testing.assert_close(RotaryPositions(context=9, d_head=6, base=50.0)(x=x), rotated(x, base=50.0))


def test_rotary_positions_keep_the_norm_and_the_first_time() -> None:
    x = torch.randn(2, 3, 7, 6)
    y = RotaryPositions(context=7, d_head=6)(x=x)
    torch.testing.assert_close(y.norm(dim=-1), x.norm(dim=-1))
    torch.testing.assert_close(y[:, :, 0], x[:, :, 0])
    assert not torch.allclose(y[:, :, 1:], x[:, :, 1:])


def test_products_of_rotated_vectors_depend_on_the_distance_in_time_alone() -> None:
    rotary = RotaryPositions(context=12, d_head=6)
    q, k = (vector.expand(1, 1, 12, 6) for vector in torch.randn(2, 6))
    products = (rotary(x=q) @ rotary(x=k).mT)[0, 0]
    for distance in range(-11, 12):
        diagonal = products.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal))
    assert products[0].std() > 0.01, "and they do depend on it"


def test_embedding_looks_up_rows_and_unembedding_is_the_product_with_them(model: LanguageModel, tokens: Tensor) -> None:
    table, x = model.embedding.weight.detach(), torch.randn(B, T, D)
    embedded = model.embedding(tokens=tokens).detach()
    assert all(torch.equal(embedded[b, t], table[tokens[b, t]]) for b in range(B) for t in range(T))
    torch.testing.assert_close(model.unembedding(x=x).detach(), torch.einsum("btd,vd->btv", x, table))


def test_embedding_is_tied_and_stays_so_when_copied(model: LanguageModel) -> None:
    for one in (model, copy.deepcopy(model)):
        assert one.unembedding.weight is one.embedding.weight
        per_layer = 12 * D * D + 2 * D
        assert sum(p.numel() for p in one.parameters()) == VOCABULARY * D + model.config.n_layers * per_layer + D


def test_loss_is_minus_the_log_probability_of_the_target(tokens: Tensor) -> None:
    logits = 3 * torch.randn(B, T, VOCABULARY)
    loss = NextTokenLoss()(logits=logits, targets=tokens)
    expected = [[-logits[b, t].softmax(0)[tokens[b, t]].log() for t in range(T)] for b in range(B)]
    torch.testing.assert_close(loss, torch.tensor(expected))


def test_loss_of_logits_in_half_precision_is_in_single_precision(tokens: Tensor) -> None:
    logits = torch.randn(B, T, VOCABULARY).bfloat16()
    loss = NextTokenLoss()(logits=logits, targets=tokens)
    assert loss.dtype == torch.float32
    assert torch.equal(loss, NextTokenLoss()(logits=logits.float(), targets=tokens))


def test_channel_dropout_zeroes_whole_channels_of_a_sequence_and_scales_the_rest() -> None:
    x = 1 + torch.rand(64, 5, 32)
    y = ChannelDropout(p=0.25)(x=x)
    kept = y != 0
    assert torch.equal(kept, kept[:, :1].expand_as(kept)), "one mask over time"
    assert 0 < kept[:, 0].float().mean(dim=0).min() < kept[:, 0].float().mean(dim=0).max() <= 1, "one mask a sequence"
    torch.testing.assert_close(y[kept], x[kept] / 0.75)


def test_channel_dropout_keeps_the_expectation() -> None:
    y = ChannelDropout(p=0.25)(x=torch.ones(200, 1, 200))
    assert (y == 0).float().mean().item() == pytest.approx(0.25, abs=0.01)
    assert y.mean().item() == pytest.approx(1, abs=0.015)


def test_channel_dropout_does_nothing_outside_training_or_at_0() -> None:
    x = torch.randn(2, 3, 4)
    assert torch.equal(ChannelDropout(p=0.9).eval()(x=x), x)
    assert torch.equal(ChannelDropout(p=0.0)(x=x), x)


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5])
def test_channel_dropout_of_no_probability_or_of_everything_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match=f"p is {p}, expected 0 or more and less than 1"):
        ChannelDropout(p=p)


def test_dropout_of_the_model_is_in_training_only(config: LanguageModelConfig, tokens: Tensor) -> None:
    model = LanguageModel(config=config)
    assert not torch.equal(model(tokens=tokens), model(tokens=tokens))
    model.eval()
    assert torch.equal(model(tokens=tokens), model(tokens=tokens))


def test_initial_loss_is_that_of_guessing() -> None:
    config = LanguageModelConfig(vocab_size=1000, context=32, d_model=64, n_layers=2)
    model, tokens = LanguageModel(config=config), torch.randint(1000, (4, 33))
    loss = NextTokenLoss()(logits=model(tokens=tokens[:, :-1]), targets=tokens[:, 1:]).mean()
    assert loss.item() == pytest.approx(math.log(1000), abs=0.1)


def test_initial_weights_that_write_to_the_stream_are_smaller() -> None:
    model = LanguageModel(config=LanguageModelConfig(vocab_size=300, d_model=64, n_layers=8))
    for name, weight in model.named_parameters():
        expected = 0.02 / math.sqrt(16) if name.endswith("out.weight") else 0.02
        if weight.ndim == 2:
            assert weight.std().item() == pytest.approx(expected, rel=0.05), name
            assert abs(weight.mean().item()) < 0.05 * expected, name
        else:
            assert torch.equal(weight, torch.ones(64)), name


def test_later_token_never_changes_earlier_logits(model: LanguageModel, tokens: Tensor) -> None:
    logits = model(tokens=tokens)
    for t in range(T):
        changed = tokens.clone()
        changed[:, t] = (changed[:, t] + 1) % VOCABULARY
        difference = (model(tokens=changed) - logits).abs().amax(dim=-1)
        assert (difference[:, :t] < 1e-6).all(), f"token {t} changes what is before it"
        assert (difference[:, t:] > 1e-5).all(), f"token {t} reaches every time from its own on"


def test_future_tokens_have_no_gradient(model: LanguageModel, tokens: Tensor) -> None:
    embedded: list[Tensor] = []

    def keep(module: nn.Module, args: Any, output: Tensor) -> None:
        output.retain_grad()
        embedded.append(output)

    model.embedding.register_forward_hook(keep)
    model(tokens=tokens)[:, 3].sum().backward()
    gradient = embedded[0].grad
    assert gradient is not None
    assert (gradient[:, :4] != 0).any(dim=-1).all()
    assert (gradient[:, 4:] == 0).all()


def test_model_overfits_one_batch(config: LanguageModelConfig, tokens: Tensor) -> None:
    torch.manual_seed(0)
    model, loss = LanguageModel(config=config).eval(), NextTokenLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(50):
        nats = loss(logits=model(tokens=tokens[:, :-1]), targets=tokens[:, 1:]).mean()
        optimizer.zero_grad()
        nats.backward()
        optimizer.step()
        losses.append(nats.item())
    assert losses[0] > 2.5
    assert losses[-1] < 0.05


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning")
@pytest.mark.parametrize("mode", ["train", "eval"])
def test_model_compiles_to_one_graph(model: LanguageModel, tokens: Tensor, mode: str) -> None:
    torch._dynamo.reset()
    model.train(mode == "train")
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.manual_seed(3)
    expected = model(tokens=tokens)
    torch.manual_seed(3)
    logits = compiled(tokens=tokens)
    torch.testing.assert_close(logits, expected)
    logits.square().mean().backward()
    assert all(weight.grad is not None for weight in model.parameters())
    with pytest.raises(DTypeError):
        compiled(tokens=tokens.float())
    torch._dynamo.reset()


def test_model_trains_under_autocast(model: LanguageModel, tokens: Tensor) -> None:
    loss, expected = NextTokenLoss(), model(tokens=tokens).detach()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(tokens=tokens)
        nats = loss(logits=logits, targets=tokens)
    assert logits.dtype == torch.bfloat16
    assert nats.dtype == torch.float32
    torch.testing.assert_close(logits.float().detach(), expected, rtol=0.1, atol=0.05 * expected.abs().max().item())
    nats.mean().backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in model.parameters())


def test_model_runs_in_half_precision(model: LanguageModel, tokens: Tensor) -> None:
    logits = model.bfloat16().train()(tokens=tokens)
    assert logits.dtype == torch.bfloat16
    assert logits.isfinite().all()
