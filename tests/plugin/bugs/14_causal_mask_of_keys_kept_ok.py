"""causal_mask_of_keys_kept (fixed twin)

kind: silent   facet: semantic   seen in: Tutorials that mix keep masks and fill masks
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Bool, Float
from neuraltypes import NeuralType
from neuraltypes.elements import ValidMaskType
from torch import Tensor


def weights(
    scores: Float[Tensor, "b t s"], valid: NeuralType[Bool[Tensor, "b s"], ValidMaskType]
) -> Float[Tensor, "b t s"]:
    return scores.masked_fill(~valid[:, None], float("-inf")).softmax(-1)


def main() -> None:
    torch.manual_seed(0)
    valid = torch.tensor([[True, True, False]])
    out = weights(torch.randn(1, 2, 3), valid)
    print("GOOD" if bool((out[..., 2] == 0).all()) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
