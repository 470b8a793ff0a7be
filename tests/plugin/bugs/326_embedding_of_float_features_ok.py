"""326 embedding_of_float_features (fixed twin)

kind: crash   facet: dtype   seen in: pytorch/pytorch#116598, xcmyz/FastSpeech#89
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class UserModel(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.user = nn.Embedding(50, 16)
        self.fc = nn.Linear(16 + 3, 1)

    def forward(self, *, x: Float[Tensor, "b 4"]) -> Float[Tensor, "b 1"]:
        user = self.user(x[:, 0].long())
        return self.fc(torch.cat([user, x[:, 1:]], dim=1))


def main() -> None:
    torch.manual_seed(0)
    out = UserModel()(x=torch.randint(0, 50, (6, 4)).float())
    good = out.shape == (6, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
