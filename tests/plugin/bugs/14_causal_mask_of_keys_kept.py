"""causal_mask_of_keys_kept

kind: silent   facet: semantic   seen in: Tutorials that mix keep masks and fill masks
ideal static checker: masked_fill fills where the mask is True, which are the entries to keep
"""

import torch
from jaxtyping import Bool, Float
from neuraltypes import NeuralType
from neuraltypes.elements import ValidMaskType
from torch import Tensor


def weights(
    scores: Float[Tensor, "b t s"], valid: NeuralType[Bool[Tensor, "b s"], ValidMaskType]
) -> Float[Tensor, "b t s"]:
    return scores.masked_fill(valid[:, None], float("-inf")).softmax(-1)  # BUG: hides what is valid


def main() -> None:
    torch.manual_seed(0)
    valid = torch.tensor([[True, True, False]])
    out = weights(torch.randn(1, 2, 3), valid)
    print("GOOD" if bool((out[..., 2] == 0).all()) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
