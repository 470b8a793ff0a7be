"""bitwise_not_of_int_mask (fixed twin)

kind: silent   facet: dtype   seen in: attention masks of 0 and 1 from tokenizers
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def hide(scores: Float[Tensor, "b t"], attention_mask: Int[Tensor, "b t"]) -> Float[Tensor, "b t"]:
    return scores.masked_fill(attention_mask == 0, -1e9)


def main() -> None:
    torch.manual_seed(0)
    good = hide(torch.ones(2, 3), torch.ones(2, 3, dtype=torch.long)).shape == (2, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
