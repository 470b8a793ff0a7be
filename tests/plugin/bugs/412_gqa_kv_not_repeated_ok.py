"""412 gqa_kv_not_repeated (fixed twin)

kind: crash   facet: shape   seen in: meta-llama/llama#384, foundation-model-stack#20
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Attn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Linear(128, 8 * 16)
        self.k = nn.Linear(128, 2 * 16)
        self.v = nn.Linear(128, 2 * 16)

    def forward(self, *, x: Float[Tensor, "b t 128"]) -> Float[Tensor, "b t 128"]:
        b, t, _ = x.shape
        q = self.q(x).view(b, t, 8, 16).transpose(1, 2)
        k = self.k(x).view(b, t, 2, 16).transpose(1, 2).repeat_interleave(4, dim=1)
        v = self.v(x).view(b, t, 2, 16).transpose(1, 2).repeat_interleave(4, dim=1)
        w = torch.softmax(q @ k.transpose(-2, -1) / 4.0, dim=-1)
        return (w @ v).transpose(1, 2).reshape(b, t, 128)


def main() -> None:
    torch.manual_seed(0)
    out = Attn()(x=torch.randn(2, 5, 128))
    good = out.shape == (2, 5, 128)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
