"""batch_of_mels_into_time_first_encoder

kind: silent   facet: axis   seen in: ESPnet/NeMo ports, features "b mel t" into an encoder of "b t mel"
ideal static checker: axes in another order: the encoder takes "batch time mel"
"""

from typing import TypedDict

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Batch(TypedDict):
    mel: Float[Tensor, "batch 80 time"]
    lengths: Int[Tensor, "batch"]


class Encoder(nn.Module):
    def __init__(self, d: int, mels: int = 80) -> None:
        super().__init__()
        self.rnn = nn.GRU(mels, d, batch_first=True)

    def forward(self, mel: Float[Tensor, "batch time 80"], lengths: Int[Tensor, "batch"]) -> Float[Tensor, "batch d"]:
        out, _ = self.rnn(mel)
        last = (lengths - 1)[:, None, None].expand(-1, 1, out.shape[-1])
        return out.gather(1, last).squeeze(1)


class Recogniser(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder(32)
        self.head = nn.Linear(32, 10)

    def forward(self, batch: Batch) -> Float[Tensor, "batch 10"]:
        return self.head(self.encoder(batch["mel"], batch["lengths"]))  # BUG: mel has time last


def main() -> None:
    torch.manual_seed(0)
    m = Recogniser()
    mel, lengths = torch.randn(2, 80, 80), torch.tensor([80, 3])
    changed = mel.clone()
    changed[1, :, 10:] = 0
    a, b = m({"mel": mel, "lengths": lengths}), m({"mel": changed, "lengths": lengths})
    print("GOOD" if torch.allclose(a, b, atol=1e-6) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
