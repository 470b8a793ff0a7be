"""What was read of a checkpoint, whatever its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from neuraltypes.archive._writer import ArtifactSource


@dataclass(frozen=True)
class Source:
    """A checkpoint: tensors by name, its config as data, its artifacts by name, and what of it is left out, in words.

    A tensor is one of torch, or a `TensorSource` where a file has its bytes as they are to be written. A place in the
    config where an artifact belongs holds `{"_artifact_": name}`.
    """

    form: str
    state: Mapping[str, Any]
    config: Any = None
    artifacts: Mapping[str, ArtifactSource] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
