"""469 argmax_over_batch (fixed twin)

kind: silent   facet: axis   seen in: jolibrain/deepdetect#1567, fastai/fastai#1117
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


def count_correct(*, logits: Float[Tensor, "batch classes"], labels: Int[Tensor, "batch"]) -> Int[Tensor, ""]:
    probs = F.softmax(logits, dim=1)
    pred = probs.argmax(dim=1)
    return (pred == labels).sum()


def main() -> None:
    torch.manual_seed(0)
    labels = torch.arange(6).roll(1)
    logits = torch.eye(6)[labels]
    good = bool(count_correct(logits=logits, labels=labels) == 6)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
