"""364 positions_counted_over_padding (fixed twin)

kind: silent   facet: semantic   seen in: speechbrain/speechbrain#2276
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Bool, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import EmbeddedTextType, PaddingMaskType, TokenIndex


def positions_of(
    pad_mask: NeuralType[Bool[Tensor, "b t"], PaddingMaskType],
) -> Int[Tensor, "b t"]:
    """1, 2, 3, ... where a token is, 0 where none is."""
    valid = (~pad_mask).long()
    return valid.cumsum(dim=1) * valid


class TokenEmbedding(nn.Module):
    def __init__(self, tokens: int, dim: int, longest: int = 512) -> None:
        super().__init__()
        self.tokens = nn.Embedding(tokens, dim, padding_idx=0)
        self.positions = nn.Embedding(longest + 1, dim, padding_idx=0)

    def forward(self, tokens: NeuralType[Int[Tensor, "b t"], TokenIndex]) -> NeuralType[Tensor, EmbeddedTextType]:
        return self.tokens(tokens) + self.positions(positions_of(tokens == 0))


def main() -> None:
    pad = torch.tensor([[False, False, True]])
    print("GOOD" if positions_of(pad).tolist() == [[1, 2, 0]] else "SILENT-WRONG")


if __name__ == "__main__":
    main()
