"""Models to archives and back: what is saved of a module, and the order in which one is restored."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import torch
from torch import Tensor, nn

import neuraltypes
from neuraltypes._archivable import Archivable
from neuraltypes._classes import full_name, own_class
from neuraltypes._errors import AnnotationError
from neuraltypes._forward import interface_of
from neuraltypes._interface import Interface, interface_from_json
from neuraltypes._spelling import nearest
from neuraltypes.archive import _json
from neuraltypes.archive._artifacts import Registered, Restoring, full_artifact_name, local_name, restoring
from neuraltypes.archive._builder import Builder
from neuraltypes.archive._config import (
    merged,
    migrated,
    plainly,
    with_artifacts,
    with_migrated_parts,
    without_resolvers,
)
from neuraltypes.archive._marks import TARGET, VERSION, Json
from neuraltypes.archive._no_init import NoInit
from neuraltypes.archive._plan import OnMismatch, Plan, make_plan, select
from neuraltypes.archive._reader import Archive, Artifact
from neuraltypes.archive._recorded import refuse_objects
from neuraltypes.archive._state import State, load_state, read_state
from neuraltypes.archive._writer import Content, write
from neuraltypes.archive.errors import ClassNotFoundError, ConfigError, InterfaceError, StateError, naming
from neuraltypes.config._classes import registered
from neuraltypes.config._parameters import WHOLE

if TYPE_CHECKING:
    from torch.nn.parameter import Parameter

ConfigChanges: TypeAlias = Mapping[str, Any] | Sequence[str] | str | os.PathLike[str]
Model = TypeVar("Model", bound=Archivable)

_COMPILED = "_orig_mod."  # what torch.compile puts before the names of a module's tensors


@dataclass(frozen=True)
class Options:
    """What the caller of a restore decides; nothing in a file does."""

    config: ConfigChanges | None = None
    map_location: torch.device | str | None = None
    strict: bool = True
    verify: bool = True
    copy: bool = False
    prefix: str | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    on_mismatch: OnMismatch = "error"
    expected_digest: str | None = None
    allow: Mapping[str, type] = field(default_factory=dict)
    progress: bool = True
    public_key: str | os.PathLike[str] | None = None
    signature: str | os.PathLike[str] | None = None


def save_model(
    model: Archivable,
    path: str | os.PathLike[str],
    metadata: Mapping[str, Any] | None = None,
    *,
    state: Mapping[str, Any] | None = None,
    progress: bool = True,
) -> str:
    """Write a model to an archive, and give its digest. `state` stands for its state dict.

    Raises:
        ConfigError, StateError, ArtifactError: part of the model cannot be archived; nothing was written.
        OSError: the file cannot be written; what was there is still there.
    """
    found = state_of(model) if state is None else _plainly_named(state)
    return write(path, content_of(model, read_state(found), metadata or {}), bar=progress)


def state_of(model: Archivable, *, keep_vars: bool = False) -> dict[str, Any]:
    """The state dict of a model, by the names that archives use."""
    return _plainly_named(_module(model).state_dict(keep_vars=keep_vars))


def content_of(model: Archivable, state: State, metadata: Mapping[str, Any]) -> Content:
    """What an archive of the model holds, with these tensors.

    Raises:
        ConfigError, ArtifactError: part of the model cannot be archived.
    """
    cls = own_class(type(model))
    artifacts = artifacts_of(model)
    paths = {path: name for name, (_, found) in artifacts.items() for path in _paths_of(found)}
    config = with_artifacts(model._given_config(), paths)  # noqa: SLF001
    refuse_objects(config, cls.__qualname__)
    return Content(
        tensors=state.tensors,
        aliases=state.aliases,
        config=config,
        interface=_interface_of(model),
        artifacts={
            name: found.source(name, full_name(own_class(type(owner)))) for name, (owner, found) in artifacts.items()
        },
        class_name=full_name(cls),
        class_version=cls.config_version,
        provenance={"neuraltypes": neuraltypes.__version__, "torch": torch.__version__},
        metadata=metadata,
    )


def restore_model(cls: type[Model], path: str | os.PathLike[str], options: Options) -> Model:
    """The model of an archive. Whatever can fail without weights fails before they are read.

    Raises:
        ArchiveError: see the subclasses.
        OSError: the file cannot be read.
    """
    if not options.verify and options.public_key is not None:
        raise ValueError("a signature says nothing of tensors that are not verified; leave out verify=False")
    with ExitStack() as stack:
        archive = stack.enter_context(Archive.open(path, expected_digest=options.expected_digest))
        if options.public_key is not None:
            from neuraltypes.archive._signing import require_signed

            require_signed(archive, options.public_key, options.signature)
        with naming(path), restoring(archive.artifacts) as state:
            model = _restore(cls, archive, options, state)
        if any(found.archived for _, found in artifacts_of(model).values()):
            stack.pop_all()  # they are read from the open file as long as the model lives
        return model


def artifacts_of(model: Archivable) -> dict[str, tuple[Archivable, Registered]]:
    """All artifacts of a model and its submodules, with the module that registered each, by full name."""
    assert isinstance(model, nn.Module)
    return {
        full_artifact_name(_plain(place), name): (module, found)
        for place, module in model.named_modules()
        if isinstance(module, Archivable)
        for name, found in module._registered().items()  # noqa: SLF001
    }


def _restore(cls: type[Model], archive: Archive, options: Options, state: Restoring) -> Model:
    def find(name: str) -> type:
        return find_class(name, options.allow)

    found, config = _class_and_config(cls, archive, options)
    config = merged(with_migrated_parts(without_resolvers(config), find), _changes(options.config))
    builder = Builder(find, state.path_of)
    builder.check(found, config)
    if options.prefix is None:
        _require_compatible(found, archive)
    sources = select(archive.tensors, options.prefix, options.rename)
    model, plan = _construct(builder, found, config, sources, archive, options)
    _load(model, plan, archive, options)
    if options.prefix is None:
        _attach_artifacts(model, archive.artifacts)
    if options.map_location is not None:
        _module(model).to(options.map_location)
    return model


def find_class(name: str, allow: Mapping[str, type]) -> type[Archivable]:
    """The class of an archived name: one that the caller allows for it, or the latest imported one of that name.

    Raises:
        ClassNotFoundError: there is none; nothing is imported to find one.
    """
    if name in allow:
        return allow[name]
    known = registered()
    if name not in known:
        near = nearest(name, known)
        hint = f"; did you mean allow={{{name!r}: {near.rpartition('.')[2]}}}?" if near else ""
        raise ClassNotFoundError(
            f"no imported class is called {name!r}: import the module that defines it first{hint}", name=name
        )
    return known[name]


def _class_and_config(cls: type[Model], archive: Archive, options: Options) -> tuple[type[Model], dict[str, Json]]:
    """The class to make, and its archived config: of the whole model, or of the part below the prefix."""
    name, version, config = archive.class_name, archive.class_version, archive.config
    if name is None:
        return _given_class(cls, options)
    if options.prefix is not None:
        if isinstance(config, dict) and options.prefix.split(".")[0] not in config:
            config = plainly(config[WHOLE]) if WHOLE in config else config
        for key in options.prefix.rstrip(".").split("."):
            config = config.get(key) if isinstance(config, dict) else None
        if not isinstance(config, dict) or not isinstance(config.get(TARGET), str):
            return cls, {}
        name, version = config[TARGET], config.get(VERSION, 1)
        config = {key: value for key, value in config.items() if key not in (TARGET, VERSION)}
    if not isinstance(config, dict):
        raise ConfigError(f"the config is a {type(config).__name__}, expected an object")
    found = cls if name == full_name(cls) and name not in options.allow else find_class(name, options.allow)
    if not issubclass(found, cls):
        raise ClassNotFoundError(f"the archive holds a {name}, which is no {cls.__qualname__}", name=name)
    return found, migrated(found, config, version)


def _given_class(cls: type[Model], options: Options) -> tuple[type[Model], dict[str, Json]]:
    """The class and config for an archive of tensors alone, whose config is no constructor's: both are the caller's."""
    if options.prefix is None and options.config is None:
        raise ClassNotFoundError(
            "the archive names no class: it was not saved from a model; to fill one with its tensors, "
            "give that one's config: restore_from(path, config={...})"
        )
    return cls, {}


def _changes(config: ConfigChanges | None) -> dict[str, Any]:
    """Changes to a config: a mapping, lines such as `encoder.width=64`, or the path of a JSON file."""
    if config is None:
        return {}
    if isinstance(config, Mapping):
        return dict(config)
    if isinstance(config, str | os.PathLike):
        found = _json.decode_loosely(Path(config).read_bytes(), str(config), _json.CONFIG_LIMITS)
        if not isinstance(found, dict):
            raise ConfigError(f"{os.fspath(config)} holds no object")
        return found
    changes: dict[str, Any] = {}
    for line in config:
        place, equals, text = line.partition("=")
        if not equals:
            raise ConfigError(f'{line!r} is no change; write "encoder.width=64"')
        change = _value(text)
        for key in reversed(place.split(".")):
            change = {key: change}
        changes = merged(changes, change)
    return changes


def _value(text: str) -> Any:
    """A value as JSON; what is no JSON is a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _interface_of(model: Archivable) -> Json:
    try:
        interface: Interface = model.interface  # type: ignore[attr-defined]
    except (AnnotationError, AttributeError):
        return None  # a module without an annotated forward
    return interface.to_json()


def _require_compatible(cls: type[Archivable], archive: Archive) -> None:
    """Refuse a class that does not take what the saved model took, or gives what it did not give."""
    if archive.interface is None:
        return
    from neuraltypes.archive._signature import signature

    try:
        now = interface_of(cls)
    except AnnotationError:
        return
    try:
        then = interface_from_json(archive.interface)
    except AnnotationError as error:
        raise InterfaceError(f"the archived interface cannot be compared: {error}") from None
    problems = list(_incompatibilities(then, now))
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise InterfaceError(
            f"{cls.__qualname__}.forward is not compatible with the one that was saved:\n{listed}\n"
            f"  saved  {signature(archive.interface)}\n  now    {now}",
            problems=problems,
        )


def _incompatibilities(then: Interface, now: Interface) -> list[str]:
    problems = [f"it has no input {name!r} any more" for name in then.inputs if name not in now.inputs]
    problems += [f"it requires the new input {name!r}" for name in sorted(now.required - then.inputs.keys())]
    problems += [
        f"it requires {n!r}, which was optional" for n in sorted(now.required - then.required) if n in then.inputs
    ]
    for name, spec in now.inputs.items():
        if name in then.inputs and not (found := spec.compare(then.inputs[name])).accepted:
            problems.append(f"{name}: {found.value}")
    if not (found := then.result.compare(now.result)).accepted:
        problems.append(f"result: {found.value}")
    return problems


def _construct(
    builder: Builder,
    cls: type[Model],
    config: dict[str, Json],
    sources: Mapping[str, str],
    archive: Archive,
    options: Options,
) -> tuple[Model, Plan]:
    """The model, and the plan for its tensors; parameters that will all be replaced are not initialised."""
    if options.strict and options.on_mismatch == "error":
        with NoInit():
            model: Model = builder.build(cls, config)
        plan = _planned(model, sources, archive, options)
        if all(_plain(name) in plan.sources for name, _ in _module(model).named_parameters(remove_duplicate=False)):
            return model, plan
    model = builder.build(cls, config)
    return model, _planned(model, sources, archive, options)


def _planned(model: Archivable, sources: Mapping[str, str], archive: Archive, options: Options) -> Plan:
    state = {_plain(name): value for name, value in _module(model).state_dict().items() if isinstance(value, Tensor)}
    plan = make_plan(state, sources, archive.tensors)
    plan.require(strict=options.strict, on_mismatch=options.on_mismatch)
    if not plan.sources and state:
        raise StateError("no archived tensor fits the model", missing=dict(plan.missing))
    return plan


def _load(model: Archivable, plan: Plan, archive: Archive, options: Options) -> None:
    """Assign the tensors, so that what was one parameter in the archive or in the class is one again."""
    module = _module(model)
    _require_ties(module, plan, archive)
    loaded = load_state(archive, plan.sources.values(), verify=options.verify, copy=options.copy, bar=options.progress)
    parameters: dict[int, Parameter] = {}
    present = module.state_dict(keep_vars=True)
    state: OrderedDict[str, Tensor] = OrderedDict()
    for name, held in present.items():
        if (source := plan.sources.get(_plain(name))) is None:
            continue
        tensor = loaded[source]
        if isinstance(held, nn.Parameter):
            tensor = parameters.setdefault(id(tensor), nn.Parameter(tensor, requires_grad=held.requires_grad))
        state[name] = tensor
    state._metadata = module.state_dict()._metadata  # type: ignore[attr-defined]  # noqa: SLF001  # versions of modules
    module.load_state_dict(state, strict=False, assign=True)


def _require_ties(module: nn.Module, plan: Plan, archive: Archive) -> None:
    """Refuse different archived tensors for what is one parameter in the class."""
    owners: dict[int, str] = {}
    for name, parameter in module.named_parameters(remove_duplicate=False):
        source = plan.sources.get(_plain(name))
        if source is None:
            continue
        other = owners.setdefault(id(parameter), source)
        if archive.tensors[other].sha256 != archive.tensors[source].sha256:
            raise StateError(
                f"{other} and {source} differ in the archive, and are one parameter in the class", tied=name
            )


def _attach_artifacts(model: Archivable, artifacts: Mapping[str, Artifact]) -> None:
    """Give each module the archived artifacts that its constructor did not register."""
    modules = {_plain(place): module for place, module in _module(model).named_modules()}
    for full, artifact in artifacts.items():
        module = modules.get(full.rpartition(".")[0])
        if isinstance(module, Archivable):
            module._registered().setdefault(local_name(full), Registered(archived=artifact))  # noqa: SLF001


def _paths_of(registered: Registered) -> set[str]:
    given = set() if registered.given is None else {registered.given}
    return given if registered.archived is not None else given | {str(registered.path)}


def _module(model: Archivable) -> nn.Module:
    assert isinstance(model, nn.Module)
    return model


def _plainly_named(state: Mapping[str, Any]) -> dict[str, Any]:
    return {_plain(name): value for name, value in state.items()}


def _plain(name: str) -> str:
    """The name of a tensor or module without what torch.compile puts into it."""
    return f"{name}.".replace(_COMPILED, "").removesuffix(".")
