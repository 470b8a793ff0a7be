"""312 padding_mask_without_query_axis

kind: crash   facet: shape   seen in: "The size of tensor a (4) must match the size of tensor b (2) at non-singleton dimension 1"
ideal static checker: masked_fill: "b 4 t t" and mask "b 1 t" align b with the heads; mask[:, None, None, :] wanted
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class MaskedScores(nn.Module):
    def forward(self, *, scores: Float[Tensor, "b 4 t t"], pad: Bool[Tensor, "b t"]) -> Float[Tensor, "b 4 t t"]:
        scores = scores.masked_fill(pad[:, None], float("-inf"))  # BUG: one axis short
        return scores.softmax(dim=-1)


def main() -> None:
    torch.manual_seed(0)
    pad = torch.tensor([[False, False, False, True, True]] * 2)
    out = MaskedScores()(scores=torch.randn(2, 4, 5, 5), pad=pad)
    good = out.shape == (2, 4, 5, 5) and bool((out[..., 3:] == 0).all())
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
