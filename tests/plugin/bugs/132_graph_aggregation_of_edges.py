"""graph_aggregation_of_edges

kind: crash   facet: shape   seen in: GNN layers by hand
ideal static checker: index_add_ wants one index per edge
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def aggregate(x: Float[Tensor, "nodes d"], edges: Int[Tensor, "2 e"]) -> Float[Tensor, "nodes d"]:
    messages = x[edges[0]]
    out = torch.zeros_like(x)
    return out.index_add(0, edges, messages)  # BUG: edges[1]


def main() -> None:
    torch.manual_seed(0)
    good = aggregate(torch.randn(4, 3), torch.tensor([[0, 1], [2, 3]])).shape == (4, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
