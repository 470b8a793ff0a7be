"""mask_as_float_weight: a bool mask times a loss is what masking does. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor


def masked_nll(logits: Float[Tensor, "b t v"], y: Int[Tensor, "b t"], valid: Bool[Tensor, "b t"]) -> Float[Tensor, ""]:
    nll = F.cross_entropy(logits.transpose(1, 2), y, reduction="none")
    return (nll * valid).sum() / valid.sum().clamp(min=1)


def main() -> None:
    torch.manual_seed(0)
    good = (
        masked_nll(torch.randn(2, 3, 5), torch.zeros(2, 3, dtype=torch.long), torch.ones(2, 3, dtype=torch.bool)).shape
        == ()
    )
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
