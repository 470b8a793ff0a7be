"""scale_of_rows_along_columns (fixed twin)

kind: crash   facet: shape   seen in: sgl-project/sglang#30029
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int8
from torch import Tensor


def dequantize(weight: Int8[Tensor, "n k"], scale: Float[Tensor, "n"]) -> Float[Tensor, "n k"]:
    return weight.to(scale.dtype) * scale.unsqueeze(-1)


def to_tensor_quant(
    weight: Int8[Tensor, "n k"], scale: Float[Tensor, "n"]
) -> tuple[Int8[Tensor, "n k"], Float[Tensor, ""]]:
    full = dequantize(weight, scale)
    one = full.abs().amax() / 127
    return (full / one).round().to(torch.int8), one


def main() -> None:
    torch.manual_seed(0)
    w = torch.randint(-127, 128, (6, 4), dtype=torch.int8)
    q, s = to_tensor_quant(w, torch.rand(6) + 0.5)
    print("GOOD" if q.shape == (6, 4) and s.ndim == 0 else "SILENT-WRONG")


if __name__ == "__main__":
    main()
