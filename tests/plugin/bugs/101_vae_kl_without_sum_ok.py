"""vae_kl_without_sum (fixed twin)

kind: silent   facet: shape   seen in: VAE re-implementations, AntixK/PyTorch-VAE issues
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def kl(mu: Float[Tensor, "b z"], logvar: Float[Tensor, "b z"]) -> Float[Tensor, "b"]:
    return -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(dim=1)


def main() -> None:
    torch.manual_seed(0)
    good = kl(torch.randn(4, 3), torch.zeros(4, 3)).shape == (4,)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
