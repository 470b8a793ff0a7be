"""half_hidden_into_full_precision_layer

kind: crash   facet: dtype   seen in: zai-org/CogVideo#170 (T5's wo stays in float32), huggingface/transformers#25491
ideal static checker: Linear of Float32 gets Float16
"""

import torch
from jaxtyping import Float, Float16
from torch import Tensor, nn


class GatedFeedForward(nn.Module):
    def __init__(self, d: int, d_ff: int) -> None:
        super().__init__()
        self.wi = nn.Linear(d, d_ff, dtype=torch.float16)
        self.wo = nn.Linear(d_ff, d, dtype=torch.float32)

    def forward(self, x: Float16[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        h = torch.relu(self.wi(x))
        return x + self.wo(h)  # BUG: wo is kept in float32


class Block(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.ffn = GatedFeedForward(d, 4 * d)

    def forward(self, x: Float16[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
        return self.ffn(x)


def main() -> None:
    torch.manual_seed(0)
    out = Block(8)(torch.randn(2, 3, 8).half())
    print("GOOD" if out.shape == (2, 3, 8) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
