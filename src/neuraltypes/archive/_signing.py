"""Detached Ed25519 signatures of archives: who has the key says that this archive, whole, is theirs.

What is signed is the archive's digest, with a line before it that no other kind of signature has. Keys are PEM files as
OpenSSL writes them.

Source: https://www.rfc-editor.org/rfc/rfc8032
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from neuraltypes.archive import _json, _remote
from neuraltypes.archive._names import shown
from neuraltypes.archive._reader import Archive, open_file, size_of_file
from neuraltypes.archive.errors import ArchiveError, SignatureError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Path_: TypeAlias = str | os.PathLike[str]

SUFFIX = ".sig"

_FORMAT, _VERSION = "neuraltypes-signature", 1
_LIMITS = _json.Limits(size=4096, values=16, depth=2)


class _Signature(NamedTuple):
    """What a signature file says; only `bytes` counts, `digest` is for the words of an error."""

    digest: str
    bytes: bytes


def sign(path: Path_, key: Path_, signature: Path_ | None = None) -> str:
    """Sign an archive, after all of it was verified, and give the path of the signature: that of the archive + `.sig`.

    `key` is the private key's PEM file.

    Raises:
        ArchiveError: the archive is damaged.
        SignatureError: there is no private Ed25519 key in the file.
        OSError: a file cannot be read or written.
        ImportError: cryptography is not installed.
    """
    target = _place(path, signature)
    private = _private_key(key)
    with Archive.open(path) as archive:
        archive.verify(bar=True)
        signed = private.sign(_message(archive.digest))
        entries = {"format": _FORMAT, "version": _VERSION, "digest": archive.digest}
    text = _json.encode(entries | {"signature": base64.b64encode(signed).decode()}, "signature", _LIMITS) + b"\n"
    with _remote.writing(target, len(text)) as descriptor:
        os.write(descriptor, text)
    return target


def require_signed(archive: Archive, key: Path_, signature: Path_ | None = None) -> None:
    """Refuse an archive that the owner of a key did not sign; `key` is the public key's PEM file.

    What the archive's digest stands for is verified when it is read, and tensors and artifacts by `verify`.

    Raises:
        SignatureError: the signature is malformed, of another archive or by another key.
        OSError: a file cannot be read.
        ImportError: cryptography is not installed.
    """
    public = _public_key(key)
    place = _place(archive.path, signature)
    found = _read(place)
    from cryptography.exceptions import InvalidSignature

    if found.digest != archive.digest:
        raise SignatureError(
            f"{place}: a signature of {shown(found.digest)}, but {archive.path} is {archive.digest}",
            path=place,
            got=found.digest,
            expected=archive.digest,
        )
    try:
        public.verify(found.bytes, _message(archive.digest))
    except InvalidSignature:
        raise SignatureError(
            f"{place}: not signed with the key of {os.fspath(key)}, or damaged", path=place, key=os.fspath(key)
        ) from None


def _place(path: Path_, signature: Path_ | None) -> str:
    return os.fspath(path) + SUFFIX if signature is None else os.fspath(signature)


def _message(digest: str) -> bytes:
    return f"{_FORMAT} {_VERSION}\n{digest}\n".encode()


def _read(place: str) -> _Signature:
    try:
        data = _json.decode_loosely(_read_small(place), "the signature", _LIMITS)
        if not isinstance(data, dict) or (data.get("format"), data.get("version")) != (_FORMAT, _VERSION):
            raise SignatureError(f"no signature: it does not say format {_FORMAT!r}, version {_VERSION}")
        return _Signature(_text(data, "digest"), base64.b64decode(_text(data, "signature"), validate=True))
    except (ArchiveError, ValueError) as error:
        raise SignatureError(f"{place}: {error}", path=place) from None


def _read_small(place: str) -> bytes:
    descriptor = open_file(place)
    with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor, that of a download perhaps
        size_of_file(descriptor)
        return file.read(_LIMITS.size + 1)


def _text(data: dict[str, Any], name: str) -> str:
    if not isinstance(value := data.get(name), str):
        raise SignatureError(f"no signature: it has no {name}")
    return value


def _private_key(path: Path_) -> Ed25519PrivateKey:
    serialization = _serialization()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key: Ed25519PrivateKey = _load(path, lambda pem: serialization.load_pem_private_key(pem, None), Ed25519PrivateKey)
    return key


def _public_key(path: Path_) -> Ed25519PublicKey:
    serialization = _serialization()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key: Ed25519PublicKey = _load(path, serialization.load_pem_public_key, Ed25519PublicKey)
    return key


def _load(path: Path_, load: Callable[[bytes], Any], kind: type) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm

    expected = f"expected the PEM file of an {kind.__name__.replace('PublicKey', ' public key')}"
    expected = expected.replace("PrivateKey", " private key without a password")
    try:
        key = load(Path(path).read_bytes())
    except (TypeError, ValueError, UnsupportedAlgorithm):  # encrypted; no such key; one of another kind
        key = None
    if not isinstance(key, kind):
        raise SignatureError(f"{os.fspath(path)}: {expected}", path=os.fspath(path))
    return key


def _serialization() -> Any:
    try:
        from cryptography.hazmat.primitives import serialization
    except ImportError:
        raise ImportError("signatures need cryptography: pip install 'neuraltypes[signing]'") from None
    return serialization
