"""The speech recogniser learns spoken digits, and no padding ever counts in it."""

import math
import shutil
import wave
from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch
from jaxtyping import Float
from torch import Tensor

from models.speech import espeak
from models.speech.__main__ import run
from models.speech.conformer import ConformerEncoder
from models.speech.ctc import CTCDecoder, CTCLoss, greedy_tokens
from models.speech.espeak import SAMPLE_RATE, Spoken, SynthesisError, read_wav, speak
from models.speech.mel import MelSpectrogram, SpecAugment, hz_to_mel, mel_filters, mel_to_hz
from models.speech.recognizer import SpeechRecognizer
from models.speech.spoken import DIGITS, SpokenDigits
from models.speech.words import Vocabulary, word_errors
from neuraltypes import NeuralType, typecheck
from neuraltypes.config import check, load
from neuraltypes.elements import LogitsType
from neuraltypes.errors import ElementError, ShapeError

CONFIG = Path(__file__).parents[2] / "src" / "models" / "configs" / "speech_recognizer.yaml"
WORDS = [f" {digit}" for digit in DIGITS]
EPOCHS = 8

needs_espeak = pytest.mark.skipif(
    shutil.which(espeak.PROGRAM) is None, reason="espeak-ng, which speaks the data, is not installed (a Debian package)"
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test's own."""
    monkeypatch.setenv("NEURALTYPES_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "speech"


@needs_espeak
def test_it_learns_what_voices_say_that_it_never_heard(cache: Path, tmp_path: Path) -> None:
    config = load(CONFIG)
    trained = {voice.partition("+")[2] for voice in config.train_ds.dataset.voices}
    unheard = [voice for name in config.test_ds if name != "aggregate" for voice in config.test_ds[name].dataset.voices]
    assert trained.isdisjoint(voice.partition("+")[2] for voice in unheard)

    pl.seed_everything(0)
    model = SpeechRecognizer(cfg=str(CONFIG))
    trainer = pl.Trainer(
        max_epochs=EPOCHS,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        check_val_every_n_epoch=EPOCHS,
    )
    trainer.fit(model)
    trainer.test(model, verbose=False)
    found = {name: float(value) for name, value in trainer.callback_metrics.items() if name.endswith("/wer")}
    foreign = found.pop("caribbean_m8/wer")  # the only one whose language was never heard, either
    assert max(found.values()) <= 0.15, found
    assert foreign <= 0.6

    model.save_to(tmp_path / "digits.nt")
    restored = SpeechRecognizer.restore_from(tmp_path / "digits.nt")
    spoken = SpokenDigits(voices=["en-us+f4"], vocabulary=WORDS, utterances=25, seed=3)
    heard = restored.predict([spoken[number].audio for number in range(len(spoken))])
    errors = sum(word_errors(reference=text, hypothesis=said) for text, said in zip(spoken.texts, heard, strict=True))
    said = sum(len(text.split()) for text in spoken.texts)
    assert found["american_f4/wer"] == pytest.approx(errors / said)
    assert restored.predict(spoken[0].audio) == heard[0]


def test_the_mel_scale_is_slaneys() -> None:
    hz = torch.tensor([0.0, 200.0, 1000.0, 6400.0])
    mel = torch.tensor([0.0, 3.0, 15.0, 42.0])
    torch.testing.assert_close(hz_to_mel(hz), mel)
    torch.testing.assert_close(mel_to_hz(mel), hz)


def test_each_band_is_a_triangle_of_area_one_between_the_centres_of_its_neighbours() -> None:
    filters = mel_filters(mels=20, n_fft=4096, sample_rate=16_000)
    step = 16_000 / 4096
    torch.testing.assert_close(filters.sum(1) * step, torch.ones(20), atol=1e-2, rtol=0.0)
    centres = mel_to_hz(torch.linspace(0.0, float(hz_to_mel(torch.tensor([8000.0]))), 22))
    torch.testing.assert_close(filters.argmax(1) * step, centres[1:-1], atol=step, rtol=0.0)
    reached = filters[7].nonzero().flatten() * step
    assert (reached.min() - centres[7]).abs() <= step
    assert (reached.max() - centres[9]).abs() <= step


def test_a_band_that_no_frequency_falls_into_is_refused() -> None:
    with pytest.raises(ValueError, match="an FFT of 256 samples has no frequency in some of 80 bands"):
        mel_filters(mels=80, n_fft=256, sample_rate=22_050)


@pytest.mark.parametrize("hz", [300.0, 1000.0, 3000.0, 7000.0])
def test_the_energy_of_a_tone_is_in_its_own_band(hz: float) -> None:
    preprocessor = MelSpectrogram(mels=40)
    tone = torch.sin(2 * math.pi * hz * torch.arange(SAMPLE_RATE) / SAMPLE_RATE)[None]
    energy = (preprocessor.filters @ preprocessor._power(tone))[0, :, 20:-20].mean(1)
    top = float(hz_to_mel(torch.tensor([SAMPLE_RATE / 2])))
    expected = round(float(hz_to_mel(torch.tensor([hz]))) / (top / 41)) - 1
    assert energy.argmax() == expected
    assert energy[[band for band in range(40) if abs(band - expected) > 2]].sum() < 0.05 * energy.sum()


def test_a_spectrogram_has_a_frame_for_each_hop_and_bands_of_mean_0_and_deviation_1() -> None:
    preprocessor = MelSpectrogram(mels=30, hop=0.01)
    audio = torch.randn(2, 5000) * torch.linspace(0.1, 1.0, 5000)
    mel, mel_length = preprocessor(audio=audio, audio_length=torch.tensor([5000, 4400]))
    assert mel.shape == (2, 30, 5000 // 220 + 1)
    assert mel_length.tolist() == [5000 // 220 + 1, 4400 // 220 + 1]
    for one, length in zip(mel, mel_length.tolist(), strict=True):
        torch.testing.assert_close(one[:, :length].mean(1), torch.zeros(30), atol=1e-5, rtol=0.0)
        torch.testing.assert_close(one[:, :length].std(1, correction=0), torch.ones(30), atol=1e-3, rtol=0.0)
        assert not one[:, length:].any()


@pytest.mark.parametrize("length", [0, 219, 220, 2500, 4399])
def test_a_sound_has_the_same_spectrogram_alone_and_in_a_padded_batch(length: int) -> None:
    preprocessor = MelSpectrogram()
    sound = torch.randn(length)
    batch = torch.full((2, 5000), 7.0)  # what stands in the padding is not silent either
    batch[0], batch[1, :length] = torch.randn(5000), sound
    together, lengths = preprocessor(audio=batch, audio_length=torch.tensor([5000, length]))
    alone, (own,) = preprocessor(audio=sound[None], audio_length=torch.tensor([length]))
    assert lengths[1] == own == alone.shape[2]
    torch.testing.assert_close(together[1, :, :own], alone[0], atol=1e-4, rtol=1e-4)


def test_noise_is_added_in_training_alone() -> None:
    preprocessor = MelSpectrogram(dither=0.1)
    given = {"audio": torch.randn(1, 4000), "audio_length": torch.tensor([4000])}
    assert not torch.equal(preprocessor(**given)[0], preprocessor(**given)[0])
    preprocessor.eval()
    assert torch.equal(preprocessor(**given)[0], preprocessor(**given)[0])
    assert torch.equal(preprocessor(**given)[0], MelSpectrogram()(**given)[0])


def test_stripes_are_hidden_in_training_alone_and_no_wider_than_said() -> None:
    mel, mel_length = torch.ones(200, 20, 50), torch.tensor([50, 30]).repeat(100)
    bands = SpecAugment(bands=1, band_width=4)
    hidden = bands(mel=mel, mel_length=mel_length) == 0
    assert torch.equal(hidden.any(2), hidden.all(2))
    assert hidden.all(2).sum(1).unique().tolist() == [0, 1, 2, 3, 4]

    spans = SpecAugment(spans=1, span_width=0.2)
    hidden = spans(mel=mel, mel_length=mel_length) == 0
    assert torch.equal(hidden.any(1), hidden.all(1))
    assert (hidden.all(1).sum(1) <= 0.2 * mel_length).all()
    assert hidden.all(1).sum(1).float().mean() > 2
    assert not hidden[1::2, :, 30:].any()

    assert torch.equal(spans.eval()(mel=mel, mel_length=mel_length), mel)


@pytest.fixture
def encoder() -> ConformerEncoder:
    """A small encoder without dropout, in which attention and convolutions reach further than a short sound."""
    encoder = ConformerEncoder(mels=12, d_model=16, depth=2, n_heads=2, kernel=5, channels=3, context=40, dropout=0.0)
    with torch.no_grad():
        for weight in encoder.parameters():
            weight.add_(0.2 * torch.randn_like(weight))
    return encoder


@pytest.mark.parametrize("length", [1, 2, 4, 5, 37, 38, 60])
@pytest.mark.parametrize("is_training", [True, False])
def test_padding_never_changes_what_is_encoded(encoder: ConformerEncoder, length: int, is_training: bool) -> None:
    encoder.train(is_training)
    mel = torch.randn(2, 12, 60)
    mel[1, :, length:] = 100.0
    together, lengths = encoder(mel=mel, mel_length=torch.tensor([60, length]))
    alone, (own,) = encoder(mel=mel[1:, :, :length], mel_length=torch.tensor([length]))
    assert own == lengths[1] == alone.shape[1] == math.ceil(length / 4)
    torch.testing.assert_close(together[1, :own], alone[0], atol=1e-5, rtol=1e-4)
    assert not together[1, own:].any()


def test_each_frame_depends_on_all_that_hold_data(encoder: ConformerEncoder) -> None:
    mel = torch.randn(1, 12, 60, requires_grad=True)
    encoded, _ = encoder(mel=mel, mel_length=torch.tensor([50]))
    (slope,) = torch.autograd.grad(encoded[0, 0].sum(), mel)
    reached = slope[0].abs().sum(0) > 0
    assert reached[:50].all()
    assert not reached[50:].any()


def test_frames_are_told_apart_by_their_order(encoder: ConformerEncoder) -> None:
    block = encoder.blocks[0]
    x, valid = torch.randn(1, 9, 16), torch.ones(1, 9, dtype=torch.bool)
    attended = block.attention(x=x, valid=valid)
    turned = block.attention(x=x.flip(1), valid=valid)
    assert not torch.allclose(attended.flip(1), turned, atol=1e-3)


def test_sounds_that_are_too_long_and_sizes_that_do_not_fit_are_refused(encoder: ConformerEncoder) -> None:
    with pytest.raises(ValueError, match="41 frames, expected at most context=40"):
        encoder(mel=torch.zeros(1, 12, 161), mel_length=torch.tensor([161]))
    with pytest.raises(ShapeError, match=r"ConformerEncoder\.forward\(mel=\)"):
        encoder(mel=torch.zeros(1, 11, 60), mel_length=torch.tensor([60]))
    with pytest.raises(ValueError, match="d_model is 18, expected a multiple of 2 \\* n_heads=4"):
        ConformerEncoder(d_model=18)
    with pytest.raises(ValueError, match="kernel is 4, expected an odd number"):
        ConformerEncoder(kernel=4)


def log(*rows: tuple[float, ...]) -> Tensor:
    return torch.tensor([rows]).log()


def test_the_loss_sums_over_all_alignments() -> None:
    # The token a is class 0, the blank class 1; "a" is a a, a -, or - a.
    logprobs = log((0.7, 0.3), (0.4, 0.6))
    given = {"logprobs": logprobs, "logprobs_length": torch.tensor([2])}
    one = CTCLoss()(**given, tokens=torch.tensor([[0]]), tokens_length=torch.tensor([1]))
    assert one.item() == pytest.approx(-math.log(0.7 * 0.4 + 0.7 * 0.6 + 0.3 * 0.4))
    none = CTCLoss()(**given, tokens=torch.tensor([[-100]]), tokens_length=torch.tensor([0]))
    assert none.item() == pytest.approx(-math.log(0.3 * 0.6))
    # Twice the same needs a blank in between: three frames.
    twice = CTCLoss()(**given, tokens=torch.tensor([[0, 0]]), tokens_length=torch.tensor([2]))
    assert twice.item() == 0.0


def test_the_loss_of_a_sequence_is_the_same_in_a_padded_batch() -> None:
    logprobs = torch.randn(2, 9, 5).log_softmax(-1)
    tokens = torch.tensor([[0, 1, 2, 2], [3, 1, -100, -100]])
    together = CTCLoss()(
        logprobs=logprobs, logprobs_length=torch.tensor([9, 4]), tokens=tokens, tokens_length=torch.tensor([4, 2])
    )
    alone = CTCLoss()(
        logprobs=logprobs[1:, :4],
        logprobs_length=torch.tensor([4]),
        tokens=tokens[1:, :2],
        tokens_length=torch.tensor([2]),
    )
    torch.testing.assert_close(together[1:], alone)


def test_the_likeliest_path_loses_repetitions_then_blanks_and_ends_at_its_length() -> None:
    path = torch.tensor([[2, 0, 0, 2, 0, 1, 1, 2, 1], [1, 1, 0, 0, 0, 0, 0, 0, 0], [2, 2, 2, 2, 2, 2, 2, 2, 1]])
    logprobs = torch.nn.functional.one_hot(path, 3).float().log_softmax(-1)
    found = greedy_tokens(logprobs=logprobs, logprobs_length=torch.tensor([9, 2, 8]))
    assert found == [[0, 0, 1, 1], [1], []]


@typecheck
def as_logits(x: Float[Tensor, "b t classes"]) -> NeuralType[Float[Tensor, "b t classes"], LogitsType]:
    return x


def test_the_loss_takes_log_probabilities_alone() -> None:
    decoder = CTCDecoder(d_model=4, tokens=2)
    logprobs = decoder(encoded=torch.randn(1, 3, 4))
    torch.testing.assert_close(logprobs.exp().sum(-1), torch.ones(1, 3))
    given = {"logprobs_length": torch.tensor([3]), "tokens": torch.tensor([[0]]), "tokens_length": torch.tensor([1])}
    CTCLoss()(logprobs=logprobs, **given)
    with pytest.raises(ElementError, match=r"CTCLoss\.forward\(logprobs=\)"):
        CTCLoss()(logprobs=as_logits(torch.randn(1, 3, 3)), **given)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "errors"),
    [
        ("one two three", "one two three", 0),
        ("one two three", "one three", 1),
        ("one two three", "one two two three", 1),
        ("one two three", "one nine three", 1),
        ("one two three", "two three one", 2),
        ("one two", "", 2),
        ("", "one", 1),
    ],
)
def test_word_errors_are_replaced_missing_and_added_words(reference: str, hypothesis: str, errors: int) -> None:
    assert word_errors(reference=reference, hypothesis=hypothesis) == errors


def test_a_vocabulary_is_of_words_or_of_letters() -> None:
    words, letters = Vocabulary(WORDS), Vocabulary([*" efghinorstuvwxz"])
    assert words.encode("seven zero") == [7, 0]
    assert words.decode([7, 0]) == letters.decode(letters.encode("seven zero")) == "seven zero"
    assert len(letters.encode("seven zero")) == 11
    assert Vocabulary([" ", "a", "ab"]).encode("aab") == [0, 1, 2]
    with pytest.raises(ValueError, match="no piece for 'y' in ' sixty'"):
        Vocabulary([" six", "t"]).encode("sixty")
    with pytest.raises(ValueError, match="a piece is empty or there twice"):
        Vocabulary(["a", "a"])


@needs_espeak
def test_the_same_sounds_are_made_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = [Spoken("one two", "en-us+m1"), Spoken("nine", "en-gb", speed=120, pitch=70)]
    files = speak(spoken)
    sounds = [read_wav(file) for file in files]
    assert all(sound.abs().max() > 1000 for sound in sounds)
    (other,) = speak([Spoken("one two", "en-us+f2")])
    assert not torch.equal(sounds[0], read_wav(other))
    assert sorted(cache.iterdir()) == sorted([files[0].parent, other.parent])

    low, fast = speak([Spoken("nine", "en-gb", speed=120, pitch=20), Spoken("nine", "en-gb", speed=200, pitch=70)])
    assert not torch.equal(sounds[1], read_wav(low))
    assert len(read_wav(fast)) < len(sounds[1])

    monkeypatch.setattr(espeak, "_make", None)
    assert speak(spoken) == files


@needs_espeak
@pytest.mark.parametrize(
    ("voice", "message"),
    [("en-us+nobody", "no variant 'nobody', of the voice 'en-us\\+nobody'"), ("nowhere", "voice does not exist")],
)
def test_an_unknown_voice_leaves_nothing_behind(cache: Path, voice: str, message: str) -> None:
    with pytest.raises(SynthesisError, match=message):
        speak([Spoken("one", "en-us"), Spoken("one", voice)])
    assert not cache.exists() or not list(cache.iterdir())


def test_without_espeak_the_error_says_what_to_install(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    espeak.installed_version.cache_clear()
    with pytest.raises(SynthesisError, match=r"espeak-ng is not installed.*apt-get install espeak-ng"):
        SpokenDigits(voices=["en-us"], vocabulary=WORDS)


def test_a_wav_file_of_another_form_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\0\0\0\0")
    with pytest.raises(ValueError, match="2 channels, 16 bits, 16000 Hz; expected 1, 16, 22050"):
        read_wav(tmp_path / "x.wav")


@needs_espeak
def test_the_data_are_the_same_for_the_same_arguments(cache: Path) -> None:
    def made(seed: int) -> SpokenDigits:
        return SpokenDigits(
            voices=["en-us+m1", "en-gb+f2"], vocabulary=WORDS, utterances=3, digits=(2, 4), seed=seed, cache=cache
        )

    data = made(0)
    assert data.texts == made(0).texts != made(1).texts
    assert len(data) == 6
    assert {len(text.split()) for text in data.texts} <= {2, 3, 4}
    batch = data.collate_fn([data[number] for number in range(6)])
    assert batch.text == data.texts
    assert batch.tokens_length.tolist() == [len(text.split()) for text in data.texts]
    assert batch.audio_length.tolist() == [len(sound) for sound in data.sounds]
    for row, length, text in zip(batch.tokens, batch.tokens_length.tolist(), data.texts, strict=True):
        assert data.vocabulary.decode(row[:length].tolist()) == text
        assert (row[length:] == -100).all()
    assert batch.audio.abs().max() <= 1.0
    assert all(not row[length:].any() for row, length in zip(batch.audio, batch.audio_length.tolist(), strict=True))


def test_the_config_file_has_no_problems() -> None:
    report = check(load(CONFIG), model=SpeechRecognizer, allow=[SpokenDigits])
    assert (report.problems, report.notes) == ((), ())


def test_a_config_whose_parts_do_not_fit_is_refused() -> None:
    config = load(CONFIG)
    config.encoder.d_modle = 3
    report = check(config, model=SpeechRecognizer, allow=[SpokenDigits])
    assert ["encoder.d_modle" in str(problem) for problem in report.problems] == [True]


@needs_espeak
def test_one_command_trains_it(cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sets = [f"model.{part}.dataset.utterances=1" for part in ("train_ds", "validation_ds")]
    sets += [f"model.test_ds.{name}.dataset.utterances=1" for name in load(CONFIG).test_ds if name != "aggregate"]
    quiet = ["trainer.enable_progress_bar=false", "trainer.accelerator=cpu", f"trainer.default_root_dir={tmp_path}"]
    assert run(["trainer.max_epochs=1", "trainer.log_every_n_steps=1", "model.encoder.depth=1", *sets, *quiet]) == 0
    assert "test/wer" in capsys.readouterr().out
    (archive,) = tmp_path.glob("speech_recognizer/version_0/checkpoints/model.nt")
    assert len(SpeechRecognizer.restore_from(archive).encoder.blocks) == 1


def test_the_command_refuses_a_wrong_key_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["+model.encoder.widht=3", f"trainer.default_root_dir={tmp_path}"]) == 2
    assert "model.encoder.widht: EncoderConfig has no such" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
