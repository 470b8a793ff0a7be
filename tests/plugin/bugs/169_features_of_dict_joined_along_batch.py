"""features_of_dict_joined_along_batch

kind: crash   facet: axis   seen in: multimodal fusion
ideal static checker: cat of rows: (4*b, 32) does not fit a layer for 128
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Fusion(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Linear(128, 10)

    def forward(self, features: dict[str, Float[Tensor, "b 32"]]) -> Float[Tensor, "b 10"]:
        joined = torch.cat([features[name] for name in ("text", "image", "audio", "depth")])  # BUG: dim
        return self.mix(joined)


def main() -> None:
    torch.manual_seed(0)

    good = Fusion()({n: torch.randn(2, 32) for n in ("text", "image", "audio", "depth")}).shape == (2, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
