"""What an operation is given was made a few lines above, in a way that the operation contradicts."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


def weights_are_summed_over_keys(
    q: Float[Tensor, "b h t d"], k: Float[Tensor, "b h s d"], v: Float[Tensor, "b h s d"]
) -> None:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    torch.softmax(scores, dim=-1) @ v
    torch.softmax(scores, dim=-2) @ v  # E: sums weights along axis -1 that add up to 1 along axis -2  [axis-kind]
    torch.matmul(F.dropout(scores.softmax(2), 0.1), v)  # E: "matmul" sums weights along axis -1  [axis-kind]
    scores = scores.softmax(dim=2)
    scores @ v  # E: sums weights along axis -1  [axis-kind]


def by_einsum(q: Float[Tensor, "b t d"], k: Float[Tensor, "b s d"], v: Float[Tensor, "b s d"]) -> None:
    scores = torch.einsum("btd,bsd->bts", q, k)
    one, other = scores.softmax(dim=1), scores.softmax(dim=2)
    wrong = scores.softmax(dim=1)
    torch.einsum("bts,bsd->btd", other, v)
    torch.einsum("bts,bsd->btd", one, v)  # where several are assigned at once is not followed
    torch.einsum("bts,bsd->btd", wrong, v)  # E: "einsum" sums weights along axis -1  [axis-kind]
    torch.einsum("bts,btd->bsd", wrong, q)


def weights_on_the_right(q: Float[Tensor, "b n d"], v: Float[Tensor, "b c n"]) -> None:
    energy = torch.bmm(q, q.transpose(1, 2))
    attention = F.softmax(energy, dim=-1)
    torch.bmm(v, attention.permute(0, 2, 1))
    torch.bmm(v, attention)  # E: "bmm" sums weights along axis -2 that add up to 1 along axis -1  [axis-kind]


def normalized_again(q: Float[Tensor, "b n d"], k: Float[Tensor, "b m d"]) -> None:
    slots = (q @ k.transpose(1, 2)).softmax(dim=1) + 1e-8
    slots = slots / slots.sum(dim=-1, keepdim=True)
    slots @ k


def clusters_are_no_similarities(x: Float[Tensor, "b n 8"], adjacency: Float[Tensor, "b n n"]) -> None:
    clusters = torch.softmax(adjacency @ x, dim=-1)
    clusters.transpose(1, 2) @ adjacency @ clusters


def by_turns(q: Float[Tensor, "b t d"], n: int) -> None:
    plan = q @ q.transpose(1, 2)
    for _ in range(n):
        plan = plan / plan.sum(1, keepdim=True)
        plan = plan.log().softmax(1)
    plan @ q


def one_index_of_a_batch(logits: Float[Tensor, "b 10"], y: Int[Tensor, "b"], flat: Int[Tensor, "k"]) -> None:
    logits.argmax(-1) == y
    logits.argmax() == y  # E: compares one index, that of the largest of all of "b 10", with "b"  [shape-mismatch]
    y.eq(torch.argmax(logits))  # E: argmax takes dim=-1  [shape-mismatch]
    logits.argmax() == flat
    logits[0].argmax() == y


class Thresholds(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Float[Tensor, "b 4"]) -> Bool[Tensor, "b 3"]:
        p = torch.sigmoid(self.fc(x))
        (p[p > 0].log()).sum()
        pred = p > 0  # E: compares what a sigmoid gives, which is above 0, with 0; compare with 0.5  [element-mismatch]
        hot = (self.fc(x).sigmoid() >= 0.0).float()  # E: above 0, with 0  [element-mismatch]
        pred & hot.bool()
        masked = p.masked_fill(x[:, :3] > 0, 0.0)
        found = (masked > 0).float()
        found.sum()
        return p > 0  # E: above 0, with 0  [element-mismatch]

    def logarithms(self, x: Float[Tensor, "b 4"]) -> None:
        log_probs = torch.log(self.fc(x))  # E: takes raw outputs, which are negative too  [element-mismatch]
        log_mel = torch.log(self.fc(x))
        logp = self.fc(x).log()  # E: takes raw outputs  [element-mismatch]
        log_probs, log_mel, logp


class Positions(nn.Module):
    pe: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("pe", torch.zeros(100, 64))
        self.rows = nn.Parameter(torch.zeros(100, 64))

    def forward(self, x: Float[Tensor, "time batch 64"], y: Float[Tensor, "batch time 64"]) -> None:
        x + self.pe[: x.size(0)].unsqueeze(1)
        y + self.pe[: y.shape[1], :]
        y + self.pe[: y.size(0)].unsqueeze(1)  # E: takes as many positions as the batch has examples  [axis-kind]
        y + self.rows[: y.size(0)].unsqueeze(1)
