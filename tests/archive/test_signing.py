"""Signatures: an archive is accepted from the owner of the key alone, and what is wrong is said."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from neuraltypes._command_line import main
from neuraltypes.archive import Archive, ArchiveError, DigestError, SignatureError, require_signed, sign
from neuraltypes.archive._writer import write
from tests.archive._build import small_archive, small_content
from tests.archive.test_dataclasses import CONFIG, Encoder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_archive(tmp_path / "model.nt")


DOCS = Path(__file__).parents[2] / "docs" / "archives.md"


def new_key(folder: Path, name: str, encryption: KeySerializationEncryption | None = None) -> tuple[Path, Path]:
    """The files of a new private key and of its public one."""
    key = Ed25519PrivateKey.generate()
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return new_key(tmp_path, "mine")


def verify(path: Path, key: Path, signature: Path | None = None) -> None:
    with Archive.open(path) as archive:
        require_signed(archive, key, signature)


def test_a_signed_archive_is_accepted(path: Path, keys: tuple[Path, Path]) -> None:
    assert sign(path, keys[0]) == f"{path}.sig"
    verify(path, keys[1])


def test_the_signature_may_lie_elsewhere(path: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    sign(path, keys[0], tmp_path / "other.sig")
    verify(path, keys[1], tmp_path / "other.sig")
    with pytest.raises(FileNotFoundError):
        verify(path, keys[1])


def test_another_key(path: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    sign(path, keys[0])
    _, other = new_key(tmp_path, "other")
    with pytest.raises(SignatureError, match=r"model\.nt\.sig: not signed with the key of .*other\.pub"):
        verify(path, other)


def test_another_archive(path: Path, keys: tuple[Path, Path]) -> None:
    sign(path, keys[0])
    write(path, small_content(metadata={"epoch": 4}))
    with pytest.raises(SignatureError, match=r"a signature of 'sha256:\w+', but .*model\.nt is sha256:"):
        verify(path, keys[1])


def test_a_signature_that_is_renamed_to_another_archive(path: Path, keys: tuple[Path, Path]) -> None:
    signature = Path(sign(path, keys[0]))
    digest = write(path, small_content(metadata={"epoch": 4}))
    signature.write_text(json.dumps(json.loads(signature.read_text()) | {"digest": digest}))
    with pytest.raises(SignatureError, match="not signed with the key"):
        verify(path, keys[1])


def test_a_signature_of_the_bare_digest_is_none(path: Path, keys: tuple[Path, Path]) -> None:
    """What a key signed for another purpose must not count."""
    signature = Path(sign(path, keys[0]))
    found = json.loads(signature.read_text())
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(keys[0].read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    found["signature"] = base64.b64encode(key.sign(found["digest"].encode())).decode()
    signature.write_text(json.dumps(found))
    with pytest.raises(SignatureError, match="not signed with the key"):
        verify(path, keys[1])


def test_every_truncation_and_every_changed_byte(path: Path, keys: tuple[Path, Path]) -> None:
    signature = Path(sign(path, keys[0]))
    text = signature.read_bytes()
    for size in range(len(text) - 1):  # the last byte ends the line
        signature.write_bytes(text[:size])
        with pytest.raises(SignatureError, match=r"^.*model\.nt\.sig: "):
            verify(path, keys[1])
    for position in range(len(text) - 1):
        signature.write_bytes(text[:position] + bytes([text[position] ^ 1]) + text[position + 1 :])
        with pytest.raises(SignatureError):
            verify(path, keys[1])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"format":"neuraltypes-signature","version":2,"digest":"","signature":""}',
        b'{"format":"neuraltypes-signature","version":1,"digest":1,"signature":""}',
        b'{"format":"neuraltypes-signature","version":1,"digest":"x"}',
        b'{"format":"neuraltypes-signature","version":1,"digest":"x","signature":"\xc3\xa9"}',
        b"[" * 100_000,
        b" " * 100_000,
        b"-----BEGIN PUBLIC KEY-----",
    ],
)
def test_files_that_are_no_signatures(path: Path, keys: tuple[Path, Path], text: bytes) -> None:
    Path(f"{path}.sig").write_bytes(text)
    with pytest.raises(SignatureError):
        verify(path, keys[1])


def test_a_pipe_does_not_hang(path: Path, keys: tuple[Path, Path]) -> None:
    os.mkfifo(f"{path}.sig")
    with pytest.raises(ArchiveError):
        verify(path, keys[1])


def test_keys_that_cannot_be_one(path: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = keys
    other = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "ec.pem").write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    encrypted, _ = new_key(tmp_path, "encrypted", BestAvailableEncryption(b"password"))
    for wrong in (public, tmp_path / "ec.pem", encrypted, path):
        with pytest.raises(SignatureError, match="expected the PEM file of an Ed25519 private key without a password"):
            sign(path, wrong)
    sign(path, private)
    for wrong in (private, path):
        with pytest.raises(SignatureError, match=r": expected the PEM file of an Ed25519 public key$"):
            verify(path, wrong)


def test_a_damaged_archive_is_not_signed(path: Path, keys: tuple[Path, Path]) -> None:
    with Archive.open(path) as archive:
        offset = archive.tensors["mask"].offset
    data = path.read_bytes()
    path.write_bytes(data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :])
    with pytest.raises(DigestError, match="mask"):
        sign(path, keys[0])
    assert not Path(f"{path}.sig").exists()


def test_restoring_with_a_key(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    path = tmp_path / "encoder.nt"
    Encoder(CONFIG).save_to(path)
    sign(path, keys[0])
    assert Encoder.restore_from(path, public_key=keys[1]).config == CONFIG
    _, other = new_key(tmp_path, "other")
    with pytest.raises(SignatureError):
        Encoder.restore_from(path, public_key=other)
    with pytest.raises(ValueError, match="tensors that are not verified"):
        Encoder.restore_from(path, public_key=keys[1], verify=False)


def test_the_commands(path: Path, keys: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    private, public = map(str, keys)
    assert main(["sign", str(path), "--key", private]) == 0
    assert capsys.readouterr().out == f"{path}.sig\n"
    assert main(["verify", str(path), "--key", public]) == 0
    assert main(["verify", str(path), "--key", public, "--signature", private]) == 2
    assert "error: " in capsys.readouterr().err
    assert main(["verify", str(path), "--signature", f"{path}.sig"]) == 2, "a signature without a key says nothing"


def test_the_documented_way_to_make_keys(path: Path, tmp_path: Path) -> None:
    commands = [
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", "key.pem"],
        ["openssl", "pkey", "-in", "key.pem", "-pubout", "-out", "key.pub"],
    ]
    for command in commands:
        try:
            subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        except FileNotFoundError:
            pytest.skip("openssl is not installed")
        assert " ".join(command) in DOCS.read_text()
    sign(path, tmp_path / "key.pem")
    verify(path, tmp_path / "key.pub")


def test_without_the_extra(
    path: Path, keys: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(ImportError, match=r"pip install 'neuraltypes\[signing\]'"):
        verify(path, keys[1])
    assert main(["sign", str(path), "--key", str(keys[0])]) == 2
    assert "error: signatures need cryptography" in capsys.readouterr().err
