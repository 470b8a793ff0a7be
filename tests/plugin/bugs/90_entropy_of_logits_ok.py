"""entropy_of_logits (fixed twin)

kind: silent   facet: semantic   seen in: RL entropy bonuses
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Categorical


def entropy(logits: Float[Tensor, "b actions"]) -> Float[Tensor, "b"]:
    probs = logits.softmax(dim=-1)
    return -(probs * torch.log(probs)).sum(dim=-1)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(4, 3)
    good = bool(torch.allclose(entropy(x), Categorical(logits=x).entropy()))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
