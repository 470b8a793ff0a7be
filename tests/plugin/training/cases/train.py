"""The run."""

import sigkit
import torch
from batches import Item, collate
from configs import Config, EncoderConfig
from decoder import Decoder
from encoder import Encoder
from jaxtyping import Float
from losses import frames, total
from model import make
from torch import Tensor


def pitch(wave: Float[Tensor, "b 4000"], bands: Float[Tensor, "12 t"]) -> Float[Tensor, "b 12"]:
    slow = sigkit.decimate(wave, 4)
    return sigkit.band_energy(slow, bands)


def narrow(wave: Float[Tensor, "b 4000"], bands: Float[Tensor, "12 1000"]) -> Float[Tensor, "b 13"]:
    return sigkit.band_energy(sigkit.decimate(wave, 5), bands)


def framed(wave: Float[Tensor, "b 4000"]) -> Float[Tensor, "b 1000 4"]:
    Frames = Float[Tensor, "b 800 5"]
    wide: Frames = frames(wave, 5)
    pair = (wave, 8)
    narrow: Frames = frames(*pair)
    total([wide.mean(), narrow.mean((1, 2))], {"all": wave[0] for _ in range(2)})
    return frames(wave)


def train(items: list[Item], steps: int = 10) -> None:
    model = make()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = model.training_step(collate(items), 0)
        loss.backward()
        optimizer.step()


def joined(mel: Float[Tensor, "b 80 t"]) -> None:
    encoder, decoder = Encoder(EncoderConfig(d_model=128)), Decoder(Config().decoder)
    decoder(encoded=encoder(mel=mel))
    encoder(mel)
