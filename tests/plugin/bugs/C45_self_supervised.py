"""self_supervised: SimCLR, BYOL, Barlow twins, VICReg, MAE with shuffles, DINO centring, SwAV Sinkhorn, MoCo queue. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn


def nt_xent(a: Float[Tensor, "b d"], b: Float[Tensor, "b d"], temperature: float = 0.5) -> Float[Tensor, ""]:
    z = F.normalize(torch.cat([a, b]), dim=1)
    sim = z @ z.t() / temperature
    n = a.size(0)
    sim = sim.masked_fill(torch.eye(2 * n, dtype=torch.bool), float("-inf"))
    positive = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
    return F.cross_entropy(sim, positive)


def barlow(a: Float[Tensor, "b d"], b: Float[Tensor, "b d"]) -> Float[Tensor, ""]:
    a, b = (a - a.mean(0)) / a.std(0), (b - b.mean(0)) / b.std(0)
    c = a.T @ b / len(a)
    off = c.masked_select(~torch.eye(c.shape[0], dtype=torch.bool))
    return (c.diagonal() - 1).square().sum() + 5e-3 * off.square().sum()


def vicreg(a: Float[Tensor, "b d"], b: Float[Tensor, "b d"]) -> Float[Tensor, ""]:
    def variance(z: Tensor) -> Tensor:
        return F.relu(1 - (z.var(dim=0) + 1e-4).sqrt()).mean()

    def covariance(z: Tensor) -> Tensor:
        z = z - z.mean(dim=0, keepdim=True)
        cov = z.T @ z / (z.shape[0] - 1)
        return (cov.square().sum() - cov.diagonal().square().sum()) / z.shape[1]

    return 25 * F.mse_loss(a, b) + 25 * (variance(a) + variance(b)) + covariance(a) + covariance(b)


@torch.no_grad()
def sinkhorn(scores: Float[Tensor, "b k"], steps: int = 3) -> Float[Tensor, "b k"]:
    q = torch.exp(scores / 0.05).T
    q = q / q.sum()
    for _ in range(steps):
        q = q / q.sum(dim=1, keepdim=True) / q.shape[0]
        q = q / q.sum(dim=0, keepdim=True) / q.shape[1]
    return (q * q.shape[1]).T


class DINOLoss(nn.Module):
    centre: Tensor

    def __init__(self, d: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(1, d))

    def forward(self, student: Float[Tensor, "_ d"], teacher: Float[Tensor, "_ d"], crops: int) -> Float[Tensor, ""]:
        targets = F.softmax((teacher - self.centre) / 0.04, dim=-1).detach().chunk(2)
        total, terms = student.new_zeros(()), 0
        for i, target in enumerate(targets):
            for j, view in enumerate((student / 0.1).chunk(crops)):
                if i != j:
                    total = total - (target * F.log_softmax(view, dim=-1)).sum(dim=-1).mean()
                    terms += 1
        self.centre = self.centre * 0.9 + teacher.mean(dim=0, keepdim=True) * 0.1
        return total / terms


class MAE(nn.Module):
    def __init__(self, patches: int, d_patch: int, d: int) -> None:
        super().__init__()
        self.embed, self.out = nn.Linear(d_patch, d), nn.Linear(d, d_patch)
        self.pos = nn.Parameter(torch.randn(1, patches, d) * 0.02)
        self.token = nn.Parameter(torch.zeros(1, 1, d))
        layer = nn.TransformerEncoderLayer(d, 2, 2 * d, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.decoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def forward(
        self, x: Float[Tensor, "b n d_patch"], ratio: float = 0.75
    ) -> tuple[Float[Tensor, ""], Bool[Tensor, "b n"]]:
        b, n, _ = x.shape
        keep = int(n * (1 - ratio))
        shuffle = torch.rand(b, n).argsort(dim=1)
        restore = shuffle.argsort(dim=1)
        h = self.embed(x) + self.pos
        visible = h.gather(1, shuffle[:, :keep, None].expand(-1, -1, h.shape[-1]))
        encoded = self.encoder(visible)
        full = torch.cat([encoded, self.token.expand(b, n - keep, -1)], dim=1)
        full = full.gather(1, restore[..., None].expand_as(full)) + self.pos
        pred = self.out(self.decoder(full))
        masked = restore >= keep
        error = (pred - x).square().mean(dim=-1)
        return (error * masked).sum() / masked.sum(), masked


class MoCo(nn.Module):
    queue: Tensor

    def __init__(self, d_in: int, d: int, size: int = 16) -> None:
        super().__init__()
        self.q, self.k = nn.Linear(d_in, d), nn.Linear(d_in, d)
        self.register_buffer("queue", F.normalize(torch.randn(d, size), dim=0))
        self.at = 0

    def forward(self, a: Float[Tensor, "b d_in"], b: Float[Tensor, "b d_in"]) -> Float[Tensor, ""]:
        q = F.normalize(self.q(a), dim=1)
        with torch.no_grad():
            k = F.normalize(self.k(b), dim=1)
        positive = torch.einsum("nc,nc->n", q, k).unsqueeze(-1)
        negative = torch.einsum("nc,ck->nk", q, self.queue.clone())
        logits = torch.cat([positive, negative], dim=1) / 0.07
        labels = torch.zeros(logits.shape[0], dtype=torch.long)
        self.queue[:, self.at : self.at + len(k)] = k.T
        self.at = (self.at + len(k)) % self.queue.shape[1]
        return F.cross_entropy(logits, labels)


def byol(online: Float[Tensor, "b d"], target: Float[Tensor, "b d"]) -> Float[Tensor, ""]:
    return 2 - 2 * F.cosine_similarity(online, target.detach(), dim=-1).mean()


def knn_predict(
    query: Float[Tensor, "q d"], bank: Float[Tensor, "n d"], labels: Int64[Tensor, "n"], k: int, classes: int
) -> Int64[Tensor, "q"]:
    weight, index = (F.normalize(query, dim=-1) @ F.normalize(bank, dim=-1).T).topk(k, dim=-1)
    votes = F.one_hot(labels[index], classes) * (weight / 0.1).exp().unsqueeze(-1)
    return votes.sum(dim=1).argmax(dim=-1)


def main() -> None:
    torch.manual_seed(0)
    a, b = torch.randn(4, 6), torch.randn(4, 6)
    loss, masked = MAE(8, 6, 4)(torch.randn(2, 8, 6))
    losses = [
        nt_xent(a, b),
        barlow(a, b),
        vicreg(a, b),
        DINOLoss(6)(torch.randn(12, 6), torch.randn(8, 6), 3),
        byol(a, b),
        MoCo(6, 3)(a, b),
    ]
    pred = knn_predict(a, torch.randn(9, 6), torch.randint(0, 3, (9,)), 3, 3)
    print(
        "GOOD",
        all(x.shape == () for x in losses),
        tuple(masked.shape),
        tuple(pred.shape),
        torch.allclose(sinkhorn(a).sum(1), torch.ones(4)),
    )


if __name__ == "__main__":
    main()
