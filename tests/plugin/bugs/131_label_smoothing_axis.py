"""label_smoothing_axis

kind: crash   facet: shape   seen in: hand-written label smoothing
ideal static checker: scatter along the batch
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def smooth(logits: Float[Tensor, "b c"], y: Int[Tensor, "b"], eps: float) -> Float[Tensor, ""]:
    logp = logits.log_softmax(dim=-1)
    target = torch.full_like(logp, eps / (logp.size(1) - 1))
    target.scatter_(1, y, 1 - eps)  # BUG: y.unsqueeze(1)
    return -(target * logp).sum(dim=-1).mean()


def main() -> None:
    torch.manual_seed(0)
    good = smooth(torch.randn(4, 3), torch.tensor([0, 1, 2, 0]), 0.1).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
