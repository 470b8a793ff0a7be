"""344 decoder_made_of_hidden_width

kind: crash   facet: shape   seen in: "mat1 and mat2 shapes cannot be multiplied (8x32 and 256x256)" of autoencoder ports
ideal static checker: the decoder is made for cfg.hidden features and gets the cfg.latent of the encoder
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn


@dataclass(frozen=True)
class Config:
    inputs: int = 784
    hidden: int = 256
    latent: int = 32


class Encoder(nn.Module):
    def __init__(self, cfg: Config) -> None:
        super().__init__()
        self.fc1 = nn.Linear(cfg.inputs, cfg.hidden)
        self.fc2 = nn.Linear(cfg.hidden, cfg.latent)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(torch.relu(self.fc1(x)))


class Decoder(nn.Module):
    def __init__(self, cfg: Config) -> None:
        super().__init__()
        self.fc1 = nn.Linear(cfg.hidden, cfg.hidden)  # BUG: it gets the latent
        self.fc2 = nn.Linear(cfg.hidden, cfg.inputs)

    def forward(self, z: Tensor) -> Tensor:
        return torch.sigmoid(self.fc2(torch.relu(self.fc1(z))))


class Autoencoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        cfg = Config()
        self.encoder = Encoder(cfg)
        self.decoder = Decoder(cfg)

    def forward(self, x: Float[Tensor, "b 1 28 28"]) -> Float[Tensor, "b 784"]:
        return self.decoder(self.encoder(x.flatten(1)))


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if Autoencoder()(torch.randn(8, 1, 28, 28)).shape == (8, 784) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
