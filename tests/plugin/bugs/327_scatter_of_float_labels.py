"""327 scatter_of_float_labels

kind: crash   facet: dtype   seen in: deep-learning-with-pytorch/dlwpt-code#12, samleoqh/MSCG-Net#7
ideal static checker: scatter_ expects an int64 index, got Float
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class OneHot(nn.Module):
    def forward(self, *, target: Float[Tensor, "b"]) -> Float[Tensor, "b 10"]:
        onehot = torch.zeros(target.shape[0], 10)
        onehot.scatter_(1, target.unsqueeze(1), 1.0)  # BUG: target.long() missing
        return onehot


def main() -> None:
    torch.manual_seed(0)
    out = OneHot()(target=torch.randint(0, 10, (6,)).float())
    good = out.shape == (6, 10) and bool((out.sum(1) == 1).all())
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
