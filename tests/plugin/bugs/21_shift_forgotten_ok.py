"""shift_forgotten (fixed twin)

kind: crash   facet: shape   seen in: forum, next token losses
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor


def loss(logits: Float[Tensor, "b t v"], tokens: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
    v = logits.shape[-1]
    return F.cross_entropy(logits[:, :-1].reshape(-1, v), tokens[:, 1:].reshape(-1))


def main() -> None:
    torch.manual_seed(0)
    out = loss(torch.randn(2, 5, 9), torch.randint(9, (2, 5)))
    print("GOOD" if out.ndim == 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
