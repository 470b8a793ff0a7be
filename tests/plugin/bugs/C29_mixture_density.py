"""mixture_density: mixtures by logsumexp and by torch.distributions, sampling by gather. A checker must stay silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal


class MixtureDensity(nn.Module):
    def __init__(self, d_in: int, d_out: int, parts: int) -> None:
        super().__init__()
        self.d_out, self.parts = d_out, parts
        self.to_logits = nn.Linear(d_in, parts)
        self.to_params = nn.Linear(d_in, 2 * parts * d_out)

    def params(
        self, x: Float[Tensor, "b d_in"]
    ) -> tuple[Float[Tensor, "b parts"], Float[Tensor, "b parts d_out"], Float[Tensor, "b parts d_out"]]:
        mean, raw = self.to_params(x).view(-1, self.parts, 2 * self.d_out).chunk(2, dim=-1)
        return self.to_logits(x), mean, F.softplus(raw) + 1e-4

    def forward(self, x: Float[Tensor, "b d_in"], y: Float[Tensor, "b d_out"]) -> Float[Tensor, ""]:
        logits, mean, std = self.params(x)
        z = (y.unsqueeze(1) - mean) / std
        log_prob = (-0.5 * z**2 - std.log() - 0.5 * math.log(2 * math.pi)).sum(-1)
        return -torch.logsumexp(F.log_softmax(logits, dim=-1) + log_prob, dim=-1).mean()

    def distribution(self, x: Float[Tensor, "b d_in"]) -> MixtureSameFamily:
        logits, mean, std = self.params(x)
        return MixtureSameFamily(Categorical(logits=logits), Independent(Normal(mean, std), 1))

    def sample(self, x: Float[Tensor, "b d_in"]) -> Float[Tensor, "b d_out"]:
        logits, mean, std = self.params(x)
        part = torch.multinomial(logits.softmax(-1), 1).unsqueeze(-1).expand(-1, -1, self.d_out)
        chosen_mean, chosen_std = mean.gather(1, part).squeeze(1), std.gather(1, part).squeeze(1)
        return torch.normal(chosen_mean, chosen_std)


class LogisticMixture(nn.Module):
    """Discretized logistic mixture of one channel."""

    def forward(self, params: Float[Tensor, "b channels h w"], x: Float[Tensor, "b 1 h w"]) -> Float[Tensor, "b"]:
        logits, mean, log_scale = params.chunk(3, dim=1)
        inverse = torch.exp(-log_scale.clamp(min=-7.0))
        centred = x - mean
        upper = torch.sigmoid(inverse * (centred + 1 / 255))
        lower = torch.sigmoid(inverse * (centred - 1 / 255))
        log_prob = torch.log((upper - lower).clamp(min=1e-12)) + logits.log_softmax(1)
        return torch.logsumexp(log_prob, dim=1).sum(dim=(1, 2))


def main() -> None:
    torch.manual_seed(0)
    m, x, y = MixtureDensity(4, 3, 5), torch.randn(6, 4), torch.randn(6, 3)
    assert torch.allclose(m(x, y), -m.distribution(x).log_prob(y).mean(), atol=1e-5)
    out = LogisticMixture()(torch.randn(2, 12, 4, 4), torch.rand(2, 1, 4, 4))
    print("GOOD", tuple(m.sample(x).shape), tuple(out.shape))


if __name__ == "__main__":
    main()
