"""padding_mask_along_queries

kind: silent   facet: mask   seen in: hyunwoongko/transformer#40
ideal static checker: the padding belongs on the key axis
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Attention(nn.Module):
    def forward(self, *, scores: Float[Tensor, "b h q k"], valid_keys: Bool[Tensor, "b k"]) -> Float[Tensor, "b h q k"]:
        return scores.masked_fill(~valid_keys[:, None, :, None], -1e4).softmax(dim=-1)  # BUG: [:, None, None, :]


def main() -> None:
    torch.manual_seed(0)
    s = torch.zeros(1, 1, 3, 3)
    v = torch.tensor([[True, True, False]])
    good = bool(Attention()(scores=s, valid_keys=v)[0, 0, 0, 2] < 1e-3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
