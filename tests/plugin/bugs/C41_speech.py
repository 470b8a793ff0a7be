"""speech: STFT features, subsampling with lengths, conformer blocks, CTC, transducer joint, speaker pooling. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Complex, Float, Int64
from torch import Tensor, nn


class LogMel(nn.Module):
    window: Tensor
    bank: Tensor

    def __init__(self, n_fft: int = 16, hop: int = 8, mels: int = 6) -> None:
        super().__init__()
        self.n_fft, self.hop = n_fft, hop
        self.register_buffer("window", torch.hann_window(n_fft))
        self.register_buffer("bank", torch.rand(mels, n_fft // 2 + 1))

    def forward(self, wave: Float[Tensor, "b samples"]) -> Float[Tensor, "b mels frames"]:
        spec: Complex[Tensor, "b bins frames"] = torch.stft(
            wave, self.n_fft, self.hop, window=self.window, return_complex=True, center=True
        )
        power = spec.real.square() + spec.imag.square()
        mel = (self.bank @ power).clamp(min=1e-5).log()
        return (mel - mel.mean(dim=2, keepdim=True)) / (mel.std(dim=2, keepdim=True) + 1e-5)


class Subsample(nn.Module):
    def __init__(self, mels: int, d: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, d, 3, 2, 1), nn.ReLU(), nn.Conv2d(d, d, 3, 2, 1), nn.ReLU())
        self.out = nn.Linear(d * ((mels + 3) // 4), d)

    def forward(
        self, mel: Float[Tensor, "b mels frames"], lengths: Int64[Tensor, "b"]
    ) -> tuple[Float[Tensor, "b t d"], Int64[Tensor, "b"]]:
        h = self.conv(mel.unsqueeze(1))
        b, c, f, t = h.shape
        return self.out(h.permute(0, 3, 1, 2).reshape(b, t, c * f)), (lengths + 3) // 4


class ConvModule(nn.Module):
    def __init__(self, d: int, k: int = 3) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.up = nn.Conv1d(d, 2 * d, 1)
        self.depth = nn.Conv1d(d, d, k, padding=k // 2, groups=d)
        self.bn = nn.BatchNorm1d(d)
        self.down = nn.Conv1d(d, d, 1)

    def forward(self, x: Float[Tensor, "b t d"], padding: Bool[Tensor, "b t"]) -> Float[Tensor, "b t d"]:
        h = F.glu(self.up(self.norm(x).transpose(1, 2)), dim=1)
        h = h.masked_fill(padding.unsqueeze(1), 0.0)
        return x + self.down(F.silu(self.bn(self.depth(h)))).transpose(1, 2)


class Conformer(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.ff1 = nn.Sequential(nn.LayerNorm(d), nn.Linear(d, 4 * d), nn.SiLU(), nn.Linear(4 * d, d))
        self.norm = nn.LayerNorm(d)
        self.att = nn.MultiheadAttention(d, 2, batch_first=True)
        self.conv = ConvModule(d)

    def forward(self, x: Float[Tensor, "b t d"], padding: Bool[Tensor, "b t"]) -> Float[Tensor, "b t d"]:
        x = x + 0.5 * self.ff1(x)
        y = self.norm(x)
        x = x + self.att(y, y, y, key_padding_mask=padding, need_weights=False)[0]
        return self.conv(x, padding)


class CTCModel(nn.Module):
    def __init__(self, vocab: int, d: int = 8) -> None:
        super().__init__()
        self.front, self.sub = LogMel(), Subsample(6, d)
        self.blocks = nn.ModuleList([Conformer(d), Conformer(d)])
        self.head = nn.Linear(d, vocab)

    def forward(
        self, wave: Float[Tensor, "b samples"], lengths: Int64[Tensor, "b"]
    ) -> tuple[Float[Tensor, "b t vocab"], Int64[Tensor, "b"]]:
        x, n = self.sub(self.front(wave), lengths // 8 + 1)
        padding = torch.arange(x.shape[1])[None, :] >= n[:, None]
        for block in self.blocks:
            x = block(x, padding)
        return F.log_softmax(self.head(x), dim=-1), n

    def loss(
        self, wave: Tensor, lengths: Tensor, target: Int64[Tensor, "b u"], target_lengths: Int64[Tensor, "b"]
    ) -> Tensor:
        log_probs, n = self(wave, lengths)
        return F.ctc_loss(log_probs.transpose(0, 1), target, n, target_lengths, zero_infinity=True)


class Joint(nn.Module):
    def __init__(self, d_enc: int, d_pred: int, d: int, vocab: int) -> None:
        super().__init__()
        self.enc, self.pred, self.out = nn.Linear(d_enc, d), nn.Linear(d_pred, d), nn.Linear(d, vocab + 1)

    def forward(self, f: Float[Tensor, "b t d_enc"], g: Float[Tensor, "b u d_pred"]) -> Float[Tensor, "b t u _"]:
        joined = self.enc(f).unsqueeze(2) + self.pred(g).unsqueeze(1)
        return self.out(torch.tanh(joined))


class StatsPool(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Conv1d(d, d, 1), nn.Tanh(), nn.Conv1d(d, d, 1))

    def forward(self, x: Float[Tensor, "b d t"], valid: Bool[Tensor, "b t"]) -> Float[Tensor, "b 2*d"]:
        w = self.score(x).masked_fill(~valid.unsqueeze(1), -torch.inf).softmax(dim=2)
        mean = (w * x).sum(dim=2)
        var = (w * x.square()).sum(dim=2) - mean.square()
        return torch.cat([mean, var.clamp(min=1e-6).sqrt()], dim=1)


def main() -> None:
    torch.manual_seed(0)
    m = CTCModel(7)
    loss = m.loss(torch.randn(2, 200), torch.tensor([200, 120]), torch.randint(1, 7, (2, 3)), torch.tensor([3, 2]))
    pooled = StatsPool(4)(torch.randn(2, 4, 5), torch.ones(2, 5, dtype=torch.bool))
    print("GOOD", tuple(loss.shape), tuple(pooled.shape))


if __name__ == "__main__":
    main()
