"""Letters to phonemes: it learns the dictionary, its parts are swapped by config, and padding changes nothing."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.nn import functional as F

from models.phonemes.__main__ import run
from models.phonemes.decoders import PhonemeDecoder, RecurrentDecoder, TransformerDecoder
from models.phonemes.dictionary import Pronunciations, pronunciations, words_of
from models.phonemes.edits import edit_distance
from models.phonemes.encoders import LetterEncoder, RecurrentEncoder, TransformerEncoder
from models.phonemes.model import LettersToPhonemes, PhonemeLoss
from models.phonemes.tokenizers import END, PADDING, START, LetterTokenizer, PhonemeTokenizer
from neuraltypes.config import ConfigError, check, load
from neuraltypes.errors import DTypeError, ShapeError

CONFIG = Path(__file__).parents[2] / "src" / "models" / "configs" / "letters_to_phonemes.yaml"
ENCODERS: list[type[LetterEncoder]] = [RecurrentEncoder, TransformerEncoder]
DECODERS: list[type[PhonemeDecoder]] = [RecurrentDecoder, TransformerDecoder]


def named(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def small(
    encoder: type[LetterEncoder] = RecurrentEncoder, decoder: type[PhonemeDecoder] = RecurrentDecoder, **more: Any
) -> LettersToPhonemes:
    """An untrained model with weights that are large enough for every part to matter."""
    parts = {
        "encoder": {"_target_": named(encoder), "d_model": 16},
        "decoder": {"_target_": named(decoder), "d_model": 16},
    }
    model = LettersToPhonemes(cfg=parts | more).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    return model


def data(part: str, *, batch_size: int = 64, **options: Any) -> dict[str, Any]:
    return {"dataset": {"_target_": named(Pronunciations), "part": part, **options}, "batch_size": batch_size}


def quiet(folder: Path, **options: Any) -> pl.Trainer:
    return pl.Trainer(
        accelerator="cpu",
        default_root_dir=folder,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **options,
    )


def error_of_the_likeliest_phonemes(limit: int) -> float:
    """Phoneme error rate of a baseline that says for each letter what is most often said at its place in a word."""
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word in words_of("train")[:20_000]:
        phonemes = PhonemeTokenizer().normalised(pronunciations()[word][0]).split()
        for i, letter in enumerate(word):
            said[letter][phonemes[i * len(phonemes) // len(word)]] += 1
    edits = total = 0
    for word, _, accepted in Pronunciations(part="test", limit=limit).items:
        found = [said[letter].most_common(1)[0][0] for letter in word]
        nearest = min((edit_distance(found, spoken.split()), len(spoken.split())) for spoken in accepted)
        edits, total = edits + nearest[0], total + nearest[1]
    return edits / total


def test_it_learns_the_dictionary_and_an_archive_pronounces_words(tmp_path: Path) -> None:
    pl.seed_everything(0, verbose=False)
    cfg = load(CONFIG)
    cfg.encoder.d_model = 64
    cfg.optim.lr = 5e-3
    model = LettersToPhonemes(cfg=cfg)
    model.change_cfg(train_ds=data("train"), test_ds=data("test", batch_size=250, limit=500))
    trainer = quiet(tmp_path, max_steps=300, max_epochs=-1)
    trainer.fit(model)
    (found,) = trainer.test(model, verbose=False)
    assert error_of_the_likeliest_phonemes(500) > 0.45
    assert found["test/per"] < 0.32
    assert found["test/wer"] < 0.85

    model.save_to(tmp_path / "spoken.nt")
    restored = LettersToPhonemes.restore_from(tmp_path / "spoken.nt")
    words = words_of("test")[:50]
    assert restored.predict(words) == model.predict(words)
    assert restored.predict("Bit") == ["B", "IH", "T"]


def test_metrics_are_those_of_all_words_whatever_the_batches_and_sets(tmp_path: Path) -> None:
    """The phoneme error rate is the sum of edits over the sum of phonemes, to the nearest pronunciation each."""
    model = small(max_phonemes=6)
    words = Pronunciations(part="test", limit=37)
    found = model.predict([word for word, _, _ in words.items])
    nearest = [
        min((edit_distance(one, spoken.split()), len(spoken.split())) for spoken in accepted)
        for one, (_, _, accepted) in zip(found, words.items, strict=True)
    ]
    per = sum(edits for edits, _ in nearest) / sum(length for _, length in nearest)
    sets = {
        "short": data("test", limit=None, batch_size=10) | {"dataset": Part(words, longest=7)},
        "long": data("test", limit=None, batch_size=10) | {"dataset": Part(words, shortest=8)},
    }
    model.setup_test_data(sets, aggregate="weighted")
    trainer = quiet(tmp_path)
    trainer.test(model, verbose=False)
    metrics = trainer.callback_metrics
    assert metrics["test/per"].item() == pytest.approx(per)
    assert metrics["test/wer"].item() == pytest.approx(sum(edits > 0 for edits, _ in nearest) / 37)
    assert metrics["short/per"] != metrics["long/per"]


class Part(Pronunciations):
    """Those of some words that have so many letters."""

    def __init__(self, words: Pronunciations, *, shortest: int = 1, longest: int = 100) -> None:
        super().__init__(part="test", limit=0)
        self.items = [item for item in words.items if shortest <= len(item[0]) <= longest]


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_parts_are_swapped_by_config_and_padding_changes_nothing(
    encoder: type[LetterEncoder], decoder: type[PhonemeDecoder]
) -> None:
    model = small(encoder, decoder, max_phonemes=8)
    assert (type(model.encoder), type(model.decoder)) == (encoder, decoder)
    words = ["a", "cat", "pronunciation", "o'clock"]
    batch, previous = model.preprocess(words=words), torch.randint(START, 20, (4, 5))
    together = model(letters=batch.letters, letters_mask=batch.letters_mask, previous=previous)
    for number, word in enumerate(words):
        alone = model.preprocess(words=[word])
        logits = model(letters=alone.letters, letters_mask=alone.letters_mask, previous=previous[number, None])
        torch.testing.assert_close(together[number, None], logits)
    changed = torch.where(batch.letters_mask, batch.letters, 7)
    torch.testing.assert_close(model(letters=changed, letters_mask=batch.letters_mask, previous=previous), together)
    assert model.predict(words) == [model.predict(word) for word in words]


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_letter_counts_and_no_later_phoneme_does(
    encoder: type[LetterEncoder], decoder: type[PhonemeDecoder]
) -> None:
    model = small(encoder, decoder)
    batch, previous = model.preprocess(words=["strength"]), torch.randint(START, 20, (1, 6))

    def logits(letters: Tensor, previous: Tensor) -> Tensor:
        found: Tensor = model(letters=letters, letters_mask=batch.letters_mask, previous=previous).detach()
        return found

    usual = logits(batch.letters, previous)
    for place in range(batch.letters.shape[1]):
        letters = batch.letters.clone()
        letters[0, place] = 4 if letters[0, place] != 4 else 5
        assert ((logits(letters, previous) - usual).abs() > 1e-6).any(dim=-1).all(), f"letter {place}"
    for place in range(previous.shape[1]):
        other = previous.clone()
        other[0, place] = 30
        difference = (logits(batch.letters, other) - usual).abs().amax(dim=-1)[0]
        assert (difference[:place] < 1e-6).all()
        assert (difference[place:] > 1e-6).all()


def test_generation_says_the_likeliest_phoneme_after_each() -> None:
    model = small(max_phonemes=7)
    batch = model.preprocess(words=["neural", "nets"])
    logits = model(letters=batch.letters, letters_mask=batch.letters_mask)
    tokens = logits.argmax(dim=-1)
    previous = F.pad(tokens[:, :-1], (1, 0), value=START)
    again = model(letters=batch.letters, letters_mask=batch.letters_mask, previous=previous)
    torch.testing.assert_close(again, logits)
    assert model.predict(["neural", "nets"]) == model.phonemes(tokens=tokens)


def test_generation_ends_with_the_last_word_or_at_its_limit() -> None:
    model = small(max_phonemes=7)
    batch = model.preprocess(words=["a", "net"])
    linear = model.decoder.get_submodule("linear")
    assert isinstance(linear, torch.nn.Linear)
    with torch.no_grad():
        linear.weight.zero_()
        linear.bias.copy_(F.one_hot(torch.tensor(END), linear.out_features))
    assert model.predict(["a", "net"]) == [[], []]
    assert model(letters=batch.letters, letters_mask=batch.letters_mask).shape[1] <= 2
    with torch.no_grad():
        linear.bias.copy_(F.one_hot(torch.tensor(5), linear.out_features))
    assert all(len(found) == 8 for found in model.predict(["a", "net"]))


def test_decoder_that_is_no_encoder_is_refused() -> None:
    with pytest.raises(ConfigError, match="RecurrentDecoder is no LetterEncoder"):
        small(encoder=RecurrentDecoder)  # type: ignore[arg-type]


def test_sizes_and_types_of_inputs_must_fit() -> None:
    model = small()
    batch = model.preprocess(words=["cat"])
    with pytest.raises(ShapeError, match=r"forward\(letters_mask=\): axis 1 't' is 2, expected 3"):
        model(letters=batch.letters, letters_mask=batch.letters_mask[:, 1:])
    with pytest.raises(DTypeError, match=r"forward\(letters=\): dtype is float32, expected Int"):
        model(letters=batch.letters.float(), letters_mask=batch.letters_mask)
    model.decoder = RecurrentDecoder(d_model=8)
    with pytest.raises(ShapeError, match=r"RecurrentDecoder.forward\(encoded=\): axis 2 '\{self.d_model\}' is 16"):
        model.predict("cat")


def config_with(**parts: dict[str, Any]) -> Any:
    """The config file's model, without its data, with other parts."""
    config = load(CONFIG)
    for key in ("train_ds", "validation_ds", "test_ds"):
        del config[key]
    for name, part in parts.items():
        config[name].update(part)
    return config


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_config_check_finds_no_problem_and_runs_the_model_on_shapes(encoder: type, decoder: type) -> None:
    config = config_with(encoder={"_target_": named(encoder)}, decoder={"_target_": named(decoder)})
    report = check(config, model=LettersToPhonemes)
    assert (report.problems, report.notes) == ((), ())


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"decoder": {"d_model": 64}}, "axis 2 '{self.d_model}' is 128, expected 64"),
        ({"encoder": {"d_modle": 64}}, 'RecurrentEncoder has no such parameter; did you mean "d_model"?'),
        ({"phonemes": {"stress": "some"}}, "expected bool, got str 'some'"),
        ({"encoder": {"_target_": "models.phonemes.encoders.RecurentEncoder"}}, "RecurrentEncoder"),
    ],
)
def test_config_check_finds_what_does_not_fit(parts: dict[str, dict[str, Any]], message: str) -> None:
    problems = check(config_with(**parts), model=LettersToPhonemes).problems
    assert len(problems) == 1
    assert message in str(problems[0])


def test_parts_have_no_word_in_common_not_even_another_form_of_it() -> None:
    parts = [set(words_of(part)) for part in ("train", "validation", "test")]  # type: ignore[arg-type]
    assert sum(map(len, parts)) == len(set.union(*parts)) == len(pronunciations())
    stems = [{word.lstrip("'").partition("'")[0] for word in part} for part in parts]
    assert not stems[0] & stems[1]
    assert not stems[0] & stems[2]
    assert not stems[1] & stems[2]
    assert 0.04 < len(parts[2]) / len(pronunciations()) < 0.06
    assert words_of("test")[:3] == ["wimmer", "pandering", "elongation"]


def test_a_batch_is_padded_by_the_elements() -> None:
    words = Pronunciations(part="train", limit=2)
    words.items = [("cat", "K AE T", ["K AE T"]), ("a", "AH", ["AH", "EY"])]
    batch = words.collate_fn([words[0], words[1]])
    k, ae, t, ah = PhonemeTokenizer().encode(["K", "AE", "T", "AH"])
    assert batch.letters.tolist() == [
        LetterTokenizer().encode("cat"),
        [*LetterTokenizer().encode("a"), PADDING, PADDING],
    ]
    assert batch.letters_mask.tolist() == [[True, True, True], [True, False, False]]
    assert batch.previous.tolist() == [[START, k, ae, t], [START, ah, PADDING, PADDING]]
    assert batch.target.tolist() == [[k, ae, t, END], [ah, END, -100, -100]]
    assert batch.accepted == [["K AE T"], ["AH", "EY"]]


def test_training_has_each_pronunciation_and_evaluation_each_word() -> None:
    assert pronunciations()["record"] == ["R AH0 K AO1 R D", "R EH1 K ER0 D", "R IH0 K AO1 R D"]
    train, test = Pronunciations(part="train", limit=2000), Pronunciations(part="test", limit=2000)
    assert Counter(word for word, _, _ in train.items) == {word: len(accepted) for word, _, accepted in train.items}
    assert len(train) > 2000
    assert [word for word, _, _ in test.items] == words_of("test")[:2000]
    stressed = Pronunciations(part="train", limit=2000, phonemes=PhonemeTokenizer(stress=True))
    assert len(stressed) > len(train), "some differ in the stress alone"


def test_all_of_the_dictionary_can_be_encoded() -> None:
    letters, phonemes, stressed = LetterTokenizer(), PhonemeTokenizer(), PhonemeTokenizer(stress=True)
    for word, spoken in list(pronunciations().items())[::20]:
        assert len(letters.encode(word)) == len(word)
        for one in spoken:
            tokens = stressed.encode(one.split())
            assert stressed(tokens=torch.tensor([tokens])) == [one.split()]
            assert len(phonemes.encode(phonemes.normalised(one).split())) == len(tokens)
    assert (letters.size, phonemes.size, stressed.size) == (30, 42, 72)


def test_what_cannot_be_read_is_refused_in_words() -> None:
    model = small()
    assert model.predict("CAT") == model.predict("cat")
    with pytest.raises(ValueError, match="'ï' is none of ' a b c"):
        model.predict("naïve")
    with pytest.raises(ValueError, match="a word is empty"):
        model.predict("")


def test_the_tokenizers_travel_with_the_archive(tmp_path: Path) -> None:
    model = small(
        letters={"_target_": named(LetterTokenizer), "alphabet": "zyxwvutsrqponmlkjihgfedcbaé"},
        phonemes={"_target_": named(PhonemeTokenizer), "stress": True},
    )
    model.save_to(tmp_path / "model.nt")
    restored = LettersToPhonemes.restore_from(tmp_path / "model.nt")
    assert restored.predict("é") == model.predict("é")
    assert restored.phonemes.symbols == model.phonemes.symbols
    assert restored.letters.encode("é") == [29]
    restored.setup_training_data(data("train", limit=4))
    words = restored.train_dataloader().dataset
    assert (words.letters, words.phonemes) == (restored.letters, restored.phonemes)


@pytest.mark.parametrize(
    ("found", "wanted", "edits"),
    [("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2)],
)
def test_edit_distance(found: str, wanted: str, edits: int) -> None:
    assert edit_distance(found, wanted) == edits


def test_loss_is_of_each_phoneme_and_nothing_in_the_padding() -> None:
    logits = torch.randn(2, 3, 42)
    losses = PhonemeLoss()(logits=logits, target=torch.tensor([[4, 5, END], [6, END, -100]]))
    assert losses[0, 1].item() == pytest.approx(-logits[0, 1].log_softmax(0)[5].item())
    assert losses[1, 2] == 0


def test_command_trains_tests_and_pronounces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["model.encoder.d_model=8", "++model.train_ds.dataset.limit=64", "model.validation_ds.dataset.limit=8"]
    sets = [f"++model.test_ds.{name}.dataset.limit=8" for name in ("short", "long")]
    trainer = ["trainer.max_epochs=1", "++trainer.enable_progress_bar=false", "++trainer.enable_model_summary=false"]
    trainer.append("trainer.log_every_n_steps=1")
    assert run([*sizes, *sets, *trainer, "words=[cat]", f"trainer.default_root_dir={tmp_path}"]) == 0
    printed = capsys.readouterr().out
    assert "test/per" in printed
    assert "\ncat: " in printed
    path = tmp_path / "letters_to_phonemes" / "version_0" / "checkpoints" / "model.nt"
    assert f"archive: {path}\n" in printed
    spoken = LettersToPhonemes.restore_from(path).predict("cat")
    assert f"cat: {' '.join(spoken)}\n" in printed
    assert run(["model.encoder.d_modle=8"]) == 2
