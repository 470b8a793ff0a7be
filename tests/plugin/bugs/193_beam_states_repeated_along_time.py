"""beam_states_repeated_along_time

kind: crash   facet: axis   seen in: IBM/pytorch-seq2seq#122
ideal static checker: each example's states must be repeated along the batch
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def expand_beams(
    encoded: Float[Tensor, "batch time d"], lengths: Int[Tensor, "batch"], beams: int
) -> tuple[Float[Tensor, "batch*beams time d"], Int[Tensor, "batch*beams"]]:
    return encoded.repeat_interleave(beams, dim=1), lengths.repeat_interleave(beams)  # BUG: the batch is axis 0


def main() -> None:
    torch.manual_seed(0)

    good = expand_beams(torch.randn(2, 5, 8), torch.tensor([5, 4]), 3)[0].shape == (
        6,
        5,
        8,
    )
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
