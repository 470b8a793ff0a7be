"""bridge_mixes_layers_and_batch (fixed twin)

kind: silent   facet: layout   seen in: OpenNMT/OpenNMT-py#1521
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Bridge(nn.Module):
    def __init__(self, layers: int, hidden: int) -> None:
        super().__init__()
        self.total = layers * hidden
        self.linear = nn.Linear(self.total, self.total)

    def forward(self, states: Float[Tensor, "layers batch hidden"]) -> Float[Tensor, "layers batch hidden"]:
        layers, batch, hidden = states.shape
        mixed = self.linear(states.transpose(0, 1).reshape(batch, self.total))
        return torch.relu(mixed).view(batch, layers, hidden).transpose(0, 1)


def main() -> None:
    torch.manual_seed(0)
    m, s = Bridge(2, 3), torch.randn(2, 5, 3)
    ref = torch.relu(m.linear(torch.cat([s[0], s[1]], -1)))
    out = m(s)
    print("GOOD" if torch.allclose(torch.cat([out[0], out[1]], -1), ref, atol=1e-6) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
