"""Self-attention, in a package without `__init__`."""

from jaxtyping import Bool, Float
from torch import Tensor, nn


class Attention(nn.Module):
    def __init__(self, d_model: int, heads: int = 4) -> None:
        super().__init__()
        self.d_model, self.heads = d_model, heads
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(
        self, x: Float[Tensor, "b t {self.d_model}"], keep: Bool[Tensor, "b t"] | None = None
    ) -> Float[Tensor, "b t {self.d_model}"]:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        scores = q @ k.mT
        if keep is not None:
            scores = scores.masked_fill(~keep[:, None], -1e4)
        return self.out(scores.softmax(dim=-1) @ v)
