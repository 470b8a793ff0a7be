"""attention_pooling_over_time: softmax over time is what attention pooling does. A checker must stay silent."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Pool(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Linear(64, 1)

    def forward(self, *, x: Float[Tensor, "batch time 64"], lengths: Int[Tensor, "batch"]) -> Float[Tensor, "batch 64"]:
        valid = torch.arange(x.size(1))[None, :] < lengths[:, None]
        scores = self.score(x).masked_fill(~valid[..., None], float("-inf"))
        return (scores.softmax(dim=1) * x).sum(dim=1)


def main() -> None:
    torch.manual_seed(0)
    good = Pool()(x=torch.randn(2, 5, 64), lengths=torch.tensor([5, 2])).shape == (2, 64)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
