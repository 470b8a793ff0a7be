"""int8_weight_into_linear

kind: crash   facet: dtype   seen in: weight-only quantization, "mat1 and mat2 must have the same dtype, but got Float and Char"
ideal static checker: F.linear of Float32 with a weight of Int8
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float32
from torch import Tensor, nn


class QuantLinear(nn.Module):
    scale: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach()
        scale = weight.abs().amax(dim=1, keepdim=True) / 127
        self.register_buffer("scale", scale)
        self.weight = nn.Parameter((weight / scale).round().to(torch.int8), requires_grad=False)

    def forward(self, x: Float32[Tensor, "b d"]) -> Float32[Tensor, "b out"]:
        return F.linear(x, self.weight)  # BUG: not dequantized


def main() -> None:
    torch.manual_seed(0)
    lin, x = nn.Linear(8, 4, bias=False), torch.randn(2, 8)
    print("GOOD" if torch.allclose(QuantLinear(lin)(x), lin(x), atol=0.1) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
