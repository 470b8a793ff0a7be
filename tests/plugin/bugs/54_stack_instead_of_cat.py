"""stack_instead_of_cat

kind: crash   facet: shape   seen in: torch.stack vs torch.cat questions
ideal static checker: stack makes a new axis
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Fusion(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(128, 10)

    def forward(self, *, audio: Float[Tensor, "b 64"], video: Float[Tensor, "b 64"]) -> Float[Tensor, "b 10"]:
        joint = torch.stack((audio, video), dim=1)  # BUG: torch.cat was meant
        return self.fc(joint)


def main() -> None:
    torch.manual_seed(0)
    good = Fusion()(audio=torch.randn(2, 64), video=torch.randn(2, 64)).shape == (2, 10)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
