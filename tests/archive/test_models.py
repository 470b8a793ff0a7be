"""`save_to` and `restore_from`: everything goes in and comes back; what does not fit is said before it is loaded."""

import copy
import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.archive import (
    Archive,
    ArchiveError,
    ArtifactError,
    ClassNotFoundError,
    ConfigError,
    DigestError,
    InterfaceError,
    StateError,
    VersionError,
    WeightsError,
)
from neuraltypes.archive._state import load_state, read_state
from neuraltypes.archive._writer import Content, write
from neuraltypes.elements import LogitsType, ProbsType
from tests.archive._build import dumps, parts, reassembled


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEURALTYPES_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Encoder(NeuralModule):
    def __init__(self, width: int = 4, *, vocabulary: str | Path | None = None, bias: bool = True) -> None:
        super().__init__()
        self.linear = nn.Linear(3, width, bias=bias)
        self.norm = nn.BatchNorm1d(width)
        self.vocabulary = None if vocabulary is None else self.register_artifact("vocabulary", vocabulary)

    def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b {self.linear.out_features}"]:
        encoded: Tensor = self.norm(self.linear(x))
        return encoded


class Classifier(NeuralModule):
    def __init__(self, encoder: Encoder, classes: int, sizes: tuple[int, ...] = (1, 2), **options: Any) -> None:
        super().__init__()
        self.encoder = encoder
        self.out = nn.Linear(encoder.linear.out_features, classes)
        self.again = self.out
        self.sizes, self.options = sizes, options

    def forward(self, *, x: Float[Tensor, "b 3"]) -> NeuralType[Float[Tensor, "b c"], LogitsType]:
        logits: Tensor = self.out(self.encoder(x=x))
        return logits


@pytest.fixture
def vocabulary(tmp_path: Path) -> Path:
    path = tmp_path / "vocab.txt"
    path.write_text("a\nb\n")
    return path


@pytest.fixture
def model(vocabulary: Path) -> Classifier:
    model = Classifier(Encoder(8, vocabulary=str(vocabulary)), classes=5, dtype=torch.bfloat16, names=["a", {"b": 1.5}])
    model(x=torch.randn(6, 3))  # so that the running statistics differ from new ones
    return model.eval()


def assert_same_state(left: nn.Module, right: nn.Module) -> None:
    mine, theirs = left.state_dict(), right.state_dict()
    assert list(mine) == list(theirs)
    for name, tensor in mine.items():
        assert tensor.dtype == theirs[name].dtype, name
        assert torch.equal(tensor, theirs[name]), name


# Everything comes back.


def test_a_model_comes_back(tmp_path: Path, model: Classifier) -> None:
    model.save_to(tmp_path / "model.nt")
    restored = Classifier.restore_from(tmp_path / "model.nt").eval()
    x = torch.randn(2, 3)
    assert torch.equal(restored(x=x), model(x=x))
    assert_same_state(restored, model)
    assert restored.to_config_dict()["classes"] == 5
    assert (restored.sizes, restored.options) == ((1, 2), {"dtype": torch.bfloat16, "names": ["a", {"b": 1.5}]})


@pytest.mark.parametrize("base", [Classifier, NeuralModule])
def test_the_class_is_found_from_a_base(tmp_path: Path, model: Classifier, base: type[NeuralModule]) -> None:
    model.save_to(tmp_path / "model.nt")
    assert type(base.restore_from(tmp_path / "model.nt")) is Classifier


def test_a_restored_model_can_be_saved_when_the_first_file_is_gone(
    tmp_path: Path, model: Classifier, vocabulary: Path, cache: Path
) -> None:
    digest = model.save_to(tmp_path / "first.nt")
    vocabulary.unlink()
    restored = Classifier.restore_from(tmp_path / "first.nt")
    (tmp_path / "first.nt").unlink()
    assert restored.save_to(tmp_path / "second.nt") == digest
    for file in sorted(cache.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    again = Classifier.restore_from(tmp_path / "second.nt")
    assert again.save_to(tmp_path / "second.nt") == digest, "over the file that it is mapped from"
    assert again.encoder.artifact_path("vocabulary").read_text() == "a\nb\n"


def test_tied_parameters_stay_one(tmp_path: Path, model: Classifier) -> None:
    model.save_to(tmp_path / "model.nt")
    restored = Classifier.restore_from(tmp_path / "model.nt")
    assert restored.out.weight is restored.again.weight
    assert len(list(restored.parameters())) == len(list(model.parameters()))


def test_what_was_tied_by_hand_is_tied_again(tmp_path: Path) -> None:
    model = Pair()
    model.left.weight = model.right.weight
    model.save_to(tmp_path / "model.nt")
    restored = Pair.restore_from(tmp_path / "model.nt")
    assert restored.left.weight is restored.right.weight


class Pair(NeuralModule):
    def __init__(self, *, tied: bool = False) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
        if tied:
            self.left.weight = self.right.weight

    def forward(self, *, x: Tensor) -> Tensor:
        return x


def test_different_tensors_for_one_parameter_are_refused(tmp_path: Path) -> None:
    Pair().save_to(tmp_path / "model.nt")
    with pytest.raises(StateError, match=r"left.weight and right.weight differ in the archive, and are one parameter"):
        Pair.restore_from(tmp_path / "model.nt", config={"tied": True})


def test_training_changes_the_model_and_not_the_file(tmp_path: Path, model: Classifier) -> None:
    digest = model.save_to(tmp_path / "model.nt")
    restored = Classifier.restore_from(tmp_path / "model.nt")
    optimizer = torch.optim.SGD(restored.parameters(), lr=1.0)
    restored(x=torch.randn(4, 3)).sum().backward()
    optimizer.step()
    assert not torch.equal(restored.out.bias, model.out.bias)
    with Archive.open(tmp_path / "model.nt", expected_digest=digest) as archive:
        archive.verify()


@pytest.mark.parametrize("copies", [True, False])
def test_a_restored_model_can_be_copied_and_pickled(tmp_path: Path, model: Classifier, *, copies: bool) -> None:
    model.save_to(tmp_path / "model.nt")
    restored = Classifier.restore_from(tmp_path / "model.nt", copy=copies)
    for twin in (copy.deepcopy(restored), pickle.loads(pickle.dumps(restored))):
        assert_same_state(twin, model)
        assert twin.encoder.artifact_path("vocabulary").read_text() == "a\nb\n"
        assert twin.save_to(tmp_path / "twin.nt")


def test_precision_and_requires_grad(tmp_path: Path) -> None:
    Encoder().bfloat16().save_to(tmp_path / "model.nt")
    restored = Encoder.restore_from(tmp_path / "model.nt")
    assert {p.dtype for p in restored.parameters()} == {torch.bfloat16}
    assert all(p.requires_grad for p in restored.parameters())


def test_a_compiled_part_is_saved_and_restored_under_its_plain_names(tmp_path: Path) -> None:
    plain, compiled = Pair(), Pair()
    compiled.left = torch.compile(compiled.left)
    plain.load_state_dict({name.replace("_orig_mod.", ""): t for name, t in compiled.state_dict().items()})
    compiled.save_to(tmp_path / "compiled.nt")
    plain.save_to(tmp_path / "plain.nt")
    assert (tmp_path / "compiled.nt").read_bytes() == (tmp_path / "plain.nt").read_bytes()


def test_metadata(tmp_path: Path) -> None:
    Pair().save_to(tmp_path / "model.nt", metadata={"epoch": 3, "scores": [0.5]})
    with Archive.open(tmp_path / "model.nt") as archive:
        assert archive.metadata == {"epoch": 3, "scores": [0.5]}
        assert archive.provenance.keys() == {"neuraltypes", "torch"}


# Configs.


def test_positional_arguments_and_defaults_are_recorded_by_name() -> None:
    assert Encoder(6).to_config_dict() == {"width": 6, "vocabulary": None, "bias": True}


class Stack(NeuralModule):
    def __init__(self, *sizes: int, scale: float = 1.0) -> None:
        super().__init__()
        self.sizes, self.scale = sizes, scale

    def forward(self, *, x: Tensor) -> Tensor:
        return x


def test_any_number_of_positional_arguments(tmp_path: Path) -> None:
    Stack(1, 2, 3, scale=2.0).save_to(tmp_path / "model.nt")
    restored = Stack.restore_from(tmp_path / "model.nt")
    assert (restored.sizes, restored.scale) == ((1, 2, 3), 2.0)


class Options(NeuralModule):
    def __init__(self, options: Any = None, **more: Any) -> None:
        super().__init__()
        self.options = options

    def forward(self, *, x: Tensor) -> Tensor:
        return x


@pytest.mark.parametrize(
    "options",
    [None, True, 1, -(2**63), 0.1, "${oc.env:HOME}", "", [], {}, (), (1, (2, [3])), {"z": 1, "a": (None,)}, torch.int8],
)
def test_data_comes_back_as_it_was(tmp_path: Path, options: Any) -> None:
    Options(options).save_to(tmp_path / "model.nt")
    restored = Options.restore_from(tmp_path / "model.nt").options
    assert restored == options
    assert repr(restored) == repr(options)


def test_a_config_is_that_of_the_construction(tmp_path: Path) -> None:
    options = {"width": [1]}
    model = Options(options)
    options["width"].append(2)
    assert model.to_config_dict() == {"options": {"width": [1]}}


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (nn.Linear(2, 2), "options: a Linear"),
        ([1, {"act": torch.relu}], "options.1.act: a builtin_function_or_method"),
        ({1: 2}, "options: a dict with keys that are no plain texts"),
        ({"_target_": "os.system"}, "options: a dict with keys"),
        (torch.zeros(2), "options: a Tensor"),
        ({1, 2}, "options: a set"),
        (Path("vocab.txt"), "options: the path 'vocab.txt', which is no registered artifact"),
    ],
)
def test_what_is_no_data_is_refused_by_name(tmp_path: Path, options: Any, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Options(options, other=object()).save_to(tmp_path / "model.nt")
    assert what in str(caught.value)
    assert "other: a object" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1 << 64])
def test_numbers_that_json_does_not_have(tmp_path: Path, number: float) -> None:
    with pytest.raises(ArchiveError, match=r"config\.options"):
        Options(number).save_to(tmp_path / "model.nt")


def test_changes_to_the_config(tmp_path: Path) -> None:
    Stack(scale=2.0).save_to(tmp_path / "model.nt")
    (tmp_path / "change.json").write_text('{"scale": 5.0}')
    for config, scale in ((None, 2.0), ({"scale": 3.0}, 3.0), (["scale=4.0"], 4.0), (tmp_path / "change.json", 5.0)):
        assert Stack.restore_from(tmp_path / "model.nt", config=config).scale == scale


def test_changes_deep_in_the_config(tmp_path: Path, model: Classifier) -> None:
    model.save_to(tmp_path / "model.nt")
    with pytest.raises(StateError, match=r"encoder.linear.bias"):
        Classifier.restore_from(tmp_path / "model.nt", config=["encoder.bias=false"])
    restored = Classifier.restore_from(tmp_path / "model.nt", config=["encoder.bias=false"], strict=False)
    assert restored.encoder.linear.bias is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["klasses=3"], None),
        (["encoder.widht=3"], r"config.encoder.widht: Encoder has no such parameter; did you mean \"width\"\?"),
        (["sizes"], 'is no change; write "encoder.width=64"'),
        ({"encoder": {"_target_": "os.system"}}, "no imported class is called 'os.system'"),
        ({"sizes": {"_dtype_": "os"}}, "config.sizes is malformed"),
        ({"sizes": {"_artifact_": "../../etc/passwd"}}, "which is not there"),
        ({"sizes": {"_path_": "/etc/passwd"}}, "config.sizes is malformed"),
    ],
)
def test_configs_that_the_class_does_not_take(
    tmp_path: Path, model: Classifier, change: Any, message: str | None
) -> None:
    model.save_to(tmp_path / "model.nt")
    if message is None:  # Classifier takes any options
        assert Classifier.restore_from(tmp_path / "model.nt", config=change).options["klasses"] == 3
        return
    with pytest.raises(ArchiveError, match=message):
        Classifier.restore_from(tmp_path / "model.nt", config=change)


def test_a_missing_parameter_is_named(tmp_path: Path, model: Classifier) -> None:
    model.save_to(tmp_path / "model.nt")
    found = parts(tmp_path / "model.nt")
    (tmp_path / "model.nt").write_bytes(reassembled(found | {"config.json": b"{}"}))
    with pytest.raises(
        ConfigError,
        match=r"config.encoder: is missing, Classifier requires it\n  config.classes: is missing, Classifier",
    ):
        Classifier.restore_from(tmp_path / "model.nt")


def test_a_constructor_that_raises(tmp_path: Path) -> None:
    Stack(scale=2.0).save_to(tmp_path / "model.nt")
    with pytest.raises(ConfigError, match="Encoder cannot be made from its config: RuntimeError"):
        Encoder.restore_from(_renamed(tmp_path, "Encoder", {"width": -1}))


def _renamed(tmp_path: Path, name: str, config: Any) -> Path:
    """An archive without weights that says to be of that class."""
    full = f"{__name__}.{name}"
    write(tmp_path / "renamed.nt", Content(config=config, class_name=full))
    return tmp_path / "renamed.nt"


class Versioned(NeuralModule):
    config_version = 3

    def __init__(self, *, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, *, x: Tensor) -> Tensor:
        return x

    @classmethod
    def migrate_config(cls, config: dict[str, Any], version: int) -> dict[str, Any]:
        return {"size": config["width"]} if version == 2 else super().migrate_config(config, version)


def test_old_configs_are_migrated_and_newer_ones_refused(tmp_path: Path) -> None:
    def restored(version: int, config: dict[str, int]) -> Versioned:
        name = f"{__name__}.Versioned"
        write(tmp_path / "model.nt", Content(config=config, class_name=name, class_version=version))
        return Versioned.restore_from(tmp_path / "model.nt")

    assert restored(3, {"size": 4}).size == 4
    assert restored(2, {"width": 5}).size == 5
    with pytest.raises(VersionError, match="does not override migrate_config to read version 1"):
        restored(1, {})
    with pytest.raises(VersionError, match="of version 4, Versioned knows versions up to 3"):
        restored(4, {})


class Part(NeuralModule):
    config_version: ClassVar[int] = 3

    def __init__(self, size: int = 2) -> None:
        super().__init__()
        self.linear = nn.Linear(size, 1)

    @classmethod
    def migrate_config(cls, config: dict[str, Any], version: int) -> dict[str, Any]:
        if version == 1:
            config["size"] = config.pop("width")  # the config is the class's to change
        return config


class Whole(NeuralModule):
    def __init__(self, parts: list[Part], *, names: list[str] | None = None) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)


def with_parts(path: Path, *configs: dict[str, Any]) -> Path:
    """An archive of a `Whole` whose parts have these configs."""
    Whole([Part(4) for _ in configs]).save_to(path)
    found = parts(path)
    found["config.json"] = dumps(
        {"parts": [{"_target_": f"{__name__}.Part", **config} for config in configs], "names": None}
    )
    path.write_bytes(reassembled(found))
    return path


def test_the_config_of_a_part_has_its_version(tmp_path: Path) -> None:
    Whole([Part(4)]).save_to(tmp_path / "model.nt")
    with Archive.open(tmp_path / "model.nt") as archive:
        assert archive.config["parts"] == [{"_target_": f"{__name__}.Part", "_version_": 3, "size": 4}]
    restored = Whole.restore_from(tmp_path / "model.nt")
    assert restored.state_dict()["parts.0.linear.weight"].shape == (1, 4)


def test_configs_of_parts_are_migrated(tmp_path: Path) -> None:
    path = with_parts(tmp_path / "model.nt", {"width": 4}, {"_version_": 2, "size": 4}, {"_version_": 3, "size": 4})
    assert len(Whole.restore_from(path).parts) == 3
    changed = Whole.restore_from(path, config={"names": ["a"]})
    assert changed.to_config_dict()["parts"][0] == {"_target_": f"{__name__}.Part", "size": 4}
    changed.save_to(tmp_path / "changed.nt")
    with Archive.open(tmp_path / "changed.nt") as archive:
        assert archive.config["parts"][0] == {"_target_": f"{__name__}.Part", "_version_": 3, "size": 4}


@pytest.mark.parametrize("version", [4, 0, -1, True, "3", None, 1.0, 1 << 63])
def test_a_part_of_a_version_that_its_class_does_not_know(tmp_path: Path, version: object) -> None:
    path = with_parts(tmp_path / "model.nt", {"_version_": version, "size": 4})
    with pytest.raises(VersionError, match="Part knows versions up to 3"):
        Whole.restore_from(path)


def test_a_migration_that_gives_no_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = with_parts(tmp_path / "model.nt", {"width": 4})
    monkeypatch.setattr(Part, "migrate_config", lambda *_: None)
    with pytest.raises(ConfigError, match=r"Part\.migrate_config gives a NoneType"):
        Whole.restore_from(path)


# Classes.


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", "torch.nn.Linear", "subprocess.Popen", "x.Missing", ""])
def test_only_imported_module_classes_are_found(tmp_path: Path, name: str) -> None:
    write(tmp_path / "model.nt", Content(config={}, class_name=name))
    with pytest.raises(ClassNotFoundError, match="import the module that defines it first"):
        NeuralModule.restore_from(tmp_path / "model.nt")


def test_an_archive_of_another_class(tmp_path: Path) -> None:
    Stack().save_to(tmp_path / "model.nt")
    with pytest.raises(ClassNotFoundError, match=r"holds a .*\.Stack, which is no Encoder"):
        Encoder.restore_from(tmp_path / "model.nt")


def test_a_renamed_class_is_allowed_by_its_old_name(tmp_path: Path) -> None:
    write(tmp_path / "model.nt", Content(config={"scale": 3.0}, class_name="old.Pile"))
    assert Stack.restore_from(tmp_path / "model.nt", allow={"old.Pile": Stack}).scale == 3.0


def test_an_instance_does_not_restore(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="call it on the class"):
        Stack().restore_from(tmp_path / "model.nt")


def test_weights_alone_name_no_class(tmp_path: Path) -> None:
    write(tmp_path / "model.nt", Content(config={}))
    with pytest.raises(ClassNotFoundError, match="names no class"):
        NeuralModule.restore_from(tmp_path / "model.nt")


# Interfaces.


class Head(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b t"]) -> NeuralType[Float[Tensor, "b c"], ProbsType]:
        raise NotImplementedError


class WiderHead(NeuralModule):
    def forward(self, *, x: Float[Tensor, "b t"], scale: float = 1.0) -> NeuralType[Float[Tensor, "b c"], ProbsType]:
        raise NotImplementedError


class OtherHead(NeuralModule):
    def forward(
        self, *, x: Float[Tensor, "b t c"], mask: Float[Tensor, "b"]
    ) -> NeuralType[Float[Tensor, "b c"], LogitsType]:
        raise NotImplementedError


def test_a_compatible_interface_passes(tmp_path: Path) -> None:
    Head().save_to(tmp_path / "model.nt")
    allow = {f"{__name__}.Head": WiderHead}
    assert type(NeuralModule.restore_from(tmp_path / "model.nt", allow=allow)) is WiderHead


def test_an_incompatible_interface_is_shown(tmp_path: Path) -> None:
    Head().save_to(tmp_path / "model.nt")
    with pytest.raises(InterfaceError) as caught:
        NeuralModule.restore_from(tmp_path / "model.nt", allow={f"{__name__}.Head": OtherHead})
    assert str(caught.value).splitlines()[1:] == [
        "  it requires the new input 'mask'",
        "  x: types that do not fit",
        "  result: types that do not fit",
        '  saved  (x: Float[Tensor, "b t"]) -> NeuralType[Float[Tensor, "b c"], ProbsType]',
        f"  now    {OtherHead().interface}",
    ]


# The key plan.


def test_everything_that_does_not_fit_is_said_at_once(tmp_path: Path) -> None:
    state: dict[str, Tensor] = {
        "linear.wieght": torch.zeros(4, 3),
        "linear.bias": torch.zeros(5),
        "norm.weight": torch.zeros(4),
    }
    state |= {"norm.bias": torch.zeros(4, dtype=torch.int64), "norm.num_batches_tracked": torch.tensor(0)}
    tensors, aliases = read_state(state)
    write(tmp_path / "model.nt", Content(tensors, aliases, {}, class_name=f"{__name__}.Encoder"))
    with pytest.raises(StateError) as caught:
        Encoder.restore_from(tmp_path / "model.nt")
    assert str(caught.value).splitlines()[1:] == [
        "  missing:",
        "    linear.weight  nearest: 'linear.wieght'",
        "    norm.running_mean",
        "    norm.running_var",
        "  unexpected:",
        "    linear.wieght  nearest: 'linear.weight'",
        "  mismatched:",
        "    linear.bias  has the shape [5], expected [4]",
        "    norm.bias  has the dtype torch.int64, expected torch.float32",
    ]
    assert set(caught.value.details) == {"missing", "unexpected", "mismatched", "path"}


def test_a_part_of_another_model(tmp_path: Path, model: Classifier) -> None:
    model.save_to(tmp_path / "model.nt")
    encoder = Encoder.restore_from(tmp_path / "model.nt", prefix="encoder")
    assert_same_state(encoder, model.encoder)
    with pytest.raises(StateError, match="no archived tensor is below 'decoder'"):
        Encoder.restore_from(tmp_path / "model.nt", prefix="decoder")


def test_renaming(tmp_path: Path) -> None:
    Pair().save_to(tmp_path / "model.nt")
    original = load_state(Archive.open(tmp_path / "model.nt"))
    swapped = {"left.*": "right.*", "right.weight": "left.weight"}
    restored = Pair.restore_from(tmp_path / "model.nt", rename=swapped)
    assert torch.equal(restored.left.weight, original["right.weight"])
    with pytest.raises(StateError, match=r"no archived tensor matches 'middle\.\*'"):
        Pair.restore_from(tmp_path / "model.nt", rename={"middle.*": "x.*"})
    with pytest.raises(StateError, match=r"'left.weight' and 'right.weight' would both be 'left.weight'"):
        Pair.restore_from(tmp_path / "model.nt", rename={"right.*": "left.*"})


def test_mismatches_may_be_skipped(tmp_path: Path, model: Classifier) -> None:
    model.save_to(tmp_path / "model.nt")
    restored = Classifier.restore_from(tmp_path / "model.nt", config={"classes": 7}, on_mismatch="skip")
    assert restored.out.weight.shape == (7, 8)
    assert bool(restored.out.weight.isfinite().all())
    assert bool((restored.out.weight != 0).any()), "what is not loaded is initialised as ever"
    assert_same_state(restored.encoder, model.encoder)


def test_what_is_missing_is_initialised_as_ever(tmp_path: Path) -> None:
    tensors, aliases = read_state({"left.weight": torch.ones(2, 2)})
    write(tmp_path / "model.nt", Content(tensors, aliases, {}, class_name=f"{__name__}.Pair"))
    torch.manual_seed(0)
    fresh = Pair()
    torch.manual_seed(0)
    restored = Pair.restore_from(tmp_path / "model.nt", strict=False)
    assert torch.equal(restored.left.weight, torch.ones(2, 2))
    assert torch.equal(restored.right.weight, fresh.right.weight)


def test_initial_weights_are_not_drawn(tmp_path: Path) -> None:
    Encoder(64).save_to(tmp_path / "model.nt")
    before = torch.random.get_rng_state()
    Encoder.restore_from(tmp_path / "model.nt")
    assert torch.equal(torch.random.get_rng_state(), before)


class Noisy(NeuralModule):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(3))
        nn.init.trunc_normal_(self.weight)
        self.noise: Tensor
        noise = nn.init.uniform_(torch.full((3,), 9.0), 1, 1.5)
        with torch.no_grad():
            noise += torch.full((3,), 9.0).uniform_(0, 0.5)
        self.register_buffer("noise", noise, persistent=False)

    def forward(self, *, x: Tensor) -> Tensor:
        return x


def test_what_is_not_in_the_archive_is_made_as_ever(tmp_path: Path) -> None:
    model = Noisy()
    model.save_to(tmp_path / "model.nt")
    restored = Noisy.restore_from(tmp_path / "model.nt")
    assert torch.equal(restored.weight, model.weight)
    assert bool(((restored.noise >= 1) & (restored.noise <= 2)).all())


# Digests.


def test_a_wrong_byte_is_found_where_it_is_used(tmp_path: Path, model: Classifier) -> None:
    path = tmp_path / "model.nt"
    model.save_to(path)
    with Archive.open(path) as archive:
        offset = archive.tensors["out.weight"].offset
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(b"\x7f")
    for copies in (True, False):
        with pytest.raises(DigestError, match=r"tensor 'again.weight' is not what was saved"):
            Classifier.restore_from(path, copy=copies)
    Encoder.restore_from(path, prefix="encoder")
    assert isinstance(Classifier.restore_from(path, verify=False), Classifier)


def test_an_expected_digest(tmp_path: Path) -> None:
    digest = Stack().save_to(tmp_path / "model.nt")
    Stack.restore_from(tmp_path / "model.nt", expected_digest=digest)
    with pytest.raises(DigestError, match="expected sha256:0"):
        Stack.restore_from(tmp_path / "model.nt", expected_digest="sha256:0")


# Artifacts.


class Reader(NeuralModule):
    """Registers a file that its config does not name."""

    folder = ""

    def __init__(self) -> None:
        super().__init__()
        self.path = self.register_artifact("table", Path(self.folder) / "table.txt")

    def forward(self, *, x: Tensor) -> Tensor:
        return x


class Readers(NeuralModule):
    def __init__(self) -> None:
        super().__init__()
        self.first = Reader()
        self.second = Reader()

    def forward(self, *, x: Tensor) -> Tensor:
        return x


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Reader, "folder", str(tmp_path))
    (tmp_path / "table.txt").write_text("one")
    return tmp_path / "table.txt"


def test_the_archived_artifact_wins_over_a_local_file(tmp_path: Path, table: Path) -> None:
    Reader().save_to(tmp_path / "model.nt")
    table.write_text("another")
    assert Reader.restore_from(tmp_path / "model.nt").path.read_text() == "one"
    table.unlink()
    assert Reader.restore_from(tmp_path / "model.nt").path.read_text() == "one"


def test_two_modules_with_equal_artifacts(tmp_path: Path, table: Path) -> None:
    Readers().save_to(tmp_path / "model.nt")
    table.unlink()
    restored = Readers.restore_from(tmp_path / "model.nt")
    assert restored.first.path.read_text() == restored.second.path.read_text() == "one"


def test_two_modules_with_different_artifacts_of_one_name(tmp_path: Path, table: Path) -> None:
    model = Readers()
    (tmp_path / "other.txt").write_text("two")
    model.second.register_artifact("table", tmp_path / "other.txt")
    model.save_to(tmp_path / "model.nt")
    with pytest.raises(ArtifactError, match=r"the archive has first.table, second.table: hand the path"):
        Readers.restore_from(tmp_path / "model.nt")


def test_paths_in_the_config_tell_artifacts_apart(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("b")
    first, second = Encoder(vocabulary=tmp_path / "a.txt"), Encoder(vocabulary=str(tmp_path / "b.txt"))
    Both(first, second).save_to(tmp_path / "model.nt")
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.txt").unlink()
    restored = Both.restore_from(tmp_path / "model.nt")
    assert restored.first.vocabulary is not None
    assert restored.second.vocabulary is not None
    assert [restored.first.vocabulary.read_text(), restored.second.vocabulary.read_text()] == ["a", "b"]


class Both(NeuralModule):
    def __init__(self, first: Encoder, second: Encoder) -> None:
        super().__init__()
        self.first, self.second = first, second

    def forward(self, *, x: Tensor) -> Tensor:
        return x


def test_an_artifact_that_is_registered_later(tmp_path: Path, vocabulary: Path) -> None:
    model = Both(Encoder(), Encoder())
    model.second.register_artifact("late", vocabulary)
    model.save_to(tmp_path / "model.nt")
    vocabulary.unlink()
    restored = Both.restore_from(tmp_path / "model.nt")
    assert restored.second.artifact_path("late").read_text() == "a\nb\n"
    with pytest.raises(KeyError):
        restored.first.artifact_path("late")


def test_a_folder_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "tokenizer"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "vocab.json").write_text("{}")
    (folder / "empty.txt").touch()
    (folder / "link.txt").symlink_to(folder / "empty.txt")
    model = Stack()
    model.register_artifact("tokenizer", folder)
    model.save_to(tmp_path / "model.nt")
    restored = Stack.restore_from(tmp_path / "model.nt").artifact_path("tokenizer")
    files = sorted(path.relative_to(restored).as_posix() for path in restored.rglob("*") if path.is_file())
    assert files == ["empty.txt", "inner/vocab.json", "link.txt"]


def test_a_poisoned_cache_is_written_anew(tmp_path: Path, model: Classifier, cache: Path) -> None:
    model.save_to(tmp_path / "model.nt")
    path = Classifier.restore_from(tmp_path / "model.nt").encoder.artifact_path("vocabulary")
    assert path.is_relative_to(cache)
    (tmp_path / "evil").write_text("evil")
    (tmp_path / "for now").write_text("a\nb\n")

    def link(target: str) -> None:
        path.unlink()
        path.symlink_to(tmp_path / target)

    for poison in (lambda: path.write_text("evil"), path.unlink, partial(link, "evil"), partial(link, "for now")):
        poison()
        found = Classifier.restore_from(tmp_path / "model.nt").encoder.artifact_path("vocabulary")
        assert found == path
        assert found.read_text() == "a\nb\n"
        assert not found.is_symlink()
    assert (tmp_path / "evil").read_text() == "evil"


def test_a_poisoned_folder_in_the_cache(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "one").write_text("1")
    model = Stack()
    model.register_artifact("tables", folder)
    model.save_to(tmp_path / "model.nt")
    restored = Stack.restore_from(tmp_path / "model.nt")
    (restored.artifact_path("tables") / "two").write_text("evil")
    assert [path.name for path in restored.artifact_path("tables").iterdir()] == ["one"]


@pytest.mark.parametrize("name", ["", "a.b", "a/b", "../x", "-x", "con", "ü", "x" * 300])
def test_names_of_artifacts(vocabulary: Path, name: str) -> None:
    with pytest.raises(ArtifactError, match="artifact"):
        Stack().register_artifact(name, vocabulary)


def test_artifacts_that_cannot_be_saved(tmp_path: Path, vocabulary: Path) -> None:
    with pytest.raises(ArtifactError, match="there is no file or folder"):
        Stack().register_artifact("x", tmp_path / "missing")
    folder = tmp_path / "folder"
    folder.mkdir()
    cases: list[tuple[Callable[[], object], str]] = [
        (partial(os.mkfifo, folder / "pipe"), "neither a file nor a folder"),
        (lambda: (folder / "loop").symlink_to(folder), "is a link to a folder"),
        (lambda: (folder / "broken").symlink_to(folder / "missing"), "cannot be read"),
        ((folder / ".hidden").touch, "the name '.hidden'"),
    ]
    for make, message in cases:
        make()
        model = Stack()
        model.register_artifact("x", folder)
        with pytest.raises(ArtifactError, match=message):
            model.save_to(tmp_path / "model.nt")
        next(folder.iterdir()).unlink()
    gone = Stack()
    gone.register_artifact("x", vocabulary)
    vocabulary.unlink()
    with pytest.raises(ArtifactError, match="cannot be read"):
        gone.save_to(tmp_path / "model.nt")
    assert not (tmp_path / "model.nt").exists()


# State.

DTYPES = [
    *(torch.bool, torch.uint8, torch.int8, torch.uint16, torch.int16, torch.uint32, torch.int32, torch.uint64),
    *(torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64),
    *(torch.float8_e4m3fn, torch.float8_e4m3fnuz, torch.float8_e5m2, torch.float8_e5m2fnuz, torch.float8_e8m0fnu),
    torch.float4_e2m1fn_x2,
]


@pytest.mark.parametrize("copies", [True, False])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_every_dtype_comes_back_bit_for_bit(tmp_path: Path, dtype: torch.dtype, *, copies: bool) -> None:
    bits = torch.arange(4 * 6 * dtype.itemsize, dtype=torch.uint8) % (2 if dtype is torch.bool else 251)
    tensor = bits.view(dtype).reshape(4, 6)
    state = {"plain": tensor, "turned": tensor.t(), "part": tensor[1:, ::2], "none": tensor[:0], "row": tensor[0]}
    tensors, aliases = read_state(state)
    write(tmp_path / "x.nt", Content(tensors, aliases))
    loaded = load_state(Archive.open(tmp_path / "x.nt"), copy=copies)
    for name, expected in state.items():
        assert loaded[name].dtype == dtype
        assert loaded[name].shape == expected.shape
        assert loaded[name].is_contiguous()
        assert _bits(loaded[name]) == _bits(expected), name


def _bits(tensor: Tensor) -> bytes:
    if tensor.dtype.itemsize == 1:
        tensor = tensor.view(torch.uint8)
    return bytes(tensor.contiguous().reshape(-1).view(torch.uint8).tolist())


def test_odd_tensors_come_back(tmp_path: Path) -> None:
    large = torch.arange(3_000_000, dtype=torch.float64)
    state = {
        "scalar": torch.tensor(1.5),
        "conjugate": torch.randn(5, dtype=torch.complex64).conj(),
        "negative": torch.randn(5, dtype=torch.complex64).conj().imag,
        "expanded": torch.tensor([1.0, 2.0]).expand(3, 2),
        "turned": large.reshape(3, 1000, 1000).permute(2, 0, 1),
        "row": large.reshape(1, -1).expand(2, -1),
    }
    tensors, aliases = read_state(state)
    write(tmp_path / "x.nt", Content(tensors, aliases))
    loaded = load_state(Archive.open(tmp_path / "x.nt"))
    assert all(torch.equal(loaded[name], tensor) for name, tensor in state.items())


def test_aliases_are_tensors_in_the_same_place_alone(tmp_path: Path) -> None:
    tensor = torch.randn(4, 4)
    state = {
        "a": tensor,
        "b": tensor,
        "c": tensor.detach(),
        "view": tensor[:2],
        "turned": tensor.t(),
        "equal": tensor.clone(),
    }
    _, aliases = read_state(state)
    assert aliases == {"b": "a", "c": "a"}


def test_unsavable_state_is_refused_by_name() -> None:
    class Tagged(torch.Tensor):
        pass

    with pytest.warns(UserWarning, match="quantized|sparse|Sparse|deprecated"):
        quantized = torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)
    state = {
        "sparse": torch.eye(2).to_sparse(),
        "quantized": quantized,
        "meta": torch.empty(2, device="meta"),
        "module._extra_state": {"step": 1},
        "number": 3,
        "wide": torch.zeros(2, dtype=torch.complex128),
        "subclass": torch.zeros(2).as_subclass(Tagged),
        "lazy": nn.LazyLinear(2).weight,
        "fine": torch.zeros(2),
    }
    with pytest.raises(StateError) as caught:
        read_state(state)
    assert set(caught.value.details["problems"]) == state.keys() - {"fine"}
    assert "module._extra_state: is extra state of type dict, expected a tensor" in str(caught.value)


def test_bytes_that_are_no_bools(tmp_path: Path) -> None:
    tensors, aliases = read_state({"mask": torch.tensor([True, False])})
    write(tmp_path / "x.nt", Content(tensors, aliases))
    found = parts(tmp_path / "x.nt")
    changed = reassembled(found | {"weights.safetensors": found["weights.safetensors"][:-1] + b"\2"})
    (tmp_path / "x.nt").write_bytes(changed)
    with Archive.open(tmp_path / "x.nt") as archive, pytest.raises(WeightsError, match="'mask' is of bools"):
        load_state(archive)


# Nothing in a file is run.

HOOKS: list[list[tuple[str, Any]]] = []


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    for events in HOOKS:
        events.append((event, arguments))


@pytest.fixture
def audited() -> Iterator[list[tuple[str, Any]]]:
    if not hasattr(sys, "_neuraltypes_audited"):
        sys.addaudithook(_audit)  # it cannot be removed, only left idle
        sys._neuraltypes_audited = True  # type: ignore[attr-defined]
    events: list[tuple[str, Any]] = []
    HOOKS.append(events)
    yield events
    HOOKS.remove(events)


def test_a_restore_imports_runs_and_writes_nothing(
    tmp_path: Path, model: Classifier, cache: Path, audited: list[tuple[str, Any]]
) -> None:
    model.save_to(tmp_path / "model.nt")
    Classifier.restore_from(tmp_path / "model.nt")  # what is loaded once, such as the code of this package
    audited.clear()
    Classifier.restore_from(tmp_path / "model.nt")
    events = list(audited)
    names = {event for event, _ in events}
    forbidden = {
        "import",
        "exec",
        "compile",
        "pickle.find_class",
        "os.system",
        "subprocess.Popen",
        "os.fork",
        "os.exec",
    }
    assert not names & forbidden
    assert not any(name.startswith(("socket.", "ctypes.dlopen", "shutil.", "urllib.")) for name in names)
    writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT
    written = [args[0] for event, args in events if event == "open" and isinstance(args[2], int) and args[2] & writes]
    assert all(Path(path).is_relative_to(cache) for path in written)


def test_a_first_restore_writes_to_the_cache_alone(
    tmp_path: Path, model: Classifier, cache: Path, audited: list[tuple[str, Any]]
) -> None:
    model.save_to(tmp_path / "model.nt")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    audited.clear()
    Classifier.restore_from(tmp_path / "model.nt")
    made = [args[0] for event, args in audited if event in ("os.mkdir", "os.rename", "os.symlink", "os.remove")]
    assert made
    assert all(str(path).startswith(str(cache)) for path in made)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir() if path != cache} == before


def test_environment_and_expressions_in_a_config_stay_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    texts = ["${oc.env:SECRET_TOKEN}", "$SECRET_TOKEN", "!!python/object/apply:os.system", "__import__('os')"]
    found = _renamed(tmp_path, "Options", {"options": texts})
    restored = Options.restore_from(found)
    assert restored.options == texts
    restored.save_to(tmp_path / "again.nt")
    assert b"hush" not in (tmp_path / "again.nt").read_bytes()


HOSTILE_CONFIGS = [
    {"options": {"_target_": target}}
    for target in ("os.system", "builtins.exec", "torch.load", "torch.nn.modules.module.torch.load", "subprocess.run")
] + [
    {"options": {"_target_": 1}},
    {"options": {"_target_": ["os", "system"]}},
    {"options": {"a": [{"b": {"_target_": "os.system", "_args_": ["exit 1"]}}]}},
    {"options": {"_tuple_": [{"_target_": "os.system"}]}},
    {"options": {"_tuple_": {}}},
    {"options": {"_tuple_": [], "x": 1}},
    {"options": {"_dtype_": "__class__"}},
    {"options": {"_dtype_": []}},
    {"options": {"_path_": "/etc/passwd"}},
    {"options": {"_path_": {"_artifact_": "../../etc/passwd"}}},
    {"options": {"_artifact_": "/etc/passwd"}},
    {"options": {"_artifact_": 1}},
    {"options": {"_refused_": "x"}},
    {"options": {"_args_": []}},
    {"_target_": "os.system"},
]


@pytest.mark.parametrize("config", HOSTILE_CONFIGS, ids=lambda config: dumps(config).decode())
def test_configs_that_ask_for_more(tmp_path: Path, config: Any) -> None:
    if "_target_" in config:
        config = {"options": {"deep": config}}
    with pytest.raises(ArchiveError):
        Options.restore_from(_renamed(tmp_path, "Options", config))


# Plain weights.


def test_extracted_state(tmp_path: Path, model: Classifier) -> None:
    model.save_to(tmp_path / "model.nt")
    state = NeuralModule.extract_state_dict_from(tmp_path / "model.nt", tmp_path / "out", file_format="pt")
    expected = model.state_dict()
    loaded = torch.load(tmp_path / "out" / "model_weights.pt", weights_only=True)
    assert state.keys() == loaded.keys() == expected.keys()
    assert all(torch.equal(state[name], expected[name]) and torch.equal(loaded[name], expected[name]) for name in state)
    Classifier.extract_state_dict_from(tmp_path / "model.nt", tmp_path / "out", split_by_module=True, file_format="pt")
    encoder = torch.load(tmp_path / "out" / "encoder.pt", weights_only=True)
    assert encoder.keys() == model.encoder.state_dict().keys()


def test_the_digest_of_a_saved_model_is_that_of_its_manifest(tmp_path: Path) -> None:
    digest = Stack().save_to(tmp_path / "model.nt")
    assert digest == f"sha256:{hashlib.sha256(parts(tmp_path / 'model.nt')['manifest.json']).hexdigest()}"
