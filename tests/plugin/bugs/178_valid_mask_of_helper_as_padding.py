"""valid_mask_of_helper_as_padding

kind: silent   facet: mask   seen in: length masks of a utility module
ideal static checker: the helper says which positions are valid
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


def lengths_to_mask(lengths: Int[Tensor, "b"], max_len: int) -> Bool[Tensor, "b t"]:
    steps = torch.arange(max_len, device=lengths.device)
    return steps[None, :] < lengths[:, None]


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)

    def forward(self, x: Float[Tensor, "b t 16"], lengths: Int[Tensor, "b"]) -> Float[Tensor, "b t 16"]:
        mask = lengths_to_mask(lengths, x.size(1))
        out, _ = self.attention(x, x, x, key_padding_mask=mask)  # BUG: True is padding
        return out


def main() -> None:
    torch.manual_seed(0)

    m, x = Encoder().eval(), torch.randn(1, 5, 16)
    n = torch.tensor([3])
    good = bool(torch.allclose(m(x, n)[:, :3], m(x[:, :3], n), atol=1e-5))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
