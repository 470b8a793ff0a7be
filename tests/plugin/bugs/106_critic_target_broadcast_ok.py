"""critic_target_broadcast (fixed twin)

kind: silent   facet: shape   seen in: DDPG/TD3 ports
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def td_target(
    reward: Float[Tensor, "b"], done: Float[Tensor, "b"], next_value: Float[Tensor, "b 1"], gamma: float
) -> Float[Tensor, "b 1"]:
    return reward[:, None] + gamma * (1 - done[:, None]) * next_value


def main() -> None:
    torch.manual_seed(0)
    good = td_target(torch.ones(4), torch.zeros(4), torch.ones(4, 1), 0.9).shape == (4, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
