"""421 mel_view_not_transpose

kind: silent   facet: axis   seen in: HHTseng/video-classification#42, StackOverflow view vs permute
ideal static checker: view swaps the axes time and mel of "batch time 80": it is not a transpose
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Post(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(80, 80, kernel_size=5, padding=2)

    def forward(self, *, mel: Float[Tensor, "batch time 80"]) -> Float[Tensor, "batch time 80"]:
        b, t, _ = mel.shape
        h = self.conv(mel.view(b, 80, t))  # BUG: view does not transpose
        return mel + h.transpose(1, 2)


def main() -> None:
    torch.manual_seed(0)
    m, x = Post(), torch.randn(2, 30, 80)
    good = bool(torch.allclose(m(mel=x), x + m.conv(x.transpose(1, 2)).transpose(1, 2), atol=1e-6))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
