"""NeMo's `.nemo` files: a tar, gzipped or not, of a config, weights, and artifacts that the config names.

Members are called `./name` or `name`; the config names an artifact as `nemo:<member>`, old ones by its name alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from neuraltypes.archive import _json
from neuraltypes.archive._names import problem_of, shown
from neuraltypes.archive._writer import ArtifactSource
from neuraltypes.archive.errors import SourceError
from neuraltypes.archive.importing._data import as_data, replaced
from neuraltypes.archive.importing._pickles import load_weights, state_in
from neuraltypes.archive.importing._source import Source
from neuraltypes.archive.importing._tar import Tar, opened_tar
from neuraltypes.archive.importing._yaml import decode_yaml

CONFIG, WEIGHTS = "model_config.yaml", "model_weights.ckpt"

_SCHEME = "nemo:"
_UUID = re.compile(r"[0-9a-f]{32}_(?=.)")
_PARALLEL = re.compile(r"(?:mp|tp)_rank_\d+")


@contextmanager
def opened_nemo(path: Path, key: str | None) -> Iterator[Source]:
    """A `.nemo` file; its artifacts are read where they lie, as long as it is open.

    Raises:
        ArchiveError: it is damaged or hostile, needs more than weights, or lacks config, weights or an artifact.
    """
    with opened_tar(path) as tar:
        _require_complete(tar)
        config, notes = as_data(decode_yaml(tar.read(CONFIG, _json.CONFIG_LIMITS.size), CONFIG), "the config")
        with tar.open(WEIGHTS) as file:
            state, rest = state_in(load_weights(file), key)
        artifacts = _Artifacts(tar)
        config = artifacts.named_in(config)
        notes += [f"left out of the weights: {name}" for name in map(str, rest)]
        version = config.get("nemo_version") if isinstance(config, dict) else None
        yield Source(
            "nemo",
            state,
            config,
            artifacts.found,
            {"nemo": version} if isinstance(version, str) else {},
            (*notes, *artifacts.notes),
        )


def fitting(text: str) -> str:
    """`text` as a name of an artifact or of a file in one: other characters than those have are underscores."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", text)
    name = re.sub(r"^[.-]|(?<=\.)[.-]|\.$", "_", name)[-200:]
    return f"_{name}" if problem_of(name) else name


class _Artifacts:
    """The members that are neither config nor weights, named by the places of the config that name them."""

    def __init__(self, tar: Tar) -> None:
        self._tar = tar
        self._members = {name: "" for name in tar.files if name not in (CONFIG, WEIGHTS)}
        self._missing: list[str] = []
        self.found: dict[str, ArtifactSource] = {}
        self.notes: list[str] = []

    def named_in(self, config: Any) -> Any:
        """The config with each name of a member replaced by `{"_artifact_": name}`.

        Raises:
            SourceError: it names members that are not there.
        """
        config = replaced(config, self._by_scheme)
        if self._missing:
            listed = ", ".join(self._missing)
            raise SourceError(f"the config names files that the tar does not have: {listed}", missing=self._missing)
        config = replaced(config, self._by_name)
        for member, name in self._members.items():
            if not name:
                self._add(member, member)
                self.notes.append(f"the config does not name {shown(member)}: kept as an artifact of that name")
        return config

    def _by_scheme(self, place: str, value: Any) -> Any:
        if not isinstance(value, str) or not value.startswith(_SCHEME):
            return value
        member = value.removeprefix(_SCHEME).removeprefix("./")
        if member not in self._members:
            self._missing.append(f"{place}: {shown(value)}")
            return value
        return self._reference(place, member)

    def _by_name(self, place: str, value: Any) -> Any:
        member = value.rpartition("/")[2] if isinstance(value, str) else ""
        if self._members.get(member) == "":  # one that no scheme names, as old files have it
            return self._reference(place, member)
        return value

    def _reference(self, place: str, member: str) -> dict[str, str]:
        name = self._members[member] or self._add(member, place)
        return {"_artifact_": name}

    def _add(self, member: str, wanted: str) -> str:
        name = fitting(wanted)
        while name.lower() in {known.lower() for known in self.found}:
            name += "_"
        inside = _UUID.sub("", member.rpartition("/")[2])
        if fitting(inside) != inside:
            self.notes.append(
                f"the file {shown(inside)} is called {fitting(inside)!r}, for archives take no other name"
            )
        pieces = partial(self._tar.pieces, member)
        self.found[name] = ArtifactSource("file", {fitting(inside): (self._tar.size(member), pieces)})
        self._members[member] = name
        return name


def _require_complete(tar: Tar) -> None:
    parallel = next((name for name in tar.files if _PARALLEL.match(name)), None)
    if parallel is not None or any(name.startswith(("model_weights/", f"{WEIGHTS}/")) for name in tar.files):
        raise SourceError(
            f"its weights are split among ranks ({shown(parallel or 'model_weights/')}): join them with NeMo first"
        )
    if missing := [name for name in (CONFIG, WEIGHTS) if name not in tar.files]:
        raise SourceError(f"it is no .nemo file: it has no {' and no '.join(missing)}", missing=missing)
