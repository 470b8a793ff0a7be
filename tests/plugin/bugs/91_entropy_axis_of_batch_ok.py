"""entropy_axis_of_batch (fixed twin)

kind: silent   facet: axis   seen in: RL entropy bonuses
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Categorical


def entropy(logits: Float[Tensor, "batch actions"]) -> Float[Tensor, ""]:
    probs = F.softmax(logits, dim=-1)
    return -(probs * probs.log()).sum(dim=-1).mean()


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(6, 3)
    good = bool(torch.allclose(entropy(x), Categorical(logits=x).entropy().mean()))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
