"""472 prototype_mean_over_ways

kind: silent   facet: axis   seen in: prototypical networks, Hsankesara/Prototypical-Networks#2
ideal static checker: mean over axis 0 (way) of "way shot 64" gives "shot 64"; the prototypes are "way 64"
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


def proto_logits(*, support: Float[Tensor, "way shot 64"], query: Float[Tensor, "q 64"]) -> Float[Tensor, "q way"]:
    proto = support.mean(dim=0)  # BUG: averages the classes, not the shots
    return -torch.cdist(query, proto)


def main() -> None:
    torch.manual_seed(0)
    s, q = torch.randn(5, 5, 64), torch.randn(7, 64)
    good = bool(torch.allclose(proto_logits(support=s, query=q)[0, 2], -(q[0] - s[2].mean(0)).norm(), atol=1e-4))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
