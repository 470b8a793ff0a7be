"""Generation with the language model."""

import pytest
import torch

from models.language_model import LanguageModel, generate

# The sizes of the model: context, vocabulary.
T, VOCABULARY = 8, 17


def test_generation_keeps_the_prompt_and_is_reproducible_by_its_seed(model: LanguageModel) -> None:
    runs = [generate(model, [3, 1, 4], n_new=20, seed=seed) for seed in (5, 5, 6)]
    assert all(run[:3] == [3, 1, 4] and len(run) == 23 for run in runs)
    assert all(0 <= token < VOCABULARY for token in runs[0])
    assert runs[0] == runs[1] != runs[2]


def test_generation_leaves_the_global_seed_and_gradients_alone(model: LanguageModel) -> None:
    before = torch.get_rng_state()
    generate(model, iter([3]), n_new=3)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(weight.grad is None and weight.requires_grad for weight in model.parameters())


@pytest.mark.parametrize("is_training", [True, False])
def test_generation_is_in_eval_mode_and_restores_the_mode(model: LanguageModel, is_training: bool) -> None:
    model.train(is_training)
    modes: list[bool] = []
    model.register_forward_hook(lambda module, args, output: modes.append(module.training))
    generate(model, [3], n_new=2)
    assert modes == [False, False]
    assert all(module.training is is_training for module in model.modules())


def test_generation_that_fails_restores_the_mode(model: LanguageModel) -> None:
    model.train()
    with pytest.raises(IndexError):
        generate(model, [VOCABULARY], n_new=1)
    assert model.training


def test_generation_from_nothing_is_refused_in_words(model: LanguageModel) -> None:
    with pytest.raises(ValueError, match="the prompt is empty"):
        generate(model, [], n_new=1)


def test_generation_reads_at_most_a_context_of_tokens(model: LanguageModel) -> None:
    seen: list[list[int]] = []
    hook = model.register_forward_pre_hook(
        lambda _, args, kwargs: seen.extend(kwargs["tokens"].tolist()), with_kwargs=True
    )
    tokens = generate(model, range(T - 1), n_new=4)
    assert seen == [tokens[: T - 1], tokens[:T], tokens[1 : T + 1], tokens[2 : T + 2]]
    hook.remove()
    prompt = [*range(VOCABULARY), *range(VOCABULARY)]
    assert generate(model, prompt, n_new=1)[:-1] == prompt


def test_generation_draws_from_the_most_probable_tokens(model: LanguageModel) -> None:
    for top_k in (1, 3):
        tokens = generate(model, [2, 5], n_new=15, top_k=top_k, temperature=5.0)
        for end in range(2, len(tokens)):
            logits = model(tokens=torch.tensor([tokens[:end][-T:]]))[0, -1]
            assert tokens[end] in logits.topk(top_k).indices


def test_generation_at_a_low_temperature_is_greedy(model: LanguageModel) -> None:
    assert generate(model, [2, 5], n_new=15, temperature=1e-4) == generate(model, [2, 5], n_new=15, top_k=1)


def test_generation_draws_tokens_as_often_as_they_are_probable(model: LanguageModel) -> None:
    probable = (model(tokens=torch.tensor([[7]]))[0, -1] / 2).softmax(dim=-1)
    counts = torch.zeros(VOCABULARY)
    for seed in range(400):
        counts[generate(model, [7], n_new=1, temperature=2.0, seed=seed)[1]] += 1
    assert (counts / 400 - probable).abs().max() < 0.08
