"""`ModelPT`: what it takes, what it keeps of it, and that Lightning's ways of saving and compiling work on it."""

import copy
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import ReadonlyConfigError
from torch import Tensor

from models import ConfigError, ModelPT
from neuraltypes.archive import Archive, ArchiveError
from neuraltypes.config import as_config, load
from tests.models._pt import Classifier, ClassifierConfig, EncoderConfig, Keywords, loader, same_weights, trainer


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEURALTYPES_CACHE", str(tmp_path / "cache"))


def forms(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "cfg.yaml").write_text("encoder:\n  width: 5\n")
    return {
        "dataclass": ClassifierConfig(encoder=EncoderConfig(width=5)),
        "structured": OmegaConf.structured(ClassifierConfig(encoder=EncoderConfig(width=5))),
        "dict": {"encoder": {"width": 5}},
        "dict config": OmegaConf.create({"encoder": {"width": 5}}),
        "file": tmp_path / "cfg.yaml",
    }


@pytest.mark.parametrize("form", ["dataclass", "structured", "dict", "dict config", "file"])
def test_every_form_of_a_cfg_gives_the_same_model(form: str, tmp_path: Path) -> None:
    model = Classifier(cfg=forms(tmp_path)[form])
    assert model.encoder.linear.out_features == 5
    assert model.cfg.classes == 3  # the dataclass's default
    assert model.hparams["cfg"]["encoder"] == {"width": 5, "dropout": 0.0}
    assert type(model.hparams["cfg"]) is dict


def test_a_wrong_cfg_is_refused_before_anything_is_built() -> None:
    with pytest.raises(ConfigError, match=r'^encoder.widht: EncoderConfig has no such field; did you mean "width"\?$'):
        Classifier(cfg={"encoder": {"widht": 5}})
    with pytest.raises(ConfigError, match=r"encoder.width: expected int, got str 'wide'"):
        Classifier(cfg={"encoder": {"width": "wide"}})
    with pytest.raises(ConfigError, match="cfg: is a int, expected a mapping"):
        Classifier(cfg=3)  # type: ignore[arg-type]


def test_the_cfg_is_of_the_model_alone() -> None:
    given = OmegaConf.create({"encoder": {"width": 5}})
    model = Classifier(cfg=given)
    given.encoder.width = 6
    assert model.cfg.encoder.width == 5
    with pytest.raises(ReadonlyConfigError):
        model.cfg.encoder.width = 6
    with pytest.raises(AttributeError, match="for anything else make a new model"):
        model.cfg = given
    assert not OmegaConf.is_readonly(given)


def test_a_part_of_a_larger_config_is_read_without_it() -> None:
    whole = OmegaConf.create({"width": 5, "model": {"encoder": {"width": "${width}"}, "vocabulary": None}})
    model = Classifier(cfg=whole.model)
    whole.width = 6
    assert model.cfg.encoder.width == 5
    assert model.to_config_dict()["cfg"]["encoder"]["width"] == 5
    assert model.to_config_dict()["cfg"]["hidden"] == "${encoder.width}"


def test_what_the_constructor_read_cannot_change(tmp_path: Path) -> None:
    model = Classifier(cfg={})
    for name, value in {"classes": 4, "encoder": {"width": 3}}.items():
        with pytest.raises(ConfigError, match=f"{name}: the model is made from it"):
            model.change_cfg(**{name: value})
    model.change_cfg(optim={"lr": 0.5})
    model.save_to(tmp_path / "model.nt")
    restored = Classifier.restore_from(tmp_path / "model.nt")
    assert restored.cfg.optim.lr == 0.5
    assert restored.cfg == model.cfg
    assert same_weights(restored, model)
    assert model.hparams["cfg"]["optim"] == {"lr": 0.5}


def test_what_the_constructor_read_cannot_change_by_reference() -> None:
    model = Classifier(cfg={"train_ds": {"width": 5}, "hidden": "${train_ds.width}"})
    with pytest.raises(ConfigError, match="hidden: would change with what it refers to"):
        model.change_cfg(train_ds={"width": 6})
    assert model.cfg.train_ds.width == 5
    model.change_cfg(train_ds={"width": 5, "shuffle": True})
    assert model.cfg.train_ds.shuffle


def test_typed_keywords_are_the_cfg(tmp_path: Path) -> None:
    model = Keywords(width=5, sizes=(3,))
    assert model.cfg == {"width": 5, "sizes": [3], "optim": None}
    assert dict(model.hparams) == {"width": 5, "sizes": (3,), "optim": None}
    model.change_cfg(optim={"lr": 2})
    model.save_to(tmp_path / "model.nt")
    restored = ModelPT.restore_from(tmp_path / "model.nt")
    assert isinstance(restored, Keywords)
    assert restored.cfg == {"width": 5, "sizes": [3], "optim": {"lr": 2}}
    with pytest.raises(ConfigError, match="constructor of Keywords takes no 'train_ds'"):
        model.change_cfg(train_ds={})


def test_a_cfg_goes_through_an_archive_as_data(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("a b c")
    given = {"encoder": {"width": 5}, "vocabulary": str(tmp_path / "words.txt"), "train_ds": {"_target_": "os.system"}}
    model = Classifier(cfg=given)
    model.save_to(tmp_path / "model.nt")
    (tmp_path / "words.txt").unlink()
    restored = Classifier.restore_from(tmp_path / "model.nt")
    assert restored.words == "a b c"
    assert restored.cfg.train_ds == {"_target_": "os.system"}
    restored.save_to(tmp_path / "again.nt")
    with Archive.open(tmp_path / "model.nt") as first, Archive.open(tmp_path / "again.nt") as second:
        assert first.config == second.config


def test_a_cfg_reads_the_environment_only_where_the_caller_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "12345")
    given = {"train_ds": {"path": "${oc.env:SECRET}", "width": "${encoder.width}"}}
    (tmp_path / "cfg.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(given)))
    refused = r'train_ds.path: it uses the resolver "oc.env", which is not among the allowed resolvers'
    cfg: Any
    for cfg in (given, tmp_path / "cfg.yaml"):
        with pytest.raises(ConfigError, match=refused):
            Classifier(cfg=cfg)
    for cfg in (as_config(given, resolvers=["oc.env"]), load(tmp_path / "cfg.yaml", resolvers=["oc.env"])):
        assert Classifier(cfg=cfg).cfg.train_ds.path == "12345"
    larger = OmegaConf.create({"model": given})
    with pytest.raises(ConfigError, match=r"^model.train_ds.width: Interpolation key 'encoder.width' not found$"):
        Classifier(cfg=larger.model)


def test_an_archived_cfg_reads_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "12345")
    given = {"train_ds": {"path": "${oc.env:SECRET}", "width": "${encoder.width}"}}
    model = Classifier(cfg=as_config(given, resolvers=["oc.env"]))
    assert model.cfg.train_ds.path == "12345"
    model.save_to(tmp_path / "model.nt")
    assert b"12345" not in (tmp_path / "model.nt").read_bytes()
    restored = Classifier.restore_from(tmp_path / "model.nt")
    assert restored.cfg.train_ds.path == "${oc.env:SECRET}"
    assert restored.cfg.train_ds.width == 8
    with pytest.raises(ArchiveError, match=r'uses the resolver "oc.env"'):
        Classifier.restore_from(tmp_path / "model.nt", config={"cfg": {"train_ds": {"path": "${oc.env:SECRET}"}}})


def test_a_restore_may_change_the_cfg(tmp_path: Path) -> None:
    Classifier(cfg={}).save_to(tmp_path / "model.nt")
    restored = Classifier.restore_from(tmp_path / "model.nt", config=["cfg.encoder.dropout=0.5"])
    assert restored.encoder.dropout.p == 0.5
    with pytest.raises(ArchiveError, match=r"did you mean .dropout."):
        Classifier.restore_from(tmp_path / "model.nt", config=["cfg.encoder.dropuot=0.5"])


@pytest.mark.filterwarnings("ignore:You passed in a .val_dataloader. but have no")
@pytest.mark.parametrize("cls", [Classifier, Keywords])
def test_checkpoints_load_with_weights_only(cls: type[ModelPT], tmp_path: Path) -> None:
    model: ModelPT = Classifier(cfg=OmegaConf.create({"encoder": {"width": 5}})) if cls is Classifier else Keywords()
    run = trainer(tmp_path)
    run.fit(model, loader(), loader(8))
    run.save_checkpoint(tmp_path / "model.ckpt")
    assert torch.load(tmp_path / "model.ckpt", weights_only=True)["epoch"] == 1
    loaded = cls.load_from_checkpoint(tmp_path / "model.ckpt", weights_only=True)
    assert loaded.cfg == model.cfg
    assert same_weights(loaded, model)
    resumed = trainer(tmp_path, max_epochs=2)
    resumed.fit(loaded, loader(), loader(8), ckpt_path=tmp_path / "model.ckpt", weights_only=True)
    assert resumed.global_step == 12


class SavesThem(Keywords):
    def __init__(self, *, sizes: Any, folder: Path, **more: Any) -> None:
        super().__init__(**more)
        self.save_hyperparameters()


def test_hyperparameters_that_the_class_saves_itself_are_plain(tmp_path: Path) -> None:
    model = SavesThem(sizes=OmegaConf.create([1]), folder=tmp_path, width=5)
    assert model.hparams["sizes"] == [1]
    assert type(model.hparams["sizes"]) is list
    assert model.hparams["folder"] == str(tmp_path)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_trains_its_own_weights(copied: Any, tmp_path: Path) -> None:
    model = Classifier(cfg={}, trainer=trainer(tmp_path))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    other = copied(model)
    trainer(tmp_path).fit(other, loader(), loader(8))
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert not same_weights(model, other)
    assert other.cfg == model.cfg


def test_a_trainer_is_attached_and_nothing_is_built_for_it(tmp_path: Path) -> None:
    run = trainer(tmp_path)
    model = Classifier(cfg={"train_ds": {"_target_": "nowhere"}}, trainer=run)
    assert model.trainer is run
    other = trainer(tmp_path)
    model.set_trainer(other)
    assert model.trainer is other
    with pytest.raises(TypeError, match=r"got a int, expected a pytorch_lightning.Trainer"):
        model.set_trainer(3)  # type: ignore[arg-type]


def test_a_constructor_may_take_both_by_position(tmp_path: Path) -> None:
    class Positional(Classifier):
        def __init__(self, cfg: DictConfig, trainer: pl.Trainer | None = None) -> None:
            super().__init__(cfg=cfg, trainer=trainer)

    model = Positional(OmegaConf.create({"encoder": {"width": 5}}), trainer(tmp_path))
    model.save_to(tmp_path / "model.nt")
    assert Positional.restore_from(tmp_path / "model.nt").cfg == model.cfg


@pytest.mark.filterwarnings("ignore")  # of the compiler's first use
def test_the_whole_model_compiles_with_logging(tmp_path: Path) -> None:
    model = Classifier(cfg={})
    run = trainer(tmp_path)
    run.fit(torch.compile(model, backend="eager"), loader(), loader(8))  # type: ignore[arg-type]
    assert isinstance(run.callback_metrics["loss"], Tensor)
    assert run.global_step == 6


@pytest.mark.filterwarnings("ignore")  # of Lightning's use of its argument parser
def test_the_command_line_makes_one_from_typed_keywords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = pytest.importorskip("pytorch_lightning.cli")
    pytest.importorskip("jsonargparse")
    options = ["--trainer.accelerator=cpu", "--trainer.logger=false", f"--trainer.default_root_dir={tmp_path}"]
    monkeypatch.setattr(sys, "argv", ["train.py", "--model.width=5", *options])
    made = cli.LightningCLI(Keywords, run=False, save_config_callback=None, seed_everything_default=1)
    assert made.model.linear.out_features == 5
    assert made.model.cfg.width == 5
    assert "_instantiator" not in made.model.hparams  # it loads without the command line
    made.trainer.strategy.connect(made.model)
