"""float_gather_index (fixed twin)

kind: crash   facet: dtype   seen in: "gather(): Expected dtype int64 for index"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def pick(q: Float[Tensor, "b actions"], action: Float[Tensor, "b 1"]) -> Float[Tensor, "b 1"]:
    return q.gather(1, action.long())


def main() -> None:
    torch.manual_seed(0)
    good = pick(torch.randn(3, 2), torch.zeros(3, 1)).shape == (3, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
