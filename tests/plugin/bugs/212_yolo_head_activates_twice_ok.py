"""yolo_head_activates_twice (fixed twin)

kind: silent   facet: semantic   seen in: argusswift/YOLOv4-pytorch#89
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class YoloHead(nn.Module):
    def __init__(self, channels: int, anchors: int, classes: int) -> None:
        super().__init__()
        self.anchors, self.classes = anchors, classes
        self.conv = nn.Conv2d(channels, anchors * (5 + classes), 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> tuple[Tensor, Tensor, Tensor]:
        b, _, h, w = x.shape
        p = self.conv(x).view(b, self.anchors, 5 + self.classes, h, w).permute(0, 3, 4, 1, 2)
        boxes = p[..., :4]
        conf = p[..., 4:5]
        prob = p[..., 5:]
        return boxes, conf, prob


class YoloLoss(nn.Module):
    def __init__(self, head: YoloHead) -> None:
        super().__init__()
        self.head = head
        self.bce = nn.BCEWithLogitsLoss()

    def forward(
        self, x: Float[Tensor, "b c h w"], obj: Float[Tensor, "b h w a 1"], cls: Float[Tensor, "b h w a k"]
    ) -> Float[Tensor, ""]:
        _, conf, prob = self.head(x)
        return self.bce(conf, obj) + self.bce(prob, cls)


def main() -> None:
    torch.manual_seed(0)
    m, x = YoloLoss(YoloHead(8, 3, 4)), torch.randn(2, 8, 5, 5)
    obj, cls = torch.rand(2, 5, 5, 3, 1).round(), torch.rand(2, 5, 5, 3, 4).round()
    p = m.head.conv(x).view(2, 3, 9, 5, 5).permute(0, 3, 4, 1, 2)
    ref = m.bce(p[..., 4:5], obj) + m.bce(p[..., 5:], cls)
    print("GOOD" if torch.allclose(m(x, obj, cls), ref) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
