"""parametrizations: weight norm, spectral norm, symmetric and low-rank weights, tied embeddings. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize


class Symmetric(nn.Module):
    def forward(self, x: Float[Tensor, "n n"]) -> Float[Tensor, "n n"]:
        return x.triu() + x.triu(1).mT


class LoRA(nn.Module):
    def __init__(self, out_features: int, in_features: int, rank: int = 2, alpha: float = 4.0) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.randn(rank, in_features) / rank)
        self.b = nn.Parameter(torch.zeros(out_features, rank))
        self.scale = alpha / rank

    def forward(self, weight: Float[Tensor, "out_features in_features"]) -> Float[Tensor, "out_features in_features"]:
        return weight + self.b @ self.a * self.scale


class WeightStandardized(nn.Conv2d):
    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b o y x"]:
        w = self.weight
        w = (w - w.mean(dim=(1, 2, 3), keepdim=True)) / (w.std(dim=(1, 2, 3), keepdim=True) + 1e-5)
        return F.conv2d(x, w, self.bias, self.stride, self.padding)


class TiedLM(nn.Module):
    def __init__(self, vocab: int, d: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocab, d)
        self.mix = parametrizations.weight_norm(nn.Linear(d, d))
        self.norm = parametrizations.spectral_norm(nn.Linear(d, d))
        self.head = nn.Linear(d, vocab, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens: Int64[Tensor, "b t"]) -> Float[Tensor, "b t vocab"]:
        h = self.embed(tokens) * self.embed.embedding_dim**0.5
        h = h + torch.tanh(self.mix(h))
        return self.head(self.norm(h)) * self.head.in_features**-0.5


class Discriminator(nn.Module):
    def __init__(self, c: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            parametrizations.spectral_norm(nn.Conv2d(3, c, 4, 2, 1)),
            nn.LeakyReLU(0.2),
            WeightStandardized(c, 2 * c, 4, 2, 1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.utils.spectral_norm(nn.Linear(2 * c, 1)),
        )

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b"]:
        return self.net(x).squeeze(1)


def main() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(4, 4)
    parametrize.register_parametrization(layer, "weight", Symmetric())
    adapted = nn.Linear(6, 3)
    parametrize.register_parametrization(adapted, "weight", LoRA(*adapted.weight.shape))
    out = TiedLM(9, 4)(torch.randint(0, 9, (2, 5)))
    print(
        "GOOD",
        tuple(out.shape),
        tuple(layer(torch.randn(2, 4)).shape),
        tuple(adapted(torch.randn(2, 6)).shape),
        tuple(Discriminator(4)(torch.randn(2, 3, 16, 16)).shape),
    )


if __name__ == "__main__":
    main()
