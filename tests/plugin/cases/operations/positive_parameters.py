"""The spread of a distribution is positive, as rates and concentrations are; what a layer with a bias gives is not."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.distributions import Beta, Dirichlet, Exponential, Gamma, Independent, Laplace, LogNormal, Normal, Poisson


class Spread(NamedTuple):
    mean: Tensor
    scale: Tensor


class Heads(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.mu = nn.Linear(d, 1)
        self.sigma = nn.Linear(d, 1)
        self.both = nn.Linear(d, 2)
        self.conv = nn.Conv1d(d, d, 3, padding=1)
        self.blur = nn.Conv1d(d, d, 3, bias=False)
        self.net = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, 1))
        self.positive = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, 1), nn.Softplus())
        self.log_scale = nn.Parameter(torch.zeros(1))

    def wrong(self, x: Float[Tensor, "batch d"], y: Float[Tensor, "batch d time"]) -> None:
        mu, sigma = self.mu(x), self.sigma(x)
        Normal(mu, sigma)  # E: which is negative too; take softplus or exp of it  [element-mismatch]
        Normal(loc=mu, scale=sigma)  # E: "scale" to "Normal" is what a layer gives  [element-mismatch]
        Normal(mu, self.net(x))  # E: "scale" to "Normal" is what a layer gives  [element-mismatch]
        Poisson(self.conv(y))  # E: "rate" to "Poisson" is what a layer gives  [element-mismatch]
        Dirichlet(self.both(x))  # E: "concentration" to "Dirichlet" is what a layer gives  [element-mismatch]
        Exponential(sigma.squeeze(-1))  # E: "rate" to "Exponential" is what a layer gives  [element-mismatch]
        a, b = self.both(x).chunk(2, dim=-1)
        Independent(Normal(a, b), 1)  # E: "scale" to "Normal" is what a layer gives  [element-mismatch]
        Gamma(a.exp(), b)  # E: "rate" to "Gamma" is what a layer gives  [element-mismatch]
        Beta(F.softplus(a), b)  # E: "concentration0" to "Beta" is what a layer gives  [element-mismatch]
        LogNormal(a, 0.5 * b)  # E: "scale" to "LogNormal" is what a layer gives  [element-mismatch]
        Laplace(a, self.both(x)[:, 1:])  # E: "scale" to "Laplace" is what a layer gives  [element-mismatch]

    def of_unknown_axes(self, x: Tensor) -> Normal:
        sigma = self.sigma(x)
        return Normal(self.mu(x), sigma)  # E: "scale" to "Normal" is what a layer gives  [element-mismatch]

    def right(self, x: Float[Tensor, "batch d"], y: Float[Tensor, "batch d time"], i: Int[Tensor, "k"]) -> None:
        mu, sigma = self.mu(x), self.sigma(x)
        Normal(mu, F.softplus(sigma) + 1e-3)
        Normal(mu, sigma.exp())
        Normal(mu, torch.exp(0.5 * sigma))
        Normal(mu, sigma.clamp(min=1e-3))
        Normal(mu, sigma.clamp(1e-3, 10.0))
        Normal(mu, sigma.abs() + 1e-3)
        Normal(mu, sigma**2)
        Normal(mu, sigma * sigma)
        Normal(mu, torch.sigmoid(sigma))
        Normal(mu, F.elu(sigma) + 1)
        Normal(mu, F.relu(sigma) + 1e-3)
        Normal(mu, torch.where(sigma > 0, sigma, 1e-3))
        Normal(mu, sigma.masked_fill(sigma <= 0, 1e-3))
        Normal(mu, torch.maximum(sigma, torch.tensor(1e-3)))
        Normal(0.0, sigma[sigma > 0])
        Normal(0.0, sigma[i])  # which entries are positive may be known
        Normal(mu, F.hardtanh(sigma, 0.1, 2.0))
        Normal(mu, self.positive(x))
        Normal(mu, self.log_scale.exp())
        Normal(mu, self.log_scale)  # it may be kept above 0
        Normal(sigma, 1.0)
        Normal(loc=sigma, scale=1.0)
        Poisson(self.blur(y))  # of a fixed filter, positive where its input is
        Poisson(F.linear(x, self.mu.weight.exp()))
        Poisson(F.conv1d(y, self.blur.weight.exp()))

    def written(self, x: Float[Tensor, "batch d"]) -> Normal:
        both = self.both(x)
        mu, sigma = both.chunk(2, dim=-1)
        both[:, 1:].exp_()
        return Normal(mu, sigma)

    def clamped(self, x: Float[Tensor, "batch d"]) -> tuple[Tensor, Tensor]:
        sigma = self.sigma(x)
        sigma.clamp_(min=1e-3)
        return self.mu(x), sigma

    def assigned(self, x: Float[Tensor, "batch d"]) -> Tensor:
        sigma = self.sigma(x)
        sigma[sigma < 0] = 1e-3
        return sigma

    def raw(self, x: Float[Tensor, "batch d"]) -> tuple[Tensor, Tensor]:
        return self.mu(x), self.sigma(x)

    def spread(self, x: Float[Tensor, "batch d"]) -> Spread:
        return Spread(self.mu(x), F.softplus(self.sigma(x)))


def handed_on(heads: Heads, x: Float[Tensor, "batch d"]) -> None:
    mu, sigma = heads.raw(x)
    Normal(mu, sigma)  # E: "scale" to "Normal" is what a layer gives  [element-mismatch]
    Normal(mu, sigma.exp())
    Normal(*heads.clamped(x))
    mu, sigma = heads.clamped(x)
    Normal(mu, sigma)
    Normal(mu, heads.assigned(x))
    spread = heads.spread(x)
    Normal(spread.mean, spread.scale)


class Positive(nn.Linear):
    """Its weights are made positive where it is called."""

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight.exp(), self.bias.exp())


def of_subclass(layer: Positive, x: Float[Tensor, "batch d"]) -> Normal:
    return Normal(0.0, layer(x.exp()))


def either(heads: Heads, x: Float[Tensor, "batch d"], *, is_log: bool) -> Normal:
    sigma = heads.sigma(x)
    if is_log:
        sigma = sigma.exp()
    return Normal(heads.mu(x), sigma)
