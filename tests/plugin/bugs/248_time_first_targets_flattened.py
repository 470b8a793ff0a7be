"""time_first_targets_flattened

kind: silent   facet: layout   seen in: seq2seq tutorials, output.view(-1, vocab) batch first with trg.view(-1) time first
ideal static checker: logits of "batch time" against targets of "time batch", flattened
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor


def sequence_loss(
    logits: Float[Tensor, "batch time vocab"], target: Int[Tensor, "time batch"], pad: int
) -> Float[Tensor, ""]:
    flat = logits.reshape(-1, logits.shape[-1])
    return F.cross_entropy(flat, target.reshape(-1), ignore_index=pad)  # BUG: in another order


def main() -> None:
    torch.manual_seed(0)
    x, y = torch.randn(2, 3, 5), torch.randint(1, 5, (3, 2))
    print("GOOD" if torch.allclose(sequence_loss(x, y, 0), F.cross_entropy(x.mT, y.T)) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
