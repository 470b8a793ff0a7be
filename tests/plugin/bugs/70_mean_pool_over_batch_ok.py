"""mean_pool_over_batch (fixed twin)

kind: silent   facet: axis   seen in: sentence encoders
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Pool(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(100, 32)

    def forward(self, *, tokens: Int[Tensor, "batch time"]) -> Float[Tensor, "batch 32"]:
        return self.embed(tokens).mean(dim=1)


def main() -> None:
    torch.manual_seed(0)
    good = Pool()(tokens=torch.randint(0, 100, (3, 5))).shape == (3, 32)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
