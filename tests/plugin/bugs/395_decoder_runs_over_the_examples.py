"""395_decoder_runs_over_the_examples

kind: silent   facet: shape   seen in: ray075hl/Bi-Model-Intent-And-Slot#2
ideal static checker: the LSTM is time first: "b 1 d" is b steps of one example
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, LogitsType


class SlotDecoder(NeuralModule):
    """One step after the other, each with the label before it."""

    def __init__(self, *, features: int, hidden: int, labels: int) -> None:
        super().__init__()
        self.features, self.labels = features, labels
        self.lstm = nn.LSTM(features + labels, hidden)  # BUG: batch_first is missing
        self.fc = nn.Linear(hidden, labels)

    def forward(
        self, *, encoded: NeuralType[Float[Tensor, "batch time {self.features}"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "batch time {self.labels}"], LogitsType]:
        batch, steps, _ = encoded.shape
        before = torch.zeros(batch, 1, self.labels)
        outputs = []
        state = None
        for step in range(steps):
            out, state = self.lstm(torch.cat([encoded[:, step].unsqueeze(1), before], dim=-1), state)
            before = self.fc(out)
            outputs.append(before)
        return torch.cat(outputs, dim=1)


def main() -> None:
    torch.manual_seed(0)
    decoder, x = SlotDecoder(features=6, hidden=8, labels=4), torch.randn(3, 5, 6)
    whole, alone = decoder(encoded=x), decoder(encoded=x[2:])
    print("GOOD" if torch.allclose(whole[2:], alone, atol=1e-6) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
