"""What torch refuses to make is refused where it is made, and only there."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(6, 8, 3, groups=4)  # E: Argument "in_channels" to "Conv2d" is 6  [shape-mismatch]
        self.same = nn.Conv1d(6, 8, 3, stride=2, padding="same")  # E: Argument "padding" to "Conv1d" is "same"
        self.norm = nn.GroupNorm(4, 30)  # E: Argument "num_channels" to "GroupNorm" is 30, not divisible
        self.attention = nn.MultiheadAttention(64, 5)  # E: Argument "embed_dim" to "MultiheadAttention"
        self.layer = nn.TransformerEncoderLayer(64, nhead=7)  # E: Argument "d_model" to "TransformerEncoderLayer"
        self.drop = nn.Dropout(1.5)  # E: Argument "p" to "Dropout" is 1.5, expected 0 to 1
        self.drop_none = nn.Dropout(0)
        self.table = nn.Embedding(10, 4, padding_idx=10)  # E: Argument "padding_idx" to "Embedding" is 10
        self.fine = nn.Conv2d(channels, 2 * channels, 3, groups=channels)
        self.norms = nn.GroupNorm(heads, channels)
        self.heads = nn.MultiheadAttention(channels, heads)

    def forward(self, image: Float[Tensor, "b 6 h w"], x: Float[Tensor, "t b 64"]) -> None:
        self.conv(image)
        self.attention(x, x, x)
        self.layer(x)
        self.drop(x)


nn.Sequential(nn.Conv1d(4, 6, 3, groups=4), nn.ReLU())  # E: Argument "out_channels" to "Conv1d" is 6, not divisible
nn.LSTM(4, 8, proj_size=8)  # E: Argument "proj_size" to "LSTM" is 8, expected less than hidden_size=8
torch.nn.Transformer(d_model=30)  # E: Argument "d_model" to "Transformer" is 30, not divisible by nhead=8
