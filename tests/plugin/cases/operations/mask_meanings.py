"""Which way a mask is meant, by the comparison that made it, by a triangle, or by its name."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

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
