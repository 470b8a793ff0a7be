"""383_table_has_the_batch_first (fixed twin)

kind: crash   facet: shape   seen in: NeuracoreAI/neuracore#154
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class TimeFirstPositions(nn.Module):
    pe: Tensor

    def __init__(self, d_model: int, max_len: int = 100) -> None:
        super().__init__()
        angles = torch.arange(max_len).float().unsqueeze(1) * torch.logspace(0, -4, d_model // 2)
        table = torch.cat([angles.sin(), angles.cos()], dim=1)
        self.register_buffer("pe", table.unsqueeze(1))

    def forward(self, x: Float[Tensor, "time batch d_model"]) -> Float[Tensor, "time batch d_model"]:
        return x + self.pe[: x.size(0)]


class PolicyEncoder(nn.Module):
    def __init__(self, d_obs: int, d_model: int = 32) -> None:
        super().__init__()
        self.embed = nn.Linear(d_obs, d_model)
        self.positions = TimeFirstPositions(d_model)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(d_model, 4, 64), num_layers=1)

    def forward(self, obs: Float[Tensor, "batch time d_obs"]) -> Float[Tensor, "batch time 32"]:
        x = self.embed(obs).transpose(0, 1)
        return self.encoder(self.positions(x)).transpose(0, 1)


def main() -> None:
    torch.manual_seed(0)
    print("GOOD" if PolicyEncoder(7)(torch.randn(3, 5, 7)).shape == (3, 5, 32) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
