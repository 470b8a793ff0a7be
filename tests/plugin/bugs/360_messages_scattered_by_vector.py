"""360 messages_scattered_by_vector

kind: crash   facet: shape   seen in: "Index tensor must have the same number of dimensions as self tensor" of GNN exercises
ideal static checker: scatter_add of "edges c" with an index "edges": the index needs all axes (or index_add is meant)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class SumConv(nn.Module):
    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.message = nn.Linear(2 * c_in, c_out)
        self.update = nn.Linear(c_in + c_out, c_out)

    def forward(
        self, x: Float[Tensor, "nodes c_in"], edge_index: Int[Tensor, "2 edges"]
    ) -> Float[Tensor, "nodes c_out"]:
        src, dst = edge_index
        messages = torch.relu(self.message(torch.cat([x[src], x[dst]], dim=-1)))
        total = x.new_zeros(x.size(0), messages.size(1))
        total = total.scatter_add(0, dst, messages)  # BUG: one index for a row is index_add's
        return self.update(torch.cat([x, total], dim=-1))


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if SumConv(3, 4)(torch.randn(5, 3), torch.randint(5, (2, 9))).shape == (5, 4) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
