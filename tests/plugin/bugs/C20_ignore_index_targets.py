"""ignore_index_targets: integer targets with holes, flattened logits. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor


def lm_loss(logits: Float[Tensor, "b t v"], y: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
    shifted = logits[..., :-1, :].contiguous()
    labels = y[..., 1:].contiguous()
    return F.cross_entropy(shifted.view(-1, shifted.size(-1)), labels.view(-1), ignore_index=-100)


def main() -> None:
    torch.manual_seed(0)
    good = lm_loss(torch.randn(2, 4, 5), torch.zeros(2, 4, dtype=torch.long)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
