"""topk_threshold_is_no_column (fixed twin)

kind: crash   facet: shape   seen in: huggingface/transformers top_k filtering, "[..., -1, None]"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def top_k_filter(logits: Float[Tensor, "b vocab"], k: int) -> Float[Tensor, "b vocab"]:
    values, _ = torch.topk(logits, k, dim=-1)
    return logits.masked_fill(logits < values[:, -1:], float("-inf"))


def sample(logits: Float[Tensor, "b vocab"], k: int) -> Int[Tensor, "b"]:
    return torch.multinomial(top_k_filter(logits, k).softmax(-1), 1).squeeze(1)


def main() -> None:
    torch.manual_seed(0)
    out = sample(torch.randn(3, 9), 2)
    print("GOOD" if out.shape == (3,) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
