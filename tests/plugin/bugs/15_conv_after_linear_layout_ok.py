"""conv_after_linear_layout (fixed twin)

kind: crash   facet: axis   seen in: forum, channels last features into Conv1d
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(100, 32)
        self.conv = nn.Conv1d(32, 8, 3, padding=1)

    def forward(self, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b 8 t"]:
        return self.conv(self.embed(tokens).transpose(1, 2))


def main() -> None:
    torch.manual_seed(0)
    out = Net()(torch.zeros(2, 5).long())
    print("GOOD" if out.shape == (2, 8, 5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
