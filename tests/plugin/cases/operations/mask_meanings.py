"""Which way a mask is meant, by the comparison that made it, by a triangle, or by its name."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Float16, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import KeepMaskType

PAD = 0


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.att = nn.MultiheadAttention(16, 2, batch_first=True)
        self.pad_idx = 0

    def forward(
        self,
        x: Float[Tensor, "b t 16"],
        tokens: Int[Tensor, "b t"],
        lengths: Int[Tensor, "b"],
        s: Float[Tensor, "b h t t"],
    ) -> None:
        mask = tokens != self.pad_idx
        self.att(x, x, x, key_padding_mask=mask)  # E: [element-mismatch]
        self.att(x, x, x, key_padding_mask=~mask)
        self.att(x, x, x, key_padding_mask=mask == 0)
        self.att(x, x, x, key_padding_mask=tokens.eq(PAD))
        self.att(x, x, x, key_padding_mask=tokens.ne(PAD))  # E: [element-mismatch]
        pos = torch.arange(x.size(1), device=x.device)
        valid = pos.unsqueeze(0) < lengths.unsqueeze(1)
        self.att(x, x, x, key_padding_mask=valid)  # E: [element-mismatch]
        self.att(x, x, x, key_padding_mask=lengths[:, None] > pos)  # E: [element-mismatch]
        self.att(x, x, x, key_padding_mask=lengths[:, None] <= pos)
        t = x.size(1)
        self.att(x, x, x, attn_mask=torch.ones(t, t).tril() == 0)
        self.att(x, x, x, attn_mask=torch.ones(t, t, dtype=torch.bool).triu(1))
        self.att(x, x, x, attn_mask=torch.ones(t, t, dtype=torch.bool).tril())  # E: [element-mismatch]
        m = (torch.triu(torch.ones(t, t)) == 1).transpose(0, 1)
        b = m.float().masked_fill(m == 0, float("-inf")).masked_fill(m == 1, float(0.0))
        self.att(x, x, x, attn_mask=b)
        F.scaled_dot_product_attention(s, s, s, b)
        F.scaled_dot_product_attention(s, s, s, m)
        F.scaled_dot_product_attention(s, s, s, ~m)  # E: [element-mismatch]
        torch.where(mask[:, None, None], s, float("-inf"))
        torch.where(~mask[:, None, None], s, float("-inf"))  # E: [element-mismatch]
        s.masked_fill(mask[:, None, None, :] == 0, -1e9)
        s.masked_fill(mask[:, None, None, :] == 1, -1e9)  # E: [element-mismatch]
        ext = (1.0 - mask.float()) * -1e9
        s + ext[:, None, None]


def ones_and_zeros_are_added(q: Float[Tensor, "b h t d"], x: Float[Tensor, "b t 16"]) -> None:
    t = q.size(-2)
    keep = torch.tril(torch.ones(t, t))
    F.scaled_dot_product_attention(q, q, q, keep)  # E: holds ones and zeros as floats  [element-mismatch]
    F.scaled_dot_product_attention(q, q, q, keep.bool())
    F.scaled_dot_product_attention(q, q, q, (1.0 - keep) * torch.finfo(q.dtype).min)
    F.scaled_dot_product_attention(q, q, q, keep.log())
    F.scaled_dot_product_attention(q, q, q, keep.masked_fill(keep == 0, float("-inf")))
    hide = torch.triu(torch.ones(t, t), diagonal=1)
    nn.MultiheadAttention(16, 2, batch_first=True)(x, x, x, attn_mask=hide)  # E: ones and zeros  [element-mismatch]
    F.scaled_dot_product_attention(q, q, q, hide * -1e4)
    F.scaled_dot_product_attention(q, q, q, torch.triu(torch.full((t, t), float("-inf")), 1))


def written_to(q: Float[Tensor, "b h t d"]) -> None:
    t = q.size(-2)
    filled = torch.triu(torch.ones(t, t), diagonal=1)
    filled.masked_fill_(filled == 1, float("-inf"))
    F.scaled_dot_product_attention(q, q, q, filled)
    indexed = torch.tril(torch.ones(t, t))
    indexed[indexed == 0] = float("-inf")
    F.scaled_dot_product_attention(q, q, q, indexed)
    scaled = torch.tril(torch.ones(t, t))
    scaled -= 1
    scaled *= 1e9
    F.scaled_dot_product_attention(q, q, q, scaled)


def by_number(q: Float[Tensor, "b h t d"], attention_mask: Int[Tensor, "b t"]) -> None:
    F.scaled_dot_product_attention(q, q, q, attention_mask[:, None, None] == 0)  # E: [element-mismatch]
    F.scaled_dot_product_attention(q, q, q, (attention_mask == 0)[:, None, None])  # E: [element-mismatch]
    F.scaled_dot_product_attention(q, q, q, attention_mask[:, None, None] != 0)
    (q @ q.mT).masked_fill(attention_mask[:, None, None] == 0, float("-inf"))
    (q @ q.mT).masked_fill(attention_mask[:, None, None] != 0, float("-inf"))  # E: [element-mismatch]
    turned = 1 - attention_mask
    F.scaled_dot_product_attention(q, q, q, (turned == 0)[:, None, None])


def zero_is_the_padding(
    q: Float[Tensor, "b h t d"],
    tokens: Int[Tensor, "b t"],
    token_type_ids: Int[Tensor, "b t"],
    attention_mask: Int[Tensor, "b t"],
) -> None:
    F.scaled_dot_product_attention(q, q, q, (tokens != 0)[:, None, None])
    F.scaled_dot_product_attention(q, q, q, (tokens == 0)[:, None, None])  # E: [element-mismatch]
    F.scaled_dot_product_attention(q, q, q, (token_type_ids == 0)[:, None, None])
    F.scaled_dot_product_attention(q, q, q, (tokens != 2)[:, None, None])
    F.scaled_dot_product_attention(q, q, q, (attention_mask == 1)[:, None, None])
    F.scaled_dot_product_attention(q, q, q, (attention_mask != 1)[:, None, None])  # E: [element-mismatch]
    F.scaled_dot_product_attention(q, q, q, attention_mask.bool()[:, None, None])
    F.scaled_dot_product_attention(q, q, q, ~attention_mask.bool()[:, None, None])  # E: [element-mismatch]
    F.scaled_dot_product_attention(q, q, q, ~attention_mask.to(torch.bool)[:, None, None])  # E: [element-mismatch]
    F.scaled_dot_product_attention(q, q, q, ~token_type_ids.bool()[:, None, None])


def padded(q: Float[Tensor, "b h t d"], pad: Bool[Tensor, "b t"], pad_mask: Bool[Tensor, "b t"]) -> None:
    F.scaled_dot_product_attention(q, q, q, ~pad[:, None, None])
    F.scaled_dot_product_attention(q, q, q, pad[:, None, None])  # E: [element-mismatch]
    F.scaled_dot_product_attention(q, q, q, pad_mask[:, None, None])


def the_lowest_number_by_any_name(
    scores: Float[Tensor, "b t"], keep: NeuralType[Bool[Tensor, "b t"], KeepMaskType], halves: Float16[Tensor, "b t"]
) -> None:
    scores.masked_fill(keep, torch.finfo(scores.dtype).min)  # E: write ~mask  [element-mismatch]
    worst = -torch.finfo(scores.dtype).max
    scores.masked_fill(keep, worst)  # E: write ~mask  [element-mismatch]
    scores.masked_fill(~keep, worst)
    halves.masked_fill(~keep, worst)
    nothing = 0.0
    scores.masked_fill(keep, nothing)
    low = -1e9
    scores.masked_fill(keep, low)  # E: write ~mask  [element-mismatch]
    halves.masked_fill(~keep, low)  # E: cannot hold  [dtype-mismatch]


def steps_in_pairs(q: Float[Tensor, "b h t d"], x: Float[Tensor, "b t 16"], s: Float[Tensor, "t t"]) -> None:
    att = nn.MultiheadAttention(16, 2, batch_first=True)
    i = torch.arange(x.size(1))
    att(x, x, x, attn_mask=i[None, :] > i[:, None])
    att(x, x, x, attn_mask=i[None, :] <= i[:, None])  # E: holds KeepMaskType  [element-mismatch]
    att(x, x, x, attn_mask=~(i[:, None] >= i))
    F.scaled_dot_product_attention(q, q, q, attn_mask=i[:, None] >= i)
    F.scaled_dot_product_attention(q, q, q, attn_mask=i.unsqueeze(1) < i)  # E: holds IgnoreMaskType  [element-mismatch]
    F.scaled_dot_product_attention(q, q, q, attn_mask=i[:, None] != i)
    F.scaled_dot_product_attention(q, q, q, attn_mask=i[:, None] < i + 1)
    # Pairs of which each is to be counted once are chosen so, too.
    s.masked_fill(i[:, None] >= i, float("-inf")).amax()
    torch.where(i[:, None] < i, s, float("-inf")).amax()


def added(s: Float[Tensor, "b q k"], tokens: Int[Tensor, "b k"], pad: int) -> None:
    keep, hide = (tokens != pad)[:, None], (tokens == pad)[:, None]
    s + hide.float() * -1e9
    s + keep.float() * -1e9  # E: is 1 where entries are to be kept, and these are hidden  [element-mismatch]
    s + (1.0 - keep.float()) * -1e9
    s + (1.0 - hide.float()) * -1e9  # E: write 1 - mask  [element-mismatch]
    s + (1 - hide.float()) * torch.finfo(s.dtype).min  # E: write 1 - mask  [element-mismatch]
    s + (1 - keep.float()) * torch.finfo(s.dtype).min
    s * keep.float()
    keep.float() * -1.0


def written(s: Float[Tensor, "b k"], tokens: Int[Tensor, "b k"], pad: int) -> None:
    keep, hide = tokens != pad, tokens == pad
    s[hide] = float("-inf")
    s[keep] = -1e9  # E: is True where entries are to be kept  [element-mismatch]
    s[~keep] = -1e9
    s[keep] = 0.0
    s[tokens > 3] = float("-inf")
