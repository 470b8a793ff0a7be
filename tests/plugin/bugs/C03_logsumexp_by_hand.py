"""logsumexp_by_hand: the axes of size 1 are meant to broadcast. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor


def log_softmax(x: Float[Tensor, "b t v"]) -> Float[Tensor, "b t v"]:
    top = x.max(dim=-1, keepdim=True).values
    return x - top - (x - top).exp().sum(dim=-1, keepdim=True).log()


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4)
    good = bool(torch.allclose(log_softmax(x), x.log_softmax(-1), atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
