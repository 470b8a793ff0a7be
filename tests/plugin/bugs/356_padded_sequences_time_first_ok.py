"""356 padded_sequences_time_first (fixed twin)

kind: silent   facet: shape   seen in: pad_sequence without batch_first, forum and DataLoader recipes
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence


class UtteranceEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(40, 64, batch_first=True)
        self.out = nn.Linear(64, 10)

    def forward(self, utterances: list[Float[Tensor, "_ 40"]]) -> Float[Tensor, "n 10"]:
        lengths = torch.tensor([len(u) for u in utterances])
        batch = pad_sequence(utterances, batch_first=True)
        hidden, _ = self.gru(batch)
        steps = torch.arange(hidden.size(1))
        valid = steps[None, :] < lengths[:, None]
        pooled = (hidden * valid.unsqueeze(-1)).sum(dim=1) / lengths.unsqueeze(-1)
        return self.out(pooled)


def main() -> None:
    torch.manual_seed(0)
    out = UtteranceEncoder()([torch.randn(n, 40) for n in (7, 5, 3)])
    print("GOOD" if out.shape == (3, 10) else "SILENT-WRONG")


if __name__ == "__main__":
    main()
