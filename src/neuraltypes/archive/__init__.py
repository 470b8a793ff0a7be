"""Archives: one file holds a whole model, and nothing in it can run.

Reading needs no torch: `Archive.open(path)` gives config, interface, tensors, artifacts and manifest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuraltypes._lazy import lazy_names
from neuraltypes.archive._reader import Archive, ArchivedTensor, Artifact
from neuraltypes.archive.errors import (
    ArchiveError,
    ArtifactError,
    ClassNotFoundError,
    ConfigError,
    ContentError,
    DigestError,
    ExportError,
    InterfaceError,
    LimitError,
    NotAnArchiveError,
    NotCanonicalError,
    SignatureError,
    SourceError,
    StateError,
    TruncatedError,
    VersionError,
    WeightsError,
)

if TYPE_CHECKING:
    from neuraltypes.archive._extract import extract_state_dict, pack, unpack
    from neuraltypes.archive._hub import Pulled, Pushed, pull, push
    from neuraltypes.archive._signing import require_signed, sign
    from neuraltypes.archive.importing import Imported, import_checkpoint

# What writes is loaded at first use: `inspect` is a process of its own each time.
_MODULES = {
    "neuraltypes.archive._extract": ("extract_state_dict", "pack", "unpack"),
    "neuraltypes.archive._hub": ("Pulled", "Pushed", "pull", "push"),
    "neuraltypes.archive._signing": ("require_signed", "sign"),
    "neuraltypes.archive.importing": ("Imported", "import_checkpoint"),
}

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
    "ExportError",
    "Imported",
    "InterfaceError",
    "LimitError",
    "NotAnArchiveError",
    "NotCanonicalError",
    "Pulled",
    "Pushed",
    "SignatureError",
    "SourceError",
    "StateError",
    "TruncatedError",
    "VersionError",
    "WeightsError",
    "extract_state_dict",
    "import_checkpoint",
    "pack",
    "pull",
    "push",
    "require_signed",
    "sign",
    "unpack",
]

__getattr__, __dir__ = lazy_names(globals(), _MODULES)
