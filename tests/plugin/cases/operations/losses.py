"""Losses: what a loss wants is what it is given, in shape, dtype and meaning."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from neuraltypes import NeuralType, reveal
from neuraltypes.elements import LogitsType, LogprobsType, ProbsType
from torch import Tensor, nn


def classes(
    x: Float[Tensor, "b 32"], y: Int[Tensor, "b"], soft: Float[Tensor, "b 10"], one: Int[Tensor, "b 1"]
) -> None:
    logits = nn.Linear(32, 10)(x)
    reveal(F.cross_entropy(logits, y))  # N: Float[Tensor, ""]
    reveal(F.cross_entropy(logits, y, reduction="none"))  # N: "b"
    F.cross_entropy(logits, soft)
    F.cross_entropy(logits, y, label_smoothing=0.1, ignore_index=-1)
    F.cross_entropy(logits.softmax(-1), y)  # E: holds ProbsType  [element-mismatch]
    F.cross_entropy(F.log_softmax(logits, -1), y)
    F.nll_loss(F.log_softmax(logits, -1), y)
    F.nll_loss(logits.softmax(-1), y)  # E: holds ProbsType  [element-mismatch]
    F.nll_loss(logits, y)  # E: [element-mismatch]
    F.nll_loss(torch.log(logits.softmax(-1) + 1e-9), y)
    F.nll_loss(torch.log(logits.softmax(-1)), y)
    F.cross_entropy(logits, one)  # E: [shape-mismatch]
    F.cross_entropy(logits, one.squeeze(1))
    F.cross_entropy(logits, one[:, 0])
    F.cross_entropy(logits, y.float())  # E: [dtype-mismatch]
    F.cross_entropy(logits, F.one_hot(y, 10).float())
    F.cross_entropy(logits, F.one_hot(y, 10))  # E: [dtype-mismatch]
    F.cross_entropy(logits.argmax(-1), y)  # E: [dtype-mismatch] # E: [dtype-mismatch]
    loss = nn.CrossEntropyLoss(weight=torch.ones(10))
    loss(logits, y)
    loss(logits.softmax(-1), y)  # E: [element-mismatch]
    loss(y, logits)  # E: [dtype-mismatch] # E: [shape-mismatch]
    F.cross_entropy(torch.sigmoid(logits), y)  # E: [element-mismatch]
    F.cross_entropy(torch.relu(logits), y)
    F.cross_entropy(logits / 0.7, y)
    F.cross_entropy(-torch.cdist(x, x), y)


def sequences(x: Float[Tensor, "b t 32"], y: Int[Tensor, "b t"], mask: Bool[Tensor, "b t"]) -> None:
    logits = nn.Linear(32, 10)(x)
    F.cross_entropy(logits, y)  # E: [shape-mismatch]
    F.cross_entropy(logits.transpose(1, 2), y)
    F.cross_entropy(logits.flatten(0, 1), y.flatten())
    F.cross_entropy(logits.view(-1, 10), y.view(-1), ignore_index=-100)
    F.cross_entropy(logits[:, :-1].reshape(-1, 10), y[:, 1:].reshape(-1))
    F.cross_entropy(logits[:, :-1].transpose(1, 2), y[:, 1:])
    F.cross_entropy(logits[:, :-1].transpose(1, 2), y)  # E: [shape-mismatch]
    F.cross_entropy(logits[mask], y[mask])
    each = F.cross_entropy(logits.mT, y, reduction="none")
    reveal(each)  # N: "b t"
    (each * mask).sum() / mask.sum()
    F.cross_entropy(logits[:, -1], y[:, -1])
    F.ctc_loss(logits.log_softmax(-1).transpose(0, 1), y, mask.sum(1), mask.sum(1))
    F.ctc_loss(logits.softmax(-1).transpose(0, 1), y, mask.sum(1), mask.sum(1))  # E: [element-mismatch]


def binary(x: Float[Tensor, "b 32"], y: Float[Tensor, "b"], labels: Int[Tensor, "b"], flags: Bool[Tensor, "b"]) -> None:
    logits = nn.Linear(32, 1)(x)
    F.binary_cross_entropy_with_logits(logits, y)  # E: [shape-mismatch]
    F.binary_cross_entropy_with_logits(logits.squeeze(-1), y)
    F.binary_cross_entropy_with_logits(logits[:, 0], labels.float())
    F.binary_cross_entropy_with_logits(logits[:, 0], flags.float())
    F.binary_cross_entropy_with_logits(logits[:, 0], labels)  # E: [dtype-mismatch]
    F.binary_cross_entropy_with_logits(logits, y.unsqueeze(1))
    F.binary_cross_entropy_with_logits(logits, y[:, None])
    F.binary_cross_entropy_with_logits(logits, y.view(-1, 1))
    F.binary_cross_entropy_with_logits(logits.sigmoid(), y[:, None])  # E: [element-mismatch]
    F.binary_cross_entropy(logits, y[:, None])  # E: [element-mismatch]
    F.binary_cross_entropy(logits.sigmoid(), y[:, None])
    F.binary_cross_entropy(logits.sigmoid(), y)  # E: [shape-mismatch]
    F.binary_cross_entropy(logits.sigmoid().squeeze(), y)  # E: also drops the batch axis
    nn.BCELoss()(torch.sigmoid(logits).view(-1), y)
    nn.BCELoss()(logits, y[:, None])  # E: [element-mismatch]
    nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0]))(logits, y[:, None])
    F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    F.binary_cross_entropy(logits.sigmoid().clamp(1e-6, 1 - 1e-6), y[:, None])


def regression(x: Float[Tensor, "b 32"], y: Float[Tensor, "b"], both: Float[Tensor, "b 2"]) -> None:
    out = nn.Linear(32, 1)(x)
    F.mse_loss(out, y)  # E: [shape-mismatch]
    F.mse_loss(out.squeeze(1), y)
    nn.MSELoss()(out, y[:, None])
    nn.L1Loss()(out, y)  # E: [shape-mismatch]
    F.smooth_l1_loss(nn.Linear(32, 2)(x), both)
    F.huber_loss(out, both[:, :1])
    (out.squeeze(-1) - y).pow(2).mean()
    (out - y).pow(2).mean()  # E: [shape-mismatch]
    F.mse_loss(torch.sigmoid(out), y[:, None])
    F.mse_loss(out, torch.tensor(0.0).expand_as(out))


def divergence(p: Float[Tensor, "b c"], q: Float[Tensor, "b c"]) -> None:
    F.kl_div(F.log_softmax(p, -1), F.softmax(q, -1), reduction="batchmean")
    F.kl_div(F.softmax(p, -1), F.softmax(q, -1))  # E: [element-mismatch]
    F.kl_div(F.log_softmax(p, -1), F.log_softmax(q, -1), log_target=True)
    F.kl_div(F.log_softmax(p, -1), F.log_softmax(q, -1))  # E: [element-mismatch]
    nn.KLDivLoss(reduction="batchmean")(p.log_softmax(-1), q.softmax(-1))
    nn.KLDivLoss(log_target=True)(p.log_softmax(-1), q.log_softmax(-1))
    F.kl_div((p / 2).log_softmax(-1), (q / 2).softmax(-1), reduction="batchmean") * 4
    F.kl_div(F.softmax(p, -1).log(), F.softmax(q, -1))


def declared(
    logits: NeuralType[Float[Tensor, "b c"], LogitsType],
    probs: NeuralType[Float[Tensor, "b c"], ProbsType],
    logprobs: NeuralType[Float[Tensor, "b c"], LogprobsType],
    y: Int[Tensor, "b"],
) -> None:
    F.cross_entropy(logits, y)
    F.cross_entropy(probs, y)  # E: [element-mismatch]
    F.nll_loss(probs, y)  # E: [element-mismatch]
    F.nll_loss(logprobs, y)
    F.nll_loss(logits, y)  # E: [element-mismatch]
    F.nll_loss(probs.log(), y)
    F.binary_cross_entropy(logits, probs)  # E: [element-mismatch]
    logprobs.gather(1, y[:, None]).squeeze(1).neg().mean()
    (probs * logprobs).sum(-1).mean()
    F.cross_entropy(logits, probs)


def distances(a: Float[Tensor, "b d"], p: Float[Tensor, "b d"], n: Float[Tensor, "b d"], y: Float[Tensor, "b"]) -> None:
    F.triplet_margin_loss(a, p, n)
    F.cosine_embedding_loss(a, p, y)
    F.margin_ranking_loss(a[:, 0], p[:, 0], y)
    sim = F.normalize(a, dim=-1) @ F.normalize(p, dim=-1).T
    reveal(sim)  # N: Float[Tensor, "b b"]
    F.cross_entropy(sim / 0.07, torch.arange(a.shape[0]))
    F.cross_entropy(sim / 0.07, torch.arange(a.shape[1]))  # E: [shape-mismatch]
    F.cosine_similarity(a[:, None], n[None], dim=-1)


def targets(x: Float[Tensor, "b 32"], soft: Float[Tensor, "b 10"], y: Int[Tensor, "b"]) -> None:
    logits, teacher = nn.Linear(32, 10)(x), nn.Linear(32, 10)(x)
    p, lp = logits.softmax(-1), logits.log_softmax(-1)
    F.binary_cross_entropy(p, teacher)  # E: expected ProbsType or labels  [element-mismatch]
    F.binary_cross_entropy(p, target=teacher.log_softmax(-1))  # E: holds LogprobsType  [element-mismatch]
    F.binary_cross_entropy(p, teacher.sigmoid())
    F.binary_cross_entropy(p, (teacher > 0).float())
    F.binary_cross_entropy(p, soft)
    F.binary_cross_entropy_with_logits(logits, teacher)  # E: holds UnnormalizedType  [element-mismatch]
    F.binary_cross_entropy_with_logits(logits, teacher.sigmoid().detach())
    torch.binary_cross_entropy_with_logits(logits, teacher)  # E: holds UnnormalizedType  [element-mismatch]
    nn.BCELoss()(p, teacher)  # E: holds UnnormalizedType  [element-mismatch]
    nn.BCEWithLogitsLoss()(logits, teacher)  # E: holds UnnormalizedType  [element-mismatch]
    nn.BCEWithLogitsLoss()(input=logits, target=soft)
    F.cross_entropy(logits, teacher)  # E: holds UnnormalizedType  [element-mismatch]
    F.cross_entropy(logits, lp)  # E: holds LogprobsType  [element-mismatch]
    F.cross_entropy(logits, teacher.softmax(-1))
    F.cross_entropy(logits, (teacher / 4).softmax(-1), label_smoothing=0.1)
    F.cross_entropy(logits, teacher.argmax(-1))
    nn.CrossEntropyLoss()(logits, teacher)  # E: holds UnnormalizedType  [element-mismatch]
    F.kl_div(lp, teacher)  # E: [element-mismatch]
    F.kl_div(lp, teacher, log_target=True)  # E: [element-mismatch]
    F.mse_loss(logits, teacher)


def blanks(z: Float[Tensor, "t b 30"], y: Int[Tensor, "b s"], n: Int[Tensor, "b"], blank: int) -> None:
    log_probs = z.log_softmax(-1)
    F.ctc_loss(log_probs, y, n, n, blank=29)
    F.ctc_loss(log_probs, y, n, n, blank=30)  # E: "blank" to "ctc_loss" is 30, but log_probs has 30 classes
    F.ctc_loss(log_probs, y, n, n, blank)
    nn.CTCLoss(blank=29)(log_probs, y, n, n)
    nn.CTCLoss(blank=30)(log_probs, y, n, n)  # E: is 30, but log_probs has 30 classes  [shape-mismatch]


def columns(x: Float[Tensor, "b 8"], column: Float[Tensor, "b 1"], y: Float[Tensor, "b"]) -> None:
    out = nn.Linear(8, 1)(x)
    (out.squeeze(1) - column).pow(2).mean()  # E: write squeeze(-1) of the column  [shape-mismatch]
    (column - out[:, 0]).abs().mean()  # E: each meets every other  [shape-mismatch]
    (column - out).abs().mean()
    (y - out.squeeze(-1)).abs().mean()
    (y.unsqueeze(1) - out.squeeze(-1)).abs().mean()
    (y[:, None] - out[:, 0]).abs().mean()
    (column - y).abs().mean()


def policy(
    logits: Float[Tensor, "b a"], action: Int[Tensor, "b"], returns: Float[Tensor, "b"], x: Float[Tensor, "b 8"]
) -> None:
    log_prob = logits.log_softmax(-1).gather(1, action[:, None]).squeeze(1)
    advantage = returns[:, None] - nn.Linear(8, 1)(x)
    -(log_prob * advantage).mean()  # E: of log-probabilities is "b" beside "b 1"  [shape-mismatch]
    -(advantage.detach() * log_prob).mean()  # E: of log-probabilities is "b" beside "b 1"  [shape-mismatch]
    -(log_prob * advantage.squeeze(1)).mean()
    -(log_prob[:, None] * advantage).mean()
    column = returns[:, None]
    (log_prob * column).sum()
    (log_prob * returns.unsqueeze(1)).sum()
    log_prob * returns
