"""Connectionist temporal classification: an output for each frame, of which most are blank.

`B` batch, `T` frames, `S` tokens. The blank is the last of the classes. Source: Graves et al. 2006, ICML.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from neuraltypes import NeuralModule, NeuralType, typecheck
from neuraltypes.elements import EncodedRepresentation, LabelsType, LengthsType, LogprobsType, LossType


class CTCDecoder(NeuralModule):
    """Log probabilities of `tokens` tokens and of the blank: `(B, T, d_model) -> (B, T, tokens + 1)`."""

    def __init__(self, *, d_model: int, tokens: int) -> None:
        super().__init__()
        self.d_model = d_model
        self.tokens = tokens
        self.linear = nn.Linear(d_model, tokens + 1)

    def forward(
        self, *, encoded: NeuralType[Float[Tensor, "batch=b time=t {self.d_model}"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "batch=b time=t {self.tokens}+1"], LogprobsType]:
        return F.log_softmax(self.linear(encoded), dim=-1)


class CTCLoss(NeuralModule):
    """How unlikely the tokens are, in nats, whatever their alignment: `(B, T, classes), (B, S) -> (B)`.

    Tokens for which a sequence has too few frames count 0 and give no gradient.
    """

    def forward(
        self,
        *,
        logprobs: NeuralType[Float[Tensor, "batch=b time=t classes"], LogprobsType],
        logprobs_length: NeuralType[Int[Tensor, "batch=b"], LengthsType],
        tokens: NeuralType[Int[Tensor, "batch=b time=s"], LabelsType],
        tokens_length: NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ) -> NeuralType[Float[Tensor, "batch=b"], LossType]:
        return F.ctc_loss(
            logprobs.transpose(0, 1),
            tokens,
            logprobs_length,
            tokens_length,
            blank=logprobs.shape[2] - 1,
            reduction="none",
            zero_infinity=True,
        )


@typecheck
def greedy_tokens(
    *,
    logprobs: NeuralType[Float[Tensor, "batch=b time=t classes"], LogprobsType],
    logprobs_length: NeuralType[Int[Tensor, "batch=b"], LengthsType],
) -> list[list[int]]:
    """The tokens of the likeliest path of each sequence: repetitions count once, and blanks not at all."""
    blank = logprobs.shape[2] - 1
    paths = zip(logprobs.argmax(dim=-1), logprobs_length.tolist(), strict=True)
    merged = (torch.unique_consecutive(path[:length]) for path, length in paths)
    return [path[path != blank].tolist() for path in merged]
