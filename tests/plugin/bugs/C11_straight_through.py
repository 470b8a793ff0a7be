"""straight_through: one-hot forward, soft backward. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def straight_through(logits: Float[Tensor, "b v"]) -> Float[Tensor, "b v"]:
    soft = logits.softmax(dim=-1)
    hard = F.one_hot(soft.argmax(dim=-1), logits.shape[-1]).type_as(soft)
    return hard + soft - soft.detach()


def main() -> None:
    torch.manual_seed(0)
    good = straight_through(torch.randn(2, 3)).shape == (2, 3)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
