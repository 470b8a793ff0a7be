"""`ModelData`: a model's data sets, their metrics, and its way from raw inputs to finished outputs."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import pytorch_lightning as pl

from models.data._chain import Chain
from models.data._checks import check_wiring
from models.data._config import Stage, dataset_of
from models.data._evaluation import begin_evaluation, end_evaluation
from models.data._metrics import Evaluation, weighted
from models.data._predict import evaluating, fields_of_batch, predict_all
from models.data._sources import DataState, loaders_for, set_data, source_of
from neuraltypes import typecheck
from neuraltypes.config._classes import Classes
from neuraltypes.config._fit import Fitter
from neuraltypes.config._nodes import ConfigNode

if TYPE_CHECKING:
    from torchmetrics import Metric

    _Base = pl.LightningModule
else:
    _Base = object


class _LoaderHook:
    """`train_dataloader` and its like: ours where the model has data for the stage, else what Lightning has."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, model: Any, owner: type | None = None) -> Any:
        if model is None:
            return getattr(pl.LightningModule, self.name)
        if not model.has_data(self.stage):
            return getattr(super(ModelData, model), self.name)

        def loaders() -> Any:
            found = loaders_for(model, self.stage)
            check_wiring(model, self.stage, found)
            return found

        return loaders


class ModelData(_Base):
    """The data of a model that is a `NeuralModule` and a `LightningModule`: list this mixin before both.

    Data sets are handed in by `setup_training_data` and its like, or stand in `cfg.train_ds`, `validation_ds`,
    `test_ds` and `predict_ds`; loaders are made when the trainer asks for them. In `validation_step` and `test_step`,
    `log_mean`, `log_ratio` and `update_metric` log metrics by set, exact over all processes. A subclass that overrides
    an `on_..._start` or `on_..._end` hook calls `super()`'s.
    """

    allowed_datasets: ClassVar[Iterable[type]] = ()
    input_padding: ClassVar[Mapping[str, float]] = MappingProxyType({})

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in ("preprocess", "postprocess"):
            if inspect.isfunction(method := cls.__dict__.get(name)):
                setattr(cls, name, typecheck(method))

    if not TYPE_CHECKING:
        train_dataloader = _LoaderHook("train")
        val_dataloader = _LoaderHook("validation")
        test_dataloader = _LoaderHook("test")
        predict_dataloader = _LoaderHook("predict")

    def setup_training_data(self, data: Any) -> None:
        """Train on `data`: a config, a data set, a loader, a `LightningDataModule`, or a mapping from names to these.

        A config has the keys of torch's `DataLoader` beside `dataset` (a data set, or its config with `_target_`), or
        beside `_target_` and the arguments of the data set's constructor. Nothing is made before the trainer asks.
        """
        set_data(self, "train", data)

    def setup_validation_data(self, data: Any, *, aggregate: str | None = None) -> None:
        """Validate on `data`, as in `setup_training_data`; metrics are logged as `<set>/<metric>`.

        `aggregate` logs each metric over all sets as `val/<metric>`: `"mean"`, `"weighted"`, or one set's name.
        """
        set_data(self, "validation", data, aggregate)

    def setup_test_data(self, data: Any, *, aggregate: str | None = None) -> None:
        """Test on `data`, as in `setup_validation_data`; the aggregate is logged as `test/<metric>`."""
        set_data(self, "test", data, aggregate)

    def setup_prediction_data(self, data: Any) -> None:
        """Predict `data`, as in `setup_training_data`, with `trainer.predict`."""
        set_data(self, "predict", data)

    def has_data(self, stage: Stage) -> bool:
        """Whether data was set up for a stage."""
        return source_of(self, stage) is not None

    def has_own(self, method: str) -> bool:
        """Whether the class overrides a method of `ModelData`."""
        return getattr(type(self), method) is not getattr(ModelData, method)

    def dataset_from_config(self, config: Mapping[str, Any], place: str) -> Any:
        """The data set of a config with `_target_`; to be overridden where one needs parts of the model.

        `place` is the path of the config's key, for errors.

        Raises:
            ConfigError: there is no such class among the imported data sets and `allowed_datasets`, or it does not
                take the config.
        """
        fitter = Fitter(Classes())
        make = dataset_of(fitter, ConfigNode(config, place), self.allowed_datasets)
        fitter.raise_problems()
        return make()

    def multi_validation_epoch_end(self, outputs: list[Any], dataloader_idx: int) -> Mapping[str, Any] | None:
        """Metrics of one set from what `validation_step` returned for it, on all processes and in the data's order.

        To be overridden: outputs are kept only then, on the CPU. Each metric is a number, or a `Ratio` to aggregate
        exactly; they are logged as `<set>/<metric>`.
        """
        return None

    def multi_test_epoch_end(self, outputs: list[Any], dataloader_idx: int) -> Mapping[str, Any] | None:
        """`multi_validation_epoch_end` for `test_step`."""
        return None

    def log_mean(self, name: str, values: Any, *, weight: Any = None) -> None:
        """Log the mean of `values` over the set that is evaluated, as `<set>/<name>`.

        Each of `values` counts once, or as much as its `weight`: a mask or counts that broadcast to the values. A
        single number is the mean of as many samples as its weight says.

        Raises:
            ValueError: a single number has no weight.
            RuntimeError: no batch is evaluated.
        """
        total, counted = weighted(values, weight)
        self._evaluation.add(name, total, counted)

    def log_ratio(self, name: str, total: Any, count: Any) -> None:
        """Log the sum of `total` over the sum of `count` (errors over words) for the set that is evaluated.

        Raises:
            RuntimeError: no batch is evaluated.
        """
        self._evaluation.add(name, weighted(total, 1.0)[0], weighted(count, 1.0)[0])

    def update_metric(self, name: str, metric: Metric, *args: Any, **kwargs: Any) -> None:
        """Update the evaluated set's own copy of a metric of torchmetrics, which is logged at the end of the epoch.

        Raises:
            RuntimeError: no batch is evaluated.
        """
        self._evaluation.update(name, metric, args, kwargs)

    def predict(self, inputs: Any = None, /, *, batch_size: int | None = None, **fields: Any) -> Any:
        """The finished output of one raw input, or a list of outputs for a list of inputs.

        An input is a mapping or a record of what the first step (`preprocess`, else `forward`) takes, without the batch
        axis, or the bare value where it takes one; one input can be given by keywords. Lengths and masks are made.
        Runs in eval mode without gradients; modes are restored.

        Raises:
            AnnotationError: the steps do not say how they fit together.
            CollateError: the inputs do not make a batch.
            TypeError: an input is missing or unknown, or outputs cannot be told apart by input.
        """
        if (inputs is None) == (not fields):
            raise TypeError("predict takes inputs or keywords, one of both")
        items = inputs if isinstance(inputs, list) else [fields if inputs is None else inputs]
        with evaluating(self):
            outputs = predict_all(
                Chain(self), items, batch_size=batch_size, device=self.device, padding=self.input_padding
            )
        return outputs if isinstance(inputs, list) else outputs[0]

    def predict_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> Any:
        """The finished output of a batch: `preprocess`, `forward` and `postprocess`, wired by name."""
        chain = Chain(self)
        return chain.run(fields_of_batch(chain, batch))

    def on_train_start(self) -> None:
        super().on_train_start()
        check_wiring(self, "train", self.trainer.train_dataloader)

    def on_predict_start(self) -> None:
        super().on_predict_start()
        check_wiring(self, "predict", self.trainer.predict_dataloaders)

    def on_validation_epoch_start(self) -> None:
        super().on_validation_epoch_start()
        begin_evaluation(self, "validation", self.trainer.val_dataloaders)

    def on_test_epoch_start(self) -> None:
        super().on_test_epoch_start()
        begin_evaluation(self, "test", self.trainer.test_dataloaders)

    def on_validation_batch_start(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> None:
        super().on_validation_batch_start(batch, batch_idx, dataloader_idx)
        self._evaluation.begin_batch(batch_idx, dataloader_idx)

    def on_test_batch_start(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> None:
        super().on_test_batch_start(batch, batch_idx, dataloader_idx)
        self._evaluation.begin_batch(batch_idx, dataloader_idx)

    def on_validation_batch_end(self, outputs: Any, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> None:
        super().on_validation_batch_end(outputs, batch, batch_idx, dataloader_idx)
        if self.has_own("multi_validation_epoch_end"):
            self._evaluation.keep(batch_idx, outputs)

    def on_test_batch_end(self, outputs: Any, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> None:
        super().on_test_batch_end(outputs, batch, batch_idx, dataloader_idx)
        if self.has_own("multi_test_epoch_end"):
            self._evaluation.keep(batch_idx, outputs)

    def on_validation_epoch_end(self) -> None:
        super().on_validation_epoch_end()
        end_evaluation(self, "validation", self.multi_validation_epoch_end)

    def on_test_epoch_end(self) -> None:
        super().on_test_epoch_end()
        end_evaluation(self, "test", self.multi_test_epoch_end)

    @property
    def data_state(self) -> DataState:
        """What the model knows of its data; no part of its weights or its config."""
        state: DataState = self.__dict__.setdefault("_data_state", DataState())
        return state

    @property
    def _evaluation(self) -> Evaluation:
        evaluation = self.data_state.evaluation
        if evaluation is None:
            raise RuntimeError(
                "no set is evaluated: log_mean, log_ratio and update_metric belong in validation_step and test_step, "
                "and a class that overrides on_validation_epoch_start or on_test_epoch_start calls super()'s"
            )
        return evaluation
