"""infonce_labels_of_features

kind: crash   facet: shape   seen in: CLIP and SimCLR re-implementations
ideal static checker: one label per feature, not per sample
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def clip_loss(image: Float[Tensor, "b d"], text: Float[Tensor, "b d"], scale: float) -> Float[Tensor, ""]:
    image, text = F.normalize(image, dim=-1), F.normalize(text, dim=-1)
    logits = scale * image @ text.T
    labels = torch.arange(image.shape[1])  # BUG: image.shape[0]
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2


def main() -> None:
    torch.manual_seed(0)
    good = clip_loss(torch.randn(4, 8), torch.randn(4, 8), 10.0).shape == ()
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
