"""283 text_cnn_embedding_into_conv1d (fixed twin)

kind: crash   facet: shape   seen in: forum "Given groups=1, weight of size [100, 128, 3], expected input to have 128 channels"
ideal static checker: nothing (clean)
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class TextCNN(nn.Module):
    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.emb = nn.Embedding(vocab_size, 128)
        self.conv = nn.Conv1d(128, 100, kernel_size=3, padding=1)
        self.fc = nn.Linear(100, 5)

    def forward(self, *, tokens: Int[Tensor, "b t"]) -> Float[Tensor, "b 5"]:
        h = torch.relu(self.conv(self.emb(tokens).transpose(1, 2)))
        return self.fc(h.max(dim=-1).values)


def main() -> None:
    torch.manual_seed(0)
    out = TextCNN(1000)(tokens=torch.randint(0, 1000, (2, 50)))
    good = out.shape == (2, 5)
    print("GOOD" if good else "SILENT-WRONG")


if __name__ == "__main__":
    main()
