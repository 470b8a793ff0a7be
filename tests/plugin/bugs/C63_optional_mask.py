"""C63 optional_mask: a mask that may be absent, as 0 and 1. A checker must stay silent."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Pool(nn.Module):
    def forward(
        self, *, x: Float[Tensor, "b t d"], attention_mask: Int[Tensor, "b t"] | None = None
    ) -> Float[Tensor, "b d"]:
        if attention_mask is None:
            return x.mean(dim=1)
        mask = attention_mask.unsqueeze(-1).to(x.dtype)
        return (x * mask).sum(1) / mask.sum(1).clamp(min=1)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 5, 8)
    out = Pool()(x=x, attention_mask=torch.tensor([[1, 1, 1, 0, 0]] * 2))
    print("GOOD", tuple(out.shape), tuple(Pool()(x=x).shape))


if __name__ == "__main__":
    main()
