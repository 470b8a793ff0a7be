"""dtypes: promotion, division, masks, what layers take."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Complex64, Float, Float32, Float64, Int, Int32, Int64
from neuraltypes import reveal
from torch import Tensor, nn


def promoted(
    i: Int64[Tensor, "b"], j: Int32[Tensor, "b"], x: Float32[Tensor, "b"], y: Float64[Tensor, "b"], m: Bool[Tensor, "b"]
) -> None:
    reveal(i + x)  # N: Float32[Tensor, "b"]
    reveal(x + y)  # N: Float64[Tensor, "b"]
    reveal(i + j)  # N: Int64[Tensor, "b"]
    reveal(i / j)  # N: Float32[Tensor, "b"]
    reveal(i / 2)  # N: Float32[Tensor, "b"]
    reveal(i // 2)  # N: Int64[Tensor, "b"]
    reveal(i % 2 == 0)  # N: Bool[Tensor, "b"]
    reveal(i + 1)  # N: Int64[Tensor, "b"]
    reveal(i + 1.0)  # N: Float32[Tensor, "b"]
    reveal(x + 1)  # N: Float32[Tensor, "b"]
    reveal(x > 0)  # N: Bool[Tensor, "b"]
    reveal(m * x)  # N: Float32[Tensor, "b"]
    reveal(m + m)  # N: Bool[Tensor, "b"]
    reveal(~m)  # N: Bool[Tensor, "b"]
    reveal(m & (x > 0))  # N: Bool[Tensor, "b"]
    reveal(m.sum())  # N: Int64[Tensor, ""]
    reveal(m.float())  # N: Float32[Tensor, "b"]
    reveal(m.float().mean())  # N: Float32[Tensor, ""]
    reveal(x.to(torch.float16))  # N: Float16[Tensor, "b"]
    reveal(x.to(y.dtype))  # N: Float64[Tensor, "b"]
    reveal(x.to(y))  # N: Float64[Tensor, "b"]
    reveal(x.to("cuda"))  # N: Float32[Tensor, "b"]
    reveal(x.to("cuda", torch.bfloat16))  # N: BFloat16[Tensor, "b"]
    reveal(x.type_as(i))  # N: Int64[Tensor, "b"]
    reveal(x.long())  # N: Int64[Tensor, "b"]
    reveal(x.argmax(0))  # N: Int64[Tensor, ""]
    reveal(torch.where(m, i, 0))  # N: Int64[Tensor, "b"]
    reveal(torch.where(m, x, 0.0))  # N: Float32[Tensor, "b"]
    reveal(torch.sqrt(i))  # N: Float32[Tensor, "b"]
    reveal(i.float().log())  # N: Float32[Tensor, "b"]
    reveal(torch.arange(5))  # N: Int64[Tensor, "5"]
    reveal(torch.arange(0, 10, 2))  # N: Int64[Tensor, "5"]
    reveal(torch.arange(5.0))
    reveal(torch.zeros(3, dtype=torch.int32))  # N: Int32[Tensor, "3"]
    reveal(torch.tensor([1, 2]))
    reveal(torch.complex(x, x))  # N: Complex64[Tensor, "b"]
    reveal(torch.complex(x, x).abs())  # N: Float32[Tensor, "b"]
    i.mean()  # E: [dtype-mismatch]
    m.mean()  # E: [dtype-mismatch]
    i.softmax(0)  # E: [dtype-mismatch]
    x & m  # E: [dtype-mismatch]
    ~x  # E: [dtype-mismatch]


def layers(
    i: Int[Tensor, "b t"],
    x: Float[Tensor, "b t"],
    y: Float64[Tensor, "b 8"],
    z: Float32[Tensor, "b 8"],
    u: Int[Tensor, "b 8"],
) -> None:
    embed = nn.Embedding(100, 8)
    reveal(embed(i))  # N: Float[Tensor, "b t 8"]
    embed(x)  # E: [dtype-mismatch]
    embed(x.long())
    F.embedding(x, embed.weight)  # E: [dtype-mismatch]
    nn.Linear(8, 8)(u)  # E: [dtype-mismatch]
    nn.Linear(8, 8)(u.float())
    F.one_hot(x, 10)  # E: [dtype-mismatch]
    reveal(F.one_hot(i, 10))  # N: Int64[Tensor, "b t 10"]
    F.one_hot(i, 10).float() @ torch.randn(10, 8)
    F.one_hot(i, 10) @ torch.randn(10, 8)  # E: [dtype-mismatch]
    y @ z.T  # E: [dtype-mismatch]
    y.float() @ z.T
    u @ z.T  # E: [dtype-mismatch]
    torch.cat([i, x])
    reveal(torch.cat([u, z]))
    nn.Embedding(100, 8)(torch.arange(10))
    nn.Embedding(100, 8)(torch.arange(10) / 2)  # E: [dtype-mismatch]
    nn.Embedding(100, 8)(torch.arange(10) // 2)
    nn.Linear(8, 8, dtype=torch.float64)(y)
    nn.Linear(8, 8).double()(y)
    nn.Linear(8, 8)(y)
    z.index_select(0, i[0])
    z.gather(1, i)
    z.gather(1, x)  # E: [dtype-mismatch]
    z[x]  # E: [dtype-mismatch]
    z.masked_fill(u, 0.0)  # E: [dtype-mismatch]
    z.masked_fill(u == 0, 0.0)
    z.masked_fill(u.bool(), 0.0)
    torch.where(u, z, 0.0)  # E: [dtype-mismatch]
    z.scatter_add(0, u, z)
    torch.bincount(x[0])  # E: [dtype-mismatch]


def returned(x: Float[Tensor, "b c"], y: Int64[Tensor, "b"]) -> Float[Tensor, ""]:
    correct = x.argmax(dim=-1) == y
    reveal(correct)  # N: Bool[Tensor, "b"]
    correct.mean()  # E: [dtype-mismatch]
    return correct.float().mean()


def promised(x: Float[Tensor, "b c"]) -> Float[Tensor, "b"]:
    return x.argmax(-1)  # E: [return-value]


def spectrum(wave: Float32[Tensor, "b 16000"]) -> Float[Tensor, "b 201 t"]:
    spec = torch.stft(wave, 400, 160, window=torch.hann_window(400), return_complex=True)
    reveal(spec)  # N: Complex64[Tensor, "b 201 101"]
    return spec.abs().pow(2)


def fourier(x: Float32[Tensor, "b t d"]) -> Float[Tensor, "b t d"]:
    reveal(torch.fft.rfft(x, dim=1))  # N: Complex64[Tensor, "b t//2+1 d"]
    return torch.fft.fft2(x).real


def half(x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:
    kind = x.dtype
    with torch.autocast("cuda"):
        x = x.float()
        x = x / x.norm(dim=-1, keepdim=True)
    return x.to(kind)


def precision(x: Complex64[Tensor, "b"]) -> None:
    reveal(x.real)  # N: Float32[Tensor, "b"]
    reveal(torch.view_as_real(x))  # N: Float32[Tensor, "b 2"]


def whole_numbers_of_any_width(k: Int[Tensor, "b t"], mask: Bool[Tensor, "b t"]) -> None:
    reveal(k.exp())  # N: Float32[Tensor, "b t"]
    reveal(k / 2)  # N: Float32[Tensor, "b t"]
    reveal(k.sum(1))  # N: Int64[Tensor, "b"]
    k.softmax(-1)  # E: [dtype-mismatch]
    k.masked_fill(mask, float("-inf"))  # E: [dtype-mismatch]
    torch.rand_like(k)  # E: is Int, expected Float or Complex  [dtype-mismatch]
