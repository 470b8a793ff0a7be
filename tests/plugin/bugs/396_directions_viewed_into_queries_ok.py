"""396_directions_viewed_into_queries (fixed twin)

kind: silent   facet: shape   seen in: graykode/nlp-tutorial#68
ideal static checker: nothing (clean)
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType
from neuraltypes.elements import AttentionWeightsType, LogitsType, TokenIndex


class BiLSTMAttention(nn.Module):
    def __init__(self, vocab: int, dim: int = 8, hidden: int = 5, classes: int = 2) -> None:
        super().__init__()
        self.hidden = hidden
        self.embedding = nn.Embedding(vocab, dim)
        self.lstm = nn.LSTM(dim, hidden, bidirectional=True)
        self.out = nn.Linear(hidden * 2, classes)

    def attention_net(self, output: Tensor, final_state: Tensor) -> tuple[Tensor, Tensor]:
        query = final_state.transpose(0, 1).reshape(output.size(0), self.hidden * 2, 1)
        weights = F.softmax(torch.bmm(output, query).squeeze(2), dim=1)
        return torch.bmm(output.transpose(1, 2), weights.unsqueeze(2)).squeeze(2), weights

    def forward(
        self, tokens: NeuralType[Int[Tensor, "batch time"], TokenIndex]
    ) -> tuple[
        NeuralType[Float[Tensor, "batch classes"], LogitsType],
        NeuralType[Float[Tensor, "batch time"], AttentionWeightsType],
    ]:
        x = self.embedding(tokens).transpose(0, 1)
        output, (h_n, _) = self.lstm(x)
        context, weights = self.attention_net(output.transpose(0, 1), h_n)
        return self.out(context), weights


def main() -> None:
    torch.manual_seed(0)
    model, tokens = BiLSTMAttention(9), torch.randint(0, 9, (4, 6))
    print("GOOD" if torch.allclose(model(tokens)[1][:1], model(tokens[:1])[1], atol=1e-6) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
