"""logits_of_output_record

kind: crash   facet: axis   seen in: language model training with an output dataclass
ideal static checker: cross entropy takes classes at axis 1
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


@dataclass
class Output:
    logits: Float[Tensor, "b t vocab"]
    hidden: Float[Tensor, "b t d"]


def loss_of(output: Output, labels: Int[Tensor, "b t"]) -> Float[Tensor, ""]:
    return F.cross_entropy(output.logits.transpose(1, 2), labels)


def main() -> None:
    torch.manual_seed(0)

    good = (
        loss_of(
            Output(torch.randn(2, 5, 7), torch.randn(2, 5, 3)),
            torch.zeros(2, 5, dtype=torch.long),
        ).shape
        == ()
    )
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
