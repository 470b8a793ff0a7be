"""343 grouped_heads_not_repeated

kind: crash   facet: shape   seen in: "The size of tensor a (8) must match the size of tensor b (2) at non-singleton dimension 1" of Llama ports
ideal static checker: matmul of "b 8 t 64" and "b 2 64 t": 8 heads and 2 groups do not broadcast
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn


def repeat_kv(x: Float[Tensor, "b groups t d"], times: int) -> Tensor:
    b, groups, t, d = x.shape
    return x[:, :, None].expand(b, groups, times, t, d).reshape(b, groups * times, t, d)


class GroupedAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.wq = nn.Linear(512, 8 * 64, bias=False)
        self.wk = nn.Linear(512, 2 * 64, bias=False)
        self.wv = nn.Linear(512, 2 * 64, bias=False)
        self.wo = nn.Linear(512, 512, bias=False)

    def forward(self, x: Float[Tensor, "b t 512"]) -> Float[Tensor, "b t 512"]:
        b, t, _ = x.shape
        q = self.wq(x).view(b, t, 8, 64).transpose(1, 2)
        k = self.wk(x).view(b, t, 2, 64).transpose(1, 2)
        v = self.wv(x).view(b, t, 2, 64).transpose(1, 2)
        v = repeat_kv(v, 4)  # BUG: the keys are not repeated
        scores = q @ k.transpose(-2, -1) / math.sqrt(64)
        causal = torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1)
        weights = scores.masked_fill(causal, float("-inf")).softmax(dim=-1)
        return self.wo((weights @ v).transpose(1, 2).reshape(b, t, 512))


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if GroupedAttention()(torch.randn(2, 5, 512)).shape == (2, 5, 512) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
