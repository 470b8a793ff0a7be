"""generator_of_windows_time_first

kind: silent   facet: axis   seen in: streaming data pipelines
ideal static checker: the loader promises (batch, time, mel)
"""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor


def windows(features: Float[Tensor, "time batch mel"], size: int) -> Iterator[Float[Tensor, "batch window mel"]]:
    for part in features.split(size):
        yield part  # BUG: time comes first


def main() -> None:
    torch.manual_seed(0)

    good = next(windows(torch.randn(10, 2, 3), 5)).shape == (2, 5, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
