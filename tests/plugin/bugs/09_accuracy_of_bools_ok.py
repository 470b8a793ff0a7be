"""accuracy_of_bools (fixed twin)

kind: crash   facet: dtype   seen in: StackOverflow, mean(): could not infer output dtype
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def accuracy(logits: Float[Tensor, "b c"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
    return (logits.argmax(dim=1) == y).float().mean()


def main() -> None:
    torch.manual_seed(0)
    out = accuracy(torch.eye(3), torch.arange(3))
    print("GOOD" if out == 1 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
