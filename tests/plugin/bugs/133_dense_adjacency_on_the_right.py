"""dense_adjacency_on_the_right

kind: silent   facet: axis   seen in: GCN by hand, pygcn ports
ideal static checker: the adjacency must stand on the left
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Gcn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 8)

    def forward(self, *, x: Float[Tensor, "nodes 16"], adj: Float[Tensor, "nodes nodes"]) -> Float[Tensor, "nodes 8"]:
        return torch.mm(self.fc(x), adj)  # BUG: torch.mm(adj, self.fc(x))


def main() -> None:
    torch.manual_seed(0)
    good = Gcn()(x=torch.randn(5, 16), adj=torch.eye(5)).shape == (5, 8)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
