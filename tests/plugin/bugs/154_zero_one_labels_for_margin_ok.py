"""zero_one_labels_for_margin (fixed twin)

kind: silent   facet: shape   seen in: hinge losses
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Svm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 1)

    def forward(self, *, x: Float[Tensor, "b 8"], y: Float[Tensor, "b"]) -> Float[Tensor, ""]:
        margin = 1 - y * self.fc(x).squeeze(-1)
        return torch.clamp(margin, min=0).mean()


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Svm(), torch.randn(4, 8), torch.tensor([1.0, -1, 1, -1])
    good = bool(torch.allclose(m(x=x, y=y), (1 - y * m.fc(x)[:, 0]).clamp(min=0).mean()))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
