"""mel_spectrogram_axes (fixed twin)

kind: silent   facet: axis   seen in: vocoders and speakers encoders
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor


def normalize_features(mel: Float[Tensor, "batch time mels"]) -> Float[Tensor, "batch time mels"]:
    mean = mel.mean(dim=1, keepdim=True)
    return mel - mean


def main() -> None:
    torch.manual_seed(0)
    good = normalize_features(torch.randn(2, 5, 7)).shape == (2, 5, 7)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
