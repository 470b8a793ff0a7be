"""373 mask_multiplied_as_a_matrix (fixed twin)

kind: crash   facet: dtype   seen in: "expected scalar type Float but found Bool", pooling by bmm
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import EncodedRepresentation, KeepMaskType


class MeanPool(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d)

    def forward(
        self,
        hidden: NeuralType[Float[Tensor, "b t d"], EncodedRepresentation],
        mask: NeuralType[Bool[Tensor, "b t"], KeepMaskType],
    ) -> NeuralType[Float[Tensor, "b d"], EncodedRepresentation]:
        keep = mask.unsqueeze(1).to(hidden.dtype)
        total = torch.bmm(keep, self.norm(hidden)).squeeze(1)
        return total / keep.sum(dim=-1).clamp(min=1)


def main() -> None:
    torch.manual_seed(0)
    out = MeanPool(4)(torch.randn(2, 5, 4), torch.ones(2, 5, dtype=torch.bool))
    print("GOOD" if out.shape == (2, 4) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
