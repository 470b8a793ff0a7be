"""mixture_weights_over_batch

kind: silent   facet: axis   seen in: ctallec/world-models#10
ideal static checker: log_softmax over the batch, not over the mixture
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class MixtureHead(nn.Module):
    def __init__(self, hidden: int, gaussians: int) -> None:
        super().__init__()
        self.gaussians = gaussians
        self.pi = nn.Linear(hidden, gaussians)

    def forward(self, outs: Float[Tensor, "time batch hidden"]) -> Float[Tensor, "time batch {self.gaussians}"]:
        seq_len, bs = outs.size(0), outs.size(1)
        pi = self.pi(outs).view(seq_len, bs, self.gaussians)
        return F.log_softmax(pi, dim=-2)  # BUG: the mixture is the last axis


def main() -> None:
    torch.manual_seed(0)

    out = MixtureHead(8, 4)(torch.randn(5, 3, 8))
    good = bool(torch.allclose(out.exp().sum(-1), torch.ones(5, 3)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
