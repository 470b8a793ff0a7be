"""top1_accuracy_with_one_hot (fixed twin)

kind: silent   facet: dtype   seen in: accuracy compared with one-hot targets
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def accuracy(logits: Float[Tensor, "b c"], target: Float[Tensor, "b c"]) -> Float[Tensor, ""]:
    return (logits.argmax(dim=1) == target.argmax(dim=1)).float().mean()


def main() -> None:
    torch.manual_seed(0)
    x = torch.eye(4)
    good = bool(accuracy(x, x) == 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
