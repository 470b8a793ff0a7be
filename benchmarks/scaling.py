"""What training costs on more machines than the tests have: the tables of `docs/scaling.md`, worked out.

Nothing is run. `--update` writes the tables into the document, between its markers.

Sources are in the document.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "scaling.md"
GPUS = (8, 64, 1024)
GB, HOUR = 1e9, 3600.0

# The reference model: a LLaMA decoder of 7 B parameters.
LAYERS, WIDTH, HEADS, HIDDEN, VOCABULARY, LENGTH = 32, 4096, 32, 11008, 32000, 4096
BLOCK = 4 * WIDTH**2 + 3 * WIDTH * HIDDEN + 2 * WIDTH
PARAMETERS = LAYERS * BLOCK + 2 * VOCABULARY * WIDTH + WIDTH
ROOT = 2 * VOCABULARY * WIDTH + WIDTH  # what is in no block
BATCH_TOKENS = 1024 * LENGTH  # of one step of the optimizer, on all processes

# The machine: data sheets of an H100 in nodes of 8; what of its speed is reached is an assumption.
DEVICE_MEMORY, PEAK, REACHED = 80 * GB, 989e12, 0.4  # bytes, FLOP/s of dense bfloat16, part
NODE = 8
LINKS = {"NVLink, one node": 450 * GB, "8 x 400 Gb/s a node": 400 * GB, "1 x 400 Gb/s a node": 50 * GB}  # bytes/s
HOP = 5e-6  # s, from one process of a ring to the next; an assumption

# The checks: 45 calls cost 0.2 ms in a forward pass (benchmarks/results.md, "Transformers").
CHECK = 0.2e-3 / 45  # s
CALLS = 5 * LAYERS + 4  # block, attention, MLP and two norms; embedding, norm, head and the model itself

# Files, measured on the machine of benchmarks/results.md ("Archives"): 2.00 GB in 4.04 s and in 3.26 s.
ARCHIVE_SPEED, FOLDER_SPEED = 2.00 * GB / 4.04, 2.00 * GB / 3.26  # bytes/s of one process
SYSTEM_SPEED = 100 * GB  # bytes/s of the file system for all; an assumption
DEVICE_HOURS = 54 * 24 * 16384 / 419  # between two unexpected stops: 419 in 54 days of 16384 devices
RESTART = 600.0  # s, an assumption

Table = tuple[Sequence[str], list[Sequence[str]]]


def shared(byte_count: float, processes: int) -> float:
    """Bytes that each process sends in an all-gather or a reduce-scatter on a ring; an all-reduce is one of each."""
    return byte_count * (processes - 1) / processes


def operations_per_token() -> float:
    """FLOP of forward and backward: 6 for each parameter, 12 LAYERS WIDTH LENGTH for the attention scores."""
    return 6 * PARAMETERS + 12 * LAYERS * WIDTH * LENGTH


def layer_bytes(width: int, hidden: int, heads: int) -> int:
    """Bytes of a token that the backward pass of a block needs: bfloat16, norms of one kernel, no attention scores.

    The inputs of two norms and of what follows them, queries, keys, values, the attention's result and its float32
    normalizers, and four tensors of the gated MLP.
    """
    return 16 * width + 8 * hidden + 4 * heads


def unfused_norm_bytes(width: int) -> int:
    """What two norms of several kernels keep more: each its input and result in float32, in place of the input."""
    return 2 * (4 + 4 - 2) * width


def activation_bytes_per_token(*, checkpointed: bool) -> float:
    """Bytes of a token that a backward pass needs."""
    layer = layer_bytes(WIDTH, HIDDEN, HEADS)
    return LAYERS * 2 * WIDTH + layer if checkpointed else LAYERS * layer


def logit_bytes_per_token() -> float:
    """Bytes: logits in bfloat16, in float32 for the loss, and their gradient in float32."""
    return (2 + 4 + 4) * VOCABULARY


def micro_batches(processes: int) -> int:
    """How often a process goes forward and backward in a step, with one sequence at a time."""
    return BATCH_TOKENS // LENGTH // processes


def compute_seconds(processes: int, *, checkpointed: bool) -> float:
    """Seconds of arithmetic of a step; checkpointing goes forward once more."""
    more = 4 / 3 if checkpointed else 1.0
    return BATCH_TOKENS / processes * operations_per_token() * more / (PEAK * REACHED)


def sharded_traffic(processes: int, gathered: int, reduced: int) -> float:
    """Bytes that each process sends for a micro batch: weights twice, gradients once; bytes of a number as given."""
    return shared((2 * gathered + reduced) * PARAMETERS, processes)


def save_seconds(processes: int) -> float:
    """Seconds of a folder of weights and optimizer state, 12 bytes a parameter, each process its part."""
    return 12 * PARAMETERS / min(processes * FOLDER_SPEED, SYSTEM_SPEED)


def interval(saving: float, between_failures: float) -> float:
    """Seconds between two checkpoints that lose the least time, sqrt(2 saving between_failures) (Young 1974)."""
    return math.sqrt(2 * saving * between_failures)


def lost(saving: float, between_failures: float) -> float:
    """The part of all time that saving, repeating and restarting take, at that interval (Daly 2006, first order)."""
    every = interval(saving, between_failures)
    return saving / every + (every / 2 + RESTART) / between_failures


def model_table() -> Table:
    rows = [
        ("parameters of a block", f"{BLOCK:,}"),
        (f"parameters: {LAYERS} blocks, embedding, head, norm", f"{PARAMETERS:,}"),
        ("operations of a token, forward and backward", f"{operations_per_token() / 1e9:.1f} GFLOP"),
        ("tokens of a step", f"{BATCH_TOKENS:,}"),
        ("tokens of one device in a second", f"{PEAK * REACHED / operations_per_token():,.0f}"),
    ]
    return ("the reference model", ""), [*rows]


def memory_table() -> Table:
    rows: list[Sequence[str]] = []
    per = {"weights, float32": 4, "gradients, float32": 4, "Adam's moments, float32": 8}
    for name, size in per.items():
        whole = size * PARAMETERS
        rows.append((name, gigabytes(whole), *(gigabytes(whole / n) for n in GPUS)))
    whole = 16 * PARAMETERS
    rows.append(("**together**", gigabytes(whole), *(gigabytes(whole / n) for n in GPUS)))
    # Two blocks and the rest gathered in bfloat16; gradients of the rest in bfloat16, and in float32 to be reduced.
    gathered = 2 * (2 * BLOCK + ROOT) + (2 + 4) * ROOT
    rows.append(("gathered at a time, more, at most", "-", *[gigabytes(gathered)] * 3))
    rows.append(("`ema`, float32, more", gigabytes(4 * PARAMETERS), *(gigabytes(4 * PARAMETERS / n) for n in GPUS)))
    return ("GB of each device", "DDP", *(f"sharded, {n}" for n in GPUS)), rows


def activation_table() -> Table:
    rows: list[Sequence[str]] = []
    for batch in (1, 4):
        tokens = batch * LENGTH
        rows.append(
            (
                f"{batch} x {LENGTH}",
                gigabytes(tokens * activation_bytes_per_token(checkpointed=False)),
                gigabytes(tokens * activation_bytes_per_token(checkpointed=True)),
                gigabytes(tokens * unfused_norm_bytes(WIDTH) * LAYERS),
                gigabytes(tokens * 34 * WIDTH * LAYERS),
                gigabytes(tokens * logit_bytes_per_token()),
            )
        )
    head = ("GB for a micro batch of", "kept", "each block checkpointed", "norms not fused, more")
    return (*head, "Korthikanti's 34 s b h L", "logits, more"), rows


def traffic_table() -> Table:
    def all_reduced(n: int) -> float:
        return 2 * shared(4 * PARAMETERS, n)

    kinds: list[tuple[str, Callable[[int], float]]] = [
        ("DDP, float32 gradients, once a step", all_reduced),
        ("sharded, all in float32 (`bf16-mixed`)", lambda n: sharded_traffic(n, 4, 4)),
        ("sharded, `param_dtype: bfloat16`", lambda n: sharded_traffic(n, 2, 4)),
        ("sharded, `reduce_dtype: bfloat16`, too", lambda n: sharded_traffic(n, 2, 2)),
    ]
    rows: list[Sequence[str]] = []
    for name, sent in kinds:
        times = [f"{sent(1024) / speed:.2f}" for speed in LINKS.values()]
        rows.append((name, *(gigabytes(sent(n)) for n in GPUS), *times))
    return ("GB sent for a micro batch", *map(str, GPUS), *(f"s by {name}" for name in LINKS)), rows


def step_table() -> Table:
    rows: list[Sequence[str]] = []
    for n in GPUS:
        count = micro_batches(n)
        speed = LINKS["NVLink, one node"] if n <= NODE else LINKS["8 x 400 Gb/s a node"]
        slow = LINKS["NVLink, one node"] if n <= NODE else LINKS["1 x 400 Gb/s a node"]
        traffic = sharded_traffic(n, 2, 4) * count
        rings = 3 * (LAYERS + 1) * (n - 1) * HOP * count
        calls = 2 * CALLS * count
        compute = compute_seconds(n, checkpointed=True)
        rows.append(
            (
                str(n),
                str(count),
                f"{compute:.2f}",
                f"{traffic / speed:.2f}",
                f"{traffic / slow:.2f}",
                f"{rings:.2f}",
                f"{2 * BLOCK / n / 1e6:.2f}",
                f"{calls:,}",
                f"{calls * CHECK * 1e3:.1f}",
                f"{100 * calls * CHECK / compute:.2f} %",
            )
        )
    head = ("GPUs", "micro batches", "s of arithmetic", "s of traffic", "with 1 x 400 Gb/s", "s of hops")
    return (*head, "MB of a block's part", "checked calls", "ms of checks", "of arithmetic"), rows


def files_table() -> Table:
    rows: list[Sequence[str]] = []
    for n in GPUS:
        between = DEVICE_HOURS * HOUR / n
        for name, saving in (
            ("folder", save_seconds(n)),
            ("whole file, by rank 0", 12 * PARAMETERS / ARCHIVE_SPEED),
        ):
            every = interval(saving, between)
            rows.append(
                (
                    str(n),
                    name,
                    f"{saving:.1f}",
                    f"{between / HOUR:,.0f}",
                    f"{every / 60:.0f}",
                    f"{100 * lost(saving, between):.2f} %",
                )
            )
    return ("GPUs", "checkpoint", "s to save", "hours between failures", "minutes to the next", "time lost"), rows


def sizes_table() -> Table:
    return ("what is written", "GB", "s by one process"), [
        ("archive of `save_to`, weights alone", gigabytes(4 * PARAMETERS), f"{4 * PARAMETERS / ARCHIVE_SPEED:.0f}"),
        (
            "whole checkpoint, `PickleFreeCheckpointIO`",
            gigabytes(12 * PARAMETERS),
            f"{12 * PARAMETERS / ARCHIVE_SPEED:.0f}",
        ),
        ("folder, all parts", gigabytes(12 * PARAMETERS), f"{12 * PARAMETERS / FOLDER_SPEED:.0f}"),
        ("with `ema`, more", gigabytes(4 * PARAMETERS), f"{4 * PARAMETERS / FOLDER_SPEED:.0f}"),
    ]


TABLES: dict[str, Callable[[], Table]] = {
    "model": model_table,
    "memory": memory_table,
    "activations": activation_table,
    "traffic": traffic_table,
    "step": step_table,
    "sizes": sizes_table,
    "files": files_table,
}


def gigabytes(count: float) -> str:
    """A number of bytes in GB."""
    return f"{count / GB:.2f}" if count < 100 * GB else f"{count / GB:.1f}"


def markdown(table: Table) -> str:
    """A table as text."""
    head, rows = table
    return "\n".join(_lines(head, rows))


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def filled(text: str) -> str:
    """The document with each table as it is worked out now."""
    for name, table in TABLES.items():
        marked = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not marked.search(text):
            raise ValueError(f"the document has no place for the table {name!r}")
        text = marked.sub(rf"\g<1>{markdown(table())}\n\g<2>", text)
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the tables into the document")
    if parser.parse_args().update:
        DOCUMENT.write_text(filled(DOCUMENT.read_text()))
        return
    for name, table in TABLES.items():
        print(f"\n{name}\n\n{markdown(table())}")


if __name__ == "__main__":
    main()
