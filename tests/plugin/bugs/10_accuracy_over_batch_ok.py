"""accuracy_over_batch (fixed twin)

kind: silent   facet: shape   seen in: forum questions about accuracy above 100 %
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def hits(logits: Float[Tensor, "b c"], y: Int[Tensor, "b"]) -> Int[Tensor, ""]:
    return (logits.argmax(dim=1) == y).sum()


def main() -> None:
    torch.manual_seed(0)
    logits = torch.randn(4, 4)
    y = logits.argmax(1)
    print("GOOD" if hits(logits, y) == 4 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
