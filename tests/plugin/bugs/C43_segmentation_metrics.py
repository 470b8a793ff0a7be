"""segmentation_metrics: dice, Lovasz, confusion matrices, boundary pools, deep supervision, tiles. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn


def dice(logits: Float[Tensor, "b c h w"], target: Int64[Tensor, "b h w"], ignore: int = 255) -> Float[Tensor, ""]:
    valid = target != ignore
    clean = target.masked_fill(~valid, 0)
    hot = F.one_hot(clean, logits.shape[1]).movedim(-1, 1).type_as(logits) * valid.unsqueeze(1)
    probs = logits.softmax(1) * valid.unsqueeze(1)
    axes = (0, 2, 3)
    overlap, total = (probs * hot).sum(axes), (probs + hot).sum(axes)
    return 1 - ((2 * overlap + 1) / (total + 1)).mean()


def lovasz(probs: Float[Tensor, "p"], truth: Float[Tensor, "p"]) -> Float[Tensor, ""]:
    errors, order = (truth - probs).abs().sort(descending=True)
    truth = truth[order]
    inter = truth.sum() - truth.cumsum(0)
    union = truth.sum() + (1 - truth).cumsum(0)
    jaccard = 1 - inter / union
    jaccard[1:] = jaccard[1:] - jaccard[:-1].clone()
    return errors @ jaccard


def confusion(
    pred: Int64[Tensor, "b h w"], target: Int64[Tensor, "b h w"], classes: int
) -> Int64[Tensor, "{classes} {classes}"]:
    keep = (target >= 0) & (target < classes)
    index = classes * target[keep] + pred[keep]
    return torch.bincount(index, minlength=classes**2).reshape(classes, classes)


def mean_iou(matrix: Int64[Tensor, "c c"]) -> Float[Tensor, ""]:
    inter = matrix.diagonal()
    union = matrix.sum(0) + matrix.sum(1) - inter
    return (inter / union.clamp(min=1))[union > 0].mean()


def boundary(mask: Bool[Tensor, "b h w"]) -> Bool[Tensor, "b h w"]:
    x = mask.float().unsqueeze(1)
    grown, shrunk = F.max_pool2d(x, 3, 1, 1), -F.max_pool2d(-x, 3, 1, 1)
    return (grown != shrunk).squeeze(1)


class UNet(nn.Module):
    def __init__(self, classes: int, width: int = 4) -> None:
        super().__init__()
        self.enc1 = nn.Conv2d(3, width, 3, padding=1)
        self.enc2 = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.dec = nn.Conv2d(3 * width, width, 3, padding=1)
        self.heads = nn.ModuleList([nn.Conv2d(width, classes, 1), nn.Conv2d(2 * width, classes, 1)])

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> list[Float[Tensor, "b classes _ _"]]:
        a = F.relu(self.enc1(x))
        b = F.relu(self.enc2(a))
        up = F.interpolate(b, size=a.shape[-2:], mode="bilinear", align_corners=False)
        c = F.relu(self.dec(torch.cat([a, up], dim=1)))
        return [self.heads[0](c), self.heads[1](b)]


def deep_supervision(outputs: list[Float[Tensor, "b k _ _"]], target: Int64[Tensor, "b h w"]) -> Float[Tensor, ""]:
    total = outputs[0].new_zeros(())
    for weight, out in zip((1.0, 0.5), outputs, strict=True):
        small = F.interpolate(target[:, None].float(), size=out.shape[2:], mode="nearest").squeeze(1).long()
        total = total + weight * F.cross_entropy(out, small, ignore_index=255)
    return total


@torch.no_grad()
def tiled(
    model: nn.Module, image: Float[Tensor, "1 3 h w"], size: int, classes: int
) -> Float[Tensor, "1 {classes} h w"]:
    _, _, h, w = image.shape
    total, count = image.new_zeros(1, classes, h, w), image.new_zeros(1, 1, h, w)
    for y in range(0, h - size + 1, size // 2):
        for x in range(0, w - size + 1, size // 2):
            out = model(image[..., y : y + size, x : x + size])[0]
            total[..., y : y + size, x : x + size] += out.softmax(1)
            count[..., y : y + size, x : x + size] += 1
    return total / count


def main() -> None:
    torch.manual_seed(0)
    net, x, y = UNet(4), torch.randn(2, 3, 8, 8), torch.randint(0, 4, (2, 8, 8))
    outs = net(x)
    loss = (
        deep_supervision(outs, y)
        + dice(outs[0], y)
        + lovasz(outs[0].softmax(1)[:, 1].flatten(), (y == 1).float().flatten())
    )
    m = mean_iou(confusion(outs[0].argmax(1), y, 4))
    print(
        "GOOD", tuple(loss.shape), tuple(m.shape), tuple(boundary(y == 1).shape), tuple(tiled(net, x[:1], 4, 4).shape)
    )


if __name__ == "__main__":
    main()
