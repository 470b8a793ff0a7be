"""WaveNet, of dilated causal convolutions: van den Oord et al. 2016, arXiv:1609.03499."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from neuraltypes import reveal


class CausalConv1d(nn.Module):
    """Sees the past only."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, dilation: int = 1) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.padding = (kernel_size - 1) * dilation
        self.conv = nn.Conv1d(in_channels, out_channels, kernel_size, dilation=dilation)

    def forward(self, x: Float[Tensor, "b {self.in_channels} t"]) -> Float[Tensor, "b {self.out_channels} t"]:
        x = F.pad(x, (self.padding, 0))
        x = self.conv(x)
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b out_channels t"]
        return x


class TrimmedConv1d(nn.Module):
    """The same, padded by the convolution and cut at the end."""

    def __init__(self, channels: int, kernel_size: int, dilation: int) -> None:
        super().__init__()
        self.channels = channels
        self.padding = (kernel_size - 1) * dilation
        self.conv = nn.Conv1d(channels, channels, kernel_size, padding=self.padding, dilation=dilation)

    def forward(self, x: Float[Tensor, "b {self.channels} t"]) -> Float[Tensor, "b {self.channels} t"]:
        x = self.conv(x)[:, :, : x.size(-1)]
        reveal(x)  # N: Revealed neural type is Float[Tensor, "b channels t"]
        return x


class ResidualBlock(nn.Module):
    def __init__(self, residual: int, gate: int, skip: int, conditioning: int, dilation: int) -> None:
        super().__init__()
        self.residual = residual
        self.skip = skip
        self.conditioning = conditioning
        self.dilated = CausalConv1d(residual, 2 * gate, kernel_size=2, dilation=dilation)
        self.condition = nn.Conv1d(conditioning, 2 * gate, kernel_size=1, bias=False)
        self.residual_conv = nn.Conv1d(gate, residual, 1)
        self.skip_conv = nn.Conv1d(gate, skip, 1)

    def forward(
        self, x: Float[Tensor, "b {self.residual} t"], condition: Float[Tensor, "b {self.conditioning} t"]
    ) -> tuple[Float[Tensor, "b {self.residual} t"], Float[Tensor, "b {self.skip} t"]]:
        y = self.dilated(x) + self.condition(condition)
        filter_, gate = y.chunk(2, dim=1)
        y = torch.tanh(filter_) * torch.sigmoid(gate)
        skip = self.skip_conv(y)
        out = self.residual_conv(y) + x
        reveal(out)  # N: Revealed neural type is Float[Tensor, "b residual t"]
        reveal(skip)  # N: Revealed neural type is Float[Tensor, "b skip t"]
        return out, skip


class WaveNet(nn.Module):
    def __init__(self, classes: int, mels: int, residual: int = 16, layers: int = 10, stacks: int = 2) -> None:
        super().__init__()
        self.classes = classes
        self.mels = mels
        self.hop_length = 16
        self.upsample = nn.ConvTranspose1d(mels, mels, kernel_size=32, stride=16, padding=8)
        self.embed = nn.Embedding(classes, residual)
        self.smooth = TrimmedConv1d(residual, 3, 2)
        self.blocks = nn.ModuleList()
        for _ in range(stacks):
            for i in range(layers):
                self.blocks.append(ResidualBlock(residual, residual, 2 * residual, mels, dilation=2**i))
        self.out1 = nn.Conv1d(2 * residual, 2 * residual, 1)
        self.out2 = nn.Conv1d(2 * residual, classes, 1)

    def forward(
        self, audio: Int[Tensor, "b 16*frames"], mel: Float[Tensor, "b {self.mels} frames"]
    ) -> Float[Tensor, "b {self.classes} 16*frames"]:
        condition = self.upsample(mel)
        reveal(condition)  # N: Revealed neural type is Float[Tensor, "b mels 16*frames"]
        x = self.embed(audio).transpose(1, 2)
        x = self.smooth(x)
        skips = torch.zeros(1, device=x.device)
        for block in self.blocks:
            x, skip = block(x, condition)
            skips = skips + skip
        y = F.relu(skips)
        y = F.relu(self.out1(y))
        logits = self.out2(y)
        reveal(logits)  # N: Revealed neural type is Any
        return logits


def check() -> Tensor:
    model = WaveNet(classes=256, mels=20, layers=3)
    audio, mel = torch.randint(0, 256, (2, 112)), torch.randn(2, 20, 7)
    return reveal(model(audio, mel))  # N: Revealed neural type is Float[Tensor, "batch=2 256 112"]
