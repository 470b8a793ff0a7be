"""Axes of a kind where another kind belongs."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from neuraltypes import reveal
from torch import Tensor, nn


def recurrent(x: Float[Tensor, "batch time 32"], y: Float[Tensor, "time batch 32"]) -> None:
    nn.LSTM(32, 64)(x)  # E: [axis-kind]
    nn.LSTM(32, 64)(y)
    nn.LSTM(32, 64, batch_first=True)(x)
    nn.LSTM(32, 64, batch_first=True)(y)  # E: [axis-kind]
    nn.GRU(32, 64)(x)  # E: [axis-kind]
    nn.GRU(32, 64)(x.transpose(0, 1))
    nn.GRU(32, 64, batch_first=True)(y.permute(1, 0, 2))
    nn.GRU(32, 64, batch_first=True)(x.transpose(0, 1))  # E: [axis-kind]


def single_steps(
    x: Float[Tensor, "batch 1 32"],
    y: Float[Tensor, "1 batch 32"],
    line: Float[Tensor, "time 1 32"],
    alone: Float[Tensor, "batch=1 1 32"],
) -> None:
    nn.LSTM(32, 64)(x)  # E: got batch, 1, ..., which runs from one example to the next; expected 1, batch  [axis-kind]
    nn.GRU(32, 64, batch_first=True)(y)  # E: got 1, batch, ...  [axis-kind]
    nn.LSTM(32, 64, batch_first=True)(x)
    nn.GRU(32, 64)(y)
    nn.LSTM(32, 64)(x.transpose(0, 1))
    nn.LSTM(32, 64)(x.squeeze(1))
    nn.LSTM(32, 64)(line)
    nn.RNN(32, 64)(alone)
    # A sequence of examples is meant in attention from one to the others.
    nn.TransformerEncoderLayer(32, 4)(x)
    nn.TransformerEncoderLayer(32, 4, batch_first=True)(y)


def transformers(x: Float[Tensor, "batch time 64"], y: Float[Tensor, "time batch 64"]) -> None:
    nn.TransformerEncoderLayer(64, 4)(x)  # E: [axis-kind]
    nn.TransformerEncoderLayer(64, 4)(y)
    nn.TransformerEncoderLayer(64, 4, batch_first=True)(x)
    nn.MultiheadAttention(64, 4)(x, x, x)  # E: [axis-kind] # E: [axis-kind] # E: [axis-kind]
    nn.MultiheadAttention(64, 4)(y, y, y)
    nn.MultiheadAttention(64, 4, batch_first=True)(x, x, x)
    nn.MultiheadAttention(64, 4, batch_first=True)(y, y, y)  # E: [axis-kind] # E: [axis-kind] # E: [axis-kind]


def normalized(
    x: Float[Tensor, "batch classes"], pair: Float[Tensor, "batch time d"], scores: Float[Tensor, "batch heads q k"]
) -> None:
    x.softmax(0)  # E: [axis-kind]
    torch.softmax(x, dim=0)  # E: [axis-kind]
    F.log_softmax(x, dim=0)  # E: [axis-kind]
    nn.Softmax(dim=0)(x)  # E: [axis-kind]
    x.softmax(1)
    x.softmax(-1)
    pair.softmax(1)
    pair.softmax(-1)
    scores.softmax(-1)
    x.t().softmax(0)
    x.t().softmax(1)  # E: [axis-kind]
    x[0].softmax(0)
    F.normalize(x)
    F.normalize(x, dim=-1)
    F.normalize(pair)  # E: [axis-kind]
    F.normalize(pair, dim=1)
    F.normalize(pair, dim=-1)
    F.normalize(pair, p=2.0, dim=2)
    F.cosine_similarity(x, x)
    F.cosine_similarity(x, x, dim=-1)
    F.cosine_similarity(pair, pair)  # E: [axis-kind]
    F.cosine_similarity(pair, pair, dim=-1)


def similarity(a: Float[Tensor, "n d"], b: Float[Tensor, "n d"]) -> None:
    # Contrastive losses normalize both ways on purpose.
    scores = a @ b.T
    scores.softmax(0)
    scores.softmax(1)
    labels = torch.arange(len(a))
    F.cross_entropy(scores, labels) + F.cross_entropy(scores.T, labels)


def pairs(
    a: Float[Tensor, "batch d"],
    b: Float[Tensor, "batch d"],
    n: Float[Tensor, "n=batch d"],
    m: Float[Tensor, "batch=m d"],
    queue: Float[Tensor, "2*batch d"],
    words: Float[Tensor, "words d"],
) -> None:
    (a @ b.T).softmax(-1)
    torch.mm(a, b.T).softmax(0)
    torch.einsum("i d, j d -> i j", a, b).log_softmax(1)
    F.log_softmax(-torch.cdist(a, b), dim=1)
    F.cosine_similarity(a[:, None], b[None], dim=-1).softmax(1)
    (a @ b.T).masked_fill(torch.eye(len(a), dtype=torch.bool), -1e9).softmax(dim=1)
    (a @ b.T).fill_diagonal_(-1e9).softmax(0)
    (n @ m.T).softmax(0)
    (n @ m.T).softmax(1)
    (m @ n.T).softmax(0)
    (a @ queue.T).softmax(0)
    nn.Softmax(1)(a @ b.T)
    F.softmax(a @ b.T)
    F.layer_norm(a @ b.T, (len(b),))
    F.layer_norm(words @ b.T, (len(b),))  # E: axis -1 is a batch, over which it is normalized  [axis-kind]
    (a @ words.T).softmax(0)  # E: the numbers of different examples would add up to 1  [axis-kind]
    (a @ words.T).softmax(1)


def viewed(x: Float[Tensor, "batch time 64"], image: Float[Tensor, "batch channel height width"]) -> None:
    b, t, d = x.shape
    x.view(t, b, d)  # E: [axis-kind]
    x.reshape(b, d, t)  # E: [axis-kind]
    x.view(b, t, 4, 16)
    x.view(b, t, 4, 16).transpose(1, 2)
    x.reshape(b * t, d)
    x.reshape(t * b, d)
    x.view(-1, d).view(b, t, d)
    n, c, h, w = image.shape
    image.view(n, c, h * w).transpose(1, 2)
    image.view(n, h * w, c)  # E: [axis-kind]
    image.reshape(n, w, h, c)  # E: [axis-kind]
    image.view(n, c, -1)
    image.view(n, -1)
    x.view(b, 4, t, 16)  # E: [axis-kind]
    x.view(b, 4, 16, t)  # E: [axis-kind]
    x.view(1, b, t, d)
    x.view(b, t // 2, 2 * d)
    x.reshape(b, -1, 2, d)
    image.reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4).reshape(n, 4 * c, h // 2, w // 2)


def merged(
    x: Float[Tensor, "b h t d"],
    states: Float[Tensor, "2 b d"],
    scores: Float[Tensor, "b h q k"],
    square: Float[Tensor, "n n d"],
) -> None:
    b, h, t, d = x.shape
    x.reshape(b, t, h * d)  # E: [axis-kind]
    x.transpose(1, 2).reshape(b, t, h * d)
    x.transpose(1, 2).reshape(b, t, -1)
    x.reshape(b * h, t, d)
    x.reshape(b, h, t * d)
    states.view(b, 2 * d)  # E: [axis-kind]
    states.view(b, -1)  # E: [axis-kind]
    states.transpose(0, 1).reshape(b, -1)
    states.view(1, 2, b, d)
    states[:1].view(b, d)
    square.view(square.shape[0], -1)
    # The relative shift of Transformer-XL and of the Music Transformer reads rows across their ends on purpose.
    q, k = scores.shape[-2:]
    padded = F.pad(scores, (1, 0))
    padded.view(b, h, k + 1, q)[:, :, 1:].view(b, h, q, k)
    shifted = padded.view(b, h, -1, q)[:, :, 1:].reshape(b, h, q, k)
    reveal(shifted)  # N: Float[Tensor, "b h q k"]
    first = torch.cat([scores.new_zeros(b, h, q, 1), scores], dim=-1).view(b, h, k + 1, q)
    first[:, :, 1:].view_as(scores)
    scores.view(b, h, k, q)  # E: [axis-kind]
    both = F.pad(x @ x.mT, (1, 0)).reshape(b, h, t + 1, t)
    both[:, :, 1:] + x @ x.mT
    n, m = square.shape[0], square.shape[2]
    square.view(n * n, m).view(n, n, m)


def masks(x: Float[Tensor, "batch time 64"], ignored: Bool[Tensor, "batch time"]) -> None:
    att = nn.MultiheadAttention(64, 4, batch_first=True)
    att(x, x, x, key_padding_mask=ignored)
    att(x, x, x, key_padding_mask=ignored.T)  # E: [shape-mismatch]
    att(x, x, x, attn_mask=ignored)  # E: [shape-mismatch]


def batch_norms(x: Float[Tensor, "batch time 64"]) -> None:
    nn.BatchNorm1d(64)(x)  # E: [shape-mismatch]
    nn.BatchNorm1d(64)(x.transpose(1, 2)).transpose(1, 2)
    nn.BatchNorm1d(64)(x.flatten(0, 1))
    nn.LayerNorm(64)(x)
    nn.LayerNorm(64)(x.transpose(1, 2))  # E: [shape-mismatch]
    nn.Conv1d(64, 8, 3)(x)  # E: [shape-mismatch]
    nn.Conv1d(64, 8, 3)(x.mT)


def ordinary(tokens: Int[Tensor, "batch time"], x: Float[Tensor, "batch time d"]) -> None:
    x.mean(0)
    x.mean(dim=(0, 1))
    x.std(0)
    x - x.mean(0, keepdim=True)
    x.sum(0).softmax(0)
    x.flip(0)
    x.sort(0)
    x.argmax(0)
    torch.cat([x, x], 0)
    x.cumsum(1)
    tokens.T.unbind(0)
    x.logsumexp(0)
    x[tokens.T.argmax(0)]
    x.permute(1, 0, 2).reshape(x.shape[1], -1)


def softmax_without_dim(x: Float[Tensor, "batch time d"], y: Float[Tensor, "batch d"], z: Float[Tensor, "d"]) -> None:
    nn.Softmax()(x)  # E: "Softmax" normalizes over axis 0, "batch", where no dim is given; give dim=-1  [axis-kind]
    F.log_softmax(x)  # E: [axis-kind]
    F.softmax(y.T)  # E: "softmax" normalizes over axis 1, "batch", where no dim is given  [axis-kind]
    nn.Softmax()(y)
    nn.Softmax()(z)
    F.softmax(x.transpose(0, 2))
    F.softmax(x, dim=2)


def causal_masks(x: Float[Tensor, "batch time 16"]) -> None:
    stack = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, batch_first=True), 2)
    whole = nn.Transformer(16, 4, batch_first=True)
    reveal(nn.Transformer.generate_square_subsequent_mask(x.size(1)))  # N: Float32[Tensor, "time time"]
    reveal(whole.generate_square_subsequent_mask(7))  # N: Float32[Tensor, "7 7"]
    stack(x, mask=nn.Transformer.generate_square_subsequent_mask(x.size(1)))
    stack(x, mask=nn.Transformer.generate_square_subsequent_mask(x.size(0)))  # E: [shape-mismatch]


def rows_of_channels(x: Float[Tensor, "b 8 t"], image: Float[Tensor, "b 3 h w"], y: Int[Tensor, "b h w"]) -> None:
    logits = nn.Conv2d(3, 10, 1)(image)
    F.cross_entropy(logits, y)
    F.cross_entropy(logits.permute(0, 2, 3, 1).reshape(-1, 10), y.reshape(-1))
    F.cross_entropy(logits.reshape(-1, 10), y.reshape(-1))  # E: without moving a number  [axis-kind]
    F.cross_entropy(logits.view(-1, logits.size(1)), y.view(-1))  # E: without moving a number  [axis-kind]
    x.mT.reshape(-1, 8)
    x.reshape(-1, 8)  # E: sees "b 8 t" as "b*t 8" without moving a number  [axis-kind]
    x.reshape(-1, 4)
    x.reshape(-1, x.size(-1))
    image.reshape(3, -1)
