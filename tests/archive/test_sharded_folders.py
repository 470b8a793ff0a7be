"""Folders of torch.distributed.checkpoint: read as weights and data, whatever their pickles want."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.distributed.checkpoint.filesystem import FileSystemReader
from torch.distributed.checkpoint.state_dict_saver import save

from neuraltypes.archive import Archive, import_checkpoint
from neuraltypes.archive.errors import SourceError
from neuraltypes.archive.importing._sharded import read_all

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # of torch, about one process


class Hostile:
    """Makes a file where it is unpickled without limits."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def saved(folder: Path, **more: Any) -> Path:
    state = {"state_dict": {"a.weight": torch.arange(6.0).reshape(2, 3), "b": torch.ones(2, dtype=torch.bfloat16)}}
    save({**state, "step": 3, **more}, checkpoint_id=folder, no_dist=True)
    return folder


def changed(folder: Path, change: Any) -> Path:
    metadata = pickle.loads((folder / ".metadata").read_bytes())
    change(metadata)
    (folder / ".metadata").write_bytes(pickle.dumps(metadata))
    return folder


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    found = read_all(saved(tmp_path / "x"))
    assert found["step"] == 3
    assert torch.equal(found["state_dict"]["a.weight"], torch.arange(6.0).reshape(2, 3))
    assert found["state_dict"]["b"].dtype is torch.bfloat16


def test_a_folder_becomes_an_archive(tmp_path: Path) -> None:
    done = import_checkpoint(saved(tmp_path / "x"), tmp_path / "x.nt")
    assert done.form == "torch"
    with Archive.open(tmp_path / "x.nt") as archive:
        assert archive.tensors.keys() == {"a.weight", "b"}


def test_metadata_that_wants_to_run_something_is_refused(tmp_path: Path) -> None:
    folder, trap = saved(tmp_path / "x"), tmp_path / "trap"
    changed(folder, lambda metadata: setattr(metadata, "planner_data", Hostile(trap)))
    with pytest.raises(SourceError, match=r"\.metadata wants '(posix|nt)\.mkdir'; nothing of it was run"):
        import_checkpoint(folder, tmp_path / "x.nt")
    assert not trap.exists()
    FileSystemReader(folder).read_metadata()  # torch's own runs it
    assert trap.exists()


def test_a_value_that_wants_to_run_something_is_refused(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    folder = saved(tmp_path / "x", state=Hostile(trap))
    with pytest.raises(SourceError, match="more than weights"):
        read_all(folder)
    assert not trap.exists()


def test_a_folder_that_points_elsewhere_is_refused(tmp_path: Path) -> None:
    def away(metadata: Any) -> None:
        for info in metadata.storage_data.values():
            info.relative_path = "../" + info.relative_path

    with pytest.raises(SourceError, match="points out of the folder"):
        read_all(changed(saved(tmp_path / "x"), away))


def test_a_tensor_of_which_a_part_is_missing_is_refused(tmp_path: Path) -> None:
    def without(metadata: Any) -> None:
        metadata.state_dict_metadata["state_dict.a.weight"].size = torch.Size([3, 3])

    with pytest.raises(SourceError, match=r"has 6 of the 9 numbers of 'state_dict\.a\.weight'"):
        read_all(changed(saved(tmp_path / "x"), without))


@pytest.mark.parametrize("content", [b"", b"\x80\x04.", pickle.dumps({}), b"no pickle"])
def test_damaged_metadata_is_refused(content: bytes, tmp_path: Path) -> None:
    folder = saved(tmp_path / "x")
    (folder / ".metadata").write_bytes(content)
    with pytest.raises(SourceError, match=r"\.metadata is"):
        read_all(folder)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path / "x")
    next(folder.glob("*.distcp")).unlink()
    with pytest.raises(SourceError, match="No such file"):
        read_all(folder)
