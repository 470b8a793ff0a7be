"""394_speaker_keeps_an_axis_of_one (fixed twin)

kind: crash   facet: shape   seen in: coqui-ai/TTS#1664
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import EncodedRepresentation, Index, MelSpectrogramType


class ReferenceEncoder(NeuralModule):
    """A summary of the mel spectrogram and of who speaks."""

    def __init__(self, *, mels: int, hidden: int, speakers: int, speaker_dim: int) -> None:
        super().__init__()
        self.mels, self.hidden = mels, hidden
        self.recurrence = nn.GRU(mels, hidden, batch_first=True)
        self.speakers = nn.Embedding(speakers, speaker_dim)
        self.post = nn.Linear(hidden + speaker_dim, hidden)

    def forward(
        self,
        *,
        mel: NeuralType[Float[Tensor, "batch time {self.mels}"], MelSpectrogramType],
        speaker: NeuralType[Int[Tensor, "batch 1"], Index],
    ) -> NeuralType[Float[Tensor, "batch {self.hidden}"], EncodedRepresentation]:
        _, last = self.recurrence(mel)
        summary = last.squeeze(0)
        who = self.speakers(speaker)
        summary = torch.cat([summary, who.squeeze(1)], dim=-1)
        return torch.tanh(self.post(summary))


def main() -> None:
    torch.manual_seed(0)
    encoder = ReferenceEncoder(mels=20, hidden=12, speakers=4, speaker_dim=6)
    out = encoder(mel=torch.randn(3, 9, 20), speaker=torch.tensor([[0], [3], [1]]))
    print("GOOD" if out.shape == (3, 12) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
