"""410_lengths_of_as_many_as_steps (fixed twin)

kind: crash   facet: shape   seen in: Sierkinhane/CRNN_Chinese_Characters_Rec#304
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import ImageFeatureValue, LabelsType, LengthsType, LossType


class CRNN(NeuralModule):
    """Reads a line of text, column by column."""

    def __init__(self, *, charset: int, hidden: int = 16) -> None:
        super().__init__()
        self.charset = charset
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d((1, None))
        )
        self.rnn = nn.LSTM(8, hidden, bidirectional=True)
        self.out = nn.Linear(2 * hidden, charset)

    def forward(
        self, *, image: NeuralType[Float[Tensor, "batch 1 32 width"], ImageFeatureValue]
    ) -> Float[Tensor, "width//2 batch {self.charset}"]:
        columns = self.cnn(image).squeeze(2).permute(2, 0, 1)
        return F.log_softmax(self.out(self.rnn(columns)[0]), dim=2)


def loss_of(
    model: CRNN,
    image: NeuralType[Float[Tensor, "batch 1 32 width"], ImageFeatureValue],
    text: NeuralType[Int[Tensor, "batch chars"], LabelsType],
    length: NeuralType[Int[Tensor, "batch"], LengthsType],
) -> NeuralType[Float[Tensor, ""], LossType]:
    preds = model(image=image)
    sizes = torch.full((preds.size(1),), preds.size(0), dtype=torch.long)
    return F.ctc_loss(preds, text, sizes, length)


def main() -> None:
    torch.manual_seed(0)
    text, length = torch.randint(1, 11, (3, 4)), torch.tensor([4, 2, 3])
    loss = loss_of(CRNN(charset=11), torch.randn(3, 1, 32, 24), text, length)
    print("GOOD" if loss.isfinite() else "SILENT-WRONG")


if __name__ == "__main__":
    main()
