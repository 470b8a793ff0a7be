"""diffusion_schedule_square_batch

kind: silent   facet: shape   seen in: DDPM re-implementations where the batch equals the width
ideal static checker: a (b,) factor is applied along the width
"""

import torch
from jaxtyping import Float
from torch import Tensor


def q_sample(x: Float[Tensor, "b 3 16 16"], sigma: Float[Tensor, "b"]) -> Float[Tensor, "b 3 16 16"]:
    noise = torch.ones_like(x)
    return x + sigma * noise  # BUG: sigma lies along the width


def main() -> None:
    torch.manual_seed(0)
    x, s = torch.zeros(16, 3, 16, 16), torch.arange(16.0)
    good = bool((q_sample(x, s)[3] == 3).all())
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
