"""C56 logits_thresholded_at_zero: logits are compared with 0, probabilities with a tuned threshold. A checker must stay silent."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Predict(nn.Module):
    def __init__(self, threshold: float = 0.3) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 5)
        self.threshold = threshold

    def forward(self, *, x: Float[Tensor, "b 32"]) -> Bool[Tensor, "b 5"]:
        logits = self.fc(x)
        if self.threshold == 0.5:
            return logits > 0
        return logits.sigmoid() > self.threshold


def main() -> None:
    torch.manual_seed(0)
    out = Predict()(x=torch.randn(4, 32))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
