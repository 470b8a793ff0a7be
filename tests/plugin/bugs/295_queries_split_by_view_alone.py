"""295 queries_split_by_view_alone

kind: silent   facet: shape   seen in: zhouhaoyi/Informer2020#59, hackiey/QAnet-pytorch#2
ideal static checker: view(b, 4, t, 16) of "b t 64" mixes time and heads; view(b, t, 4, 16).transpose(1, 2) wanted
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Split(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Linear(64, 64)

    def forward(self, *, x: Float[Tensor, "b t 64"]) -> Float[Tensor, "b 4 t 16"]:
        b, t, _ = x.shape
        return self.q(x).view(b, 4, t, 16)  # BUG: a view does not move axes


def main() -> None:
    torch.manual_seed(0)
    m, x = Split(), torch.randn(2, 10, 64)
    x2 = x.clone()
    x2[:, 0] = 0.0
    good = bool(torch.allclose(m(x=x)[:, :, 1:], m(x=x2)[:, :, 1:], atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
