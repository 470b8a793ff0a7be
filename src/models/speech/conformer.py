"""A Conformer: attention for what is far, convolutions for what is near.

`B` batch, `M` mel bands, `T` frames, `D` channels of the model. What stands in the padding of a batch changes nothing
else, in training neither; for that the convolution module normalises over channels, where the paper's normalises over
the batch, and attention has rotary positions, where the paper's has a table of relative ones.

Source: Gulati et al. 2020, arXiv:2005.08100; Su et al. 2021, arXiv:2104.09864 for the positions.
"""

from __future__ import annotations

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from models.language_model import Key, Query, RotaryPositions, Value
from models.speech.mel import valid_frames
from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import (
    AcousticEncodedRepresentation,
    ChannelType,
    LengthsType,
    MelSpectrogramType,
    ValidMaskType,
)


class Subsampling(NeuralModule):
    """Two convolutions over time and frequency, each of which halves both, then a projection.

    `(B, M, T) -> (B, ceil(T / 4), D)`.
    """

    def __init__(self, *, mels: int, d_model: int, channels: int, dropout: float) -> None:
        super().__init__()
        self.mels = mels
        self.d_model = d_model
        self.first = nn.Conv2d(1, channels, kernel_size=3, stride=2, padding=1)
        self.second = nn.Conv2d(channels, channels, kernel_size=3, stride=2, padding=1)
        self.project = nn.Linear(channels * (((mels - 1) // 2) // 2 + 1), d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        *,
        mel: NeuralType[Float[Tensor, "batch=b {self.mels} time=t"], MelSpectrogramType],
        mel_length: NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ) -> tuple[
        NeuralType[Float[Tensor, "batch=b time=(t-1)//2//2+1 {self.d_model}"], ChannelType],
        NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ]:
        half, quarter = halved(mel_length), halved(halved(mel_length))
        x = F.silu(self.first(_hidden_padding(mel[:, None], mel_length)))
        x = F.silu(self.second(_hidden_padding(x, half)))
        return self.dropout(self.project(x.permute(0, 3, 1, 2).flatten(2))), quarter


def halved(lengths: Int[Tensor, "b"]) -> Int[Tensor, "b"]:
    """How many frames are left after a convolution of stride 2."""
    return (lengths - 1) // 2 + 1


def _hidden_padding(x: Float[Tensor, "b c m t"], lengths: Int[Tensor, "b"]) -> Float[Tensor, "b c m t"]:
    """`x` with 0 in the frames after each length, as a convolution has it outside."""
    return x * valid_frames(lengths=lengths, t=x.shape[3])[:, None, None]


class FeedForward(NeuralModule):
    """A norm, then two linear maps around a SiLU, `expansion` times as wide in between: `(B, T, D) -> (B, T, D)`."""

    def __init__(self, *, d_model: int, expansion: int, dropout: float) -> None:
        super().__init__()
        self.d_model = d_model
        self.norm = nn.LayerNorm(d_model)
        self.up = nn.Linear(d_model, expansion * d_model)
        self.down = nn.Linear(expansion * d_model, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, *, x: NeuralType[Float[Tensor, "b t {self.d_model}"], ChannelType]
    ) -> NeuralType[Float[Tensor, "b t {self.d_model}"], ChannelType]:
        wide = self.dropout(F.silu(self.up(self.norm(x))))
        return self.dropout(self.down(wide))


class ValidAttention(NeuralModule):
    """Each frame reads a weighted mean of the values of all frames that hold data.

    `(B, heads, T, E)` three times, `(B, T) -> (B, heads, T, E)`. Source: Vaswani et al. 2017, arXiv:1706.03762.
    """

    def forward(
        self,
        *,
        q: NeuralType[Float[Tensor, "b heads t e"], Query],
        k: NeuralType[Float[Tensor, "b heads t e"], Key],
        v: NeuralType[Float[Tensor, "b heads t e"], Value],
        valid: NeuralType[Bool[Tensor, "b t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b heads t e"], ChannelType]:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=valid[:, None, None])


class SelfAttention(NeuralModule):
    """A norm, then attention of several heads, with rotary positions: `(B, T, D) -> (B, T, D)`, T at most `context`."""

    def __init__(self, *, d_model: int, n_heads: int, context: int, dropout: float) -> None:
        super().__init__()
        if d_model % (2 * n_heads):
            raise ValueError(f"SelfAttention: d_model is {d_model}, expected a multiple of 2 * n_heads={n_heads}")
        self.d_model = d_model
        self.n_heads = n_heads
        self.norm = nn.LayerNorm(d_model)
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.rotary = RotaryPositions(context=context, d_head=d_model // n_heads)
        self.attention = ValidAttention()
        self.out = nn.Linear(d_model, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        *,
        x: NeuralType[Float[Tensor, "b t {self.d_model}"], ChannelType],
        valid: NeuralType[Bool[Tensor, "b t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b t {self.d_model}"], ChannelType]:
        q, k, v = (self._heads(part) for part in self.qkv(self.norm(x)).chunk(3, dim=-1))
        y = self.attention(q=self.rotary(x=q), k=self.rotary(x=k), v=v, valid=valid)
        return self.dropout(self.out(y.transpose(1, 2).flatten(2)))

    def _heads(self, x: Float[Tensor, "b t d"]) -> Float[Tensor, "b heads t e"]:
        return x.unflatten(2, (self.n_heads, -1)).transpose(1, 2)


class Convolution(NeuralModule):
    """A norm, a gated linear map, a convolution of each channel over `kernel` frames, a linear map.

    `(B, T, D) -> (B, T, D)`.
    """

    def __init__(self, *, d_model: int, kernel: int, dropout: float) -> None:
        super().__init__()
        if kernel % 2 == 0:
            raise ValueError(f"Convolution: kernel is {kernel}, expected an odd number of frames")
        self.d_model = d_model
        self.norm = nn.LayerNorm(d_model)
        self.gated = nn.Linear(d_model, 2 * d_model)
        self.depthwise = nn.Conv1d(d_model, d_model, kernel_size=kernel, padding=kernel // 2, groups=d_model)
        self.norm_inner = nn.LayerNorm(d_model)
        self.out = nn.Linear(d_model, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        *,
        x: NeuralType[Float[Tensor, "b t {self.d_model}"], ChannelType],
        valid: NeuralType[Bool[Tensor, "b t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b t {self.d_model}"], ChannelType]:
        gated = F.glu(self.gated(self.norm(x)), dim=-1) * valid[:, :, None]
        near = self.depthwise(gated.mT).mT
        return self.dropout(self.out(F.silu(self.norm_inner(near))))


class ConformerBlock(NeuralModule):
    """Half a feed-forward step, attention, convolution, the other half, each beside a shortcut, then a norm.

    `(B, T, D) -> (B, T, D)`.
    """

    def __init__(
        self, *, d_model: int, n_heads: int, kernel: int, expansion: int, context: int, dropout: float
    ) -> None:
        super().__init__()
        self.d_model = d_model
        self.before = FeedForward(d_model=d_model, expansion=expansion, dropout=dropout)
        self.attention = SelfAttention(d_model=d_model, n_heads=n_heads, context=context, dropout=dropout)
        self.convolution = Convolution(d_model=d_model, kernel=kernel, dropout=dropout)
        self.after = FeedForward(d_model=d_model, expansion=expansion, dropout=dropout)
        self.norm = nn.LayerNorm(d_model)

    def forward(
        self,
        *,
        x: NeuralType[Float[Tensor, "b t {self.d_model}"], ChannelType],
        valid: NeuralType[Bool[Tensor, "b t"], ValidMaskType],
    ) -> NeuralType[Float[Tensor, "b t {self.d_model}"], ChannelType]:
        x = x + 0.5 * self.before(x=x)
        x = x + self.attention(x=x, valid=valid)
        x = x + self.convolution(x=x, valid=valid)
        x = x + 0.5 * self.after(x=x)
        return self.norm(x)


class ConformerEncoder(NeuralModule):
    """Subsampling, then Conformer blocks: `(B, M, T) -> (B, ceil(T / 4), D)`, with 0 in the padding.

    Args:
        mels: M.
        d_model: D.
        depth: how many blocks.
        n_heads, kernel, expansion: of a block: heads of attention, frames of a convolution, width of feed-forward.
        channels: of the convolutions that subsample.
        context: the most frames after subsampling.
    """

    def __init__(
        self,
        *,
        mels: int = 40,
        d_model: int = 64,
        depth: int = 3,
        n_heads: int = 4,
        kernel: int = 9,
        expansion: int = 4,
        channels: int = 16,
        context: int = 1024,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.mels = mels
        self.d_model = d_model
        self.context = context
        self.subsampling = Subsampling(mels=mels, d_model=d_model, channels=channels, dropout=dropout)
        self.blocks = nn.ModuleList(
            ConformerBlock(
                d_model=d_model, n_heads=n_heads, kernel=kernel, expansion=expansion, context=context, dropout=dropout
            )
            for _ in range(depth)
        )

    def forward(
        self,
        *,
        mel: NeuralType[Float[Tensor, "batch=b {self.mels} time=t"], MelSpectrogramType],
        mel_length: NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ) -> tuple[
        NeuralType[Float[Tensor, "batch=b time=(t-1)//2//2+1 {self.d_model}"], AcousticEncodedRepresentation],
        NeuralType[Int[Tensor, "batch=b"], LengthsType],
    ]:
        x, lengths = self.subsampling(mel=mel, mel_length=mel_length)
        if x.shape[1] > self.context:
            raise ValueError(f"ConformerEncoder: {x.shape[1]} frames, expected at most context={self.context}")
        valid = valid_frames(lengths=lengths, t=x.shape[1])
        for block in self.blocks:
            x = block(x=x, valid=valid)
        return x * valid[:, :, None], lengths
