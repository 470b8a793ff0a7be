"""471 style_statistics_over_the_batch

kind: silent   facet: axis   seen in: style transfer and AdaIN forks: statistics per sample
ideal static checker: instance statistics over the batch axis of "batch channel height width": mean((0, 2, 3)) mixes the samples
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class AdaIN(nn.Module):
    def forward(
        self,
        *,
        content: Float[Tensor, "batch channel height width"],
        style: Float[Tensor, "batch channel height width"],
    ) -> Float[Tensor, "batch channel height width"]:
        c_mean = content.mean(dim=(2, 3), keepdim=True)
        c_std = content.std(dim=(2, 3), keepdim=True) + 1e-5
        s_mean = style.mean(dim=(0, 2, 3), keepdim=True)  # BUG: mixes the styles of the batch
        s_std = style.std(dim=(0, 2, 3), keepdim=True)
        return (content - c_mean) / c_std * s_std + s_mean


def main() -> None:
    torch.manual_seed(0)
    m, c, s = AdaIN(), torch.randn(2, 4, 5, 5), torch.randn(2, 4, 5, 5)
    s2 = s.clone()
    s2[1] *= 3.0
    good = bool(torch.allclose(m(content=c, style=s)[0], m(content=c, style=s2)[0]))
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
