"""critic_target_broadcast

kind: silent   facet: shape   seen in: DDPG/TD3 ports
ideal static checker: reward "b" plus "b 1" values
"""

import torch
from jaxtyping import Float
from torch import Tensor


def td_target(
    reward: Float[Tensor, "b"], done: Float[Tensor, "b"], next_value: Float[Tensor, "b 1"], gamma: float
) -> Float[Tensor, "b 1"]:
    return reward + gamma * (1 - done) * next_value  # BUG: reward[:, None], done[:, None]


def main() -> None:
    torch.manual_seed(0)
    good = td_target(torch.ones(4), torch.zeros(4), torch.ones(4, 1), 0.9).shape == (4, 1)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
