"""topk_accuracy_column (fixed twin)

kind: silent   facet: shape   seen in: pytorch/examples accuracy(output, target, topk) ported
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def top5(logits: Float[Tensor, "b c"], y: Int[Tensor, "b"]) -> Float[Tensor, ""]:
    hits = logits.topk(5, dim=1).indices == y[:, None]
    return hits.any(dim=1).float().mean()


def main() -> None:
    torch.manual_seed(0)
    x, y = torch.randn(5, 9), torch.tensor([0, 1, 2, 3, 4])
    want = torch.stack([(x[i].topk(5).indices == y[i]).any() for i in range(5)]).float().mean()
    good = bool(top5(x, y) == want)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
