"""probabilities_thresholded_at_zero

kind: silent   facet: semantic   seen in: multi-label metrics
ideal static checker: probabilities are above 0 always
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def decide(logits: Float[Tensor, "b labels"]) -> Bool[Tensor, "b labels"]:
    probs = torch.sigmoid(logits)
    return probs > 0  # BUG: logits > 0, or probs > 0.5


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(4, 5)
    good = bool(torch.equal(decide(x), x > 0))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
