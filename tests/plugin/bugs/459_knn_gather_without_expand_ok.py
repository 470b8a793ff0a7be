"""459 knn_gather_without_expand (fixed twin)

kind: silent   facet: shape   seen in: pytorch3d knn_gather, pytorch/pytorch#47610 (gather does not check the rank's meaning)
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Group(nn.Module):
    def forward(self, *, feats: Float[Tensor, "b n c"], idx: Int[Tensor, "b n k"]) -> Float[Tensor, "b n k c"]:
        b, n, c = feats.shape
        k = idx.shape[-1]
        flat = idx.reshape(b, n * k, 1).expand(b, n * k, c)
        return torch.gather(feats, 1, flat).view(b, n, k, c)


def main() -> None:
    torch.manual_seed(0)
    f, i = torch.randn(2, 10, 16), torch.randint(0, 10, (2, 10, 4))
    out = Group()(feats=f, idx=i)
    good = out.shape == (2, 10, 4, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
