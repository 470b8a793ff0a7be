"""distilled_from_raw_outputs (fixed twin)

kind: silent   facet: element   seen in: written for this test, after a mistake that is often asked about
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


def distill(
    student: nn.Linear, teacher: nn.Linear, x: Float[Tensor, "batch 16"], temperature: float = 2.0
) -> Float[Tensor, ""]:
    with torch.no_grad():
        wanted = teacher(x) / temperature
    found = student(x) / temperature
    return F.cross_entropy(found, wanted.softmax(-1))


def main() -> None:
    torch.manual_seed(0)
    loss = distill(nn.Linear(16, 4), nn.Linear(16, 4), 10 * torch.randn(64, 16))
    print("GOOD" if loss > 1.0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
