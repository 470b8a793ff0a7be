"""369 beam_scores_plus_probabilities

kind: silent   facet: semantic   seen in: beam search exercises: log-scores of the beams plus the softmax of the next step
ideal static checker: log-probabilities and probabilities are added
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import EncodedRepresentation, LogprobsType, TokenIndex


class BeamStep(nn.Module):
    def __init__(self, d: int, vocab: int, beams: int) -> None:
        super().__init__()
        self.vocab = vocab
        self.beams = beams
        self.out = nn.Linear(d, vocab)

    def forward(
        self,
        state: NeuralType[Float[Tensor, "b beams d"], EncodedRepresentation],
        scores: NeuralType[Float[Tensor, "b beams"], LogprobsType],
    ) -> tuple[
        NeuralType[Float[Tensor, "b beams"], LogprobsType],
        Int[Tensor, "b beams"],
        NeuralType[Int[Tensor, "b beams"], TokenIndex],
    ]:
        step = F.softmax(self.out(state), dim=-1)  # BUG: added to logarithms below
        total = scores.unsqueeze(-1) + step
        best, flat = total.flatten(1).topk(self.beams, dim=-1)
        return best, flat // self.vocab, flat % self.vocab


def main() -> None:
    torch.manual_seed(0)
    step, state, scores = BeamStep(4, 5, 3), torch.randn(2, 3, 4), torch.randn(2, 3)
    right = (scores[..., None] + step.out(state).log_softmax(-1)).flatten(1).topk(3).values
    print("GOOD" if torch.allclose(step(state, scores)[0], right) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
