"""region_features_through_batchnorm (fixed twin)

kind: crash   facet: axis   seen in: ruotianluo/self-critical.pytorch#44
ideal static checker: nothing (clean)
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn


@dataclass(frozen=True)
class Config:
    att_feat_size: int = 2048
    rnn_size: int = 64
    drop: float = 0.0


class Captioner(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.att_embed = nn.Sequential(
            nn.BatchNorm1d(config.att_feat_size),
            nn.Linear(config.att_feat_size, config.rnn_size),
            nn.ReLU(),
            nn.Dropout(config.drop),
        )

    def forward(
        self, regions: Float[Tensor, "b 36 {self.config.att_feat_size}"]
    ) -> Float[Tensor, "b 36 {self.config.rnn_size}"]:
        return self.att_embed(regions.flatten(0, 1)).unflatten(0, (-1, 36))


def main() -> None:
    torch.manual_seed(0)
    out = Captioner(Config())(torch.randn(2, 36, 2048))
    print("GOOD" if out.shape == (2, 36, 64) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
