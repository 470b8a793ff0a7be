"""304 attention_weights_over_queries (fixed twin)

kind: silent   facet: axis   seen in: labmlai/annotated_deep_learning_paper_implementations#146, nerminnuraydogan/vision-transformer#1
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Attend(nn.Module):
    def forward(
        self,
        *,
        q: Float[Tensor, "batch heads query 16"],
        k: Float[Tensor, "batch heads key 16"],
        v: Float[Tensor, "batch heads key 16"],
    ) -> Float[Tensor, "batch heads query 16"]:
        scores = q @ k.transpose(-2, -1) * 16**-0.5
        weights = scores.softmax(dim=-1)
        return weights @ v


def main() -> None:
    torch.manual_seed(0)
    q, k = torch.randn(2, 4, 5, 16), torch.randn(2, 4, 7, 16)
    good = bool(torch.allclose(Attend()(q=q, k=k, v=torch.ones(2, 4, 7, 16)), torch.ones(2, 4, 5, 16)))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
