"""lora_sizes_of_weight

kind: crash   facet: shape   seen in: hkproj/pytorch-lora#4
ideal static checker: Linear.weight is (out, in): the update is 768 x 3072, the weight 3072 x 768
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, rank: int = 4) -> None:
        super().__init__()
        self.base = nn.Linear(768, 3072)
        features_in, features_out = self.base.weight.shape  # BUG: the weight is (out, in)
        self.a = nn.Parameter(torch.randn(rank, features_in) * 0.02)
        self.b = nn.Parameter(torch.zeros(features_out, rank))

    def forward(self, x: Float[Tensor, "b t 768"]) -> Float[Tensor, "b t 3072"]:
        return F.linear(x, self.base.weight + self.b @ self.a, self.base.bias)


def main() -> None:
    torch.manual_seed(0)
    out = LoRALinear()(torch.randn(2, 3, 768))
    print("GOOD" if out.shape == (2, 3, 3072) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
