"""Archives without torch: what is read, the command line, plain files of weights, and other readers of the same."""

import contextlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from neuraltypes import NeuralModule
from neuraltypes._command_line import main
from neuraltypes.archive import Archive, ArchiveError, ContentError, extract_state_dict, pack, unpack
from neuraltypes.archive._signature import signature
from neuraltypes.archive._sums import Sums, combine, sums_of
from neuraltypes.archive._writer import Content, write
from neuraltypes.elements import AudioSignal, LogitsType
from tests.archive._build import (
    SMALL_CONFIG,
    SMALL_STATE,
    container,
    parts,
    reassembled,
    small_archive,
    small_content,
    weights,
)
from tests.archive.test_hostile import WEIGHTS
from tests.archive.test_models import Classifier, Encoder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_archive(tmp_path / "small.nt")


def test_what_an_archive_holds(path: Path) -> None:
    with Archive.open(path) as archive:
        assert archive.config == SMALL_CONFIG
        assert archive.interface is None
        assert (archive.class_name, archive.class_version) == ("pkg.Encoder", 2)
        assert archive.metadata == {"epoch": 3}
        assert list(archive.tensors) == ["encoder.steps", "decoder.weight", "nothing", "mask", "encoder.weight"]
        tensor = archive.tensors["decoder.weight"]
        assert (tensor.dtype, tensor.shape, tensor.size, tensor.items, tensor.alias_of) == ("F32", (2, 3), 24, 6, None)
        assert archive.tensors["encoder.weight"] == tensor._replace(name="encoder.weight", alias_of="decoder.weight")
        assert archive.tensor_bytes("encoder.weight").cast("f").tolist() == [0, 1, 2, 3, 4, 5]
        assert archive.artifacts["vocabulary"].read_bytes() == b"a\nb\n"
        assert archive.artifacts["tables"].read_bytes("one") == b"1"
        with pytest.raises(KeyError, match="name one of its files"):
            archive.artifacts["tables"].read_bytes()


def test_weights_begin_on_a_page(path: Path) -> None:
    with Archive.open(path) as archive:
        assert archive.members["weights.safetensors"].content % 4096 == 0
        assert all(t.offset % (t.size // t.items) == 0 for t in archive.tensors.values() if t.size and t.dtype != "F4")


def test_a_closed_archive_says_so_and_mapped_bytes_stay(path: Path) -> None:
    with Archive.open(path) as archive:
        view = archive.tensor_bytes("decoder.weight")
    path.unlink()
    assert view.cast("f").tolist() == [0, 1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="the archive is closed"):
        archive.read("config.json")


def test_a_file_that_is_replaced_while_it_is_open(path: Path, tmp_path: Path) -> None:
    with Archive.open(path) as archive:
        write(path, Content())
        archive.verify()
        assert archive.read("config.json") != Archive.open(path).read("config.json")


# What other programs read.


def test_zipfile_and_unzip_read_it(path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert {name: file.read(name) for name in file.namelist()} == parts(path)
        assert json.loads(file.read("config.json")) == SMALL_CONFIG
    subprocess.run(["unzip", "-q", str(path), "-d", str(tmp_path / "out")], check=True)
    unpack(path, tmp_path / "mine")
    theirs = {p.relative_to(tmp_path / "out").as_posix(): p.read_bytes() for p in (tmp_path / "out").rglob("*.*")}
    assert theirs.items() <= parts(path).items()
    assert all((tmp_path / "mine" / name).read_bytes() == content for name, content in parts(path).items())


def test_safetensors_reads_the_weights(path: Path, tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.torch")
    loaded = safetensors.load(parts(path)["weights.safetensors"])
    assert loaded.keys() == SMALL_STATE.keys() - {"encoder.weight"}
    assert all(torch.equal(tensor, SMALL_STATE[name]) for name, tensor in loaded.items())
    owned = {
        name: tensor
        for name, tensor in SMALL_STATE.items()
        if tensor.dtype is torch.float32 and name != "encoder.weight"
    }
    write(tmp_path / "floats.nt", small_content(owned))
    assert parts(tmp_path / "floats.nt")["weights.safetensors"] == safetensors.save(owned, {"format": "pt"})


def test_weights_of_safetensors_are_packed(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.torch")
    (tmp_path / "folder").mkdir()
    state = {"b": torch.arange(3, dtype=torch.int16), "a": torch.randn(2, 2)}
    safetensors.save_file(state, tmp_path / "folder" / "weights.safetensors", {"written": "elsewhere", "format": "pt"})
    pack(tmp_path / "folder", tmp_path / "model.nt")
    state_again = NeuralModule.extract_state_dict_from(tmp_path / "model.nt")
    assert state.keys() == state_again.keys()
    assert all(torch.equal(state[name], state_again[name]) for name in state)


# Where an archive's table has one form alone, or safetensors takes without a word what cannot be meant.
STRICTER = {
    *("an entry twice", "an entry more", "no name", "100 axes", "spaces before the table", "no padding"),
    *("no metadata", "other metadata", "more metadata", "the second first"),
}


def test_what_safetensors_refuses_is_refused() -> None:
    safetensors = pytest.importorskip("safetensors.torch")
    accepted = set()
    for name, (content, _) in WEIGHTS.items():
        with contextlib.suppress(Exception):  # whatever it raises
            safetensors.load(content)
            accepted.add(name)
    assert accepted == STRICTER


# Folders and plain files.


def test_an_unpacked_archive_packs_to_the_same_bytes(path: Path, tmp_path: Path) -> None:
    unpack(path, tmp_path / "folder")
    digest = pack(tmp_path / "folder", tmp_path / "again.nt")
    assert (tmp_path / "again.nt").read_bytes() == path.read_bytes()
    assert Archive.open(path).digest == digest


def test_a_damaged_archive_is_not_unpacked(path: Path, tmp_path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(b"a\nb\n")] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArchiveError):
        unpack(path, tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_unpacking_into_a_folder_that_exists(path: Path, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        unpack(path, tmp_path)


def test_weights_as_plain_files(path: Path, tmp_path: Path) -> None:
    files = extract_state_dict(path, tmp_path / "out", split_by_module=True)
    assert sorted(file.name for file in files) == [
        "decoder.safetensors",
        "encoder.safetensors",
        "model_weights.safetensors",
    ]
    (tmp_path / "folder").mkdir()
    (tmp_path / "out" / "encoder.safetensors").rename(tmp_path / "folder" / "weights.safetensors")
    pack(tmp_path / "folder", tmp_path / "encoder.nt")
    state = NeuralModule.extract_state_dict_from(tmp_path / "encoder.nt")
    assert torch.equal(state["weight"], SMALL_STATE["encoder.weight"])


@pytest.mark.parametrize("name", ["../escape.weight", "/etc/x.weight", "a/b.weight", "con.weight", "..weight"])
def test_modules_whose_names_are_no_file_names(tmp_path: Path, name: str) -> None:
    write(tmp_path / "model.nt", small_content({name: torch.zeros(2)}))
    with pytest.raises(ContentError, match="has no file"):
        extract_state_dict(tmp_path / "model.nt", tmp_path / "out", split_by_module=True)
    assert not (tmp_path / "out").exists()


def test_modules_that_would_share_a_file(tmp_path: Path) -> None:
    write(tmp_path / "model.nt", small_content({"a.weight": torch.zeros(2), "A.weight": torch.zeros(2)}))
    with pytest.raises(ContentError, match="have the same name"):
        extract_state_dict(tmp_path / "model.nt", tmp_path / "out", split_by_module=True)
    write(tmp_path / "model.nt", small_content({"x": torch.zeros(2), "model_weights.x": torch.zeros(2)}))
    with pytest.raises(ContentError, match="cannot be split"):
        extract_state_dict(tmp_path / "model.nt", tmp_path / "out", split_by_module=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "weights.safetensors").write_bytes(weights({}, 8)), "the tensors have 0 bytes"),
        (lambda folder: (folder / "config.json").write_text("{"), "config is no JSON"),
        (lambda folder: (folder / "manifest.json").write_text("{}"), 'does not say "format"'),
        (lambda folder: (folder / "artifacts" / "tables" / ".x").touch(), r"the name '\.x'"),
    ],
)
def test_folders_that_are_no_archives(path: Path, tmp_path: Path, change: Callable[[Path], Any], message: str) -> None:
    unpack(path, tmp_path / "folder")
    change(tmp_path / "folder")
    with pytest.raises(ArchiveError, match=message):
        pack(tmp_path / "folder", tmp_path / "again.nt")
    assert not (tmp_path / "again.nt").exists()


# The command line.


def test_inspect(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:5] == ["class       pkg.Encoder, version 2", "written by  neuraltypes 0.1.0", "config"]
    assert '  name: "näme"' in lines
    assert "tensors     5, 10 values, I64 8 B, F32 24 B, BOOL 3 B" in lines
    assert lines[lines.index("  encoder  8 B") + 1 :][:2] == [
        "    steps  I64 []  8 B",
        "    weight  F32 [2, 3]  24 B  is decoder.weight",
    ]
    assert any(line.startswith("  vocabulary  file, 4 B, ") for line in lines)


def test_inspect_as_json(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--json", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["config"] == SMALL_CONFIG
    assert found["values"] == 10
    assert [tensor["name"] for tensor in found["tensors"]][-1] == "encoder.weight"
    assert found["artifacts"][0] | {"sha256": ""} == {
        "name": "tables", "kind": "folder", "owner": None, "size": 1, "files": ["in/two", "one"], "sha256": ""
    }  # fmt: skip


def test_texts_of_an_archive_do_not_reach_the_terminal_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "\x1b[2J\x9b31m\u202e\r\n"
    state = {f"{hostile}.weight": torch.zeros(1)}
    write(tmp_path / "model.nt", small_content(state, config={hostile: hostile}, class_name=hostile))
    for command in (["inspect"], ["inspect", "--json"], ["verify"]):
        assert main([*command, str(tmp_path / "model.nt")]) == 0
        assert not set(capsys.readouterr().out) & {"\x1b", "\x9b", "\u202e", "\r"}


def test_verify(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = Archive.open(path).digest
    assert main(["verify", str(path)]) == 0
    assert capsys.readouterr().out == f"{digest}  {path}\n"
    assert main(["verify", "--digest", "sha256:0", str(path)]) == 2
    path.write_bytes(path.read_bytes().replace(b"a\nb\n", b"b\na\n"))
    assert main(["verify", str(path)]) == 2
    assert "'artifacts/vocabulary/vocab.txt' is not what was saved" in capsys.readouterr().err
    assert main(["verify", str(path.parent / "missing")]) == 2
    assert capsys.readouterr().err.startswith("error: [Errno 2]")


def test_diff(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = SMALL_STATE | {"mask": torch.tensor([True, True, True]), "new": torch.zeros(2)}
    config = SMALL_CONFIG | {"width": 4, "sizes": [1]}
    write(tmp_path / "other.nt", small_content(state, config=config, artifacts={}))
    assert main(["diff", str(path), str(path)]) == 0
    assert capsys.readouterr().out == "equal\n"
    assert main(["diff", str(path), str(tmp_path / "other.nt")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["~ config width: 3 -> 4", "- config sizes.1: 2"]
    assert [line.split(":")[0] for line in lines[2:]] == [
        "~ tensor mask",
        "+ tensor new",
        "- artifact tables",
        "- artifact vocabulary",
    ]
    assert main(["diff", "--json", str(path), str(tmp_path / "other.nt")]) == 1
    assert json.loads(capsys.readouterr().out)[0] == {"part": "config", "place": "width", "left": "3", "right": "4"}


def test_extract_and_pack(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", str(path), str(tmp_path / "folder")]) == 0
    assert main(["pack", str(tmp_path / "folder"), str(tmp_path / "again.nt")]) == 0
    assert (tmp_path / "again.nt").read_bytes() == path.read_bytes()
    assert main(["extract", "--weights", "pt", str(path), str(tmp_path / "out")]) == 0
    assert torch.load(tmp_path / "out" / "model_weights.pt").keys() == SMALL_STATE.keys()
    assert main(["extract", str(path), str(tmp_path / "folder")]) == 2
    assert "File exists" in capsys.readouterr().err


def test_an_interface_as_text(tmp_path: Path) -> None:
    model = Classifier(Encoder(), 3)
    assert signature(model.interface.to_json()) == str(model.interface)
    cases: list[Any] = [{}, [], {"required": [], "inputs": 1}, {"required": [], "inputs": [], "result": {"is": "code"}}]
    for hostile in cases:
        with pytest.raises(ContentError, match="the interface is malformed"):
            signature(hostile)


def test_interfaces_of_every_form() -> None:
    from neuraltypes import (
        DictSpec,
        Interface,
        ListSpec,
        OptionalSpec,
        RecordSpec,
        Spec,
        TensorSpec,
        TupleSpec,
        UnionSpec,
        ValueSpec,
    )

    tensor, value = TensorSpec("b t", LogitsType, "Float"), ValueSpec("int")
    specs: list[Spec] = [
        *(tensor, value, TensorSpec(), TensorSpec("b", AudioSignal(freq=16000)), OptionalSpec(tensor)),
        *(ListSpec(tensor), ListSpec(tensor, container="tuple"), ListSpec(tensor, container="sequence")),
        *(TupleSpec((tensor, value)), TupleSpec(()), DictSpec(tensor, ValueSpec("str")), UnionSpec((tensor, value))),
        RecordSpec("Out", (("a", tensor), ("b", value))),
        DictSpec(tensor, ValueSpec("str"), "mapping"),
    ]
    interface = Interface(tuple((f"x{n}", spec) for n, spec in enumerate(specs)), tensor, frozenset({"x0"}))
    assert signature(interface.to_json()) == str(interface)


@pytest.mark.parametrize("command", [["inspect"], ["verify"], ["diff"]])
def test_reading_loads_no_torch(path: Path, command: list[str]) -> None:
    arguments = [*command, str(path), *([str(path)] if command == ["diff"] else [])]
    code = (
        "import sys\nfrom neuraltypes._command_line import main\n"
        f"assert main({arguments!r}) == 0\n"
        "print('heavy:', *sorted({'torch', 'numpy', 'jaxtyping', 'beartype'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "heavy:"


def test_python_m_neuraltypes(path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "neuraltypes", "verify", str(path)], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("sha256:")


def test_what_the_documentation_shows_runs(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "archives.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "shown.py").write_text(
        "\n".join(blocks) + "\nassert vocabulary == b'a b' and same.vocabulary == imported.vocabulary == ['a', 'b']\n"
    )
    (tmp_path / "vocab.txt").write_text("a b")
    environment = os.environ | {"NEURALTYPES_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "shown.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "linear.weight F32 (64, 80) 20480" in done.stdout


# Checksums.


@pytest.mark.parametrize("sizes", [(0,), (1, 2), (1000, 0, 7), (1 << 20, 3, 1 << 18)])
def test_checksums_are_combined(sizes: tuple[int, ...]) -> None:
    pieces = [bytes(range(256)) * (size // 256) + b"x" * (size % 256) for size in sizes]
    assert combine(sums_of([piece]) for piece in pieces) == sums_of(pieces).crc
    assert combine([]) == 0 == sums_of([]).crc
    assert isinstance(sums_of(pieces), Sums)


def test_members_in_the_container_are_read_as_they_are(tmp_path: Path, path: Path) -> None:
    assert container(list(parts(path).items())) == path.read_bytes() == reassembled(parts(path))
