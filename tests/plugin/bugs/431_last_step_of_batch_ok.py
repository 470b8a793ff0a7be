"""431 last_step_of_batch (fixed twin)

kind: silent   facet: axis   seen in: forum: out[-1] with batch_first=True
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Enc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(40, 32, batch_first=True)
        self.fc = nn.Linear(32, 5)

    def forward(self, *, x: Float[Tensor, "batch time 40"]) -> Float[Tensor, "batch 5"]:
        out, _ = self.rnn(x)
        return self.fc(out[:, -1])


def main() -> None:
    torch.manual_seed(0)
    out = Enc()(x=torch.randn(3, 6, 40))
    good = out.shape == (3, 5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
