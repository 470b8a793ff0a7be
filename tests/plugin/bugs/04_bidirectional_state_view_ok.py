"""bidirectional_state_view (fixed twin)

kind: silent   facet: axis   seen in: discuss.pytorch.org, hidden states of bidirectional LSTMs
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(8, 16, batch_first=True, bidirectional=True)

    def forward(self, x: Float[Tensor, "b t 8"]) -> Float[Tensor, "b 32"]:
        _, h = self.rnn(x)
        return h.transpose(0, 1).reshape(x.shape[0], -1)


def main() -> None:
    torch.manual_seed(0)
    m, x = Encoder(), torch.randn(4, 5, 8)
    h = m.rnn(x)[1]
    print("GOOD" if torch.allclose(m(x), torch.cat([h[0], h[1]], dim=1)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
