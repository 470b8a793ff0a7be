"""Start-up: importing the package, decorating a class, making its first instance."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, LengthsType

IMPORT = "import time; start = time.process_time(); import {}; print(time.process_time() - start)"


def import_seconds(name: str) -> float:
    command = [sys.executable, "-c", IMPORT.format(name)]
    return median(float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(7))


def make(base: type[nn.Module]) -> type[nn.Module]:
    class Model(base):  # type: ignore[misc, valid-type]
        def forward(
            self,
            *,
            x: NeuralType[Float[Tensor, "b t c"], EncodedRepresentation],
            lengths: NeuralType[Int[Tensor, "b"], LengthsType],
        ) -> NeuralType[Float[Tensor, "b t c"], EncodedRepresentation]:
            return x

    return Model


def milliseconds(base: type[nn.Module], classes: int = 300) -> tuple[float, float]:
    """CPU time to make a class, and the first instance of it."""
    start = time.process_time()
    made = [make(base) for _ in range(classes)]
    middle = time.process_time()
    for cls in made:
        cls()
    end = time.process_time()
    return (middle - start) / classes * 1e3, (end - middle) / classes * 1e3


def main() -> None:
    torch.set_num_threads(1)
    print(f"import neuraltypes  {import_seconds('neuraltypes') * 1e3:7.1f} ms of CPU")
    print(f"import torch        {import_seconds('torch') * 1e3:7.1f} ms of CPU")
    plain, checked = (median_pair(base) for base in (nn.Module, NeuralModule))
    print(f"{'base':14s} {'class':>9s} {'first instance':>15s}  (ms)")
    print(f"{'nn.Module':14s} {plain[0]:9.3f} {plain[1]:15.3f}")
    print(f"{'NeuralModule':14s} {checked[0]:9.3f} {checked[1]:15.3f}")


def median_pair(base: type[nn.Module]) -> tuple[float, float]:
    found = [milliseconds(base) for _ in range(5)]
    return median(c for c, _ in found), median(i for _, i in found)


if __name__ == "__main__":
    main()
