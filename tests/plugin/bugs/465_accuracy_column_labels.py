"""465 accuracy_column_labels

kind: silent   facet: shape   seen in: 935963004/LaBraM#15
ideal static checker: "b" == "b 1" compares every prediction with every label
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


def accuracy(*, logits: Float[Tensor, "b 3"], target: Int[Tensor, "b 1"]) -> Float[Tensor, ""]:
    return (logits.argmax(dim=-1) == target).float().mean()  # BUG: compares b x b pairs


def main() -> None:
    torch.manual_seed(0)
    target = torch.randint(0, 3, (16, 1))
    logits = torch.eye(3)[target[:, 0]]
    good = bool(accuracy(logits=logits, target=target) == 1.0)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
