"""C84 anchors_and_costs: predictions of a grid, boxes in both formats, and the cost between queries and targets. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import LogitsType, ProbsType


class Head(nn.Module):
    def __init__(self, channels: int, anchors: int, classes: int) -> None:
        super().__init__()
        self.anchors, self.classes = anchors, classes
        self.conv = nn.Conv2d(channels, anchors * (classes + 4), kernel_size=1)

    def forward(
        self, x: Float[Tensor, "b channels h w"]
    ) -> tuple[NeuralType[Float[Tensor, "b boxes classes"], LogitsType], Float[Tensor, "b boxes 4"]]:
        b, _, h, w = x.shape
        out = self.conv(x).view(b, self.anchors, self.classes + 4, h, w)
        out = out.permute(0, 3, 4, 1, 2).reshape(b, h * w * self.anchors, self.classes + 4)
        logits, boxes = out.split([self.classes, 4], dim=-1)
        rows, columns = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        centres = torch.stack([columns, rows], dim=-1).view(-1, 1, 2).repeat(1, self.anchors, 1).view(1, -1, 2)
        xy = (boxes[..., :2].sigmoid() + centres) / torch.tensor([w, h])
        return logits, torch.cat([xy, boxes[..., 2:].sigmoid()], dim=-1)


def corners(boxes: Float[Tensor, "*any 4"]) -> Float[Tensor, "*any 4"]:
    x, y, w, h = boxes.unbind(-1)
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], dim=-1)


def iou(a: Float[Tensor, "m 4"], b: Float[Tensor, "k 4"]) -> Float[Tensor, "m k"]:
    area_a, area_b = (a[:, 2:] - a[:, :2]).prod(dim=1), (b[:, 2:] - b[:, :2]).prod(dim=1)
    low, high = torch.max(a[:, None, :2], b[:, :2]), torch.min(a[:, None, 2:], b[:, 2:])
    inter = (high - low).clamp(min=0).prod(dim=2)
    return inter / (area_a[:, None] + area_b - inter).clamp(min=1e-9)


def cost(
    probs: NeuralType[Float[Tensor, "queries classes"], ProbsType],
    boxes: Float[Tensor, "queries 4"],
    labels: Int[Tensor, "targets"],
    target: Float[Tensor, "targets 4"],
) -> Float[Tensor, "queries targets"]:
    return torch.cdist(boxes, target, p=1) - probs[:, labels] - iou(corners(boxes), corners(target))


def focal(logits: NeuralType[Float[Tensor, "n classes"], LogitsType], labels: Int[Tensor, "n"]) -> Float[Tensor, ""]:
    target = F.one_hot(labels, logits.shape[1]).to(logits.dtype)
    p = logits.sigmoid()
    p_t = p * target + (1 - p) * (1 - target)
    return (F.binary_cross_entropy_with_logits(logits, target, reduction="none") * (1 - p_t) ** 2).sum(-1).mean()


def main() -> None:
    torch.manual_seed(0)
    logits, boxes = Head(8, 2, 5)(torch.randn(2, 8, 3, 4))
    matrix = cost(logits[0].softmax(-1), boxes[0], torch.tensor([1, 2]), torch.rand(2, 4))
    print("GOOD", tuple(matrix.shape), tuple(focal(logits[0], torch.randint(5, (24,))).shape))


if __name__ == "__main__":
    main()
