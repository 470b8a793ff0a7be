"""446 one_minus_bool_mask

kind: crash   facet: dtype   seen in: "Subtraction, the `-` operator, with a bool tensor is not supported"
ideal static checker: 1 - mask: subtraction is not defined for bool, use ~mask
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Bias(nn.Module):
    def forward(self, *, scores: Float[Tensor, "b t t"], mask: Bool[Tensor, "b t"]) -> Float[Tensor, "b t t"]:
        bias = (1 - mask).unsqueeze(1) * -10000.0  # BUG: mask is bool
        return torch.softmax(scores + bias, dim=-1)


def main() -> None:
    torch.manual_seed(0)
    out = Bias()(scores=torch.randn(2, 5, 5), mask=torch.ones(2, 5, dtype=torch.bool))
    good = out.shape == (2, 5, 5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
