"""The language model as a `ModelPT`: the groups of its optimizer, its held-out figures, and its archive."""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from models.language_model import LanguageModelConfig, generate
from models.text import HeldOutWindows, RandomWindows, train_tokenizer
from models.training import LanguageModelTraining, RecordCurves, TrainingConfig
from neuraltypes.config import ConfigError, load
from tests.models._pt import trainer

FILE = Path(__file__).parents[2] / "src" / "models" / "configs" / "language_model.yaml"


@pytest.fixture
def training(config: LanguageModelConfig) -> LanguageModelTraining:
    return LanguageModelTraining(cfg=TrainingConfig(model=config, optim=dict(load(FILE).optim)))


def test_weight_decay_is_for_the_matrices_of_the_blocks_alone(training: LanguageModelTraining, tmp_path: Path) -> None:
    training.set_trainer(trainer(tmp_path, max_steps=10))
    training.setup_training_data(RandomWindows(torch.arange(17), context=8, n_windows=10))
    chosen = training.configure_optimizers()
    assert isinstance(chosen, dict)
    decayed, others = chosen["optimizer"].param_groups
    matrices = {id(p) for name, p in training.named_parameters() if ".blocks." in name and p.ndim == 2}
    assert len(matrices) == 8, "of two blocks, four each"
    assert set(map(id, decayed["params"])) == matrices
    assert {*map(id, decayed["params"]), *map(id, others["params"])} == set(map(id, training.parameters()))
    assert (decayed["weight_decay"], others["weight_decay"]) == (0.1, 0)


def evaluate(training: LanguageModelTraining, tokens: Tensor, batch_size: int, folder: Path) -> tuple[float, float]:
    """Nats per token and bits per byte, of a text of 50 bytes."""
    windows = HeldOutWindows(tokens, context=training.model.config.context, n_bytes=50)
    training.setup_validation_data({"dataset": windows, "batch_size": batch_size})
    recorded = RecordCurves()
    trainer(folder, callbacks=[recorded]).validate(training, verbose=False)
    ((_, nats, bits),) = recorded.curves.held_out
    return nats, bits


def test_held_out_figures_of_a_model_that_guesses_are_those_of_the_uniform(
    training: LanguageModelTraining, tmp_path: Path
) -> None:
    torch.nn.init.zeros_(training.model.embedding.weight)
    nats, bits = evaluate(training, torch.randint(17, (31,)), 2, tmp_path)
    assert nats == pytest.approx(math.log(17))
    assert bits == pytest.approx(30 * math.log2(17) / 50), "30 targets over 50 bytes"


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_held_out_loss_is_the_mean_over_each_target_once(
    training: LanguageModelTraining, batch_size: int, tmp_path: Path
) -> None:
    tokens = torch.randint(17, (31,))
    torch.nn.init.normal_(training.model.embedding.weight)
    nats, bits = evaluate(training, tokens, batch_size, tmp_path)
    training.eval()
    context, total = training.model.config.context, 0.0
    for target in range(1, len(tokens)):
        # Windows begin each 4 tokens, the last one where it ends with the text.
        start = min(max(math.ceil((target - context) / 4), 0) * 4, len(tokens) - 1 - context)
        logits = training(tokens=tokens[None, start:target])[0, -1]
        total -= logits.log_softmax(dim=-1)[tokens[target]].item()
    assert nats == pytest.approx(total / 30, rel=1e-5)
    assert bits == pytest.approx(total / math.log(2) / 50, rel=1e-5)


def test_held_out_figures_start_anew_at_each_evaluation(training: LanguageModelTraining, tmp_path: Path) -> None:
    tokens = torch.randint(17, (31,))
    assert evaluate(training, tokens, 2, tmp_path) == evaluate(training, tokens, 2, tmp_path)


def test_batch_that_does_not_fit_is_refused_where_it_enters_the_model(training: LanguageModelTraining) -> None:
    tokens = torch.randint(17, (2, 8))
    with pytest.raises(TypeError, match=r"LanguageModelTraining\.forward\(tokens=\): dtype is float32"):
        training.losses(tokens.float(), tokens)
    with pytest.raises(TypeError, match=r"LanguageModel\.forward\(tokens=\): dtype is float32"):
        training.model(tokens=tokens.float())


def test_archive_completes_a_prompt_as_the_model_that_was_saved(tmp_path: Path) -> None:
    file = tmp_path / "tokenizer.json"
    tokenizer = train_tokenizer("the loop and the end of the loop " * 20, vocab_size=300)
    tokenizer.save(str(file))
    config = LanguageModelConfig(vocab_size=300, context=8, d_model=16, n_layers=1, n_heads=2)
    model = LanguageModelTraining(cfg=TrainingConfig(model=config, tokenizer=str(file)))
    expected = tokenizer.decode(generate(model.model, tokenizer.encode("the").ids, n_new=9, seed=3))
    assert model.complete("the", n_new=9, seed=3) == expected
    model.save_to(tmp_path / "model.nt")
    file.unlink()
    restored = LanguageModelTraining.restore_from(tmp_path / "model.nt")
    assert restored.complete("the", n_new=9, seed=3) == expected


def test_model_without_a_tokenizer_says_so(training: LanguageModelTraining) -> None:
    with pytest.raises(ValueError, match="made without a tokenizer"):
        training.complete("the", n_new=1)


def test_sizes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ConfigError, match="d_modle"):
        LanguageModelTraining(cfg={"model": {"d_modle": 3}})
    with pytest.raises(ValueError, match=r"d_model is 192, expected a multiple of 2 \* n_heads=10"):
        LanguageModelTraining(cfg={"model": {"n_heads": 5}})
