"""Data sets from configs and objects, named or not; loaders are made when the trainer asks for them."""

import copy
import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from omegaconf import OmegaConf
from torch.utils.data import DataLoader, Dataset, IterableDataset, RandomSampler, SequentialSampler, TensorDataset

from models import ConfigError
from neuraltypes import NeuralModule
from tests.models.data._parts import Classifier, Points, quiet_trainer

POINTS = "tests.models.data._parts.Points"


class Vanilla(Dataset[Any]):
    """No NeuralDataset."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __getitem__(self, index: int) -> int:
        return index

    def __len__(self) -> int:
        return self.n


class OnlyTraining(Classifier):
    validation_step: Any = pl.LightningModule.validation_step
    test_step: Any = pl.LightningModule.test_step


class Refusing(Points):
    def __init__(self, n: int) -> None:
        raise OSError("no such file")


def assert_refused(data: Any, *lines: str, place: str | None = None) -> None:
    model = Classifier()
    model.setup_training_data(data)
    with pytest.raises(ConfigError) as caught:
        model.train_dataloader()
    assert str(caught.value).splitlines() == list(lines)
    assert place is None or caught.value.problems[0].path == place


def test_nothing_is_made_before_the_trainer_asks() -> None:
    model = OnlyTraining()
    model.setup_training_data({"_target_": "no.such.Class"})
    assert model.has_data("train")
    with pytest.raises(
        ConfigError,
        match=r"train_ds._target_: no imported NeuralDataset and none of allowed_datasets is called 'no.such.Class'",
    ):
        quiet_trainer().fit(model)


@pytest.mark.parametrize("nested", [True, False])
def test_a_loader_from_a_config(nested: bool) -> None:
    arguments = {"_target_": POINTS, "n": 6, "seed": 1}
    model = Classifier()
    model.setup_training_data({**({"dataset": arguments} if nested else arguments), "batch_size": 4, "drop_last": True})
    loader = model.train_dataloader()
    assert torch.equal(loader.dataset.x, Points(6, 1).x)
    assert (loader.batch_size, loader.drop_last, len(loader)) == (4, True, 1)
    assert loader.collate_fn.__self__ is loader.dataset


def test_training_is_shuffled_unless_told_otherwise_and_evaluation_is_not() -> None:
    model = Classifier()
    for shuffle, sampler in ((None, RandomSampler), (False, SequentialSampler)):
        model.setup_training_data({"dataset": Points(4)} | ({} if shuffle is None else {"shuffle": shuffle}))
        assert type(model.train_dataloader().sampler) is sampler
    model.setup_validation_data({"dataset": Points(4)})
    assert type(model.val_dataloader().sampler) is SequentialSampler


def test_objects_are_taken_as_they_are() -> None:
    model = Classifier()
    loader = DataLoader(TensorDataset(torch.zeros(3, 4)), batch_size=2)
    model.setup_training_data(loader)
    assert model.train_dataloader() is loader
    model.setup_training_data(Points(3))
    assert len(model.train_dataloader()) == 3
    batches: Any = [1, 2, 3]
    model.setup_validation_data({"a": batches, "b": loader})
    assert model.val_dataloader() == {"a": batches, "b": loader}


def test_several_sets_keep_their_names_and_order() -> None:
    model = Classifier()
    model.setup_validation_data({"noisy": {"dataset": Points(2)}, "clean": {"_target_": POINTS, "n": 3}})
    assert {name: len(loader) for name, loader in model.val_dataloader().items()} == {"noisy": 2, "clean": 3}
    assert list(model.val_dataloader()) == ["noisy", "clean"]


def test_a_data_module_is_set_up_as_a_trainer_would() -> None:
    class Module(pl.LightningDataModule):
        def __init__(self) -> None:
            super().__init__()
            self.calls: list[str] = []

        def prepare_data(self) -> None:
            self.calls.append("prepare")

        def setup(self, stage: str) -> None:
            self.calls.append(f"setup {stage}")
            self.data = Points(4)

        def train_dataloader(self) -> Any:
            return DataLoader(self.data, batch_size=2, collate_fn=self.data.collate_fn)

        def val_dataloader(self) -> Any:
            return {"one": self.train_dataloader()}

    model, module = Classifier(), Module()
    model.setup_training_data(module)
    model.setup_validation_data(module)
    trainer = quiet_trainer()
    trainer.fit(model)
    assert module.calls[:2] == ["prepare", "setup fit"]
    assert "one/loss" in trainer.callback_metrics
    other = Classifier()
    quiet_trainer().fit(other, datamodule=Module())


def test_a_config_may_be_a_dataclass_or_omegaconf_with_lazy_interpolation() -> None:
    @dataclass
    class Data:
        _target_: str = POINTS
        n: int = 3
        batch_size: int = 2

    @dataclass
    class Sets:
        clean: Data = field(default_factory=Data)

    model = Classifier()
    model.setup_validation_data(Sets())
    assert len(model.val_dataloader()["clean"]) == 2
    cfg = OmegaConf.create({"size": 2, "train_ds": {"_target_": POINTS, "n": "${size}", "batch_size": 1}})
    own: Any = Classifier()
    own.cfg = cfg
    cfg.size = 5
    assert len(own.train_dataloader()) == 5


def test_the_models_config_has_the_data_under_nemos_keys() -> None:
    model: Any = Classifier()
    model.cfg = {"train_ds": {"_target_": POINTS, "n": 4}, "validation_ds": None}
    assert [model.has_data(stage) for stage in ("train", "validation", "test")] == [True, False, False]
    first = model.train_dataloader()
    assert model.train_dataloader() is first
    model.cfg["train_ds"]["n"] = 6
    assert len(model.train_dataloader()) == 6
    model.setup_training_data({"dataset": Points(2)})
    assert len(model.train_dataloader()) == 2


def test_loaders_are_made_again_when_their_config_is_set_again() -> None:
    model = Classifier()
    config = {"_target_": POINTS, "n": 4}
    model.setup_training_data(config)
    first = model.train_dataloader()
    assert model.train_dataloader() is first
    model.setup_training_data(config)
    assert model.train_dataloader() is not first


def test_a_trainer_that_reloads_gets_loaders_that_are_made_anew() -> None:
    made = []

    class Noting(OnlyTraining):
        def dataset_from_config(self, config: Any, place: str) -> Any:
            made.append(place)
            return super().dataset_from_config(config, place)

    for options, times in (({}, 1), ({"reload_dataloaders_every_n_epochs": 1}, 2)):
        model = Noting()
        model.setup_training_data({"_target_": POINTS, "n": 4, "batch_size": 2})
        quiet_trainer(max_epochs=2, **options).fit(model)
        assert made == ["train_ds"] * times
        made.clear()


def test_several_sets_can_be_trained_on_at_once() -> None:
    class Both(OnlyTraining):
        def training_step(self, batch: Any, batch_idx: int) -> Any:
            seen.append({name: len(one.x) for name, one in batch.items()})
            return self(x=torch.cat([one.x for one in batch.values()])).sum()

    seen: list[dict[str, int]] = []
    model = Both()
    model.setup_training_data({name: {"dataset": Points(4), "batch_size": n} for name, n in (("a", 4), ("b", 2))})
    quiet_trainer().fit(model)
    assert seen == [{"a": 4, "b": 2}] * 2


def test_data_that_is_set_while_a_trainer_runs_is_used_from_the_next_epoch_on() -> None:
    seen: list[tuple[str, int]] = []

    class Growing(Classifier):
        def training_step(self, batch: Any, batch_idx: int) -> Any:
            seen.append(("train", len(batch.x)))
            return super().training_step(batch, batch_idx)

        def validation_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> None:
            seen.append(("val", len(batch.x)))

        def on_train_epoch_end(self) -> None:
            self.setup_training_data({"dataset": Points(3), "batch_size": 3})
            self.setup_validation_data({"dataset": Points(6), "batch_size": 6})

    model = Growing()
    model.setup_training_data({"dataset": Points(2), "batch_size": 2})
    model.setup_validation_data({"dataset": Points(5), "batch_size": 5})
    quiet_trainer(max_epochs=2, num_sanity_val_steps=0).fit(model)
    assert seen == [("train", 2), ("val", 5), ("train", 3), ("val", 6)]


def test_without_data_lightning_behaves_as_ever() -> None:
    only = OnlyTraining()
    with pytest.raises(Exception, match="`train_dataloader` must be implemented"):
        quiet_trainer().fit(only)
    only.setup_training_data({"dataset": Points(4), "batch_size": 2})
    quiet_trainer().fit(only)


def test_own_loader_methods_of_a_subclass_win() -> None:
    class Own(Classifier):
        def train_dataloader(self) -> Any:
            return "mine"

    model = Own()
    model.setup_training_data(Points(3))
    assert model.train_dataloader() == "mine"


def test_overfitting_and_a_fast_run_work() -> None:
    for options in ({"overfit_batches": 1}, {"fast_dev_run": True}):
        model = Classifier()
        model.setup_training_data({"dataset": Points(4), "batch_size": 2})
        model.setup_validation_data({"dataset": Points(4), "batch_size": 2})
        quiet_trainer(**options).fit(model)


def test_errors_name_the_key_and_the_nearest_spelling() -> None:
    assert_refused(
        {"_target_": POINTS, "n": 3, "batchsize": 3},
        'train_ds.batchsize: Points has no such parameter; did you mean "batch_size"?',
    )
    assert_refused(
        {"dataset": Points(3), "batchsize": 3},
        'train_ds.batchsize: neither the loader nor this config has such a key; did you mean "batch_size"?',
        place="train_ds.batchsize",
    )
    assert_refused(
        {"a": {"dataset": {"_target_": POINTS, "sed": 3}}},
        "the config has 2 problems:",
        '  train_ds.a.dataset.sed: Points has no such parameter; did you mean "seed"?',
        "  train_ds.a.dataset.n: is missing, Points requires it: expected int",
        place="train_ds.a.dataset.sed",
    )
    assert_refused(
        {"a": {"dataset": {"n": 3}}}, 'train_ds.a.dataset: has neither "dataset" nor "_target_", which names its class'
    )
    assert_refused({"a": {"n": Points(3)}}, 'train_ds.a: has neither "dataset" nor "_target_", which names its class')
    assert_refused({"x/y": Points(3)}, 'train_ds.x/y: "x/y" cannot name a set: metrics are logged as <set>/<metric>')
    assert_refused(7, "train_ds: is 7, expected a config, a data set or a loader")
    expected = "expected the config of a set, a data set or a loader; the config of one set has dataset or _target_"
    assert_refused({"_target": POINTS}, f"train_ds._target: is '{POINTS}', {expected}; did you mean \"_target_\"?")
    assert_refused(
        {"dataset": Points(3), "batch_size": 0},
        "train_ds: batch_size should be a positive integer value, but got batch_size=0",
    )


def test_a_target_is_an_imported_data_set_or_an_allowed_class_and_nothing_else() -> None:
    name = f"{__name__}.Vanilla"
    none = "is none of what a config may name: no imported NeuralDataset and none of allowed_datasets"
    refused = {"os.system": "expected a class", name: none, "torch.utils.data.TensorDataset": none}
    for target, reason in refused.items():
        model = Classifier()
        model.setup_training_data({"_target_": target})
        with pytest.raises(ConfigError, match=rf"^train_ds._target_: {re.escape(target)} .*{reason}"):
            model.train_dataloader()

    class Allowing(Classifier):
        allowed_datasets = (Vanilla,)

    allowing = Allowing()
    allowing.setup_training_data({"_target_": name, "n": 2})
    assert len(allowing.train_dataloader()) == 2
    allowing.setup_training_data({"_target_": Vanilla, "n": 3})
    assert len(allowing.train_dataloader()) == 3
    assert_refused(
        {"_target_": POINTS.replace("Points", "Pointz"), "n": 2},
        (
            f"train_ds._target_: no imported NeuralDataset and none of allowed_datasets is called '{POINTS[:-1]}z'; "
            f'did you mean "{POINTS}"?'
        ),
    )


def test_an_error_of_the_constructor_is_raised_as_it_is_with_its_place() -> None:
    model = Classifier()
    model.setup_training_data({"_target_": f"{__name__}.Refusing", "n": 3})
    with pytest.raises(OSError, match="no such file") as caught:
        model.train_dataloader()
    assert caught.value.__notes__ == [f"while train_ds was made: {__name__}.Refusing"]


def test_a_model_makes_data_sets_of_its_own_parts() -> None:
    class Own(Classifier):
        def dataset_from_config(self, config: Any, place: str) -> Any:
            return Points(config["size"], seed=len(place))

    model = Own()
    model.setup_validation_data({"a": {"dataset": {"_target_": "any", "size": 2}}})
    assert len(model.val_dataloader()["a"]) == 2


class Tokenizer(NeuralModule):
    def __init__(self, *, size: int) -> None:
        super().__init__()
        self.size = size


class Tokenized(Points):
    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__(tokenizer.size)
        self.tokenizer = tokenizer


def test_a_module_inside_a_data_sets_config_is_made() -> None:
    model = Classifier()
    for tokenizer in ({"_target_": f"{__name__}.Tokenizer", "size": 4}, {"size": 4}, Tokenizer(size=4)):
        model.setup_training_data({"_target_": f"{__name__}.Tokenized", "tokenizer": tokenizer})
        assert len(model.train_dataloader()) == 4
    assert_refused(
        {"_target_": f"{__name__}.Tokenized", "tokenizer": {"size": "4"}},
        "train_ds.tokenizer.size: expected int, got str '4'",
    )


def test_a_module_is_no_data_set() -> None:
    assert_refused(
        {"_target_": f"{__name__}.Tokenizer", "size": 4}, f"train_ds._target_: {__name__}.Tokenizer is no data set"
    )


def test_copies_of_a_model_have_the_configs_and_not_the_loaders() -> None:
    model = Classifier()
    data = Points(3)
    model.setup_training_data({"dataset": data, "num_workers": 0})
    loader = model.train_dataloader()
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert len(twin.train_dataloader()) == 3
        assert twin.train_dataloader() is not loader
    assert copy.deepcopy(model).train_dataloader().dataset is data
    assert "_data_state" not in model.state_dict()


def test_data_that_is_iterated_over_is_not_shuffled() -> None:
    class Stream(IterableDataset[Any]):
        def __iter__(self) -> Iterator[int]:
            return iter(range(3))

    model = Classifier()
    model.setup_training_data({"dataset": Stream(), "batch_size": 2})
    assert [batch.tolist() for batch in model.train_dataloader()] == [[0, 1], [2]]


def test_a_read_only_mapping_is_a_config_too() -> None:
    model = Classifier()
    model.setup_training_data(MappingProxyType({"_target_": POINTS, "n": 4}))
    assert len(model.train_dataloader()) == 4
