"""C79 masks_of_every_convention: the same padding as bool, float and additive mask, each turned round where it must be. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import IgnoreMaskType, KeepMaskType, PaddingMaskType


class Attention(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.mha = nn.MultiheadAttention(d, 2, batch_first=True)
        self.layer = nn.TransformerEncoderLayer(d, 2, 4 * d, batch_first=True)

    def forward(
        self, x: Float[Tensor, "b t d"], keep: NeuralType[Bool[Tensor, "b t"], KeepMaskType]
    ) -> Float[Tensor, "b t d"]:
        out, _ = self.mha(x, x, x, key_padding_mask=~keep)
        out = out + self.layer(x, src_key_padding_mask=keep.logical_not())
        q = k = v = x.unsqueeze(1)
        out = out + F.scaled_dot_product_attention(q, k, v, attn_mask=keep[:, None, None, :]).squeeze(1)
        bias = (1.0 - keep.float()) * torch.finfo(x.dtype).min
        return out + F.scaled_dot_product_attention(q, k, v, attn_mask=bias[:, None, None, :]).squeeze(1)


def positions(pad: NeuralType[Bool[Tensor, "b t"], PaddingMaskType]) -> Int[Tensor, "b t"]:
    valid = (~pad).long()
    return valid.cumsum(dim=1) * valid


def mean_of_valid(
    x: Float[Tensor, "b t d"], ignore: NeuralType[Bool[Tensor, "b t"], IgnoreMaskType]
) -> Float[Tensor, "b d"]:
    x = x.masked_fill(ignore.unsqueeze(-1), 0.0)
    return x.sum(dim=1) / (~ignore).sum(dim=1, keepdim=True).clamp(min=1)


def from_lengths(lengths: Int[Tensor, "b"], t: int) -> NeuralType[Bool[Tensor, "b t"], PaddingMaskType]:
    return torch.arange(t, device=lengths.device)[None, :] >= lengths[:, None]


def main() -> None:
    torch.manual_seed(0)
    x, pad = torch.randn(2, 5, 8), from_lengths(torch.tensor([5, 3]), 5)
    print("GOOD", tuple(Attention(8)(x, ~pad).shape), tuple(mean_of_valid(x, pad).shape), positions(pad).tolist())


if __name__ == "__main__":
    main()
