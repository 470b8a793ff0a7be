"""Saving and restoring about 2 GB, beside torch, safetensors, Lightning, torch's DCP and a tar of torch's file.

Ratios are those of one run. Wall time shows how threads and disk help, CPU time is what counts where others are at work
on the same machine. Then the growth from 2 MB to 8 GB, as far as the disk allows. Files lie in a temporary folder and
are removed. `python benchmarks/archives.py [gigabytes] [folder]`
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import disk_usage, rmtree

import torch
from torch import Tensor, nn

from neuraltypes import NeuralModule
from neuraltypes.archive import Archive
from neuraltypes.archive._state import load_state, read_state
from neuraltypes.archive._writer import Content, TensorSource, write

ROUNDS = 3
WIDTH = 2048
MIB = 1 << 20
GROWTH = (2e6, 2e7, 2e8, 2e9, 8e9)  # bytes
SAMPLING = 0.01  # seconds between two looks at the memory


class Layers(NeuralModule):
    """Linear layers of 16 MiB each."""

    def __init__(self, *, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(layers))

    def forward(self, *, x: Tensor) -> Tensor:
        """Every layer in turn."""
        for layer in self.layers:
            x = layer(x)
        return x


def main() -> None:
    """Print the tables."""
    warnings.filterwarnings("ignore", module="torch.distributed")
    gigabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    layers = max(1, round(gigabytes * 1e9 / (4 * WIDTH * (WIDTH + 1))))
    model = Layers(layers=layers)
    size = sum(tensor.numel() * 4 for tensor in model.state_dict().values())
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as name:
        folder = Path(name)
        print(f"{size / 1e9:.2f} GB in {len(model.state_dict())} tensors, {os.cpu_count()} cores")
        _table("save, with fsync", _savers(model, folder))
        _table("load", _loaders(model, folder))
        _table("a restored module", _restorers(layers, folder))
        wall, cpu = _inspect(folder / "model.nt")
        print(f"\ninspect as a process: {wall * 1000:.0f} ms, {cpu * 1000:.0f} ms of CPU time")
        del model
        for path in folder.iterdir():
            rmtree(path) if path.is_dir() else path.unlink()
        _growth(folder)


def _savers(model: NeuralModule, folder: Path) -> Mapping[str, Callable[[], object]]:
    state = model.state_dict()

    def save_torch() -> None:
        torch.save(state, folder / "model.pt")
        _sync(folder / "model.pt")

    def save_tar() -> None:
        torch.save(state, folder / "inner.pt")
        with tarfile.open(folder / "model.tar", "w") as tar:
            tar.add(folder / "inner.pt", "model_weights.ckpt")
        _sync(folder / "model.tar")
        (folder / "inner.pt").unlink()

    found: dict[str, Callable[[], object]] = {
        "torch.save": save_torch,
        "neuraltypes, with digests": lambda: model.save_to(folder / "model.nt"),
        "tar of torch.save": save_tar,
        "torch DCP": lambda: _save_dcp(state, folder / "dcp"),
        **_lightning(state, folder)[0],
    }
    try:
        from safetensors.torch import save_file
    except ImportError:
        return found

    def save_safetensors() -> None:
        save_file(state, folder / "model.safetensors")
        _sync(folder / "model.safetensors")

    return found | {"safetensors": save_safetensors}


def _loaders(model: NeuralModule, folder: Path) -> Mapping[str, Callable[[], object]]:
    torch.save(model.state_dict(), folder / "model.pt")

    def untar() -> object:
        with tarfile.open(folder / "model.tar") as tar:
            tar.extract("model_weights.ckpt", folder, filter="data")
        loaded = torch.load(folder / "model_weights.ckpt")
        (folder / "model_weights.ckpt").unlink()
        return loaded

    found: dict[str, Callable[[], object]] = {
        "torch.load": lambda: torch.load(folder / "model.pt"),
        "torch.load, mapped": lambda: torch.load(folder / "model.pt", mmap=True),
        "neuraltypes, mapped": lambda: _load(folder / "model.nt", verify=False),
        "neuraltypes, mapped, verified": lambda: _load(folder / "model.nt", verify=True),
        "neuraltypes, copied, verified": lambda: load_state(Archive.open(folder / "model.nt"), copy=True),
        "tar of torch.save": untar,
        "torch DCP": lambda: _load_dcp(model, folder / "dcp"),
        **_lightning(model.state_dict(), folder)[1],
    }
    try:
        from safetensors.torch import load_file
    except ImportError:
        return found
    return found | {"safetensors, mapped": lambda: load_file(folder / "model.safetensors")}


def _lightning(
    state: Mapping[str, Tensor], folder: Path
) -> tuple[dict[str, Callable[[], object]], dict[str, Callable[[], object]]]:
    """How Lightning writes and reads a checkpoint, if it is installed."""
    try:
        from lightning_fabric.plugins.io import TorchCheckpointIO
    except ImportError:
        return {}, {}

    def save() -> None:
        TorchCheckpointIO().save_checkpoint({"state_dict": state}, folder / "model.ckpt")
        _sync(folder / "model.ckpt")

    def load() -> object:
        return TorchCheckpointIO().load_checkpoint(folder / "model.ckpt", weights_only=True)

    return {"Lightning's checkpoint": save}, {"Lightning's checkpoint": load}


def _save_dcp(state: Mapping[str, Tensor], folder: Path) -> None:
    from torch.distributed.checkpoint.state_dict_saver import save

    save(dict(state), checkpoint_id=folder, no_dist=True)


def _load_dcp(model: NeuralModule, folder: Path) -> object:
    from torch.distributed.checkpoint.state_dict_loader import load

    state = {name: torch.empty_like(tensor) for name, tensor in model.state_dict().items()}
    load(state, checkpoint_id=folder, no_dist=True)
    return state


def _restorers(layers: int, folder: Path) -> Mapping[str, Callable[[], object]]:
    def usual() -> object:
        model = Layers(layers=layers)
        model.load_state_dict(torch.load(folder / "model.pt"))
        return model

    return {
        "init + torch.load + load_state_dict": usual,
        "restore_from": lambda: Layers.restore_from(folder / "model.nt"),
        "restore_from, not verified": lambda: Layers.restore_from(folder / "model.nt", verify=False),
    }


@dataclass
class _Measured:
    """Rounds of one variant: seconds, and bytes beside those of files, at most meanwhile and in the end."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: int = 0
    held: int = 0

    def add(self, run: Callable[[], object]) -> None:
        gc.collect()
        before, start, cpu = _memory(), time.perf_counter(), time.process_time()
        with _peak() as peak:
            result = run()
            self.wall.append(time.perf_counter() - start)
            self.cpu.append(time.process_time() - cpu)
            self.held = max(self.held, _memory() - before)
        self.peak = max(self.peak, peak[0] - before, self.held)
        del result


@contextmanager
def _peak() -> Iterator[list[int]]:
    """The most memory while the block runs, looked at again and again."""
    found, end = [0], threading.Event()

    def look() -> None:
        while not end.wait(SAMPLING):
            found[0] = max(found[0], _memory())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        end.set()
        thread.join()


def _table(title: str, variants: Mapping[str, Callable[[], object]]) -> None:
    """Medians of some rounds in turn, with ratios to the first variant."""
    measured = {name: _Measured() for name in variants}
    for _ in range(ROUNDS):
        for name, run in variants.items():
            measured[name].add(run)
    first, first_cpu = (statistics.median(times) for times in _times(next(iter(measured.values()))))
    print(
        f"\n| {title} | s | x the first | CPU s | x the first | MiB at most | MiB held |\n|---|---|---|---|---|---|---|"
    )
    for name, found in measured.items():
        wall, cpu = (statistics.median(times) for times in _times(found))
        times = f"{wall:.3f} | {wall / first:.4f} | {cpu:.3f} | {cpu / first_cpu:.4f}"
        print(f"| {name} | {times} | {found.peak // MIB} | {found.held // MIB} |", flush=True)


def _times(measured: _Measured) -> tuple[list[float], list[float]]:
    return measured.wall, measured.cpu


def _growth(folder: Path) -> None:
    """Files of many sizes. The tensors of each are 8 MiB, and all the same memory, so that they take none of it."""
    print(
        "\n| GB | tensors | save s/GB | CPU s/GB | MiB at most | mapped ms | verified s/GB | CPU s/GB | MiB at most |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for size in GROWTH:
        if disk_usage(folder).free < 2 * size:
            print(f"(no room for {size / 1e9:g} GB)")
            continue
        content = _repeated(max(1, round(size / (8 * MIB))), min(8 * MIB, int(size)))
        path = folder / "growth.nt"
        save, mapped, verified = _Measured(), _Measured(), _Measured()
        for _ in range(1 if size > 4e9 else ROUNDS):
            save.add(partial(write, path, content))
            mapped.add(partial(_load, path, verify=False))
            verified.add(partial(_load, path, verify=True))
        gigabytes = path.stat().st_size / 1e9
        found = [f"{gigabytes:.3f}", f"{len(content.tensors)}", *_per_gigabyte(save, gigabytes)]
        found += [f"{min(mapped.cpu) * 1000:.1f}", *_per_gigabyte(verified, gigabytes)]
        print(f"| {' | '.join(found)} |", flush=True)
        path.unlink()


def _load(path: Path, *, verify: bool) -> object:
    return load_state(Archive.open(path), verify=verify)


def _repeated(count: int, size: int) -> Content:
    (source,), _ = read_state({"w": torch.randint(0, 256, (size,), dtype=torch.uint8)})
    tensors = [TensorSource(f"w{number}", *source[1:]) for number in range(count)]
    return Content(tuple(tensors))


def _per_gigabyte(measured: _Measured, gigabytes: float) -> list[str]:
    times = [f"{min(times) / gigabytes:.2f}" for times in _times(measured)]
    return [*times, f"{measured.peak / MIB:.0f}"]


def _memory() -> int:
    """Bytes of this process that lie in no file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _inspect(path: Path) -> tuple[float, float]:
    """Seconds of a process, wall and CPU, the least of ten; its bytecode is compiled by the first."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = cache
        command = [sys.executable, "-m", "neuraltypes", "inspect", str(path)]
        wall, cpu = [], []
        for _ in range(10):
            start, before = time.perf_counter(), os.times()
            subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
            after = os.times()
            wall.append(time.perf_counter() - start)
            cpu.append(sum(after[2:4]) - sum(before[2:4]))
    return min(wall), min(cpu)


if __name__ == "__main__":
    main()
