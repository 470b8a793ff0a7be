"""Handwritten digits of scikit-learn: 1797 images of 8 x 8 pixels, by 43 writers.

Source: Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from models.data import NeuralDataset
from neuraltypes import NeuralType
from neuraltypes.elements import LabelsType, NormalizedImageValue

CLASSES = 10
PARTS = {"test": slice(0, 360), "validation": slice(360, 540), "train": slice(540, None)}
_BRIGHTEST = 16


class Digit(NamedTuple):
    """An image with values from -1 to 1, and the digit that it shows."""

    image: NeuralType[Float[Tensor, "channel=1 height=8 width=8"], NormalizedImageValue]
    label: NeuralType[Int[Tensor, ""], LabelsType]


class DigitBatch(NamedTuple):
    """Images with their labels."""

    image: NeuralType[Float[Tensor, "batch=b channel=1 height=8 width=8"], NormalizedImageValue]
    label: NeuralType[Int[Tensor, "batch=b"], LabelsType]


class Digits(NeuralDataset[Digit, DigitBatch]):
    """One part of the digits, drawn from all writers, always the same: 360 for tests, 180 to validate, 1257 to train.

    Args:
        part: which one.
        shift: in each image of the training part, the most pixels that it is moved by in both directions.
    """

    def __init__(self, *, part: Literal["train", "validation", "test"], shift: int = 0) -> None:
        if shift < 0:
            raise ValueError(f"Digits: shift is {shift}, expected 0 or more")
        from sklearn.datasets import load_digits  # slow, and no model needs it

        found = load_digits()
        order = torch.randperm(len(found.target), generator=torch.Generator().manual_seed(0))
        chosen = order[PARTS[part]]
        images = torch.from_numpy(found.images).float()[chosen]
        self.images: Tensor = (images / _BRIGHTEST * 2 - 1)[:, None]
        self.labels: Tensor = torch.from_numpy(found.target)[chosen]
        self.shift = shift if part == "train" else 0

    def __getitem__(self, index: int) -> Digit:
        image = self.images[index]
        if self.shift:
            image = self._moved(image)
        return Digit(image, self.labels[index])

    def __len__(self) -> int:
        return len(self.labels)

    def _moved(self, image: Tensor) -> Tensor:
        """The image moved by a random number of pixels, with background where nothing is known."""
        padded = torch.nn.functional.pad(image, (self.shift,) * 4, value=-1.0)
        top, left = torch.randint(2 * self.shift + 1, (2,)).tolist()
        return padded[:, top : top + image.shape[1], left : left + image.shape[2]]
