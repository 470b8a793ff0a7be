"""460 degree_without_keepdim (fixed twin)

kind: silent   facet: axis   seen in: GCN row normalisation, xiaxin1998/COTREC#13, hugochan/IDGL#14
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class GCN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 32)

    def forward(self, *, x: Float[Tensor, "n 16"], adj: Float[Tensor, "n n"]) -> Float[Tensor, "n 32"]:
        norm = adj / adj.sum(dim=1, keepdim=True)
        return torch.relu(self.fc(norm @ x))


def main() -> None:
    torch.manual_seed(0)
    m, x = GCN(), torch.randn(6, 16)
    adj = (torch.rand(6, 6) > 0.5).float() + torch.eye(6)
    ref = torch.relu(m.fc(torch.diag(1 / adj.sum(1)) @ adj @ x))
    good = bool(torch.allclose(m(x=x, adj=adj), ref, atol=1e-5))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
