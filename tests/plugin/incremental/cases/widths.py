"""A size that only local names hold."""

import torch
from ops import head


def narrow() -> None:
    width = 4
    columns = width
    head(torch.zeros(3, columns))
