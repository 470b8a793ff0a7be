"""What the tests of the models share."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

import neuraltypes
from models.language_model import LanguageModel, LanguageModelConfig


@pytest.fixture(autouse=True)
def _one_thread_and_every_call_checked() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    neuraltypes.set_checks("always")
    yield
    neuraltypes.set_checks("always")
    torch.set_num_threads(before)


@pytest.fixture
def config() -> LanguageModelConfig:
    """Small sizes, each of them another one."""
    return LanguageModelConfig(vocab_size=17, context=8, d_model=16, n_layers=2, n_heads=4, dropout=0.1)


@pytest.fixture
def model(config: LanguageModelConfig) -> LanguageModel:
    """A small model in eval mode, its weights large enough for every part to matter."""
    model = LanguageModel(config=config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    return model


@pytest.fixture
def tokens(config: LanguageModelConfig) -> Tensor:
    """Two sequences that fill the context."""
    return torch.randint(config.vocab_size, (2, config.context))
