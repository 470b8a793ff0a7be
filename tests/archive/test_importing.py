"""Checkpoints of other libraries become archives: all of them comes in, nothing of them runs, and misfits are told."""

import gzip
import io
import json
import os
import pickle
import random
import struct
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
import yaml  # type: ignore[import-untyped]
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule
from neuraltypes._command_line import main
from neuraltypes.archive import (
    Archive,
    ArchiveError,
    ConfigError,
    ContentError,
    LimitError,
    SourceError,
    StateError,
    import_checkpoint,
)
from neuraltypes.archive.importing import _tar
from neuraltypes.archive.importing._data import as_data
from neuraltypes.archive.importing._table import rename
from neuraltypes.archive.importing._yaml import decode_yaml

UUID = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEURALTYPES_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Recognizer(NeuralModule):
    def __init__(self, *, width: int, vocabulary: str | Path | None = None, rate: float = 0.5) -> None:
        super().__init__()
        self.body = nn.Linear(3, width)
        self.out = nn.Linear(width, 2, bias=False)
        self.words = None
        if vocabulary is not None:
            self.words = self.register_artifact("vocabulary", vocabulary).read_text().split()

    def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 2"]:
        logits: Tensor = self.out(self.body(x))
        return logits


class Tied(NeuralModule):
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(4, 3)
        self.head = nn.Linear(3, 4, bias=False)
        self.head.weight = self.table.weight

    def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 4"]:
        logits: Tensor = self.head(x)
        return logits


WEIGHTS = {
    "encoder.weight": torch.arange(12.0).reshape(4, 3),
    "encoder.bias": torch.ones(4),
    "decoder.weight": torch.full((2, 4), 0.5),
}
NAMES = {"encoder.*": "body.*", "decoder.*": "out.*"}
NEMO_CONFIG = {
    "target": "nemo.collections.asr.models.EncDecCTCModel",
    "nemo_version": "2.6.0",
    "encoder": {"_target_": "nemo.Encoder", "d_model": 4, "dropout": 1e-05},
    "tokenizer": {"dir": None, "vocab_path": f"nemo:{UUID}_vocab.txt"},
    "inner": {"lm": {"vocab": f"nemo:{UUID}_my words (1).txt"}},
    "train_ds": {"manifest_filepath": "/home/someone/train.json", "path": "${oc.env:SECRET}"},
}
FILES = {f"{UUID}_vocab.txt": b"a b\n", f"{UUID}_my words (1).txt": b"c\n"}
MODEL = {"width": {"_from_": "encoder.d_model"}, "vocabulary": {"_from_": "tokenizer.vocab_path"}}


def torch_file(value: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def tar_of(members: Mapping[str, bytes], mode: str = "w:", *, root: bool = True) -> bytes:
    """A tar as NeMo makes it: the folder itself first, then its files, with `./` before their names."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as tar:  # type: ignore[call-overload]
        if root:
            folder = tarfile.TarInfo(".")
            folder.type = tarfile.DIRTYPE
            tar.addfile(folder)
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.mtime = 1.5  # not whole, as of real files
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def nemo_members(prefix: str = "./", config: Mapping[str, Any] = NEMO_CONFIG) -> dict[str, bytes]:
    return {
        f"{prefix}model_config.yaml": yaml.safe_dump(dict(config)).encode(),
        f"{prefix}model_weights.ckpt": torch_file(WEIGHTS),
        **{f"{prefix}{name}": content for name, content in FILES.items()},
    }


@pytest.fixture
def nemo(tmp_path: Path) -> Path:
    path = tmp_path / "model.nemo"
    path.write_bytes(tar_of(nemo_members()))
    return path


def assert_weights(path: Path, names: Mapping[str, str], weights: Mapping[str, Tensor] = WEIGHTS) -> None:
    loaded = NeuralModule.extract_state_dict_from(path)
    assert loaded.keys() == {names.get(name, name) for name in weights}
    for name, tensor in weights.items():
        assert torch.equal(loaded[names.get(name, name)], tensor), name


BODY = {"encoder.weight": "body.weight", "encoder.bias": "body.bias", "decoder.weight": "out.weight"}


# NeMo.


@pytest.mark.parametrize("mode", ["w:", "w:gz"])
@pytest.mark.parametrize("prefix", ["./", ""])
def test_a_nemo_file_becomes_an_archive_of_a_class(tmp_path: Path, mode: str, prefix: str) -> None:
    (tmp_path / "model.nemo").write_bytes(tar_of(nemo_members(prefix), mode, root=bool(prefix)))
    done = import_checkpoint(tmp_path / "model.nemo", tmp_path / "model.nt", cls=Recognizer, names=NAMES, config=MODEL)
    (tmp_path / "model.nemo").unlink()
    model = Recognizer.restore_from(tmp_path / "model.nt", expected_digest=done.digest)
    assert torch.equal(model.body.weight, WEIGHTS["encoder.weight"])
    assert torch.equal(model.out.weight, WEIGHTS["decoder.weight"])
    assert model.words == ["a", "b"]
    assert model.artifact_path("vocabulary").name == "vocab.txt"
    assert (done.form, done.unmatched) == ("nemo", ())
    assert any("inner.lm.vocab" in note for note in done.notes), "an artifact that no module registers is told"
    with Archive.open(tmp_path / "model.nt") as archive:
        archive.verify()
        assert archive.class_name == f"{__name__}.Recognizer"
        assert archive.config == {"width": 4, "vocabulary": {"_artifact_": "vocabulary"}, "rate": 0.5}
        assert archive.interface == model.interface.to_json()
        assert archive.provenance["nemo"] == "2.6.0"
    digest = model.save_to(tmp_path / "again.nt", metadata={"imported": done_metadata(tmp_path / "model.nt")})
    with Archive.open(tmp_path / "again.nt") as again, Archive.open(tmp_path / "model.nt") as archive:
        assert again.config == archive.config
        assert {n: t.sha256 for n, t in again.tensors.items()} == {n: t.sha256 for n, t in archive.tensors.items()}
        assert digest != done.digest, "only for the version of NeMo"


def done_metadata(path: Path) -> Any:
    with Archive.open(path) as archive:
        return archive.metadata["imported"]


def test_a_nemo_file_without_a_class_is_tensors_config_and_artifacts(tmp_path: Path, nemo: Path) -> None:
    done = import_checkpoint(nemo, tmp_path / "model.nt")
    assert_weights(tmp_path / "model.nt", {})
    with Archive.open(tmp_path / "model.nt") as archive:
        assert archive.class_name is None
        assert archive.config == NEMO_CONFIG | {
            "tokenizer": {"dir": None, "vocab_path": {"_artifact_": "tokenizer.vocab_path"}},
            "inner": {"lm": {"vocab": {"_artifact_": "inner.lm.vocab"}}},
        }
        assert archive.artifacts["tokenizer.vocab_path"].read_bytes("vocab.txt") == b"a b\n"
        assert archive.artifacts["inner.lm.vocab"].read_bytes("my_words__1_.txt") == b"c\n"
    assert done.notes == ("the file 'my words (1).txt' is called 'my_words__1_.txt', for archives take no other name",)
    assert import_checkpoint(nemo, tmp_path / "again.nt").digest == done.digest


def test_plain_tensors_fill_a_part_of_a_model_and_a_whole_one(tmp_path: Path, nemo: Path) -> None:
    import_checkpoint(nemo, tmp_path / "model.nt")
    rename = {"encoder.*": "body.*", "decoder.*": "out.*"}
    model = Recognizer.restore_from(tmp_path / "model.nt", config={"width": 4}, rename=rename)
    assert torch.equal(model.body.weight, WEIGHTS["encoder.weight"])

    class Part(NeuralModule):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(4, 3))
            self.bias = nn.Parameter(torch.zeros(4))

        def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b 4"]:
            return x @ self.weight.T + self.bias

    part = Part.restore_from(tmp_path / "model.nt", prefix="encoder")
    assert torch.equal(part.weight, WEIGHTS["encoder.weight"])
    assert NeuralModule.extract_state_dict_from(tmp_path / "model.nt", tmp_path / "out", split_by_module=True)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["decoder.safetensors", "encoder.safetensors"]


def test_an_old_nemo_file_names_its_artifacts_by_their_names_alone(tmp_path: Path) -> None:
    members = {
        "model_config.yaml": b"vocab: /home/them/vocab.txt\nother: [1, {a: x}]\n",
        "vocab.txt": b"a",
        "x.txt": b"b",
    }
    (tmp_path / "old.nemo").write_bytes(tar_of(members | {"model_weights.ckpt": torch_file(WEIGHTS)}, "w:gz"))
    done = import_checkpoint(tmp_path / "old.nemo", tmp_path / "model.nt")
    with Archive.open(tmp_path / "model.nt") as archive:
        assert archive.config["vocab"] == {"_artifact_": "vocab"}
        assert archive.artifacts["vocab"].read_bytes() == b"a"
        assert archive.artifacts["x.txt"].read_bytes() == b"b"
    assert done.notes == ("the config does not name 'x.txt': kept as an artifact of that name",)


def test_nothing_of_a_nemo_file_is_written_but_the_archive(tmp_path: Path, nemo: Path) -> None:
    (tmp_path / "there").mkdir()
    import_checkpoint(nemo, tmp_path / "there" / "model.nt")
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["model.nt"]
    assert not (tmp_path / "cache").exists()


def test_a_file_of_this_machine_that_a_config_names_is_not_packed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("password")
    config = NEMO_CONFIG | {"tokenizer": {"vocab_path": str(secret)}}
    (tmp_path / "model.nemo").write_bytes(tar_of(nemo_members(config=config)))
    with pytest.raises(ConfigError, match="of this machine"):
        import_checkpoint(tmp_path / "model.nemo", tmp_path / "model.nt", cls=Recognizer, names=NAMES, config=MODEL)
    given = {"width": 4, "vocabulary": str(tmp_path / "mine.txt")}
    (tmp_path / "mine.txt").write_text("of my own")
    import_checkpoint(tmp_path / "model.nemo", tmp_path / "model.nt", cls=Recognizer, names=NAMES, config=given)
    assert Recognizer.restore_from(tmp_path / "model.nt").words == ["of", "my", "own"]


@pytest.mark.parametrize("version", ["nemo:../x", "nemo:/etc/passwd", "nemo:missing"])
def test_a_config_that_names_what_the_tar_does_not_have(tmp_path: Path, version: str) -> None:
    (tmp_path / "model.nemo").write_bytes(tar_of(nemo_members(config={"a": {"b": [version]}})))
    with pytest.raises(SourceError, match=r"does not have: a\.b\.0: 'nemo:"):
        import_checkpoint(tmp_path / "model.nemo", tmp_path / "model.nt")


def entry(name: str, content: bytes = b"x", kind: bytes = tarfile.REGTYPE, **more: Any) -> bytes:
    """One raw member of a tar."""
    info = tarfile.TarInfo(name)
    info.size, info.type = len(content), kind
    for key, value in more.items():
        setattr(info, key, value)
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


def with_entry(raw: bytes) -> bytes:
    """A good .nemo file with one more member before its end."""
    good = tar_of(nemo_members())
    members = good.rstrip(b"\0")
    members += bytes(-len(members) % 512)
    return members + raw + bytes(1024)


HOSTILE_TARS: dict[str, tuple[Callable[[], bytes], str]] = {
    "parent": (lambda: with_entry(entry("../evil")), "leads out"),
    "parent inside": (lambda: with_entry(entry("a/../../evil")), "leads out"),
    "absolute": (lambda: with_entry(entry("/etc/evil")), "leads out"),
    "backslash": (lambda: with_entry(entry("..\\evil")), "leads out"),
    "drive": (lambda: with_entry(entry("C:evil")), "leads out"),
    "control character": (lambda: with_entry(entry("a\x1b[31m")), "leads out"),
    "empty part": (lambda: with_entry(entry("a//b")), "leads out"),
    "link": (lambda: with_entry(entry("l", b"", tarfile.SYMTYPE, linkname="/etc/passwd")), "is a link"),
    "hard link": (lambda: with_entry(entry("l", b"", tarfile.LNKTYPE, linkname="vocab")), "is a link"),
    "device": (lambda: with_entry(entry("d", b"", tarfile.CHRTYPE)), "is a device"),
    "FIFO": (lambda: with_entry(entry("d", b"", tarfile.FIFOTYPE)), "is a device"),
    "sparse": (lambda: with_entry(entry("s", b"", tarfile.GNUTYPE_SPARSE)), "is a sparse file|damaged"),
    "unknown type": (lambda: with_entry(entry("s", b"", b"Z")), "special member"),
    "config twice": (lambda: with_entry(entry("model_config.yaml", b"a: 1")), "two members 'model_config.yaml'"),
    "weights twice": (lambda: with_entry(entry("./model_weights.ckpt")), "two members"),
    "twice but for case": (lambda: with_entry(entry("MODEL_WEIGHTS.ckpt")), "two members"),
    "file and folder": (lambda: with_entry(entry("model_weights.ckpt", b"", tarfile.DIRTYPE)), "two members"),
    "damaged header": (lambda: with_entry(b"\1" * 512), "follows its last member"),
    "another tar": (lambda: tar_of(nemo_members()) + tar_of({"x": b""}), "follows its last member"),
    "cut off": (lambda: tar_of(nemo_members())[:3000], "damaged|cut off|weights"),
    "cut off gzip": (lambda: tar_of(nemo_members(), "w:gz")[:-30], "damaged"),
    "damaged gzip": (lambda: b"\x1f\x8b" + b"x" * 600, "damaged"),
    "size beyond the end": (lambda: with_entry(entry("big", b"", size=10**12)), "unpacks to"),
    "no config": (lambda: tar_of({"./model_weights.ckpt": torch_file(WEIGHTS)}), "has no model_config.yaml"),
    "no weights": (lambda: tar_of({"./model_config.yaml": b"a: 1"}), "has no model_weights.ckpt"),
    "ranks": (lambda: with_entry(entry("mp_rank_00/model_weights.ckpt")), "split among ranks"),
    "distributed": (lambda: with_entry(entry("model_weights/metadata.json")), "split among ranks"),
}


@pytest.mark.parametrize("case", HOSTILE_TARS)
def test_deceptive_tars_are_refused(tmp_path: Path, case: str) -> None:
    make, message = HOSTILE_TARS[case]
    (tmp_path / "model.nemo").write_bytes(make())
    with pytest.raises(ArchiveError, match=message):
        import_checkpoint(tmp_path / "model.nemo", tmp_path / "model.nt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.nemo"]


def test_a_good_tar_with_one_more_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "model.nemo").write_bytes(with_entry(entry("more.txt")))
    import_checkpoint(tmp_path / "model.nemo", tmp_path / "model.nt")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tar, "_SMALL", 1 << 20)
    data = gzip.compress(tar_of({"./zeros": bytes(8 << 20), **nemo_members()}))
    assert len(data) < 40_000
    (tmp_path / "model.nemo").write_bytes(data)
    with pytest.raises(LimitError, match="'zeros' unpacks to 8388608 bytes"):
        import_checkpoint(tmp_path / "model.nemo", tmp_path / "model.nt")


# Files of torch and of Lightning.


@pytest.mark.parametrize(
    "wrap",
    [lambda s: s, lambda s: {"state_dict": s}, lambda s: {"epoch": 3, "model": s}],
    ids=["flat", "state_dict", "model"],
)
def test_a_file_of_torch(tmp_path: Path, wrap: Callable[[Any], Any]) -> None:
    torch.save(wrap(WEIGHTS), tmp_path / "model.pt")
    done = import_checkpoint(tmp_path / "model.pt", tmp_path / "model.nt")
    assert_weights(tmp_path / "model.nt", {})
    assert done.form == "torch"
    assert done.notes == (("left out, for it is no weights: epoch",) if "epoch" in wrap(WEIGHTS) else ())


@pytest.mark.parametrize("zipped", [True, False])
def test_old_and_new_files_of_torch(tmp_path: Path, zipped: bool) -> None:
    torch.save(WEIGHTS, tmp_path / "model.pth", _use_new_zipfile_serialization=zipped)
    import_checkpoint(tmp_path / "model.pth", tmp_path / "model.nt", cls=Recognizer, names=NAMES, config={"width": 4})
    assert torch.equal(Recognizer.restore_from(tmp_path / "model.nt").body.bias, WEIGHTS["encoder.bias"])


def test_another_key_holds_the_state_dict(tmp_path: Path) -> None:
    torch.save({"ema": WEIGHTS, "step": 3}, tmp_path / "model.pt")
    with pytest.raises(SourceError, match="dicts are under 'ema': name it as the key"):
        import_checkpoint(tmp_path / "model.pt", tmp_path / "model.nt")
    import_checkpoint(tmp_path / "model.pt", tmp_path / "model.nt", key="ema")
    assert_weights(tmp_path / "model.nt", {})


def test_a_checkpoint_of_lightning(tmp_path: Path) -> None:
    from pytorch_lightning import LightningModule, Trainer

    class Training(LightningModule):
        def __init__(self, width: int, sizes: tuple[int, ...], place: Any) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.net = Recognizer(width=width)

        def training_step(self, batch: Any) -> Any:
            return self.net(x=batch).sum()

        def configure_optimizers(self) -> Any:
            return torch.optim.AdamW(self.parameters())

    trainer = Trainer(
        max_steps=1, logger=False, accelerator="cpu", enable_progress_bar=False, default_root_dir=tmp_path,
        enable_model_summary=False, enable_checkpointing=False,
    )  # fmt: skip
    module = Training(4, (1, 2), torch.float16)
    trainer.fit(module, torch.utils.data.DataLoader(Rows(), batch_size=2))
    trainer.save_checkpoint(tmp_path / "last.ckpt")
    config = {"width": {"_from_": "width"}}
    done = import_checkpoint(
        tmp_path / "last.ckpt", tmp_path / "model.nt", cls=Recognizer, names={"net.*": "*"}, config=config
    )
    restored = Recognizer.restore_from(tmp_path / "model.nt")
    assert torch.equal(restored.body.weight, module.net.body.weight)
    assert done.form == "lightning"
    assert "optimizer_states" in done.notes[0]
    import_checkpoint(tmp_path / "last.ckpt", tmp_path / "plain.nt")
    with Archive.open(tmp_path / "plain.nt") as archive:
        assert archive.config == {"width": 4, "sizes": {"_tuple_": [1, 2]}, "place": {"_dtype_": "float16"}}
        assert archive.provenance["pytorch-lightning"] == __import__("pytorch_lightning").__version__


class Rows(torch.utils.data.Dataset[Tensor]):
    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Tensor:
        return torch.full((3,), float(index))


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


class Harmless:
    pass


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize(
    ("value", "wanted"),
    [(Evil, "posix.mkdir"), (lambda _: Harmless(), f"{__name__}.Harmless")],
    ids=["evil", "harmless"],
)
def test_a_file_that_needs_more_than_weights_is_refused_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zipped: bool, value: Callable[[Path], Any], wanted: str
) -> None:
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    content = {"state_dict": WEIGHTS, "callbacks": value(tmp_path / "made")}
    torch.save(content, tmp_path / "model.pt", _use_new_zipfile_serialization=zipped)
    with pytest.raises(SourceError, match=rf"model\.pt: .* it wants {wanted}; nothing of it was run") as error:
        import_checkpoint(tmp_path / "model.pt", tmp_path / "model.nt")
    assert error.value.details["wanted"] == wanted
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.pt"]
    members = nemo_members() | {"./model_weights.ckpt": (tmp_path / "model.pt").read_bytes()}
    (tmp_path / "model.nemo").write_bytes(tar_of(members))
    with pytest.raises(SourceError, match=f"it wants {wanted}"):
        import_checkpoint(tmp_path / "model.nemo", tmp_path / "model.nt")
    assert not (tmp_path / "made").exists()


def test_a_flipped_bit_in_weights_is_found(tmp_path: Path) -> None:
    torch.save(WEIGHTS, tmp_path / "model.pt")
    data = bytearray((tmp_path / "model.pt").read_bytes())
    place = data.index(struct.pack("<4f", 0.0, 1.0, 2.0, 3.0))
    data[place + 5] ^= 1
    (tmp_path / "model.pt").write_bytes(data)
    assert not torch.equal(torch.load(tmp_path / "model.pt")["encoder.weight"], WEIGHTS["encoder.weight"]), "torch"
    with pytest.raises(SourceError, match="damaged"):
        import_checkpoint(tmp_path / "model.pt", tmp_path / "model.nt")


@pytest.mark.parametrize("name", ["model.pt", "model.nemo"])
def test_a_file_without_checksums_is_read(tmp_path: Path, name: str) -> None:
    torch.serialization.set_crc32_options(False)
    try:
        content = torch_file(WEIGHTS) if name == "model.pt" else tar_of(nemo_members())
    finally:
        torch.serialization.set_crc32_options(True)
    (tmp_path / name).write_bytes(content)
    import_checkpoint(tmp_path / name, tmp_path / "model.nt")
    assert_weights(tmp_path / "model.nt", {})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: b"", "no tar, no file of torch.save"),
        (lambda: b"GIF89a", "no tar, no file of torch.save"),
        (lambda: pickle.dumps([1], protocol=2), "weights|no plain"),
        (lambda: torch_file([torch.ones(1)]), "holds a list, expected a dict"),
        (lambda: torch_file({"a": 1}), "one of its keys should hold the state dict"),
        (lambda: torch_file({"state_dict": {1: torch.ones(1)}}), "names that are no texts"),
        (lambda: torch_file(WEIGHTS)[:700], "damaged|cannot read"),
        (lambda: torch_file({"a": torch.ones(2).to_sparse()}), "a: is sparse"),
        (lambda: torch_file({"a": torch.ones(2), "b": 3}), "b: is a int, expected a tensor"),
    ],
    ids=map(str, range(9)),
)
def test_files_that_are_no_checkpoints(tmp_path: Path, content: Callable[[], bytes], message: str) -> None:
    (tmp_path / "model.pt").write_bytes(content())
    with pytest.raises(ArchiveError, match=message):
        import_checkpoint(tmp_path / "model.pt", tmp_path / "model.nt")
    assert not (tmp_path / "model.nt").exists()


def mutated(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 8))):
        place = draw.randrange(len(changed))
        how = draw.random()
        if how < 0.6:
            changed[place] = draw.randrange(256)
        elif how < 0.75:
            del changed[place + 1 : place + draw.randrange(1, 600)]
        elif how < 0.9:
            changed[place:place] = draw.randbytes(draw.randrange(1, 20))
        else:
            del changed[place + 1 :]
    return bytes(changed)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol:UserWarning")
def test_mutations_raise_errors_of_archives_alone(tmp_path: Path) -> None:
    draw = random.Random(5)
    seeds = {
        "plain.nemo": tar_of(nemo_members()),
        "packed.nemo": tar_of(nemo_members(), "w:gz"),
        "model.pt": torch_file({"state_dict": WEIGHTS}),
        "old.pt": torch_file(WEIGHTS, _use_new_zipfile_serialization=False),
        "model.safetensors": safetensors.torch.save(WEIGHTS),
    }
    refused = 0
    for number in range(300):
        name = list(seeds)[number % len(seeds)]
        (tmp_path / name).write_bytes(mutated(seeds[name], draw))
        try:
            import_checkpoint(tmp_path / name, tmp_path / "model.nt")
        except ArchiveError:
            refused += 1
    assert refused > 200


def test_an_archive_is_one_already(tmp_path: Path) -> None:
    Recognizer(width=4).save_to(tmp_path / "model.nt")
    with pytest.raises(SourceError, match="an archive already"):
        import_checkpoint(tmp_path / "model.nt", tmp_path / "again.nt")


def test_no_file_and_a_pipe(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        import_checkpoint(tmp_path / "gone.pt", tmp_path / "model.nt")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="neither a file nor a folder"):
        import_checkpoint(tmp_path / "pipe", tmp_path / "model.nt")


# Folders of Hugging Face.


def hub_folder(folder: Path, *, shards: bool = False, pickled: bool = False) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"hidden": 4, "transformers_version": "5.1.0", "rope": None}))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "special_tokens_map.json").write_text("[]")
    (folder / "generation_config.json").write_text("{}")
    (folder / "modeling.py").write_text("raise SystemExit")
    (folder / "README.md").write_text("#")
    base, end = ("pytorch_model", "bin") if pickled else ("model", "safetensors")
    save = torch.save if pickled else safetensors.torch.save_file
    if not shards:
        save(WEIGHTS, folder / f"{base}.{end}")
        return folder
    places: dict[str, str] = {}
    for number, names in enumerate((["encoder.weight"], ["encoder.bias", "decoder.weight"]), 1):
        file = f"{base}-0000{number}-of-00002.{end}"
        save({name: WEIGHTS[name] for name in names}, folder / file)
        places |= dict.fromkeys(names, file)
    (folder / f"{base}.{end}.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
    return folder


@pytest.mark.parametrize("shards", [False, True])
@pytest.mark.parametrize("pickled", [False, True])
def test_a_folder_of_hugging_face(tmp_path: Path, shards: bool, pickled: bool) -> None:
    folder = hub_folder(tmp_path / "hub", shards=shards, pickled=pickled)
    config = {"width": {"_from_": "hidden"}}
    import_checkpoint(folder, tmp_path / "model.nt", cls=Recognizer, names=NAMES, config=config)
    assert torch.equal(Recognizer.restore_from(tmp_path / "model.nt").body.weight, WEIGHTS["encoder.weight"])
    done = import_checkpoint(folder, tmp_path / "plain.nt")
    assert_weights(tmp_path / "plain.nt", {})
    assert done.notes == ("left out: 'README.md', 'modeling.py'",)
    with Archive.open(tmp_path / "plain.nt") as archive:
        assert archive.config == {"hidden": 4, "transformers_version": "5.1.0", "rope": None}
        assert list(archive.artifacts["tokenizer"].files) == ["special_tokens_map.json", "tokenizer.json"]
        assert archive.artifacts["generation_config"].read_bytes() == b"{}"
        assert archive.provenance["transformers"] == "5.1.0"
        assert archive.metadata["imported"]["files"].keys() == {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda places: places.update({"encoder.bias": "model-00001-of-00002.safetensors"}), "is not in model-00001"),
        (lambda places: places.update(more="model-00001-of-00002.safetensors"), "'more' is not in model-00001"),
        (lambda places: places.pop("encoder.bias"), "'encoder.bias' is in model-00002.*not in the index"),
        (lambda places: places.update(more="../x.safetensors"), "outside of the folder: '../x"),
        (lambda places: places.update(more="gone.safetensors"), "not there: 'gone"),
        (lambda places: places.update(more=3), "no weight_map"),
    ],
    ids=map(str, range(6)),
)
def test_an_index_and_shards_that_disagree(tmp_path: Path, change: Callable[[Any], Any], message: str) -> None:
    folder = hub_folder(tmp_path / "hub", shards=True)
    index = json.loads((folder / "model.safetensors.index.json").read_text())
    change(index["weight_map"])
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(SourceError, match=message):
        import_checkpoint(folder, tmp_path / "model.nt")


def test_a_tensor_in_two_shards(tmp_path: Path) -> None:
    folder = hub_folder(tmp_path / "hub", shards=True)
    first = "model-00001-of-00002.safetensors"
    safetensors.torch.save_file({n: WEIGHTS[n] for n in ("encoder.weight", "encoder.bias")}, folder / first)
    with pytest.raises(SourceError, match=r"'encoder\.bias' is in model-00001.*in the index as in model-00002"):
        import_checkpoint(folder, tmp_path / "model.nt")


def test_a_folder_without_weights_and_with_damaged_ones(tmp_path: Path) -> None:
    folder = hub_folder(tmp_path / "hub")
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[:-1])
    with pytest.raises(ArchiveError, match=r"hub/model\.safetensors"):
        import_checkpoint(folder, tmp_path / "model.nt")
    (folder / "model.safetensors").unlink()
    with pytest.raises(SourceError, match="has no weights"):
        import_checkpoint(folder, tmp_path / "model.nt")


def test_one_safetensors_file(tmp_path: Path) -> None:
    safetensors.torch.save_file(WEIGHTS, tmp_path / "x.safetensors")
    assert import_checkpoint(tmp_path / "x.safetensors", tmp_path / "model.nt").form == "safetensors"
    assert_weights(tmp_path / "model.nt", {})


# Names.


def test_names_are_told() -> None:
    table = {"a.b.w": "exact", "a.*.*": "x.*.y.*", "c": ["d", "e"], "drop.*": None}
    done = rename(["a.b.w", "a.1.2.w", "c", "drop.me", "other"], table)
    assert done.names == {
        "a.b.w": ("exact",), "a.1.2.w": ("x.1.y.2.w",), "c": ("d", "e"), "drop.me": (), "other": ("other",)
    }  # fmt: skip
    assert (done.unmatched, done.dropped) == (("other",), ("drop.me",))


def test_every_problem_of_names_is_listed() -> None:
    with pytest.raises(StateError) as error:
        rename(["a.w", "b.w", "c"], {"a.*": "x.*", "b.*": "x.*", "z.*": "y.*", "gone": None})
    assert str(error.value) == (
        "the table of names does not fit:\n"
        "  'a.w' and 'b.w' would both be 'x.w'\n"
        "  'z.*' matches no tensor\n"
        "  'gone' matches no tensor"
    )
    with pytest.raises(StateError, match=r"different numbers of \*"):
        rename(["a"], {"a.*": "b"})
    with pytest.raises(StateError, match="expected a name, a list of names, or null"):
        rename(["a"], {"a": 3})  # type: ignore[dict-item]


def test_names_that_do_not_fit_the_class_are_listed_before_anything_is_written(tmp_path: Path) -> None:
    torch.save(WEIGHTS | {"extra": torch.ones(1)}, tmp_path / "model.pt")
    with pytest.raises(StateError) as error:
        import_checkpoint(
            tmp_path / "model.pt", tmp_path / "model.nt",
            cls=Recognizer, names={"encoder.weight": "body.weights", "encoder.bias": "body.bias"}, config={"width": 5},
        )  # fmt: skip
    assert error.value.details["missing"].keys() == {"body.weight", "out.weight"}
    assert error.value.details["unexpected"].keys() == {"body.weights", "decoder.weight", "extra"}
    assert error.value.details["mismatched"] == {"body.bias": "has the shape [4], expected [5]"}
    assert [path.name for path in tmp_path.iterdir()] == ["model.pt"]


def test_tied_weights(tmp_path: Path) -> None:
    table = torch.randn(4, 3)
    torch.save({"table.weight": table}, tmp_path / "one.pt")
    with pytest.raises(StateError, match=r"head\.weight"):
        import_checkpoint(tmp_path / "one.pt", tmp_path / "model.nt", cls=Tied)
    names = {"table.weight": ["table.weight", "head.weight"]}
    safetensors.torch.save_file({"table.weight": table}, tmp_path / "one.safetensors")
    torch.save({"table.weight": table, "head.weight": table.clone()}, tmp_path / "two.pt")
    for source, wanted in (("one.pt", names), ("one.safetensors", names), ("two.pt", {})):
        import_checkpoint(tmp_path / source, tmp_path / "model.nt", cls=Tied, names=wanted)
        model = Tied.restore_from(tmp_path / "model.nt")
        assert model.head.weight is model.table.weight
        assert torch.equal(model.head.weight, table)
        with Archive.open(tmp_path / "model.nt") as archive:
            assert len([t for t in archive.tensors.values() if t.alias_of is None]) == 1
    torch.save({"table.weight": table, "head.weight": table + 1}, tmp_path / "two.pt")
    with pytest.raises(StateError, match="are one parameter in the class"):
        import_checkpoint(tmp_path / "two.pt", tmp_path / "model.nt", cls=Tied)


def test_the_whole_config_as_an_argument(tmp_path: Path) -> None:
    class Whole(NeuralModule):
        def __init__(self, *, cfg: dict[str, Any]) -> None:
            super().__init__()
            self.body = nn.Linear(3, cfg["hidden"])

        def forward(self, *, x: Float[Tensor, "b 3"]) -> Float[Tensor, "b h"]:
            encoded: Tensor = self.body(x)
            return encoded

    folder = hub_folder(tmp_path / "hub")
    names = {"encoder.*": "body.*", "decoder.*": None}
    import_checkpoint(folder, tmp_path / "model.nt", cls=Whole, names=names, config={"cfg": {"_from_": ""}})
    assert Whole.restore_from(tmp_path / "model.nt").to_config_dict()["cfg"]["transformers_version"] == "5.1.0"


def test_configs_that_do_not_fit(tmp_path: Path) -> None:
    torch.save(WEIGHTS, tmp_path / "model.pt")

    def convert(config: Any, cls: Any = Recognizer) -> None:
        import_checkpoint(tmp_path / "model.pt", tmp_path / "model.nt", cls=cls, names=NAMES, config=config)

    with pytest.raises(ConfigError, match='has no such parameter; did you mean "width"'):
        convert({"widht": 4})
    with pytest.raises(ConfigError, match="requires it"):
        convert(None)
    with pytest.raises(ConfigError, match=r"nothing at 'a\.b'"):
        convert({"width": {"_from_": "a.b"}})
    with pytest.raises(ConfigError, match=r"config\.width is a object"):
        convert({"width": object()})
    with pytest.raises(ConfigError, match="a config is for a class"):
        convert({"width": 4}, None)


# YAML and data.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1e-4\nb: 1.0e-05\nc: 2020-01-01\nd: 'x'", {"a": 1e-4, "b": 1e-5, "c": "2020-01-01", "d": "x"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: ${b}", {"a": "${b}"}),
        ("1: a", {1: "a"}),
    ],
)
def test_yaml(text: str, value: Any) -> None:
    assert decode_yaml(text.encode(), "it") == value


def test_yaml_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ArchiveError, match=r'it needs PyYAML: pip install "neuraltypes\[import\]"'):
        decode_yaml(b"a: 1", "it")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("a: &x {b: 1}\nc:\n  <<: *x", "a merge"),
        ("a: 1\na: 2", "a key is repeated"),
        ("[" * (1 << 20), "nested more than 32 deep"),
        ("a: [", "no YAML"),
        ("\x00", "no YAML"),
        ("a" * (1 << 21), "at most 1048576 are read"),
        ("? [1, 2]\n: 3", "no YAML"),
    ],
)
def test_yaml_that_configs_may_not_be(text: str, message: str) -> None:
    with pytest.raises((ContentError, LimitError), match=message):
        decode_yaml(text.encode(), "it")


def test_a_bomb_of_anchors_is_not_unfolded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(LimitError, match="larger or deeper"):
        as_data(decode_yaml("\n".join(lines).encode(), "it"), "it")
    with pytest.raises(LimitError, match="larger or deeper"):
        as_data(decode_yaml(b"a: &a [*a]", "it"), "it")


def test_what_is_no_data_is_left_out_and_noted() -> None:
    data, notes = as_data({"a": [1, object()], 2: float("inf"), "b": {"c": (1, "x")}, "d": 1 << 70}, "it")
    assert data == {"a": [1], "b": {"c": {"_tuple_": [1, "x"]}}}
    assert [note.split(",")[0] for note in notes] == ["it.a[1] is a object", "it.2 is inf", f"it.d is {1 << 70}"]


# The command.


def test_the_command(tmp_path: Path, nemo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "my_models.py").write_text(
        "from jaxtyping import Float\nfrom torch import Tensor, nn\nfrom neuraltypes import NeuralModule\n"
        "class Model(NeuralModule):\n"
        "    def __init__(self, *, width: int) -> None:\n"
        "        super().__init__()\n"
        "        self.body = nn.Linear(3, width)\n"
        "    def forward(self, *, x: Float[Tensor, 'b 3']) -> Float[Tensor, 'b w']:\n"
        "        return self.body(x)\n"
    )
    (tmp_path / "names.yaml").write_text("encoder.*: body.*\ndecoder.*: null\n")
    (tmp_path / "config.json").write_text('{"width": {"_from_": "encoder.d_model"}}')
    command = [sys.executable, "-m", "neuraltypes", "import", str(nemo), "model.nt", "--class", "my_models:Model"]
    command += ["--names", str(tmp_path / "names.yaml"), "--config", str(tmp_path / "config.json")]
    done = subprocess.run(command, cwd=tmp_path / "mine", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (0, "dropped: decoder.weight"), done.stderr
    with Archive.open(tmp_path / "mine" / "model.nt") as archive:
        assert done.stdout == f"{archive.digest}  model.nt\n"
        assert archive.class_name == "my_models.Model"
        assert archive.config == {"width": 4}


@pytest.mark.parametrize("place", ["nowhere:Model", "json", "json:Model", "json:loads"])
def test_classes_that_are_none(
    tmp_path: Path, nemo: Path, place: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert main(["import", str(nemo), str(tmp_path / "model.nt"), "--class", place]) == 2
    assert capsys.readouterr().err.startswith(f"error: {place}")


def test_the_command_says_what_stays(tmp_path: Path, nemo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "names.json").write_text('{"encoder.*": "body.*"}')
    assert main(["import", str(nemo), str(tmp_path / "model.nt"), "--names", str(tmp_path / "names.json")]) == 0
    assert "name kept: decoder.weight" in capsys.readouterr().err
