"""One number for each example beside a column or a map of each, where nobody asks for pairs of all examples."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


def predictions(logits: Float[Tensor, "b c"], y: Int[Tensor, "b 1"], z: Int[Tensor, "b"]) -> None:
    (logits.argmax(dim=-1) == y).float().mean()  # E: "b 1" beside "b" are "b b", all pairs; write squeeze(-1)
    found = torch.argmax(logits, 1)
    y.eq(found)  # E: "b 1" beside "b" are "b b", all pairs  [shape-mismatch]
    found == y.squeeze(1)
    found == z
    found.unsqueeze(1) == y
    found == z.unsqueeze(1)  # asked for
    z == y  # of which none is a prediction


class Depth(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Conv2d(3, 1, 3, padding=1)

    def forward(
        self, *, image: Float[Tensor, "b 3 h w"], depth: Float[Tensor, "b h w"], n_maps: Float[Tensor, "n 1 h w"]
    ) -> None:
        pred = F.softplus(self.net(image))
        pred - depth  # E: "b 1 h w" beside "b h w" are "b b h w", all pairs; write squeeze(1) of the first
        torch.log(pred) - torch.log(depth)  # E: are "b b h w", all pairs  [shape-mismatch]
        pred * depth  # E: are "b b h w", all pairs  [shape-mismatch]
        depth / pred.clamp(min=1e-3)  # E: are "b b h w", all pairs  [shape-mismatch]
        pred.squeeze(1) - depth
        pred - depth.unsqueeze(1)
        depth[:, None] * depth  # asked for
        depth.unsqueeze(1) - depth
        pred - depth.mean(0)


def overlaps(masks: Float[Tensor, "n 1 h w"], others: Float[Tensor, "n h w"]) -> Float[Tensor, "n n"]:
    return (masks * others).sum((-2, -1))
