"""303 td_error_of_gathered_column

kind: silent   facet: shape   seen in: DeepReinforcementLearningInAction#15, reinforcement-learning-lab#1
ideal static checker: "b 1" - "b" broadcasts to "b b"; squeeze(1) missing
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class DqnLoss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Linear(8, 4)

    def forward(
        self,
        *,
        state: Float[Tensor, "b 8"],
        action: Int[Tensor, "b"],
        target: Float[Tensor, "b"],
    ) -> Float[Tensor, ""]:
        q = self.q(state).gather(1, action.unsqueeze(1))  # BUG: stays (b, 1)
        return ((q - target) ** 2).mean()


def main() -> None:
    torch.manual_seed(0)
    m, s, a, t = DqnLoss(), torch.randn(6, 8), torch.randint(0, 4, (6,)), torch.randn(6)
    right = ((m.q(s)[torch.arange(6), a] - t) ** 2).mean()
    good = bool(torch.allclose(m(state=s, action=a, target=t), right))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
