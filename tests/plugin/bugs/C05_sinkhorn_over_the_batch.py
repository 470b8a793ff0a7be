"""sinkhorn_over_the_batch: a softmax over the batch is what contrastive losses of both directions do. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def both_directions(image: Float[Tensor, "batch d"], text: Float[Tensor, "batch d"]) -> Float[Tensor, ""]:
    logits = image @ text.T
    labels = torch.arange(logits.size(0))
    rows = F.cross_entropy(logits, labels)
    columns = F.cross_entropy(logits.t(), labels)
    return (rows + columns) / 2


def main() -> None:
    torch.manual_seed(0)
    good = both_directions(torch.randn(3, 4), torch.randn(3, 4)).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
