"""What numbers mean survives what does not change it, and is known of what makes it."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from neuraltypes import NeuralType, reveal
from neuraltypes.elements import (
    AudioSignal,
    LengthsType,
    LogitsType,
    LogprobsType,
    MelSpectrogramType,
    PaddingMaskType,
    ProbsType,
    ValidMaskType,
)
from torch import Tensor, nn
from torch.distributions import Bernoulli, Categorical, Normal

Logits = NeuralType[Float[Tensor, "b c"], LogitsType]
Probs = NeuralType[Float[Tensor, "b c"], ProbsType]
Logprobs = NeuralType[Float[Tensor, "b c"], LogprobsType]


def want_probs(x: NeuralType[Float[Tensor, "..."], ProbsType]) -> None: ...
def want_logits(x: NeuralType[Float[Tensor, "..."], LogitsType]) -> None: ...
def want_16k(x: NeuralType[Float[Tensor, "..."], AudioSignal(freq=16000)]) -> None: ...


def made(x: Float[Tensor, "b 32"]) -> None:
    raw = nn.Linear(32, 5)(x)
    want_logits(raw)
    want_probs(raw)  # E: [element-mismatch]
    want_probs(raw.sigmoid())
    want_probs(raw.softmax(-1))
    want_probs(F.softmax(raw, dim=-1))
    want_probs(raw.log_softmax(-1))  # E: [element-mismatch]
    want_probs(raw.log_softmax(-1).exp())
    want_probs(1 - raw.sigmoid())
    want_probs(nn.Sigmoid()(raw))
    want_probs(nn.Softmax(dim=-1)(raw))
    want_logits(raw.softmax(-1))  # E: [element-mismatch]
    want_logits(raw.sigmoid())  # E: [element-mismatch]
    want_logits(torch.logit(raw.sigmoid()))
    want_logits(raw.softmax(-1).log())  # E: holds LogprobsType  [element-mismatch]
    want_logits(raw / 2)
    want_logits(raw + 1)
    want_logits(raw.masked_fill(raw > 3, float("-inf")))
    want_probs(raw.relu())
    want_probs(raw.clamp(0, 1))
    want_probs(raw.sigmoid().round())
    want_probs(torch.rand(3))
    want_logits(torch.randn(3))


def kept(p: Probs, at: Int[Tensor, "b"]) -> None:
    want_logits(p.transpose(0, 1))  # E: [element-mismatch]
    want_logits(p[0])  # E: [element-mismatch]
    want_logits(p[:, 1:])  # E: [element-mismatch]
    want_logits(p.reshape(-1))  # E: [element-mismatch]
    want_logits(p.detach().cpu())  # E: [element-mismatch]
    want_logits(p.to(torch.float16))  # E: [element-mismatch]
    want_logits(torch.cat([p, p]))  # E: [element-mismatch]
    want_logits(torch.stack([p, p]))  # E: [element-mismatch]
    want_logits(p.gather(1, at[:, None]))  # E: [element-mismatch]
    want_logits(p.max(dim=-1).values)  # E: [element-mismatch]
    want_logits(p.topk(3).values)  # E: [element-mismatch]
    want_logits(torch.cat([p, torch.rand(2, p.shape[1])]))
    want_logits(p * 2)
    want_logits(p - 0.5)
    want_logits(p.sum(-1))
    want_logits(p @ torch.randn(p.shape[1], 4))
    want_logits(F.dropout(p))  # E: [element-mismatch]


def audio(x: NeuralType[Float[Tensor, "b t"], AudioSignal(freq=8000)]) -> None:
    want_16k(x)  # E: [element-mismatch]
    want_16k(x.unsqueeze(1))  # E: [element-mismatch]
    want_16k(x[:, :100])  # E: [element-mismatch]
    want_16k(x.transpose(0, 1))  # E: [element-mismatch]
    want_16k(F.interpolate(x[:, None], scale_factor=2.0))
    want_16k(nn.Upsample(scale_factor=2)(x[:, None]))
    want_16k(x.repeat_interleave(2, dim=1))
    want_16k(x[:, ::2])
    want_16k(x[..., 1::2])
    want_16k(x[::2])  # E: [element-mismatch]
    want_16k(x[:, ::1])  # E: [element-mismatch]
    want_logits(x[:, ::2])  # E: [element-mismatch]
    want_logits(F.interpolate(x[:, None], scale_factor=2.0))  # E: [element-mismatch]
    want_16k(x * 0.5)


def thresholds(raw: Float[Tensor, "b 5"], logits: Logits, p: Probs, lp: Logprobs) -> None:
    logits > 0.5  # E: [element-mismatch]
    logits >= 0.5  # E: [element-mismatch]
    logits > 0
    logits > 0.0
    p > 0.5
    p > 0.3
    raw > 0.5
    nn.Linear(5, 1)(raw) > 0.5  # E: [element-mismatch]
    torch.sigmoid(nn.Linear(5, 1)(raw)) > 0.5
    logits > 1.5
    lp > -1.0
    p.argmax(-1) > 0
    (p > 0.5).float()
    logits.sigmoid() >= 0.5
    (logits > 0).long() == 1
    0.5 < logits  # E: compares logits with 0.5  [element-mismatch]
    0.5 >= nn.Linear(5, 1)(raw)  # E: compares raw outputs with 0.5  [element-mismatch]
    0.5 < p
    0.0 < logits
    1.5 < logits
    0.5 < lp  # E: compares logarithms of probabilities  [element-mismatch]


def distributions(logits: Logits, p: Probs) -> None:
    Categorical(logits=logits)
    Categorical(probs=p)
    Categorical(p)
    Categorical(logits)  # E: [element-mismatch]
    Categorical(probs=logits)  # E: [element-mismatch]
    Categorical(logits=p)  # E: [element-mismatch]
    Categorical(logits=logits.log_softmax(-1))
    Categorical(logits=F.softmax(logits, -1))  # E: [element-mismatch]
    Bernoulli(logits=logits)
    Bernoulli(logits)  # E: [element-mismatch]
    Bernoulli(torch.sigmoid(logits)).sample()
    torch.multinomial(logits, 1)  # E: [element-mismatch]
    torch.multinomial(logits.softmax(-1), 1)
    torch.multinomial(p, 1)
    torch.multinomial((logits / 0.8).softmax(-1), 1)
    torch.bernoulli(p)
    action = Categorical(logits=logits).sample()
    reveal(action)  # N: Int64[Tensor, "b"]
    Categorical(logits=logits).log_prob(action)
    Normal(logits, 1.0).rsample()
    F.gumbel_softmax(logits, tau=0.5)
    F.gumbel_softmax(p)  # E: [element-mismatch]
    p.softmax(-1)  # E: probabilities already  [element-mismatch]
    logits.softmax(-1).softmax(-1)  # E: probabilities already  [element-mismatch]


def twice(logits: Logits, hard: bool) -> None:
    p, s, lp = logits.softmax(-1), logits.sigmoid(), logits.log_softmax(-1)
    p.softmax(-1)  # E: probabilities already  [element-mismatch]
    torch.softmax(p, -1)  # E: probabilities already  [element-mismatch]
    nn.Softmax(dim=-1)(p)  # E: probabilities already  [element-mismatch]
    F.log_softmax(p, -1)  # E: probabilities already  [element-mismatch]
    nn.LogSoftmax(dim=-1)(input=p)  # E: probabilities already  [element-mismatch]
    s.sigmoid()  # E: probabilities already; sigmoid  [element-mismatch]
    s.clone().sigmoid_()  # E: probabilities already  [element-mismatch]
    torch.sigmoid(s)  # E: probabilities already  [element-mismatch]
    torch.special.expit(s)  # E: probabilities already  [element-mismatch]
    F.sigmoid(s)  # E: probabilities already  [element-mismatch]
    nn.Sigmoid()(s)  # E: probabilities already  [element-mismatch]
    F.logsigmoid(s)  # E: probabilities already; logsigmoid  [element-mismatch]
    nn.LogSigmoid()(s)  # E: probabilities already  [element-mismatch]
    F.sigmoid(F.interpolate(s[:, None], scale_factor=2.0))  # E: probabilities already  [element-mismatch]
    nn.Sequential(nn.Softmax(-1), nn.Softmax(-1))(logits)  # E: already  [element-mismatch]
    # gates that are weighed against each other, sharper probabilities, experts among the best, the same once more
    s.softmax(-1)
    torch.cat([s, s], -1).softmax(-1)
    torch.stack([s, p]).softmax(0)
    (p / 0.5).softmax(-1)
    (s * 2).sigmoid()
    (s - 0.5).sigmoid()
    p.topk(2).values.softmax(-1)
    p.gather(1, p.topk(2).indices).softmax(-1)
    p.max(-1, keepdim=True).values.softmax(-1)
    lp.softmax(-1)
    lp.log_softmax(-1)
    lp.sigmoid()
    p.sigmoid()
    F.softmin(p, dim=-1)
    nn.Softmin(dim=-1)(p)
    F.gumbel_softmax(lp)
    F.gumbel_softmax(s)
    (p if hard else s).softmax(-1)
    want_logits(p if hard else s)  # E: holds ProbsType  [element-mismatch]
    want_logits(torch.max(p, s))  # E: holds ProbsType  [element-mismatch]
    p.relu().sigmoid()


def masks(
    x: Float[Tensor, "b t 64"],
    valid: NeuralType[Bool[Tensor, "b t"], ValidMaskType],
    pad: NeuralType[Bool[Tensor, "b t"], PaddingMaskType],
    either: Bool[Tensor, "b t"],
    lengths: NeuralType[Int[Tensor, "b"], LengthsType],
) -> None:
    att = nn.MultiheadAttention(64, 4, batch_first=True)
    att(x, x, x, key_padding_mask=valid)  # E: [element-mismatch]
    att(x, x, x, key_padding_mask=~valid)
    att(x, x, x, key_padding_mask=valid.logical_not())
    att(x, x, x, key_padding_mask=valid == 0)
    att(x, x, x, key_padding_mask=pad)
    att(x, x, x, key_padding_mask=~pad)  # E: [element-mismatch]
    att(x, x, x, key_padding_mask=either)
    att(x, x, x, key_padding_mask=~either)
    x.masked_fill(pad[..., None], 0.0)
    x.masked_fill(valid[..., None], 0.0)
    scores = x @ x.mT
    scores.masked_fill(valid[:, None], float("-inf"))  # E: kept  [element-mismatch]
    scores.masked_fill(~valid[:, None], float("-inf"))
    scores.masked_fill(pad[:, None], -1e9)
    scores.masked_fill(valid[:, None] == 0, -1e9)
    x.masked_fill(~valid[..., None], 0.0)
    x.masked_fill(~valid.unsqueeze(-1), 0.0)
    x * valid[..., None]
    x[valid]
    torch.where(valid[..., None], x, 0.0)
    F.scaled_dot_product_attention(x, x, x, attn_mask=valid[:, None])
    made = torch.arange(x.shape[1])[None] >= lengths[:, None]
    reveal(made)  # N: Bool[Tensor, "b t"]
    att(x, x, x, key_padding_mask=made)
    layer = nn.TransformerEncoderLayer(64, 4, batch_first=True)
    layer(x, src_key_padding_mask=valid)  # E: [element-mismatch]
    layer(x, src_key_padding_mask=pad)


def other(mel: NeuralType[Float[Tensor, "b 80 t"], MelSpectrogramType]) -> None:
    reveal(mel.mT)  # N: NeuralType[Float[Tensor, "b t 80"], MelSpectrogramType]
    reveal(mel[:, :, ::2])  # N: MelSpectrogramType
    reveal(mel.permute(2, 0, 1))  # N: MelSpectrogramType
    reveal(F.interpolate(mel, scale_factor=2.0))  # N: MelSpectrogramType
    want_probs(nn.Conv1d(80, 1, 3)(mel).sigmoid())
    want_probs(F.interpolate(nn.Conv1d(80, 1, 3)(mel), scale_factor=2.0))  # E: [element-mismatch]
