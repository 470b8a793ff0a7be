"""where_keeps_the_padding

kind: silent   facet: mask   seen in: masked attention scores
ideal static checker: where() keeps the scores of the padding
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor


def weights(scores: Float[Tensor, "b t s"], pad_mask: Bool[Tensor, "b s"]) -> Float[Tensor, "b t s"]:
    hidden = torch.full_like(scores, float("-inf"))
    masked = torch.where(pad_mask[:, None, :], scores, hidden)  # BUG: the other way round
    return F.softmax(masked, dim=-1)


def main() -> None:
    torch.manual_seed(0)

    w = weights(torch.randn(1, 2, 3), torch.tensor([[False, False, True]]))
    good = bool((w[..., 2] == 0).all())
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
