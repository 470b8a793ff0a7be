"""314 confidence_token_sigmoid_twice (fixed twin)

kind: silent   facet: semantic   seen in: cvg/glue-factory#89, Turoad/lanedet#32, daisyRec#15
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Confidence(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Sequential(nn.Linear(64, 1))
        self.loss_fn = nn.BCEWithLogitsLoss(reduction="none")

    def forward(self, *, desc: Float[Tensor, "b n 64"], correct: Float[Tensor, "b n"]) -> Float[Tensor, "b"]:
        conf = self.token(desc).squeeze(-1)
        return self.loss_fn(conf, correct).mean(-1)


def main() -> None:
    torch.manual_seed(0)
    m, x, y = Confidence(), torch.randn(2, 5, 64), torch.ones(2, 5)
    p = torch.sigmoid(m.token[0](x).squeeze(-1))
    good = bool(torch.allclose(m(desc=x, correct=y), -p.log().mean(-1)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
