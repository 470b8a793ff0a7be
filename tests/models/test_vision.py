"""The image classifier learns the digits, from its config file to an archive that predicts."""

from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch
from omegaconf import OmegaConf

from models.vision.__main__ import run
from models.vision.classifier import ImageClassifier
from models.vision.digits import Digits
from neuraltypes.errors import DTypeError, ShapeError

CONFIG = Path(__file__).parents[2] / "src" / "models" / "configs" / "image_classifier.yaml"


def quiet(**options: object) -> pl.Trainer:
    return pl.Trainer(
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **options,  # type: ignore[arg-type]
    )


def test_it_learns_the_digits_and_an_archive_reads_them(tmp_path: Path) -> None:
    pl.seed_everything(0)
    model = ImageClassifier(cfg=str(CONFIG))
    trainer = quiet(max_epochs=8)
    trainer.fit(model)
    (found,) = trainer.test(model, verbose=False)
    assert found["test/accuracy"] >= 0.97

    model.save_to(tmp_path / "digits.nt")
    restored = ImageClassifier.restore_from(tmp_path / "digits.nt")
    digits = Digits(part="test")
    predicted = torch.stack(restored.predict(list(digits.images)))
    assert (predicted == digits.labels).double().mean().item() == pytest.approx(found["test/accuracy"])


def test_the_parts_are_all_digits_and_none_twice() -> None:
    train, validation, test = Digits(part="train"), Digits(part="validation"), Digits(part="test")
    assert (len(train), len(validation), len(test)) == (1257, 180, 360)
    images = torch.cat([train.images, validation.images, test.images]).flatten(1)
    assert len(images.unique(dim=0)) == len(images)
    assert torch.equal(test.labels, Digits(part="test").labels)
    assert (images.min().item(), images.max().item()) == (-1.0, 1.0)


def test_a_shift_moves_training_images_within_their_frame() -> None:
    torch.manual_seed(0)
    still, moving = Digits(part="train"), Digits(part="train", shift=2)
    moved = [moving[0].image for _ in range(50)]
    assert len({tuple(image.flatten().tolist()) for image in moved}) > 10
    assert all(image.shape == still[0].image.shape for image in moved)
    assert Digits(part="test", shift=2)[0].image.equal(Digits(part="test")[0].image)
    with pytest.raises(ValueError, match="shift is -1, expected 0 or more"):
        Digits(part="train", shift=-1)


def test_a_wrong_image_is_refused() -> None:
    model = ImageClassifier(cfg={})
    with pytest.raises(ShapeError, match=r"ImageClassifier\.forward\(image=\)"):
        model(image=torch.zeros(1, 8, 8))
    with pytest.raises(DTypeError, match=r"ImageClassifier\.forward\(image=\)"):
        model(image=torch.zeros(1, 1, 8, 8, dtype=torch.uint8))


@pytest.mark.parametrize(("width", "depth", "size"), [(4, 1, 8), (4, 3, 9), (6, 4, 8)])
def test_sizes_follow_the_config(width: int, depth: int, size: int) -> None:
    model = ImageClassifier(cfg={"encoder": {"width": width, "depth": depth, "channels": 3}, "classes": 7})
    assert model.encoder.d_model == width * depth
    assert model(image=torch.zeros(2, 3, size, size)).shape == (2, 7)


def test_the_file_has_only_keys_of_the_schema() -> None:
    assert ImageClassifier(cfg=str(CONFIG)).cfg.keys() >= OmegaConf.load(CONFIG).keys()


def test_one_command_trains_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quiet = ["trainer.enable_progress_bar=false", "trainer.accelerator=cpu", f"trainer.default_root_dir={tmp_path}"]
    assert run(["trainer.max_epochs=1", "model.encoder.depth=1", *quiet]) == 0
    assert "test/accuracy" in capsys.readouterr().out
    (archive,) = tmp_path.glob("image_classifier/version_0/checkpoints/model.nt")
    assert len(ImageClassifier.restore_from(archive).encoder.blocks) == 1
