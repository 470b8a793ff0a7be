"""339 pooling_weights_of_one

kind: silent   facet: shape   seen in: catalyst-team/catalyst#285
ideal static checker: softmax over an axis of size 1 gives ones; over time (dim=2) is wanted
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class TemporalAttentionPooling(nn.Module):
    def __init__(self, features: int) -> None:
        super().__init__()
        self.attention = nn.Conv1d(features, 1, kernel_size=1)

    def forward(self, history: Float[Tensor, "b t features"]) -> Float[Tensor, "b features"]:
        x = history.transpose(1, 2)
        scores = torch.tanh(self.attention(x))
        weights = F.softmax(scores, dim=1)  # BUG: the channel axis, of size 1
        return torch.sum(x * weights, dim=2)


def main() -> None:
    torch.manual_seed(0)
    pool, x = TemporalAttentionPooling(6), torch.ones(2, 9, 6)
    print("GOOD" if torch.allclose(pool(x), torch.ones(2, 6)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
