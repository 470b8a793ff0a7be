"""triplet_cosine_axis (fixed twin)

kind: silent   facet: axis   seen in: F.cosine_similarity default dim=1 on "batch time channel"
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def frame_similarity(
    a: Float[Tensor, "batch time 64"], b: Float[Tensor, "batch time 64"]
) -> Float[Tensor, "batch time"]:
    return F.cosine_similarity(a, b, dim=-1)


def main() -> None:
    torch.manual_seed(0)
    good = frame_similarity(torch.randn(2, 5, 64), torch.randn(2, 5, 64)).shape == (2, 5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
