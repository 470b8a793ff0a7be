"""A Conformer that recognizes speech with CTC: Gulati et al. 2020, arXiv:2005.08100; Graves et al. 2006."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from neuraltypes import NeuralType, reveal
from neuraltypes.elements import AcousticEncodedRepresentation, LengthsType, LogprobsType, LossType, MelSpectrogramType


class ConvSubsampling(nn.Module):
    """A quarter of the frames."""

    def __init__(self, mels: int, d_model: int) -> None:
        super().__init__()
        self.mels = mels
        self.d_model = d_model
        self.conv = nn.Sequential(
            nn.Conv2d(1, d_model, kernel_size=3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(d_model, d_model, kernel_size=3, stride=2, padding=1),
            nn.ReLU(),
        )
        self.out = nn.Linear(d_model * ((mels + 3) // 4), d_model)

    def forward(self, x: Float[Tensor, "b {self.mels} t"]) -> Float[Tensor, "b (t+3)//4 {self.d_model}"]:
        x = x.transpose(1, 2).unsqueeze(1)
        x = self.conv(x)
        b, c, t, f = x.size()
        x = self.out(x.transpose(1, 2).contiguous().view(b, t, c * f))
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b (t+3)//4 d_model"]
        return x


class FeedForwardModule(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.d_model = d_model
        self.layers = nn.Sequential(
            nn.LayerNorm(d_model),
            nn.Linear(d_model, d_model * 4),
            nn.SiLU(),
            nn.Dropout(dropout),
            nn.Linear(d_model * 4, d_model),
            nn.Dropout(dropout),
        )

    def forward(self, x: Float[Tensor, "b t {self.d_model}"]) -> Float[Tensor, "b t {self.d_model}"]:
        return self.layers(x)


class ConvolutionModule(nn.Module):
    def __init__(self, d_model: int, kernel_size: int = 31) -> None:
        super().__init__()
        assert (kernel_size - 1) % 2 == 0
        self.d_model = d_model
        self.norm = nn.LayerNorm(d_model)
        self.pointwise_conv1 = nn.Conv1d(d_model, d_model * 2, kernel_size=1)
        self.depthwise_conv = nn.Conv1d(
            d_model, d_model, kernel_size=kernel_size, padding=(kernel_size - 1) // 2, groups=d_model
        )
        self.batch_norm = nn.BatchNorm1d(d_model)
        self.pointwise_conv2 = nn.Conv1d(d_model, d_model, kernel_size=1)

    def forward(
        self, x: Float[Tensor, "b t {self.d_model}"], pad_mask: Bool[Tensor, "b t"]
    ) -> Float[Tensor, "b t {self.d_model}"]:
        x = self.norm(x).transpose(1, 2)
        x = self.pointwise_conv1(x)
        x = F.glu(x, dim=1)
        x = x.masked_fill(pad_mask.unsqueeze(1), 0.0)
        x = self.depthwise_conv(x)
        x = F.silu(self.batch_norm(x))
        x = self.pointwise_conv2(x).transpose(1, 2)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b _ d_model"]
        return x


class ConformerBlock(nn.Module):
    def __init__(self, d_model: int, num_heads: int, kernel_size: int = 31) -> None:
        super().__init__()
        self.d_model = d_model
        self.ff1 = FeedForwardModule(d_model)
        self.norm_att = nn.LayerNorm(d_model)
        self.self_attn = nn.MultiheadAttention(d_model, num_heads, batch_first=True)
        self.conv = ConvolutionModule(d_model, kernel_size)
        self.ff2 = FeedForwardModule(d_model)
        self.norm_out = nn.LayerNorm(d_model)

    def forward(
        self, x: Float[Tensor, "b t {self.d_model}"], pad_mask: Bool[Tensor, "b t"]
    ) -> Float[Tensor, "b t {self.d_model}"]:
        x = x + 0.5 * self.ff1(x)
        residual = x
        x = self.norm_att(x)
        x, _ = self.self_attn(x, x, x, key_padding_mask=pad_mask, need_weights=False)
        x = residual + x
        x = x + self.conv(x, pad_mask)
        x = x + 0.5 * self.ff2(x)
        x = self.norm_out(x)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b t d_model"]
        return x


class ConformerCTC(nn.Module):
    def __init__(self, mels: int, d_model: int, num_layers: int, vocab_size: int) -> None:
        super().__init__()
        self.mels = mels
        self.d_model = d_model
        self.vocab_size = vocab_size
        self.subsampling = ConvSubsampling(mels, d_model)
        self.layers = nn.ModuleList([ConformerBlock(d_model, num_heads=4, kernel_size=7) for _ in range(num_layers)])
        self.head = nn.Linear(d_model, vocab_size + 1)

    def encode(
        self,
        mel: NeuralType[Float[Tensor, "b {self.mels} t"], MelSpectrogramType],
        lengths: NeuralType[Int[Tensor, "b"], LengthsType],
    ) -> NeuralType[Float[Tensor, "b (t+3)//4 {self.d_model}"], AcousticEncodedRepresentation]:
        x = self.subsampling(mel)
        lengths = (lengths + 3) // 4
        pad_mask = torch.arange(x.size(1), device=x.device)[None, :] >= lengths[:, None]
        for layer in self.layers:
            x = layer(x, pad_mask)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b (t+3)//4 d_model"]
        return x

    def forward(
        self,
        mel: NeuralType[Float[Tensor, "b {self.mels} t"], MelSpectrogramType],
        lengths: NeuralType[Int[Tensor, "b"], LengthsType],
    ) -> NeuralType[Float[Tensor, "b (t+3)//4 {self.vocab_size}+1"], LogprobsType]:
        encoded = self.encode(mel, lengths)
        log_probs = F.log_softmax(self.head(encoded), dim=-1)
        reveal(log_probs)  # N: Revealed neural type is Float[Tensor, "b (t+3)//4 vocab_size+1"]
        return log_probs


def ctc_loss(
    log_probs: NeuralType[Float[Tensor, "b t v"], LogprobsType],
    targets: Int[Tensor, "b u"],
    lengths: NeuralType[Int[Tensor, "b"], LengthsType],
    target_lengths: NeuralType[Int[Tensor, "b"], LengthsType],
) -> NeuralType[Float[Tensor, ""], LossType]:
    loss = F.ctc_loss(log_probs.transpose(0, 1), targets, lengths, target_lengths, blank=0)
    reveal(loss)  # N: Revealed neural type is Float[Tensor, ""]
    return loss


def check() -> Tensor:
    model = ConformerCTC(mels=80, d_model=16, num_layers=2, vocab_size=28)
    lengths = torch.full((2,), 100)
    log_probs = model(torch.randn(2, 80, 100), lengths)
    ctc_loss(log_probs, torch.randint(1, 28, (2, 5)), lengths // 4, torch.full((2,), 5))
    return reveal(log_probs)  # N: Revealed neural type is NeuralType[Float[Tensor, "batch=2 25 29"], LogprobsType]
