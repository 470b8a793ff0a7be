"""conv_after_linear_layout

kind: crash   facet: axis   seen in: forum, channels last features into Conv1d
ideal static checker: Conv1d wants "b 32 t", got "b t 32"
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
        return self.conv(self.embed(tokens))  # BUG: channels are last


def main() -> None:
    torch.manual_seed(0)
    out = Net()(torch.zeros(2, 5).long())
    print("GOOD" if out.shape == (2, 8, 5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
