"""Errors of archives: one base, one subclass per cause, each with its details as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from neuraltypes.config import errors as config

__all__ = [
    "ArchiveError",
    "ArtifactError",
    "ClassNotFoundError",
    "ConfigError",
    "ContentError",
    "DigestError",
    "ExportError",
    "InterfaceError",
    "LimitError",
    "NotAnArchiveError",
    "NotCanonicalError",
    "SignatureError",
    "SourceError",
    "StateError",
    "TruncatedError",
    "VersionError",
    "WeightsError",
]


class ArchiveError(Exception):
    """An archive that cannot be read, written or restored; `details` holds the names and values of the message."""

    def __init__(self, message: str, /, **details: Any) -> None:
        super().__init__(message)
        self.details = details

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), str(self), self.details)


class NotAnArchiveError(ArchiveError):
    """The file is something else: a folder, a device, a pickle, another kind of ZIP."""


class TruncatedError(ArchiveError):
    """The file does not end as an archive does: it was cut off, or something was appended."""


class NotCanonicalError(ArchiveError):
    """A part is not written in the one way in which it can be written."""


class LimitError(ArchiveError):
    """A part is larger, deeper or more numerous than what a reader takes."""


class ContentError(ArchiveError):
    """A part says something that is malformed, or that disagrees with another part."""


class WeightsError(ContentError):
    """The table of tensors is malformed: overlaps, holes, unknown dtypes, sizes that do not agree."""


class VersionError(ArchiveError):
    """The archive is of a format version that this reader does not know."""


class DigestError(ArchiveError):
    """Bytes are not those that were saved."""


class SignatureError(ArchiveError):
    """A signature that is malformed, of another archive or by another key; or a key that cannot be one."""


class ClassNotFoundError(ArchiveError):
    """No imported or allowed class has the archived name."""


class ConfigError(ArchiveError, config.ConfigError):
    """The config is no plain data, or the class does not take it; `problems` as of any config's error."""

    def __init__(self, message: str, /, *, problems: Sequence[config.Problem] = (), **details: Any) -> None:
        Exception.__init__(self, message)
        self.details = details | {"problems": tuple(problems) or (config.Problem("", message),)}

    @property
    def problems(self) -> tuple[config.Problem, ...]:
        """What does not fit, in the order of the config."""
        problems: tuple[config.Problem, ...] = self.details["problems"]
        return problems

    def __str__(self) -> str:
        return Exception.__str__(self)


class ExportError(ArchiveError):
    """A model that cannot be written as a program of torch.export or as ONNX."""


class InterfaceError(ArchiveError):
    """The archived `forward` and that of the class are not compatible."""


class SourceError(ArchiveError):
    """A file to import is of no known form, damaged, deceptive, or needs more than weights."""


class StateError(ArchiveError):
    """A state dict that cannot be saved, or that does not fit the model."""


class ArtifactError(ArchiveError):
    """An artifact that cannot be saved, found or told apart."""


@contextmanager
def naming(place: object) -> Iterator[None]:
    """Put the file that is read before each message."""
    try:
        yield
    except ArchiveError as error:
        if "path" not in error.details:
            error.details["path"] = str(place)
            error.args = (f"{place}: {error}",)
        raise


def _rebuild(cls: type[ArchiveError], message: str, details: dict[str, Any]) -> ArchiveError:
    return cls(message, **details)
