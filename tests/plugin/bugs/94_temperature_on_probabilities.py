"""temperature_on_probabilities

kind: silent   facet: semantic   seen in: samplers that scale after softmax
ideal static checker: temperature belongs on logits
"""

import torch
from jaxtyping import Float
from torch import Tensor


def sample_weights(logits: Float[Tensor, "b v"], temperature: float) -> Float[Tensor, "b v"]:
    probs = logits.softmax(dim=-1)
    return (probs / temperature).softmax(dim=-1)  # BUG: softmax of probabilities


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 5)
    good = bool(torch.allclose(sample_weights(x, 0.5), (x / 0.5).softmax(-1)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
