"""diffusion_schedules: schedules gathered by step, v-prediction, classifier-free guidance, DDIM and flow steps. A checker must stay silent."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn


def extract(table: Float[Tensor, "steps"], t: Int64[Tensor, "b"], ndim: int) -> Float[Tensor, "b ..."]:
    return table.gather(-1, t).reshape(t.shape[0], *((1,) * (ndim - 1)))


def timestep_embedding(t: Int64[Tensor, "b"], dim: int) -> Float[Tensor, "b {dim}"]:
    half = dim // 2
    rate = torch.exp(-math.log(10000) * torch.arange(half) / half)
    angle = t[:, None].float() * rate[None]
    emb = torch.cat([angle.cos(), angle.sin()], dim=-1)
    return F.pad(emb, (0, dim - 2 * half))


class FiLMBlock(nn.Module):
    def __init__(self, c: int, d_emb: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(2, c, affine=False)
        self.conv = nn.Conv2d(c, c, 3, padding="same")
        self.film = nn.Linear(d_emb, 2 * c)
        nn.init.zeros_(self.film.weight)

    def forward(self, x: Float[Tensor, "b c h w"], emb: Float[Tensor, "b d_emb"]) -> Float[Tensor, "b c h w"]:
        scale, shift = self.film(F.silu(emb))[:, :, None, None].chunk(2, dim=1)
        return x + self.conv(F.silu(self.norm(x) * (1 + scale) + shift))


class Denoiser(nn.Module):
    def __init__(self, channels: int = 4, classes: int = 3, d_emb: int = 9) -> None:
        super().__init__()
        self.d_emb, self.null = d_emb, classes
        self.label = nn.Embedding(classes + 1, d_emb)
        self.inp = nn.Conv2d(3, channels, 1)
        self.block = FiLMBlock(channels, d_emb)
        self.out = nn.Conv2d(channels, 3, 1)

    def forward(
        self, x: Float[Tensor, "b 3 h w"], t: Int64[Tensor, "b"], label: Int64[Tensor, "b"] | None = None
    ) -> Float[Tensor, "b 3 h w"]:
        if label is None:
            label = torch.full_like(t, self.null)
        elif self.training:
            label = torch.where(torch.rand(t.shape) < 0.1, self.null, label)
        emb = timestep_embedding(t, self.d_emb) + self.label(label)
        return self.out(self.block(self.inp(x), emb))


class Diffusion(nn.Module):
    alpha_bar: Tensor

    def __init__(self, model: Denoiser, steps: int = 10) -> None:
        super().__init__()
        self.model, self.steps = model, steps
        s = torch.linspace(0, 1, steps + 1)
        bar = torch.cos((s + 0.008) / 1.008 * math.pi / 2) ** 2
        self.register_buffer("alpha_bar", (bar / bar[0])[1:].clamp(1e-4, 0.9999))

    def forward(self, x: Float[Tensor, "b 3 h w"], label: Int64[Tensor, "b"]) -> Float[Tensor, ""]:
        t = torch.randint(0, self.steps, (x.shape[0],))
        bar = extract(self.alpha_bar, t, x.ndim)
        noise = torch.randn_like(x)
        x_t = bar.sqrt() * x + (1 - bar).sqrt() * noise
        v = bar.sqrt() * noise - (1 - bar).sqrt() * x
        snr = (bar / (1 - bar)).flatten()
        per_image = F.mse_loss(self.model(x_t, t, label), v, reduction="none").mean(dim=(1, 2, 3))
        return (per_image * snr.clamp(max=5) / (snr + 1)).mean()

    @torch.no_grad()
    def sample(self, label: Int64[Tensor, "b"], size: int, guidance: float = 2.0) -> Float[Tensor, "b 3 {size} {size}"]:
        x = torch.randn(len(label), 3, size, size)
        self.model.eval()
        for i in reversed(range(self.steps)):
            t = torch.full((len(label),), i)
            both = self.model(
                x.repeat(2, 1, 1, 1), t.repeat(2), torch.cat([label, torch.full_like(label, self.model.null)])
            )
            cond, uncond = both.chunk(2)
            v = uncond + guidance * (cond - uncond)
            bar = self.alpha_bar[i]
            before = self.alpha_bar[i - 1] if i > 0 else torch.ones_like(bar)
            x0, eps = bar.sqrt() * x - (1 - bar).sqrt() * v, bar.sqrt() * v + (1 - bar).sqrt() * x
            x = before.sqrt() * x0.clamp(-1, 1) + (1 - before).sqrt() * eps
        return x


def main() -> None:
    torch.manual_seed(0)
    m = Diffusion(Denoiser())
    loss = m(torch.randn(2, 3, 6, 6), torch.tensor([0, 2]))
    print("GOOD", tuple(loss.shape), tuple(m.sample(torch.tensor([0, 1]), 4).shape))


if __name__ == "__main__":
    main()
