"""Saving and restoring about 2 GB, beside torch, safetensors and a tar of torch's file: ratios within one run.

Files lie in a temporary folder and are removed. `python benchmarks/archives.py [gigabytes] [folder]`
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from neuraltypes import NeuralModule
from neuraltypes.archive import Archive
from neuraltypes.archive._state import load_state

ROUNDS = 3
WIDTH = 2048
MIB = 1 << 20


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
        print(f"\ninspect as a process: {_inspect(folder / 'model.nt') * 1000:.0f} ms")


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
        "neuraltypes, mapped": lambda: load_state(Archive.open(folder / "model.nt"), verify=False),
        "neuraltypes, mapped, verified": lambda: load_state(Archive.open(folder / "model.nt")),
        "neuraltypes, copied, verified": lambda: load_state(Archive.open(folder / "model.nt"), copy=True),
        "tar of torch.save": untar,
    }
    try:
        from safetensors.torch import load_file
    except ImportError:
        return found
    return found | {"safetensors, mapped": lambda: load_file(folder / "model.safetensors")}


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


def _table(title: str, variants: Mapping[str, Callable[[], object]]) -> None:
    """Median seconds of some rounds in turn, ratios to the first variant, and memory that is no part of a file."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    memory = dict.fromkeys(variants, 0)
    for _ in range(ROUNDS):
        for name, run in variants.items():
            gc.collect()
            before, start = _memory(), time.perf_counter()
            result = run()
            times[name].append(time.perf_counter() - start)
            memory[name] = max(memory[name], _memory() - before)
            del result
    first = statistics.median(next(iter(times.values())))
    print(f"\n| {title} | s | x the first | MiB held |\n|---|---|---|---|")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"| {name} | {median:.3f} | {median / first:.4f} | {memory[name] // MIB} |")


def _memory() -> int:
    """Bytes of this process that lie in no file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _inspect(path: Path) -> float:
    """Seconds of a process, the least of ten; its bytecode is compiled by the first."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = cache
        command = [sys.executable, "-m", "neuraltypes", "inspect", str(path)]
        found = []
        for _ in range(10):
            start = time.perf_counter()
            subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
            found.append(time.perf_counter() - start)
    return min(found)


if __name__ == "__main__":
    main()
