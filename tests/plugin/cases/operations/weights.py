"""Weights of modules have the shape that the module was made for; sharing them is checked where that is sure."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


class LanguageModel(nn.Module):
    def __init__(self, d: int, v: int) -> None:
        super().__init__()
        self.d = d
        self.v = v
        self.embedding = nn.Embedding(v, d)
        self.norm = nn.LayerNorm(d)
        self.head = nn.Linear(d, v, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, ids: Int[Tensor, "b t"]) -> Float[Tensor, "b t {self.v}"]:
        x = self.embedding(ids)
        reveal(self.embedding.weight)  # N: is Shaped[Tensor, "v d"]
        reveal(self.norm.weight)  # N: is Shaped[Tensor, "d"]
        reveal(self.norm.bias)  # N: is Shaped[Tensor, "d"]
        reveal(self.head.bias)  # N: is Tensor
        reveal(self.head.in_features)  # N: is int  # size d
        reveal(x @ self.head.weight.t())  # N: is Float[Tensor, "b t v"]
        reveal(F.linear(x, self.embedding.weight))  # N: is Float[Tensor, "b t v"]
        reveal(F.linear(x, self.head.weight.data, self.head.bias))  # N: is Float[Tensor, "b t v"]
        return x @ self.embedding.weight.T

    def not_transposed(self, x: Float[Tensor, "b t {self.d}"]) -> Float[Tensor, "b t {self.v}"]:
        return x @ self.embedding.weight  # E: axis -2 is v, expected d  [shape-mismatch]

    def wrong_way(self, x: Float[Tensor, "b t {self.d}"]) -> None:
        F.linear(x, self.head.weight.t())  # E: [shape-mismatch]


class Transposed(nn.Module):
    def __init__(self, d: int, v: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(v, d)
        self.head = nn.Linear(v, d, bias=False)
        self.head.weight = self.embedding.weight  # E: "weight" of "Linear" has shape "d v", but  [shape-mismatch]


class PerhapsTied(nn.Module):
    """Two names may stand for one number where weights are shared."""

    def __init__(self, ninp: int, nhid: int, v: int, is_tied: bool, is_biased: bool) -> None:
        super().__init__()
        self.encoder = nn.Embedding(v, ninp)
        self.decoder = nn.Linear(nhid, v, bias=is_biased)
        if is_tied:
            self.decoder.weight = self.encoder.weight
        reveal(self.decoder.bias)  # N: is Tensor


def numbers() -> None:
    first, second = nn.Linear(3, 4), nn.Linear(5, 4)
    second.weight = first.weight  # E: has shape "4 5", but is assigned one of "4 3"  [shape-mismatch]
    second.bias = first.bias
    reveal(nn.Linear(first.out_features, 2)(torch.zeros(7, 4)))  # N: is Float32[Tensor, "7 2"]
    reveal(LanguageModel(64, 100).head.weight)  # N: is Shaped[Tensor, "100 64"]


def others(layer: nn.Linear, pooled: nn.Module) -> None:
    reveal(nn.Conv2d(3, 64, 7).weight)  # N: is Shaped[Tensor, "64 3 7 7"]
    reveal(nn.Conv1d(8, 64, 3, groups=4).weight)  # N: is Shaped[Tensor, "64 2 3"]
    reveal(nn.ConvTranspose2d(3, 64, (3, 5)).weight)  # N: is Shaped[Tensor, "3 64 3 5"]
    reveal(nn.Conv2d(3, 64, 7).bias)  # N: is Shaped[Tensor, "64"] | None
    reveal(nn.BatchNorm2d(64).running_mean)  # N: is Shaped[Tensor, "64"] | None
    reveal(nn.LSTMCell(8, 16).weight_ih)  # N: is Shaped[Tensor, "64 8"]
    reveal(nn.MultiheadAttention(64, 8).in_proj_weight)  # N: is Shaped[Tensor, "192 64"]
    reveal(layer.weight)  # N: is Shaped[Tensor, "_ _"]
    layer.weight @ torch.zeros(3, 4)
    pooled.weight


class OneChannel(nn.Module):
    """A layer may be given other weights than it was made with; then nothing is said of it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 7)
        self.conv.weight = nn.Parameter(self.conv.weight.sum(1, keepdim=True))

    def forward(self, x: Float[Tensor, "b 1 h w"]) -> Tensor:
        return self.conv(x)


class Merged(nn.Linear):
    """A subclass may put another weight there."""

    def __init__(self, d: int, e: int) -> None:
        super().__init__(d, e)
        self.weight = nn.Parameter(torch.zeros(e, 2 * d))

    def forward(self, input: Float[Tensor, "b c"]) -> Tensor:
        reveal(self.weight)  # N: is Tensor
        return F.linear(input, self.weight)


class Factored(nn.Linear):
    def forward(self, input: Float[Tensor, "b {self.in_features}"]) -> Tensor:
        return F.linear(input, self.weight, self.bias)


def initialized(model: nn.Module) -> None:
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Conv2d) and module.bias is not None:
            module.bias.data.fill_(0.0)
            module.weight.data = module.weight.data[:, :1]
