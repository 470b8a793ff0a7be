"""target_of_q_learning_broadcasts

kind: silent   facet: shape   seen in: DQN implementations: q has a trailing 1, the target has none
ideal static checker: "b 1" against "b" in smooth_l1_loss
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor


def td_loss(
    q: Float[Tensor, "b actions"],
    action: Int[Tensor, "b"],
    following: Float[Tensor, "b actions"],
    reward: Float[Tensor, "b"],
) -> Float[Tensor, ""]:
    target = reward + 0.99 * following.max(dim=1).values
    return F.smooth_l1_loss(q.gather(1, action[:, None]), target)  # BUG: b x b pairs


def main() -> None:
    torch.manual_seed(0)
    q, a, r = torch.randn(4, 2), torch.zeros(4).long(), torch.randn(4)
    print(
        "GOOD"
        if torch.allclose(td_loss(q, a, q, r), F.smooth_l1_loss(q[:, 0], r + 0.99 * q.max(1).values))
        else "SILENT-WRONG"
    )


if __name__ == "__main__":
    main()
