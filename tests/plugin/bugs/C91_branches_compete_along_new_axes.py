"""C91 branches_compete_along_new_axes: softmax over stacked kernels (axis 0), over capsules, over tokens and over slots, each where it is meant. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


class KernelChoice(NeuralModule):
    def __init__(self, *, channels: int, branches: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(channels, channels, 2 * i + 1, padding=i) for i in range(branches)])
        self.score = nn.Linear(channels, channels * branches)
        self.channels, self.branches = channels, branches

    def forward(self, *, x: Float[Tensor, "batch {self.channels} h w"]) -> Float[Tensor, "batch {self.channels} h w"]:
        maps = torch.stack([conv(x) for conv in self.convs])
        pooled = maps.sum(0).mean((2, 3))
        scores = self.score(pooled).view(-1, self.branches, self.channels).permute(1, 0, 2)
        weights = scores.softmax(0)[..., None, None]
        return (weights * maps).sum(0)


class Slots(NeuralModule):
    """Slots compete for pixels, then each takes the mean of its own."""

    def __init__(self, *, slots: int, d: int) -> None:
        super().__init__()
        self.d, self.count = d, slots
        self.seeds = nn.Parameter(torch.randn(slots, d))
        self.q, self.k, self.v = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)
        self.update = nn.GRUCell(d, d)

    def forward(self, *, x: Float[Tensor, "batch pixels {self.d}"]) -> Float[Tensor, "batch {self.count} {self.d}"]:
        b = x.size(0)
        slots = self.seeds.expand(b, -1, -1)
        k, v = self.k(x), self.v(x)
        for _ in range(3):
            scores = k @ self.q(slots).transpose(1, 2) * self.d**-0.5
            shares = scores.softmax(dim=-1) + 1e-8
            weights = shares / shares.sum(dim=1, keepdim=True)
            updates = weights.transpose(1, 2) @ v
            slots = self.update(updates.reshape(-1, self.d), slots.reshape(-1, self.d)).view(b, -1, self.d)
        return slots


def route(votes: Float[Tensor, "batch inputs outputs d"], rounds: int = 3) -> Float[Tensor, "batch outputs d"]:
    scores = torch.zeros_like(votes[..., 0])
    result = votes.mean(1)
    for _ in range(rounds):
        coupling = F.softmax(scores, dim=2)
        result = F.normalize((coupling.unsqueeze(-1) * votes).sum(dim=1), dim=-1)
        scores = scores + (votes * result.unsqueeze(1)).sum(-1)
    return result


def mixed_by_tokens(
    x: Float[Tensor, "batch tokens d"], phi: Float[Tensor, "d slots"]
) -> tuple[Float[Tensor, "batch slots d"], Float[Tensor, "batch tokens slots"]]:
    logits = x @ phi
    dispatch, combine = logits.softmax(dim=1), logits.softmax(dim=2)
    return torch.einsum("btd,bts->bsd", x, dispatch), combine


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 9, 8)
    taken, combine = mixed_by_tokens(x, torch.randn(8, 4))
    print(
        "GOOD",
        tuple(KernelChoice(channels=4, branches=3)(x=torch.randn(2, 4, 5, 5)).shape),
        tuple(Slots(slots=3, d=8)(x=x).shape),
        tuple(route(torch.randn(2, 6, 3, 5)).shape),
        tuple((combine @ taken).shape),
    )


if __name__ == "__main__":
    main()
