"""einsum_wrong_equation

kind: crash   facet: shape   seen in: attention by einsum
ideal static checker: the keys' letters name the wrong axes
"""

import torch
from jaxtyping import Float
from torch import Tensor


def attention_scores(q: Float[Tensor, "b h t d"], k: Float[Tensor, "b h s d"]) -> Float[Tensor, "b h t s"]:
    return torch.einsum("bhtd,bhds->bhts", q, k)  # BUG: k is "bhsd"


def main() -> None:
    torch.manual_seed(0)
    good = attention_scores(torch.randn(2, 3, 4, 8), torch.randn(2, 3, 5, 8)).shape == (2, 3, 4, 5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
