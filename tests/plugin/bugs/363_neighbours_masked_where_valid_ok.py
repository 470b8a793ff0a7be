"""363 neighbours_masked_where_valid (fixed twin)

kind: silent   facet: semantic   seen in: lucidrains/halonet-pytorch#4
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import EncodedRepresentation, KeepMaskType


class HaloAttention(nn.Module):
    def __init__(self, dim: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.scale = (dim // heads) ** -0.5
        self.to_q = nn.Linear(dim, dim, bias=False)
        self.to_kv = nn.Linear(dim, 2 * dim, bias=False)
        self.out = nn.Linear(dim, dim)

    def forward(
        self,
        x: NeuralType[Float[Tensor, "b t dim"], EncodedRepresentation],
        halo: NeuralType[Float[Tensor, "b j dim"], EncodedRepresentation],
        mask: NeuralType[Bool[Tensor, "b j"], KeepMaskType],
    ) -> NeuralType[Float[Tensor, "b t dim"], EncodedRepresentation]:
        q = self.to_q(x) * self.scale
        k, v = self.to_kv(halo).chunk(2, dim=-1)
        sim = torch.einsum("b i d, b j d -> b i j", q, k)
        worst = -torch.finfo(sim.dtype).max
        sim = sim.masked_fill(~mask[:, None, :], worst)
        attn = sim.softmax(dim=-1)
        return self.out(torch.einsum("b i j, b j d -> b i d", attn, v))


def main() -> None:
    torch.manual_seed(0)
    m, x, halo = HaloAttention(16), torch.randn(2, 3, 16), torch.randn(2, 6, 16)
    keep = torch.tensor([[True] * 4 + [False] * 2] * 2)
    other = halo.clone()
    other[:, 4:] = 0.0
    print("GOOD" if torch.allclose(m(x, halo, keep), m(x, other, keep), atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
