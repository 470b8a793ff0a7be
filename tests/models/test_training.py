"""Training: the rate over the steps, the groups of the optimizer, and the held-out figures."""

import math

import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from models.language_model import LanguageModelConfig
from models.text import HeldOutWindows
from models.training import LanguageModelTraining, OptimizerConfig, lr_factor


@pytest.fixture
def training(config: LanguageModelConfig) -> LanguageModelTraining:
    return LanguageModelTraining(model=config, optimizer=OptimizerConfig(), steps=10, held_out_bytes=50)


AFTER_A_QUARTER = 0.5 + math.sqrt(0.5) / 2


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        *((0, 0.05), (9, 0.5), (18, 0.95), (19, 1.0), (20, 1.0)),
        *((40, AFTER_A_QUARTER), (60, 0.5), (80, 1 - AFTER_A_QUARTER), (100, 0.0), (101, 0.0)),
    ],
)
def test_rate_warms_up_over_a_fifth_and_falls_by_half_a_cosine(step: int, expected: float) -> None:
    assert lr_factor(step, steps=100, warmup=0.2) == pytest.approx(expected)


@pytest.mark.parametrize("warmup", [0.0, 0.05, 0.3, 1.0])
@pytest.mark.parametrize("steps", [1, 7, 200])
def test_rate_rises_to_1_and_then_falls_but_every_step_counts(steps: int, warmup: float) -> None:
    factors = [lr_factor(step, steps=steps, warmup=warmup) for step in range(steps)]
    peak = max(round(steps * warmup), 1) - 1
    assert factors[peak] == 1
    assert all(0 < factor <= 1 for factor in factors)
    assert factors[: peak + 1] == sorted(factors[: peak + 1])
    assert factors[peak:] == sorted(factors[peak:], reverse=True)


def test_weight_decay_is_for_the_matrices_of_the_blocks_alone(training: LanguageModelTraining) -> None:
    chosen = training.configure_optimizers()
    assert isinstance(chosen, dict)
    decayed, others = chosen["optimizer"].param_groups
    matrices = {id(p) for name, p in training.named_parameters() if ".blocks." in name and p.ndim == 2}
    assert len(matrices) == 8, "of two blocks, four each"
    assert set(map(id, decayed["params"])) == matrices
    assert {*map(id, decayed["params"]), *map(id, others["params"])} == set(map(id, training.parameters()))
    assert (decayed["weight_decay"], others["weight_decay"]) == (0.1, 0)


def test_optimizer_has_its_configuration_and_the_rate_of_the_first_step(config: LanguageModelConfig) -> None:
    optimizer = OptimizerConfig(peak_lr=0.5, warmup=0.5, beta1=0.7, beta2=0.8)
    training = LanguageModelTraining(model=config, optimizer=optimizer, steps=10, held_out_bytes=1)
    chosen = training.configure_optimizers()
    assert isinstance(chosen, dict)
    for group in chosen["optimizer"].param_groups:
        assert group["betas"] == (0.7, 0.8)
        assert group["lr"] == pytest.approx(0.5 * lr_factor(0, steps=10, warmup=0.5))


def evaluate(training: LanguageModelTraining, tokens: Tensor, batch_size: int) -> tuple[float, float]:
    """Nats per token and bits per byte, as the trainer computes them."""
    training.eval()
    training.on_validation_epoch_start()
    windows = HeldOutWindows(tokens, context=training.model.config.context)
    with torch.no_grad():
        for number, batch in enumerate(DataLoader(windows, batch_size=batch_size)):
            training.validation_step(batch, number)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "log_dict", lambda *args, **kwargs: None)
        training.on_validation_epoch_end()
    _, nats, bits = training.curves.held_out[-1]
    return nats, bits


def test_held_out_figures_of_a_model_that_guesses_are_those_of_the_uniform(training: LanguageModelTraining) -> None:
    torch.nn.init.zeros_(training.model.embedding.weight)
    nats, bits = evaluate(training, torch.randint(17, (31,)), batch_size=2)
    assert nats == pytest.approx(math.log(17))
    assert bits == pytest.approx(30 * math.log2(17) / 50), "30 targets over 50 bytes"


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_held_out_loss_is_the_mean_over_each_target_once(training: LanguageModelTraining, batch_size: int) -> None:
    tokens = torch.randint(17, (31,))
    torch.nn.init.normal_(training.model.embedding.weight)
    nats, bits = evaluate(training, tokens, batch_size)
    context, total = training.model.config.context, 0.0
    for target in range(1, len(tokens)):
        # Windows begin each 4 tokens, the last one where it ends with the text.
        start = min(max(math.ceil((target - context) / 4), 0) * 4, len(tokens) - 1 - context)
        logits = training.model(tokens=tokens[None, start:target])[0, -1]
        total -= logits.log_softmax(dim=-1)[tokens[target]].item()
    assert nats == pytest.approx(total / 30, rel=1e-5)
    assert bits == pytest.approx(total / math.log(2) / 50, rel=1e-5)


def test_held_out_figures_start_anew_at_each_evaluation(training: LanguageModelTraining) -> None:
    tokens = torch.randint(17, (31,))
    assert evaluate(training, tokens, batch_size=2) == evaluate(training, tokens, batch_size=2)
    assert len(training.curves.held_out) == 2


def test_batch_that_does_not_fit_is_refused_where_it_enters_the_model(training: LanguageModelTraining) -> None:
    tokens = torch.randint(17, (2, 8))
    with pytest.raises(TypeError, match=r"LanguageModel\.forward\(tokens=\): dtype is float32") as caught:
        training.losses(tokens.float(), tokens)
    assert "  module    LanguageModelTraining.model " in str(caught.value)
