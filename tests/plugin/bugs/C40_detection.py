"""detection: pairwise IoU, anchors of grids, box coding, focal loss, matching, roi crops by grid_sample. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn


def area(boxes: Float[Tensor, "n 4"]) -> Float[Tensor, "n"]:
    size = (boxes[:, 2:] - boxes[:, :2]).clamp(min=0)
    return size.prod(dim=1)


def iou(a: Float[Tensor, "n 4"], b: Float[Tensor, "m 4"]) -> Float[Tensor, "n m"]:
    low = torch.max(a[:, None, :2], b[None, :, :2])
    high = torch.min(a[:, None, 2:], b[None, :, 2:])
    inter = (high - low).clamp(min=0).prod(dim=2)
    return inter / (area(a)[:, None] + area(b)[None, :] - inter + 1e-9)


def giou(a: Float[Tensor, "n 4"], b: Float[Tensor, "n 4"]) -> Float[Tensor, "n"]:
    x1, y1, x2, y2 = a.unbind(-1)
    u1, v1, u2, v2 = b.unbind(-1)
    inter = (torch.min(x2, u2) - torch.max(x1, u1)).clamp(0) * (torch.min(y2, v2) - torch.max(y1, v1)).clamp(0)
    hull = (torch.max(x2, u2) - torch.min(x1, u1)) * (torch.max(y2, v2) - torch.min(y1, v1))
    union = area(a) + area(b) - inter
    return inter / union - (hull - union) / hull


def anchors(h: int, w: int, stride: int, sizes: tuple[float, ...]) -> Float[Tensor, "n 4"]:
    ys, xs = torch.meshgrid(torch.arange(h) + 0.5, torch.arange(w) + 0.5, indexing="ij")
    centre = torch.stack([xs, ys, xs, ys], dim=-1).reshape(-1, 1, 4) * stride
    half = torch.tensor([[-s, -s, s, s] for s in sizes]) / 2
    return (centre + half).reshape(-1, 4)


def decode(deltas: Float[Tensor, "*b n 4"], anchor: Float[Tensor, "n 4"]) -> Float[Tensor, "*b n 4"]:
    size = anchor[:, 2:] - anchor[:, :2]
    centre = anchor[:, :2] + size / 2
    centre = centre + deltas[..., :2] * size
    size = size * deltas[..., 2:].clamp(max=4).exp()
    return torch.cat([centre - size / 2, centre + size / 2], dim=-1)


def match(boxes: Float[Tensor, "m 4"], anchor: Float[Tensor, "n 4"]) -> tuple[Int64[Tensor, "n"], Bool[Tensor, "n"]]:
    overlap = iou(boxes, anchor)
    best, which = overlap.max(dim=0)
    positive = best > 0.5
    positive[overlap.argmax(dim=1)] = True
    return which, positive


def focal(logits: Float[Tensor, "*b k"], target: Float[Tensor, "*b k"], gamma: float = 2.0) -> Float[Tensor, ""]:
    p = logits.sigmoid()
    ce = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    p_t = p * target + (1 - p) * (1 - target)
    return (ce * (1 - p_t).pow(gamma)).sum() / target.sum().clamp(min=1)


class RetinaHead(nn.Module):
    def __init__(self, c: int, classes: int, per_cell: int) -> None:
        super().__init__()
        self.classes = classes
        self.cls = nn.Conv2d(c, per_cell * classes, 3, padding=1)
        self.reg = nn.Conv2d(c, per_cell * 4, 3, padding=1)

    def forward(
        self, levels: list[Float[Tensor, "b c _ _"]]
    ) -> tuple[Float[Tensor, "b n classes"], Float[Tensor, "b n 4"]]:
        scores, boxes = [], []
        for x in levels:
            b = x.shape[0]
            scores.append(self.cls(x).permute(0, 2, 3, 1).reshape(b, -1, self.classes))
            boxes.append(self.reg(x).permute(0, 2, 3, 1).reshape(b, -1, 4))
        return torch.cat(scores, dim=1), torch.cat(boxes, dim=1)

    def loss(
        self, levels: list[Float[Tensor, "b c _ _"]], anchor: Float[Tensor, "n 4"], truth: list[Float[Tensor, "_ 4"]]
    ) -> Tensor:
        logits, deltas = self(levels)
        total = logits.new_zeros(())
        for one, delta, boxes in zip(logits, deltas, truth, strict=True):
            which, positive = match(boxes, anchor)
            target = torch.zeros_like(one)
            target[positive, 0] = 1.0
            total = (
                total + focal(one, target) + (1 - giou(decode(delta, anchor)[positive], boxes[which[positive]])).mean()
            )
        return total / len(truth)


def crop(
    features: Float[Tensor, "b c h w"], boxes: Float[Tensor, "b 4"], size: int
) -> Float[Tensor, "b c {size} {size}"]:
    step = torch.linspace(0, 1, size)
    xs = boxes[:, 0, None] + step * (boxes[:, 2] - boxes[:, 0])[:, None]
    ys = boxes[:, 1, None] + step * (boxes[:, 3] - boxes[:, 1])[:, None]
    grid = torch.stack([xs[:, None, :].expand(-1, size, -1), ys[:, :, None].expand(-1, -1, size)], dim=-1)
    return F.grid_sample(features, grid * 2 - 1, align_corners=False)


def main() -> None:
    torch.manual_seed(0)
    levels = [torch.randn(2, 8, 4, 4), torch.randn(2, 8, 2, 2)]
    anchor = torch.cat([anchors(4, 4, 8, (8.0, 16.0)), anchors(2, 2, 16, (16.0, 32.0))])
    truth = [torch.tensor([[0.0, 0, 9, 9], [10, 10, 30, 30]]), torch.tensor([[4.0, 4, 20, 20]])]
    loss = RetinaHead(8, 3, 2).loss(levels, anchor, truth)
    out = crop(levels[0], torch.rand(2, 4), 3)
    print("GOOD", tuple(loss.shape), tuple(out.shape))


if __name__ == "__main__":
    main()
