"""points_and_series: point clouds, farthest points, NeRF rendering, RevIN, decomposition, forecasts, factorization machines. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn


def farthest(points: Float[Tensor, "b n 3"], count: int) -> Int64[Tensor, "b {count}"]:
    b, n, _ = points.shape
    distance = torch.full((b, n), torch.inf)
    last = torch.zeros(b, dtype=torch.long)
    rows = torch.arange(b)
    chosen = []
    for _ in range(count):
        chosen.append(last)
        centre = points[rows, last].unsqueeze(1)
        distance = torch.minimum(distance, (points - centre).square().sum(-1))
        last = distance.argmax(dim=-1)
    return torch.stack(chosen, dim=-1)


def group(features: Float[Tensor, "b n c"], index: Int64[Tensor, "b m k"]) -> Float[Tensor, "b m k c"]:
    rows = torch.arange(features.shape[0])[:, None, None]
    return features[rows, index]


class EdgeConv(nn.Module):
    def __init__(self, c_in: int, c_out: int, k: int) -> None:
        super().__init__()
        self.k = k
        self.mlp = nn.Sequential(nn.Conv2d(2 * c_in, c_out, 1, bias=False), nn.BatchNorm2d(c_out), nn.LeakyReLU(0.2))

    def forward(self, x: Float[Tensor, "b c n"]) -> Float[Tensor, "b c_out n"]:
        points = x.mT
        near = torch.cdist(points, points).topk(self.k, dim=-1, largest=False).indices
        neighbours = group(points, near)
        centre = points.unsqueeze(2).expand_as(neighbours)
        edges = torch.cat([neighbours - centre, centre], dim=-1).permute(0, 3, 1, 2)
        return self.mlp(edges).amax(dim=-1)


def chamfer(a: Float[Tensor, "b n 3"], b: Float[Tensor, "b m 3"]) -> Float[Tensor, "b"]:
    distance = torch.cdist(a, b)
    return distance.amin(dim=2).mean(dim=1) + distance.amin(dim=1).mean(dim=1)


def render(
    rgb: Float[Tensor, "rays samples 3"], sigma: Float[Tensor, "rays samples"], z: Float[Tensor, "rays samples"]
) -> tuple[Float[Tensor, "rays 3"], Float[Tensor, "rays"]]:
    delta = torch.cat([z[:, 1:] - z[:, :-1], torch.full_like(z[:, :1], 1e10)], dim=-1)
    alpha = 1 - torch.exp(-F.relu(sigma) * delta)
    ones = torch.ones_like(alpha[:, :1])
    transmitted = torch.cat([ones, 1 - alpha + 1e-10], dim=-1).cumprod(dim=-1)[:, :-1]
    weights = alpha * transmitted
    return (weights[..., None] * rgb).sum(dim=-2), (weights * z).sum(dim=-1)


class RevIN(nn.Module):
    def __init__(self, features: int) -> None:
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.ones(features)), nn.Parameter(torch.zeros(features))

    def stats(self, x: Float[Tensor, "b t f"]) -> tuple[Float[Tensor, "b 1 f"], Float[Tensor, "b 1 f"]]:
        return x.mean(dim=1, keepdim=True), (x.var(dim=1, keepdim=True, unbiased=False) + 1e-5).sqrt()


class DLinear(nn.Module):
    def __init__(self, past: int, future: int, features: int, kernel: int = 5) -> None:
        super().__init__()
        self.kernel = kernel
        self.norm = RevIN(features)
        self.trend, self.season = nn.Linear(past, future), nn.Linear(past, future)

    def forward(self, x: Float[Tensor, "b past f"]) -> Float[Tensor, "b future f"]:
        mean, std = self.norm.stats(x)
        x = (x - mean) / std * self.norm.scale + self.norm.shift
        side = (self.kernel - 1) // 2
        padded = torch.cat([x[:, :1].repeat(1, side, 1), x, x[:, -1:].repeat(1, side, 1)], dim=1)
        trend = F.avg_pool1d(padded.transpose(1, 2), self.kernel, stride=1)
        season = x.transpose(1, 2) - trend
        y = (self.trend(trend) + self.season(season)).transpose(1, 2)
        return (y - self.norm.shift) / self.norm.scale * std + mean


def pinball(
    pred: Float[Tensor, "b t q"], target: Float[Tensor, "b t"], levels: Float[Tensor, "q"]
) -> Float[Tensor, ""]:
    error = target.unsqueeze(-1) - pred
    return torch.maximum(levels * error, (levels - 1) * error).mean()


class DeepFM(nn.Module):
    offsets: Tensor

    def __init__(self, fields: list[int], d: int) -> None:
        super().__init__()
        self.register_buffer("offsets", torch.tensor([0, *fields[:-1]]).cumsum(0))
        self.linear = nn.Embedding(sum(fields), 1)
        self.embed = nn.Embedding(sum(fields), d)
        self.deep = nn.Sequential(nn.Linear(len(fields) * d, 8), nn.ReLU(), nn.Linear(8, 1))

    def forward(self, x: Int64[Tensor, "b fields"]) -> Float[Tensor, "b"]:
        x = x + self.offsets
        v = self.embed(x)
        pairs = 0.5 * (v.sum(dim=1).square() - v.square().sum(dim=1)).sum(dim=1, keepdim=True)
        return (self.linear(x).sum(dim=1) + pairs + self.deep(v.flatten(1))).squeeze(1)


def bpr(user: Float[Tensor, "b d"], liked: Float[Tensor, "b d"], others: Float[Tensor, "b n d"]) -> Float[Tensor, ""]:
    positive = (user * liked).sum(-1, keepdim=True)
    negative = torch.einsum("bd,bnd->bn", user, others)
    return -F.logsigmoid(positive - negative).mean()


def main() -> None:
    torch.manual_seed(0)
    p = torch.randn(2, 9, 3)
    rgb, depth = render(torch.rand(4, 6, 3), torch.rand(4, 6), torch.linspace(0, 1, 6).expand(4, 6))
    y = DLinear(12, 4, 3)(torch.randn(2, 12, 3))
    s = DeepFM([3, 4], 5)(torch.randint(0, 3, (6, 2)))
    loss = pinball(torch.randn(2, 4, 3), torch.randn(2, 4), torch.tensor([0.1, 0.5, 0.9])) + bpr(
        torch.randn(2, 3), torch.randn(2, 3), torch.randn(2, 5, 3)
    )
    print(
        "GOOD",
        tuple(farthest(p, 4).shape),
        tuple(EdgeConv(3, 5, 4)(p.mT).shape),
        tuple(chamfer(p, p).shape),
        tuple(rgb.shape),
        tuple(depth.shape),
        tuple(y.shape),
        tuple(s.shape),
        tuple(loss.shape),
    )


if __name__ == "__main__":
    main()
