"""collate_stacks_along_channels

kind: silent   facet: axis   seen in: hand-written collate functions
ideal static checker: the batch must be the first axis
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor


class Sample(NamedTuple):
    image: Float[Tensor, "channels height width"]
    label: Int[Tensor, ""]


def collate(
    samples: list[Sample],
) -> tuple[Float[Tensor, "batch channels height width"], Int[Tensor, "batch"]]:
    images = torch.stack([sample.image for sample in samples], dim=1)  # BUG: dim=0
    labels = torch.stack([sample.label for sample in samples])
    return images, labels


def main() -> None:
    torch.manual_seed(0)

    one = Sample(torch.randn(3, 4, 4), torch.tensor(1))
    good = collate([one, one])[0].shape == (2, 3, 4, 4)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
