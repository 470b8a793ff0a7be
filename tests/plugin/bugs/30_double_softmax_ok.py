"""double_softmax (fixed twin)

kind: silent   facet: semantic   seen in: attention-based pooling with a softmax in the module and one in the caller
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Pool(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(8, 1), nn.Flatten(2))

    def forward(self, x: Float[Tensor, "b t 8"]) -> Float[Tensor, "b 8"]:
        return (self.score(x).softmax(dim=1) * x).sum(dim=1)


def main() -> None:
    torch.manual_seed(0)
    m, x = Pool(), torch.randn(2, 5, 8)
    print("GOOD" if torch.allclose(m(x), (m.score[0](x).softmax(1) * x).sum(1), atol=1e-6) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
