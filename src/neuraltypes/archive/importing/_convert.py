"""A checkpoint as an archive: of a class's model, checked as a restore would check it, or of plain tensors."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from torch import Tensor

import neuraltypes
from neuraltypes._archivable import Archivable
from neuraltypes.archive._artifacts import restoring
from neuraltypes.archive._builder import Builder
from neuraltypes.archive._model import artifacts_of, content_of, find_class, state_of
from neuraltypes.archive._names import shown
from neuraltypes.archive._no_init import NoInit
from neuraltypes.archive._plan import make_plan
from neuraltypes.archive._reader import Archive, ArchivedTensor
from neuraltypes.archive._safetensors import layout
from neuraltypes.archive._sources import pieces_of
from neuraltypes.archive._state import State, read_state
from neuraltypes.archive._sums import sums_of
from neuraltypes.archive._writer import Content, TensorSource, write
from neuraltypes.archive.errors import ConfigError, SourceError, StateError, naming
from neuraltypes.archive.importing._data import as_data, texts_of
from neuraltypes.archive.importing._files import read_mapping
from neuraltypes.archive.importing._huggingface import read_folder, read_safetensors_file
from neuraltypes.archive.importing._nemo import opened_nemo
from neuraltypes.archive.importing._pickles import ZIP, read_torch_file
from neuraltypes.archive.importing._source import Source
from neuraltypes.archive.importing._table import Names, Renamed, rename
from neuraltypes.archive.importing._tar import GZIP
from neuraltypes.config.errors import Problem

FROM = "_from_"  # in a given config: a value of the checkpoint's config, by its place


@dataclass(frozen=True)
class Imported:
    """What an import did.

    `form` is what the checkpoint is: `"nemo"`, `"lightning"`, `"torch"`, `"huggingface"` or `"safetensors"`. `names`
    are the archive's names by those of the checkpoint, none for a tensor that was dropped on purpose; `unmatched` are
    names of which the table says nothing, and `notes` say what else was left out or changed.
    """

    digest: str
    form: str
    names: Mapping[str, tuple[str, ...]]
    unmatched: tuple[str, ...]
    notes: tuple[str, ...]


def import_checkpoint(
    source: str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    cls: type[Archivable] | None = None,
    names: Names | str | os.PathLike[str] | None = None,
    config: Mapping[str, Any] | None = None,
    key: str | None = None,
    allow: Mapping[str, type] | None = None,
) -> Imported:
    """Write a checkpoint of another library as an archive: a `.nemo`, `.ckpt`, `.pt`, `.safetensors` or a folder.

    Args:
        source: the checkpoint. It is told by its content. Pickles are read as weights alone; nothing is run.
        path: the archive to write.
        cls: the class whose `restore_from` is to open the archive. A model of it is made, from which the archive has
            its config, interface and artifacts, and every tensor must fit it. Without one, the archive is of plain
            tensors, with the checkpoint's config as data and its files as artifacts.
        names: new names of tensors by old ones, or a JSON or YAML file of such: whole names or patterns with `*`; a
            list gives a tensor several names, None drops it.
        config: with `cls`, what its constructor is given; `{"_from_": "encoder.d_model"}` stands for that value of
            the checkpoint's config. By default it is the checkpoint's config.
        key: where in a dict the state dict is; by default `state_dict`, `model_state_dict` or `model`.
        allow: with `cls`, classes for the names of modules in the config.

    Raises:
        ArchiveError: the checkpoint is damaged, deceptive, needs more than weights, or does not fit; nothing was
            written.
        OSError: a file cannot be read or written.
    """
    table = names if names is None or isinstance(names, Mapping) else read_mapping(names)
    with ExitStack() as stack:
        stack.enter_context(naming(os.fspath(source)))
        found = stack.enter_context(_opened(Path(source), key))
        renamed = rename(found.state, table or {})
        state = _renamed_state(found.state, renamed)
        metadata = {"imported": {"form": found.form, "files": _digests(Path(source))}}
        notes = found.notes
        if cls is None:
            if config is not None:
                raise ConfigError("a config is for a class: without one, the checkpoint's config is archived as data")
            content = Content(state.tensors, state.aliases, found.config, None, found.artifacts, metadata=metadata)
            content = replace(content, provenance={"neuraltypes": neuraltypes.__version__})
        else:
            content, more = stack.enter_context(_content_for(cls, found, state, config, metadata, allow or {}))
            notes = (*notes, *more)
        content = replace(content, provenance={**content.provenance, **found.provenance})
        return Imported(write(path, content), found.form, renamed.names, renamed.unmatched if table else (), notes)


@contextmanager
def _opened(path: Path, key: str | None) -> Iterator[Source]:
    """The checkpoint at `path`, whatever its form; what of it is read later is there as long as it is open."""
    if path.is_dir():
        yield _sharded(path) if (path / ".metadata").is_file() else read_folder(path)
        return
    if path.exists() and not path.is_file():
        raise SourceError("it is neither a file nor a folder")
    with path.open("rb") as file:
        first = file.read(512)
        is_archive = first.startswith(ZIP) and first[30:49] == b"weights.safetensors"
    if is_archive:
        raise SourceError("it is an archive already")
    if first.startswith(GZIP) or first[257:262] == b"ustar":
        with opened_nemo(path, key) as source:
            yield source
    elif path.suffix == ".safetensors":
        yield read_safetensors_file(path)
    elif first.startswith((ZIP, b"\x80")):
        yield read_torch_file(path, key)
    else:
        raise SourceError("it is no tar, no file of torch.save, no folder, and not called .safetensors")


def _sharded(path: Path) -> Source:
    from neuraltypes.archive.importing._sharded import read_sharded  # which loads torch.distributed

    return read_sharded(path)


def _renamed_state(state: Mapping[str, Any], renamed: Renamed) -> State:
    """The tensors under their new names; what has several is written once."""
    new = {name: state[old] for old, targets in renamed.names.items() for name in targets}
    written = {name: value for name, value in new.items() if isinstance(value, TensorSource)}
    owners: dict[int, str] = {}
    aliases = {name: owner for name, value in written.items() if (owner := owners.setdefault(id(value), name)) != name}
    read = read_state({name: value for name, value in new.items() if name not in written})
    kept = tuple(value._replace(name=name) for name, value in written.items() if name not in aliases)
    return State((*read.tensors, *kept), {**read.aliases, **aliases})


@contextmanager
def _content_for(
    cls: type[Archivable],
    source: Source,
    state: State,
    config: Mapping[str, Any] | None,
    metadata: Mapping[str, Any],
    allow: Mapping[str, type],
) -> Iterator[tuple[Content, list[str]]]:
    """What an archive of a `cls` with these tensors holds, and notes. Nothing of it is read before all of it fits."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        # Artifacts are found by constructors in an archive; this one has nothing else.
        write(Path(folder, "artifacts.nt"), Content(artifacts=source.artifacts))
        archive = stack.enter_context(Archive.open(Path(folder, "artifacts.nt")))
        model = _model_for(cls, _config_for(source, config), archive, allow)
        _require_archived(model, source)
        content = content_of(model, _fitted(model, state), metadata)
        used = {found.archived.name for _, found in artifacts_of(model).values() if found.archived is not None}
        yield content, [f"left out: {name}, which no module registers" for name in source.artifacts if name not in used]


def _config_for(source: Source, config: Mapping[str, Any] | None) -> dict[str, Any]:
    if config is None:
        if source.config is not None and not isinstance(source.config, dict):
            raise ConfigError(f"its config is a {type(source.config).__name__}: give the class one")
        return source.config or {}
    data, notes = as_data(config, "config")
    if notes:
        problems = [Problem("", note) for note in notes]
        raise ConfigError("\n".join(["the given config is no data:", *notes]), problems=problems)
    found = _filled(data, source.config)
    assert isinstance(found, dict)
    return found


def _filled(config: Any, source: Any) -> Any:
    """The config with each `{"_from_": place}` replaced by what the checkpoint's has there; `""` is all of it."""
    if isinstance(config, dict) and FROM in config:
        return _at(source, config[FROM])
    if isinstance(config, dict):
        return {key: _filled(value, source) for key, value in config.items()}
    return [_filled(value, source) for value in config] if isinstance(config, list) else config


def _at(config: Any, place: Any) -> Any:
    found = config
    for key in str(place).split(".") if place else ():
        if isinstance(found, dict) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        else:
            raise ConfigError(f"its config has nothing at {shown(str(place))}", place=place)
    return found


def _model_for(
    cls: type[Archivable], config: Mapping[str, Any], archive: Archive, allow: Mapping[str, type]
) -> Archivable:
    with restoring(archive.artifacts) as state, NoInit():
        builder = Builder(lambda name: find_class(name, allow), state.path_of)
        builder.check(cls, config)
        model: Archivable = builder.build(cls, config)
    return model


def _require_archived(model: Archivable, source: Source) -> None:
    """Refuse to archive a file of this machine only because the checkpoint's config has its path."""
    texts = set(texts_of(source.config))
    for name, (_, found) in artifacts_of(model).items():
        if found.archived is None and found.given in texts:
            raise ConfigError(
                f"the artifact {name!r} would be {shown(str(found.given))} of this machine, which the checkpoint's "
                "config names: give a config with the file that you mean",
                artifact=name,
                path=found.given,
            )


def _fitted(model: Archivable, state: State) -> State:
    """The tensors for a model: each there once, and what is one parameter in the model is one in the archive.

    Raises:
        StateError: a tensor is missing, left over, or differs; all are listed.
    """
    owned = {tensor.name: tensor for tensor in state.tensors}
    sizes = {t.name: t.size for t in layout((each.name, each.dtype, each.shape) for each in state.tensors)}
    described = {name: ArchivedTensor(name, t.dtype, t.shape, 0, sizes[name], "") for name, t in owned.items()}
    described |= {name: described[owner] for name, owner in state.aliases.items()}
    wanted = {name: value for name, value in state_of(model).items() if isinstance(value, Tensor)}
    make_plan(wanted, {name: name for name in described}, described).require(strict=True, on_mismatch="error")
    aliases = dict(state.aliases)
    for name, owner in _ties(model).items():
        mine, other = aliases.get(name, name), aliases.get(owner, owner)
        if mine == other:
            continue
        if sums_of(owned[mine].pieces()).sha256 != sums_of(owned[other].pieces()).sha256:
            raise StateError(
                f"{name} and {owner} differ in the checkpoint, and are one parameter in the class", tied=name
            )
        aliases = {alias: other if target == mine else target for alias, target in aliases.items()} | {mine: other}
        del owned[mine]
    return State(tuple(owned.values()), aliases)


def _ties(model: Archivable) -> dict[str, str]:
    """Further names of parameters that have several, with the first of each."""
    first: dict[int, str] = {}
    ties = {}
    for name, value in state_of(model, keep_vars=True).items():
        if (owner := first.setdefault(id(value), name)) != name:
            ties[name] = owner
    return ties


def _digests(source: Path) -> dict[str, str]:
    """The SHA-256 of the checkpoint's file, or of those in its folder, by name."""
    files = sorted(path for path in source.iterdir() if path.is_file()) if source.is_dir() else [source]
    return {path.name: f"sha256:{sums_of(pieces_of(path)).sha256}" for path in files}
