"""max_returns_a_pair

kind: crash   facet: kind   seen in: StackOverflow "'torch.return_types.max' object has no attribute"
ideal static checker: max with dim gives values and indices
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def greedy(logits: Float[Tensor, "b t v"]) -> Int[Tensor, "b t"]:
    return logits.max(dim=-1)  # BUG: .indices


def main() -> None:
    torch.manual_seed(0)
    good = greedy(torch.randn(2, 3, 5)).shape == (2, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
