"""Archives: one file holds a whole model, and nothing in it can run.

Reading needs no torch: `Archive.open(path)` gives config, interface, tensors, artifacts and manifest.
"""

from __future__ import annotations

from neuraltypes.archive._reader import Archive, ArchivedTensor, Artifact
from neuraltypes.archive.errors import (
    ArchiveError,
    ArtifactError,
    ClassNotFoundError,
    ConfigError,
    ContentError,
    DigestError,
    InterfaceError,
    LimitError,
    NotAnArchiveError,
    NotCanonicalError,
    StateError,
    TruncatedError,
    VersionError,
    WeightsError,
)

__all__ = [
    "Archive",
    "ArchiveError",
    "ArchivedTensor",
    "Artifact",
    "ArtifactError",
    "ClassNotFoundError",
    "ConfigError",
    "ContentError",
    "DigestError",
    "InterfaceError",
    "LimitError",
    "NotAnArchiveError",
    "NotCanonicalError",
    "StateError",
    "TruncatedError",
    "VersionError",
    "WeightsError",
]
