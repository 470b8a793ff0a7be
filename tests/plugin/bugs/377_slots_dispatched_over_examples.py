"""377_slots_dispatched_over_examples

kind: silent   facet: semantic   seen in: fkodom/soft-mixture-of-experts#1
ideal static checker: softmax over the batch of "batch tokens experts slots"; the tokens are dim 1
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule


class SoftMixture(NeuralModule):
    def __init__(self, *, d: int, experts: int, slots: int) -> None:
        super().__init__()
        self.d = d
        self.phi = nn.Parameter(torch.randn(d, experts, slots) * d**-0.5)
        self.experts = nn.ModuleList(
            [nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d)) for _ in range(experts)]
        )

    def forward(self, *, x: Float[Tensor, "batch time {self.d}"]) -> Float[Tensor, "batch time {self.d}"]:
        logits = torch.einsum("btd,dnp->btnp", x, self.phi)
        dispatch = logits.softmax(dim=0)  # BUG: over the batch
        combine = logits.flatten(start_dim=2).softmax(dim=-1)
        slots = torch.einsum("btd,btnp->bnpd", x, dispatch)
        outputs = [expert(slots[:, i]) for i, expert in enumerate(self.experts)]
        return combine @ torch.stack(outputs, dim=1).flatten(1, 2)


def main() -> None:
    torch.manual_seed(0)
    layer, x = SoftMixture(d=8, experts=3, slots=2), torch.randn(4, 5, 8)
    print("GOOD" if torch.allclose(layer(x=x)[:1], layer(x=x[:1]), atol=1e-5) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
