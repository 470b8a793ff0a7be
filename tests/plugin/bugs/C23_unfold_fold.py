"""unfold_fold: convolution by unfold, overlapping patches averaged by fold, framing of waves. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class UnfoldConv(nn.Module):
    def __init__(self, c_in: int, c_out: int, k: int) -> None:
        super().__init__()
        self.k = k
        self.weight = nn.Parameter(torch.randn(c_out, c_in, k, k))

    def forward(self, x: Float[Tensor, "b c_in h w"]) -> Float[Tensor, "b c_out h w"]:
        columns = F.unfold(x, self.k, padding=self.k // 2)
        out = self.weight.flatten(1) @ columns
        return out.unflatten(2, x.shape[2:])


def average_patches(x: Float[Tensor, "b c h w"], k: int) -> Float[Tensor, "b c h w"]:
    h, w = x.shape[-2:]
    patches = F.unfold(x, k, stride=1)
    total = F.fold(patches, (h, w), k, stride=1)
    count = F.fold(torch.ones_like(patches), (h, w), k, stride=1)
    return total / count


def frames(wave: Float[Tensor, "b samples"], size: int, hop: int) -> Float[Tensor, "b n {size}"]:
    return wave.unfold(-1, size, hop)


class OverlapAdd(nn.Module):
    def __init__(self, size: int, hop: int) -> None:
        super().__init__()
        self.size, self.hop = size, hop

    def forward(self, x: Float[Tensor, "b n size"]) -> Float[Tensor, "b samples"]:
        n = x.shape[1]
        length = (n - 1) * self.hop + self.size
        out = F.fold(x.transpose(1, 2), (1, length), (1, self.size), stride=(1, self.hop))
        return out[:, 0, 0]


class ToPatches(nn.Module):
    def __init__(self, patch: int, channels: int, d: int) -> None:
        super().__init__()
        self.patch = patch
        self.embed = nn.Linear(channels * patch * patch, d)

    def forward(self, image: Float[Tensor, "b channels h w"]) -> Float[Tensor, "b n d"]:
        p = self.patch
        cut = image.unfold(2, p, p).unfold(3, p, p)
        tokens = cut.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)
        return self.embed(tokens)


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 8, 6)
    m = UnfoldConv(3, 4, 3)
    assert torch.allclose(m(x), F.conv2d(x, m.weight, padding=1), atol=1e-4)
    assert torch.allclose(average_patches(x, 3), x, atol=1e-5)
    wave = OverlapAdd(4, 2)(frames(torch.randn(2, 20), 4, 2))
    print("GOOD", tuple(wave.shape), tuple(ToPatches(2, 3, 5)(x).shape))


if __name__ == "__main__":
    main()
