"""embedding_of_float_tokens (fixed twin)

kind: crash   facet: dtype   seen in: "Expected tensor for argument #1 'indices' to have scalar type Long"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(100, 16)

    def forward(self, *, tokens: Float[Tensor, "b t"]) -> Float[Tensor, "b t 16"]:
        return self.embed(tokens.long())


def main() -> None:
    torch.manual_seed(0)
    good = Tagger()(tokens=torch.ones(2, 3)).shape == (2, 3, 16)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
