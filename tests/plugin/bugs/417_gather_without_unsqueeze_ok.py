"""417 gather_without_unsqueeze (fixed twin)

kind: crash   facet: shape   seen in: DQN tutorials: "Index tensor must have the same number of dimensions as input tensor"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class Q(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Linear(8, 4)

    def forward(self, *, obs: Float[Tensor, "b 8"], action: Int[Tensor, "b"]) -> Float[Tensor, "b"]:
        q = self.net(obs)
        return q.gather(1, action.unsqueeze(1)).squeeze(1)


def main() -> None:
    torch.manual_seed(0)
    out = Q()(obs=torch.randn(5, 8), action=torch.randint(0, 4, (5,)))
    good = out.shape == (5,)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
