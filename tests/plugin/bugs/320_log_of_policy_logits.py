"""320 log_of_policy_logits

kind: silent   facet: semantic   seen in: zafarali/policy-gradient-methods#13, forum "log gives nan in policy gradient"
ideal static checker: log of Logits: logits are negative where nothing says otherwise; log_softmax meant
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Policy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 4)

    def forward(self, *, state: Float[Tensor, "b 8"], action: Int[Tensor, "b"]) -> Float[Tensor, "b"]:
        log_probs = torch.log(self.fc(state))  # BUG: these are no probabilities
        return log_probs.gather(1, action[:, None]).squeeze(1)


def main() -> None:
    torch.manual_seed(0)
    out = Policy()(state=torch.randn(16, 8), action=torch.randint(0, 4, (16,)))
    good = bool(torch.isfinite(out).all())
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
