"""normalizing_flows: coupling, invertible convolutions, autoregressive masks, VAEs with several samples, VQ. A checker must stay silent."""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn


class Coupling(nn.Module):
    mask: Tensor

    def __init__(self, d: int, hidden: int, even: bool) -> None:
        super().__init__()
        self.register_buffer("mask", (torch.arange(d) % 2 == int(even)).float())
        self.net = nn.Sequential(nn.Linear(d, hidden), nn.ReLU(), nn.Linear(hidden, 2 * d))

    def forward(self, x: Float[Tensor, "b d"]) -> tuple[Float[Tensor, "b d"], Float[Tensor, "b"]]:
        shift, log_scale = self.net(x * self.mask).chunk(2, dim=-1)
        log_scale = torch.tanh(log_scale) * (1 - self.mask)
        return x * log_scale.exp() + shift * (1 - self.mask), log_scale.sum(-1)

    def inverse(self, y: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
        shift, log_scale = self.net(y * self.mask).chunk(2, dim=-1)
        log_scale = torch.tanh(log_scale) * (1 - self.mask)
        return (y - shift * (1 - self.mask)) * torch.exp(-log_scale)


class InvConv(nn.Module):
    def __init__(self, c: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.linalg.qr(torch.randn(c, c))[0])

    def forward(self, x: Float[Tensor, "b c h w"]) -> tuple[Float[Tensor, "b c h w"], Float[Tensor, "b"]]:
        out = F.conv2d(x, self.weight[:, :, None, None])
        log_det = torch.linalg.slogdet(self.weight).logabsdet * x.shape[2] * x.shape[3]
        return out, log_det.expand(x.shape[0])


class MaskedLinear(nn.Linear):
    mask: Tensor

    def __init__(self, d_in: int, d_out: int, degrees_in: Tensor, degrees_out: Tensor, strict: bool) -> None:
        super().__init__(d_in, d_out)
        keep = degrees_out[:, None] > degrees_in[None, :] if strict else degrees_out[:, None] >= degrees_in[None, :]
        self.register_buffer("mask", keep.to(torch.float32))

    def forward(self, x: Float[Tensor, "b d_in"]) -> Float[Tensor, "b d_out"]:
        return F.linear(x, self.weight * self.mask, self.bias)


class MADE(nn.Module):
    def __init__(self, d: int, hidden: int) -> None:
        super().__init__()
        ins, hid = torch.arange(1, d + 1), torch.arange(hidden) % max(1, d - 1) + 1
        self.first = MaskedLinear(d, hidden, ins, hid, False)
        self.second = MaskedLinear(hidden, 2 * d, hid, ins.repeat(2), True)

    def forward(self, x: Float[Tensor, "b d"]) -> tuple[Float[Tensor, "b d"], Float[Tensor, "b"]]:
        mean, log_scale = self.second(F.relu(self.first(x))).chunk(2, dim=1)
        return (x - mean) * torch.exp(-log_scale), -log_scale.sum(dim=1)


class Flow(nn.Module):
    def __init__(self, d: int, depth: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList([Coupling(d, 8, i % 2 == 0) for i in range(depth)] + [MADE(d, 8)])

    def log_prob(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b"]:
        total = x.new_zeros(x.shape[0])
        for layer in self.layers:
            x, log_det = layer(x)
            total = total + log_det
        return total - 0.5 * (x.square() + math.log(2 * math.pi)).sum(dim=1)


class Elbo(NamedTuple):
    loss: Float[Tensor, ""]
    kl: Float[Tensor, "b"]


class IWAE(nn.Module):
    def __init__(self, d: int, latent: int, samples: int = 3) -> None:
        super().__init__()
        self.samples = samples
        self.enc, self.dec = nn.Linear(d, 2 * latent), nn.Linear(latent, d)

    def forward(self, x: Float[Tensor, "b d"]) -> Elbo:
        mu, logvar = self.enc(x).chunk(2, dim=-1)
        std = (0.5 * logvar).exp()
        z = mu + std * torch.randn(self.samples, *mu.shape)
        log_px = -F.binary_cross_entropy_with_logits(self.dec(z), x.expand(self.samples, -1, -1), reduction="none").sum(
            -1
        )
        log_w = log_px + (-0.5 * z.square()).sum(-1) - (-0.5 * ((z - mu) / std).square() - std.log()).sum(-1)
        bound = torch.logsumexp(log_w, dim=0) - math.log(self.samples)
        kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(dim=1)
        return Elbo(-bound.mean(), kl)


class EMAQuantizer(nn.Module):
    code: Tensor
    count: Tensor

    def __init__(self, codes: int, d: int) -> None:
        super().__init__()
        self.register_buffer("code", torch.randn(codes, d))
        self.register_buffer("count", torch.zeros(codes))

    def forward(self, z: Float[Tensor, "b d h w"]) -> tuple[Float[Tensor, "b d h w"], Int64[Tensor, "b h w"]]:
        flat = z.movedim(1, -1).flatten(0, 2)
        distance = flat.square().sum(1, keepdim=True) + self.code.square().sum(1) - 2 * flat @ self.code.t()
        index = distance.argmin(1)
        if self.training:
            hot = F.one_hot(index, len(self.code)).type_as(flat)
            self.count.mul_(0.9).add_(hot.sum(0), alpha=0.1)
            self.code.lerp_(hot.t() @ flat / self.count.clamp(min=1)[:, None], 0.1)
        q = self.code[index].view(z.shape[0], *z.shape[2:], -1).movedim(-1, 1)
        return z + (q - z).detach(), index.view(z.shape[0], z.shape[2], z.shape[3])


def main() -> None:
    torch.manual_seed(0)
    x = torch.randn(5, 4)
    c = Coupling(4, 8, True)
    assert torch.allclose(c.inverse(c(x)[0]), x, atol=1e-5)
    elbo = IWAE(6, 2)(torch.rand(3, 6))
    with torch.no_grad():
        q, i = EMAQuantizer(7, 3)(torch.randn(2, 3, 4, 5))
    print(
        "GOOD",
        tuple(Flow(4, 2).log_prob(x).shape),
        tuple(elbo.kl.shape),
        tuple(q.shape),
        tuple(i.shape),
        tuple(InvConv(3)(torch.randn(2, 3, 4, 4))[1].shape),
    )


if __name__ == "__main__":
    main()
