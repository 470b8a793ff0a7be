"""categorical_of_logits (fixed twin)

kind: crash   facet: semantic   seen in: agiresearch/OpenAGI#33
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Categorical


class Policy(nn.Module):
    def __init__(self, states: int, actions: int) -> None:
        super().__init__()
        self.head = nn.Linear(states, actions)

    def entropy(self, x: Float[Tensor, "b states"]) -> Float[Tensor, "b"]:
        return Categorical(logits=self.head(x)).entropy()


def main() -> None:
    torch.manual_seed(0)
    m, x = Policy(4, 3), torch.randn(2, 4)
    print("GOOD" if torch.allclose(m.entropy(x), Categorical(m.head(x).softmax(-1)).entropy()) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
