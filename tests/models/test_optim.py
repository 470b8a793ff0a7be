"""Optimizers, parameter groups, schedules, clipping, averaging and freezing from a config."""

import math
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback, LearningRateMonitor
from pytorch_lightning.loggers import CSVLogger
from torch import nn

from models import ConfigError, ModelPT
from models.optim import register_optimizer, register_scheduler, schedule
from models.optim._groups import is_match
from tests.models._pt import Classifier, loader, trainer


def classifier(**optim: Any) -> Classifier:
    return Classifier(cfg={"optim": {"name": "sgd", "lr": 0.1} | optim})


def names(model: nn.Module, group: dict[str, Any]) -> list[str]:
    called = {id(parameter): name for name, parameter in model.named_parameters()}
    return [called[id(parameter)] for parameter in group["params"]]


@pytest.mark.parametrize(
    ("given", "cls", "defaults"),
    [
        ({"name": "adamw", "betas": [0.9, 0.95]}, torch.optim.AdamW, {"betas": (0.9, 0.95)}),
        ({"name": "SGD", "lr": 1, "nesterov": True, "momentum": 0.9}, torch.optim.SGD, {"lr": 1, "nesterov": True}),
        ({"_target_": "torch.optim.AdamW", "lr": 0.5, "fused": None}, torch.optim.AdamW, {"lr": 0.5}),
        ({"_target_": "torch.optim.adamw.AdamW"}, torch.optim.AdamW, {"lr": 0.001}),
    ],
)
def test_an_optimizer_is_named(given: dict[str, Any], cls: type, defaults: dict[str, Any]) -> None:
    optimizer: Any = Classifier(cfg={"optim": given}).configure_optimizers()
    assert {key: optimizer.defaults[key] for key in defaults} == defaults
    assert type(optimizer) is cls


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "adamm"}, r"optim.name: no Optimizer is called 'adamm'; did you mean \"Adam\""),
        ({"_target_": "os.system"}, r"optim._target_: no Optimizer is called 'os.system'"),
        ({"_target_": "torch.nn.Linear"}, r"optim._target_: no Optimizer is called"),
        ({"lr": 0.1}, r"optim: give the class by name or by _target_"),
        ({"name": "sgd", "_target_": "torch.optim.SGD"}, r"optim: give the class by name or by _target_"),
        ({"name": "sgd", "learning_rate": 0.1}, r"optim.learning_rate: SGD has no such parameter"),
        ({"name": "sgd", "momentun": 0.1}, r"optim.momentun: .*did you mean \"momentum\""),
        ({"name": "sgd", "lr": "fast"}, r"optim.lr: expected float \| Tensor, got str 'fast'"),
        ({"name": "sgd", "lr": True}, r"optim.lr: expected float \| Tensor, got bool True"),
        (
            {"name": "adam", "betas": [0.9]},
            r"optim.betas: expected tuple\[float .*, float .*\], got a list",
        ),
    ],
)
def test_what_does_not_fit_an_optimizer_is_said_with_its_place(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Classifier(cfg={"optim": given}).configure_optimizers()


def test_a_model_without_a_section_says_so(tmp_path: Path) -> None:
    class Bare(ModelPT):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(1, 1)

    with pytest.raises(ConfigError, match=r"optim: .*Bare has no such section; give it, or override"):
        Bare().configure_optimizers()


class Mine(torch.optim.SGD):
    """An optimizer of a user's."""


class Steps(torch.optim.lr_scheduler.StepLR):
    """A scheduler of a user's."""


def test_names_are_registered_once() -> None:
    register_optimizer("mine", Mine)
    register_optimizer("mine", Mine)
    register_scheduler("steps", Steps)
    optim = {"name": "Mine", "sched": {"name": "steps", "step_size": 2}}
    found = Classifier(cfg={"optim": optim}).configure_optimizers()
    assert type(found["optimizer"]) is Mine
    assert type(found["lr_scheduler"]["scheduler"]) is Steps
    with pytest.raises(ValueError, match="'mine' is registered for Mine"):
        register_optimizer("mine", torch.optim.SGD)
    with pytest.raises(ValueError, match="is no Optimizer"):
        register_optimizer("linear", nn.Linear)  # type: ignore[arg-type]
    assert type(classifier(name=None, _target_=f"{__name__}.Mine").configure_optimizers()) is Mine


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("enc", "enc.weight", True),
        ("enc", "enc2.weight", False),
        ("enc*", "enc2.weight", True),
        ("enc.weight", "enc.weight", True),
        ("enc.weight.more", "enc.weight", False),
        ("layers.*.mlp", "layers.3.mlp.up.bias", True),
        ("layers.*.mlp", "layers.3.deep.mlp.bias", False),
        ("layers.[02]", "layers.1.bias", False),
        ("**.bias", "a.b.c.bias", True),
        ("**.bias", "bias", True),
        ("**.bias", "a.biases", False),
        ("a.**.w", "a.w", True),
        ("a.**.w", "b.a.w", False),
    ],
)
def test_a_pattern_means_whole_parts_of_names(pattern: str, name: str, expected: bool) -> None:
    assert is_match(pattern, name) is expected


class Two(ModelPT):
    """Parts whose names begin alike, and a tied weight."""

    def __init__(self, *, optim: dict[str, Any]) -> None:
        super().__init__()
        self.enc = nn.Linear(2, 2)
        self.enc2 = nn.Linear(2, 2)
        self.norm = nn.LayerNorm(2)
        self.tied = nn.Linear(2, 2, bias=False)
        self.tied.weight = self.enc.weight


def groups(groups: Any, **more: Any) -> list[dict[str, Any]]:
    model = Two(optim={"name": "adamw", "lr": 1.0, "weight_decay": 0.5, "groups": groups} | more)
    optimizer = model.configure_optimizers()
    return [group | {"names": names(model, group)} for group in optimizer.param_groups]  # type: ignore[union-attr]


def test_groups_are_of_modules_and_the_rest() -> None:
    slow, rest = groups({"slow": {"modules": "enc", "lr": 0.25}, "rest": {}})
    assert (slow["name"], slow["lr"], slow["names"]) == ("slow", 0.25, ["enc.weight", "enc.bias"])
    assert (rest["name"], rest["lr"]) == ("rest", 1.0)
    assert rest["names"] == ["enc2.weight", "enc2.bias", "norm.weight", "norm.bias"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"a": {"modules": "encoder"}, "rest": {}}, "optim.groups.a.modules: no parameter is meant by 'encoder'"),
        ({"a": {"modules": "enc"}}, "optim.groups: enc2.weight and 3 more is in no group; add one without modules"),
        (
            {"a": {"modules": "enc"}, "b": {"modules": "enc*"}, "r": {}},
            r"optim.groups.b: enc.weight is in the group 'a'",
        ),
        (
            {"a": {"modules": "enc"}, "b": {"modules": "tied"}, "r": {}},
            r"optim.groups.b: enc.weight is in the group 'a'",
        ),
        ({"r": {}, "s": {}}, "optim.groups: both 'r' and 's' have no modules"),
        ({"r": {"lrr": 1.0}}, 'optim.groups.r.lrr: AdamW has no such parameter; did you mean "lr"'),
        ({"r": {"lr": "x"}}, r"optim.groups.r.lr: expected float \| Tensor, got str 'x'"),
    ],
)
def test_wrong_groups_are_said(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        groups(given)


def test_a_group_may_find_nothing_left_for_it() -> None:
    found = groups({"a": {"modules": ["enc*", "norm"]}, "rest": {}})
    assert [group["name"] for group in found] == ["a"]


def test_some_parameters_do_not_decay() -> None:
    decayed, bare = groups(None, no_decay=["vectors"])
    assert (decayed["names"], decayed["weight_decay"]) == (["enc.weight", "enc2.weight"], 0.5)
    assert (bare["name"], bare["weight_decay"]) == ("all, no decay", 0.0)
    assert bare["names"] == ["enc.bias", "enc2.bias", "norm.weight", "norm.bias"]
    found = groups({"slow": {"modules": "enc", "lr": 0.25}, "rest": {}}, no_decay=["**.bias", "norm"])
    assert [(group["name"], group["lr"], group["weight_decay"]) for group in found] == [
        ("slow", 0.25, 0.5),
        ("slow, no decay", 0.25, 0.0),
        ("rest", 1.0, 0.5),
        ("rest, no decay", 1.0, 0.0),
    ]
    with pytest.raises(ConfigError, match=r"optim.no_decay: no parameter is meant by 'biases'"):
        groups(None, no_decay=["biases"])


def rates(name: str, steps: int = 10, **options: Any) -> list[float]:
    return [round(schedule(step, name=name, steps=steps, **options), 4) for step in range(steps + 1)]


def test_schedules_have_their_shapes() -> None:
    assert rates("linear", 4) == [1, 0.75, 0.5, 0.25, 0]
    assert rates("cosine", 4) == [1, 0.8536, 0.5, 0.1464, 0]
    assert rates("polynomial", 4, power=3.0) == [1, 0.4219, 0.125, 0.0156, 0]
    assert rates("constant", 4, warmup=2) == [0.3333, 0.6667, 1, 1, 1]
    assert rates("linear", 6, warmup=1, hold=2) == [0.5, 1, 1, 1, 0.6667, 0.3333, 0]
    assert rates("linear", 4, floor=0.2) == [1, 0.8, 0.6, 0.4, 0.2]
    assert schedule(100, name="cosine", steps=10, floor=0.1) == 0.1
    # Vaswani et al. 2017: proportional to the inverse square root of the step, once it is warm.
    assert schedule(400, name="inverse_sqrt", steps=math.inf, warmup=100) == pytest.approx((100 / 400) ** 0.5)


class Rates(Callback):
    def __init__(self) -> None:
        self.seen: list[float] = []

    def on_train_batch_start(self, trainer: pl.Trainer, *_: Any) -> None:
        self.seen.append(trainer.optimizers[0].param_groups[0]["lr"])


def seen_rates(folder: Path, sched: dict[str, Any], **options: Any) -> list[float]:
    watch = Rates()
    run = trainer(folder, callbacks=[watch], **options)
    run.fit(classifier(lr=1.0, sched=sched), loader(), loader(8))
    return [round(rate, 4) for rate in watch.seen]


def test_the_steps_are_those_of_data_and_accumulation(tmp_path: Path) -> None:
    assert seen_rates(tmp_path, {"name": "linear"}, max_epochs=1) == [1, 0.8333, 0.6667, 0.5, 0.3333, 0.1667]
    twice = seen_rates(tmp_path, {"name": "linear"}, max_epochs=1, accumulate_grad_batches=2)
    assert twice == [1, 1, 0.6667, 0.6667, 0.3333, 0.3333]
    assert seen_rates(tmp_path, {"name": "linear"}, max_steps=4, max_epochs=-1) == [1, 0.75, 0.5, 0.25]
    assert seen_rates(tmp_path, {"name": "linear", "warmup": 0.5, "min_lr": 0.5})[2:] == [0.75, 1, 0.8333, 0.6667]


def test_schedulers_of_torch_are_taken(tmp_path: Path) -> None:
    assert seen_rates(tmp_path, {"name": "StepLR", "step_size": 2, "gamma": 0.5, "interval": "step"}) == [
        1, 1, 0.5, 0.5, 0.25, 0.25
    ]  # fmt: skip
    one_cycle = {"_target_": "torch.optim.lr_scheduler.OneCycleLR", "max_lr": 2.0, "total_steps": "auto"}
    assert max(seen_rates(tmp_path, one_cycle | {"interval": "step", "cycle_momentum": False})) == pytest.approx(2, 0.1)


@pytest.mark.parametrize(
    ("sched", "message"),
    [
        ({"name": "cosin"}, r"optim.sched.name: no LRScheduler is called 'cosin'"),
        (
            {"name": "cosine", "warmpu": 3},
            r"optim.sched.warmpu: .* no such parameter; did you mean \"warmup\"",
        ),
        ({"name": "cosine", "warmup": -3}, r"optim.sched.warmup: is -3, expected a number of steps"),
        ({"name": "cosine", "warmup": 300}, r"optim.sched: warmup and hold are 300 steps, of 6 in all"),
        ({"name": "cosine", "min_lr": 0.5}, r"optim.sched.min_lr: is 0.5, more than the learning rate 0.1"),
        ({"name": "StepLR"}, r"optim.sched.step_size: is missing, StepLR requires it: expected int"),
        ({"name": "ReduceLROnPlateau"}, r"optim.sched.monitor: is missing, ReduceLROnPlateau requires"),
    ],
)
def test_wrong_schedules_are_said(sched: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message):
        trainer(tmp_path).fit(classifier(sched=sched), loader(), loader(8))


def test_a_run_without_end_has_no_cosine(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"optim.sched: the trainer knows no end; give max_steps"):
        trainer(tmp_path, max_epochs=-1).fit(classifier(sched={"name": "cosine"}), loader(), loader(8))


def test_learning_rates_are_monitored_by_group(tmp_path: Path) -> None:
    model = classifier(groups={"slow": {"modules": "encoder", "lr": 0.01}, "rest": {}}, sched={"name": "linear"})
    monitor = LearningRateMonitor("step")
    run = trainer(tmp_path, callbacks=[monitor], logger=CSVLogger(tmp_path), log_every_n_steps=1)
    run.fit(model, loader(), loader(8))
    assert set(monitor.lrs) == {"lr-SGD/slow", "lr-SGD/rest"}


class Moved(Callback):
    def on_train_batch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        self.before = torch.cat([p.detach().flatten().clone() for p in pl_module.parameters()])

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
        after = torch.cat([p.detach().flatten() for p in pl_module.parameters()])
        self.step, self.most = float((after - self.before).norm()), float((after - self.before).abs().max())


def test_gradients_are_clipped(tmp_path: Path) -> None:
    moved = Moved()
    for optim in ({"clip_norm": 0.01}, {"clip_value": 0.001}):
        run = trainer(tmp_path, callbacks=[moved])
        run.fit(classifier(lr=1.0, **optim), loader(), loader(8))
        size, limit = (moved.step, 0.01) if "clip_norm" in optim else (moved.most, 0.001)
        assert size == pytest.approx(limit, rel=0.01)
        assert run.gradient_clip_val is None
    with pytest.raises(ConfigError, match=r"optim.clip_norm: the trainer's gradient_clip_val clips gradients, too"):
        trainer(tmp_path, gradient_clip_val=1.0).fit(classifier(clip_norm=0.01), loader(), loader(8))
    for wrong in ({"clip_norm": 1.0, "clip_value": 1.0}, {"clip_norm": -1}):
        with pytest.raises(ConfigError, match=r"optim.clip_norm: "):
            classifier(**wrong).configure_callbacks()


def test_weights_are_averaged(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = classifier(ema=0.5)
    weights: list[torch.Tensor] = []

    class Watch(Callback):
        def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
            weights.append(model.decoder.weight.detach().clone())

    trainer(tmp_path, callbacks=[Watch()], limit_val_batches=0).fit(model, loader(), loader(8))
    average = weights[0]
    for weight in weights[1:]:
        average = 0.5 * average + 0.5 * weight
    torch.testing.assert_close(model.decoder.weight.detach(), average)
    with pytest.raises(ConfigError, match=r"optim.ema.decai: .*did you mean \"decay\""):
        classifier(ema={"decai": 0.5}).configure_callbacks()


def test_parts_are_frozen_for_a_fit(tmp_path: Path) -> None:
    model = Classifier(cfg={"encoder": {"dropout": 0.5}, "optim": {"name": "sgd", "lr": 0.1, "freeze": ["encoder"]}})
    before = model.encoder.linear.weight.detach().clone()
    modes = []

    class Watch(Callback):
        def on_train_batch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any) -> None:
            modes.append((model.encoder.training, model.encoder.dropout.training, model.norm.training))

    trainer(tmp_path, callbacks=[Watch()], max_epochs=2).fit(model, loader(), loader(8))
    assert set(modes) == {(False, False, True)}
    assert torch.equal(model.encoder.linear.weight, before)
    assert model.encoder.linear.weight.requires_grad
    assert model.encoder.training
    with pytest.raises(ConfigError, match=r"optim.freeze: no parameter is meant by 'encode'; did you mean \"encoder\""):
        trainer(tmp_path).fit(classifier(freeze="encode"), loader(), loader(8))


def state(model: nn.Module) -> tuple[list[bool], list[bool]]:
    return [p.requires_grad for p in model.parameters()], [part.training for part in model.modules()]


@pytest.fixture
def mixed() -> Classifier:
    """A model of which one part is in eval mode, and another takes no gradients."""
    model = classifier()
    model.encoder.eval()
    model.decoder.bias.requires_grad_(False)
    return model


def test_freezing_is_undone_exactly(mixed: Classifier) -> None:
    before = state(mixed)
    mixed.freeze()
    assert not any(map(any, state(mixed)))
    mixed.freeze()
    mixed.unfreeze()
    assert state(mixed) == before
    mixed.unfreeze()
    assert all(map(all, state(mixed)))


def test_blocks_of_frozen_modules_nest(mixed: Classifier) -> None:
    before = state(mixed)
    with mixed.encoder.as_frozen():
        inside = state(mixed)
        with mixed.as_frozen(), mixed.as_frozen():
            assert not any(map(any, state(mixed)))
        assert state(mixed) == inside
        mixed.encoder.freeze()
    assert state(mixed) == before
    with pytest.raises(ValueError, match="stop"), mixed.as_frozen():
        raise ValueError("stop")
    assert state(mixed) == before
