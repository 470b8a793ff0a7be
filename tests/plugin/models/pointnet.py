"""PointNet, with the grouping of PointNet++: Qi et al. 2017, arXiv:1612.00593 and arXiv:1706.02413."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


def square_distance(src: Float[Tensor, "b n c"], dst: Float[Tensor, "b m c"]) -> Float[Tensor, "b n m"]:
    B, N, _ = src.shape
    _, M, _ = dst.shape
    dist = -2 * torch.matmul(src, dst.permute(0, 2, 1))
    dist += torch.sum(src**2, -1).view(B, N, 1)
    dist += torch.sum(dst**2, -1).view(B, 1, M)
    reveal(dist)  # N: Revealed neural type is Float[Tensor, "b n m"]
    return dist


def index_points(points: Float[Tensor, "b n c"], idx: Int[Tensor, "b s"]) -> Float[Tensor, "b s c"]:
    B = points.shape[0]
    batch_indices = torch.arange(B, device=points.device).view(B, 1).repeat(1, idx.shape[1])
    new_points = points[batch_indices, idx, :]
    reveal(new_points)  # N: Revealed neural type is Float[Tensor, "b s c"]
    return new_points


def farthest_point_sample(xyz: Float[Tensor, "b n 3"], npoint: int) -> Int[Tensor, "b {npoint}"]:
    B, N, C = xyz.shape
    centroids = torch.zeros(B, npoint, dtype=torch.long)
    distance = torch.ones(B, N) * 1e10
    farthest = torch.randint(0, N, (B,), dtype=torch.long)
    batch_indices = torch.arange(B, dtype=torch.long)
    for i in range(npoint):
        centroids[:, i] = farthest
        centroid = xyz[batch_indices, farthest, :].view(B, 1, C)
        dist = torch.sum((xyz - centroid) ** 2, -1)
        mask = dist < distance
        distance[mask] = dist[mask]
        farthest = torch.max(distance, -1)[1]
    reveal(centroids)  # N: Revealed neural type is Int64[Tensor, "b npoint"]
    return centroids


def knn_graph(x: Float[Tensor, "b n c"], k: int) -> Float[Tensor, "b n {k} c"]:
    idx = square_distance(x, x).topk(k, dim=-1, largest=False)[1]
    n = x.size(1)
    gathered = x.unsqueeze(1).expand(-1, n, -1, -1).gather(2, idx.unsqueeze(-1).expand(-1, -1, -1, x.size(-1)))
    edges = gathered - x.unsqueeze(2)
    reveal(edges)  # N: Revealed neural type is Float[Tensor, "b n k c"]
    return edges


class TNet(nn.Module):
    """Predicts a transformation of the points' coordinates."""

    def __init__(self, k: int, width: int = 16) -> None:
        super().__init__()
        self.k = k
        self.conv1 = nn.Conv1d(k, width, 1)
        self.conv2 = nn.Conv1d(width, 4 * width, 1)
        self.fc1 = nn.Linear(4 * width, width)
        self.fc2 = nn.Linear(width, k * k)
        self.bn1 = nn.BatchNorm1d(width)
        self.bn2 = nn.BatchNorm1d(4 * width)
        self.bn3 = nn.BatchNorm1d(width)

    def forward(self, x: Float[Tensor, "b {self.k} n"]) -> Float[Tensor, "b {self.k} {self.k}"]:
        batchsize = x.size(0)
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        x = torch.max(x, 2, keepdim=True)[0]
        x = x.squeeze(-1)
        x = F.relu(self.bn3(self.fc1(x)))
        x = self.fc2(x)
        iden = torch.eye(self.k, dtype=x.dtype).flatten().view(1, -1).repeat(batchsize, 1)
        x = (x + iden).view(-1, self.k, self.k)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b k k"]
        return x


class PointNet(nn.Module):
    def __init__(self, classes: int, width: int = 16) -> None:
        super().__init__()
        self.classes = classes
        self.stn = TNet(3)
        self.conv1 = nn.Conv1d(3, width, 1)
        self.conv2 = nn.Conv1d(width, 4 * width, 1)
        self.edge = nn.Conv2d(3, width, 1)
        self.bn1 = nn.BatchNorm1d(width)
        self.bn2 = nn.BatchNorm1d(4 * width)
        self.dropout = nn.Dropout(p=0.3)
        self.head = nn.Linear(5 * width, classes)

    def forward(
        self, points: Float[Tensor, "b n 3"]
    ) -> tuple[Float[Tensor, "b {self.classes}"], Float[Tensor, "b 3 3"]]:
        trans = self.stn(points.transpose(2, 1))
        x = torch.bmm(points, trans)
        sampled = index_points(x, farthest_point_sample(x, 8))
        local = F.relu(self.edge(knn_graph(sampled, 4).permute(0, 3, 2, 1))).amax(dim=(2, 3))
        x = x.transpose(2, 1)
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.bn2(self.conv2(x))
        x = torch.cat([x.max(dim=2).values, local], dim=1)
        log_probs = F.log_softmax(self.head(self.dropout(x)), dim=-1)
        reveal(log_probs)  # N: Revealed neural type is Float[Tensor, "b classes"]
        return log_probs, trans


def check() -> tuple[Tensor, Tensor]:
    model = PointNet(classes=10)
    outputs = model(torch.randn(4, 50, 3))
    return reveal(outputs)  # N: is tuple[Float[Tensor, "batch=4 10"], Float[Tensor, "batch=4 3 3"]]
