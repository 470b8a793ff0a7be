"""416 bilstm_hidden_view (fixed twin)

kind: silent   facet: axis   seen in: facebookresearch/fairseq#239, timbmg/Sentence-VAE#15
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Enc(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(40, 32, batch_first=True, bidirectional=True)

    def forward(self, *, x: Float[Tensor, "batch time 40"]) -> Float[Tensor, "batch 64"]:
        _, (h, _) = self.rnn(x)
        return h.transpose(0, 1).reshape(x.shape[0], 64)


def main() -> None:
    torch.manual_seed(0)
    m, x = Enc(), torch.randn(4, 6, 40)
    x2 = x.clone()
    x2[1] = 0.0
    good = bool(torch.allclose(m(x=x)[0], m(x=x2)[0]))  # sample 0 must not depend on sample 1
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
