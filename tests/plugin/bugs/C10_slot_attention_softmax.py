"""slot_attention_softmax: softmax over the slots (queries), then normalized over the inputs. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor


def slot_weights(
    q: Float[Tensor, "batch slots d"], k: Float[Tensor, "batch inputs d"]
) -> Float[Tensor, "batch slots inputs"]:
    weights = (q @ k.transpose(1, 2)).softmax(dim=1)
    return weights / weights.sum(dim=-1, keepdim=True)


def main() -> None:
    torch.manual_seed(0)
    good = slot_weights(torch.randn(2, 3, 4), torch.randn(2, 5, 4)).shape == (2, 3, 5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
