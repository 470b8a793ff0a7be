"""A variational autoencoder of images: Kingma and Welling 2014, arXiv:1312.6114."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import reveal


class Output(NamedTuple):
    reconstruction: Float[Tensor, "b 1 28 28"]
    mu: Float[Tensor, "b z"]
    logvar: Float[Tensor, "b z"]


class Encoder(nn.Module):
    def __init__(self, latent_dim: int, width: int = 32) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.conv = nn.Sequential(
            nn.Conv2d(1, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
        )
        self.fc_mu = nn.Linear(2 * width * 7 * 7, latent_dim)
        self.fc_logvar = nn.Linear(2 * width * 7 * 7, latent_dim)

    def forward(
        self, x: Float[Tensor, "b 1 28 28"]
    ) -> tuple[Float[Tensor, "b {self.latent_dim}"], Float[Tensor, "b {self.latent_dim}"]]:
        features = self.conv(x)
        reveal(features)  # N: Revealed neural type is Float[Tensor, "b 98*width"]
        mu, logvar = self.fc_mu(features), self.fc_logvar(features)
        reveal(mu)  # N: Revealed neural type is Float[Tensor, "b latent_dim"]
        return mu, logvar


class Decoder(nn.Module):
    def __init__(self, latent_dim: int, width: int = 32) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.width = width
        self.fc = nn.Linear(latent_dim, 2 * width * 7 * 7)
        self.conv = nn.Sequential(
            nn.ConvTranspose2d(2 * width, width, kernel_size=4, stride=2, padding=1),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.ConvTranspose2d(width, 1, kernel_size=4, stride=2, padding=1),
        )

    def forward(self, z: Float[Tensor, "b {self.latent_dim}"]) -> Float[Tensor, "b 1 28 28"]:
        x = F.relu(self.fc(z))
        x = x.view(-1, 2 * self.width, 7, 7)
        x = self.conv(x)
        x = torch.sigmoid(x)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b 1 28 28"]
        return x


class VAE(nn.Module):
    def __init__(self, latent_dim: int) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = Encoder(latent_dim)
        self.decoder = Decoder(latent_dim)

    def reparameterize(self, mu: Float[Tensor, "b z"], logvar: Float[Tensor, "b z"]) -> Float[Tensor, "b z"]:
        if not self.training:
            return mu
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        z = eps.mul(std).add_(mu)
        reveal(z)  # N: Revealed neural type is Float[Tensor, "b z"]
        return z

    def forward(self, x: Float[Tensor, "b 1 28 28"]) -> Output:
        mu, logvar = self.encoder(x)
        z = self.reparameterize(mu, logvar)
        reconstruction = self.decoder(z)
        reveal(reconstruction)  # N: Revealed neural type is Float[Tensor, "b 1 28 28"]
        return Output(reconstruction, mu, logvar)

    @torch.no_grad()
    def sample(self, n: int) -> Float[Tensor, "{n} 1 28 28"]:
        z = torch.randn(n, self.latent_dim)
        images = self.decoder(z)
        reveal(images)  # N: Revealed neural type is Float[Tensor, "n 1 28 28"]
        return images


def loss_function(output: Output, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, ""]:
    bce = F.binary_cross_entropy(output.reconstruction, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + output.logvar - output.mu.pow(2) - output.logvar.exp())
    loss = bce + kld
    reveal(loss)  # N: Revealed neural type is Float[Tensor, ""]
    return loss


def check() -> tuple[Tensor, Tensor]:
    model = VAE(latent_dim=10)
    data = torch.rand(4, 1, 28, 28)
    output = model(data)
    loss_function(output, data)
    images = (output.reconstruction, model.sample(3))
    return reveal(images)  # N: is tuple[Float[Tensor, "batch=4 1 28 28"], Float[Tensor, "3 1 28 28"]]
