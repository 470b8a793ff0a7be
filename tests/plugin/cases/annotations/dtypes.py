"""Every dtype of jaxtyping is known, with the dtypes that it stands for."""

from jaxtyping import (
    BFloat16,
    Bool,
    Complex,
    Complex64,
    Complex128,
    Float,
    Float8e4m3fn,
    Float8e4m3fnuz,
    Float8e5m2,
    Float8e5m2fnuz,
    Float16,
    Float32,
    Float64,
    Inexact,
    Int,
    Int2,
    Int4,
    Int8,
    Int16,
    Int32,
    Int64,
    Integer,
    Key,
    Num,
    Real,
    Shaped,
    UInt,
    UInt2,
    UInt4,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
)
from torch import Tensor


def floats(x: Float[Tensor, ""]) -> None: ...
def real(x: Real[Tensor, ""]) -> None: ...
def inexact(x: Inexact[Tensor, ""]) -> None: ...
def num(x: Num[Tensor, ""]) -> None: ...
def integer(x: Integer[Tensor, ""]) -> None: ...
def signed(x: Int[Tensor, ""]) -> None: ...
def unsigned(x: UInt[Tensor, ""]) -> None: ...
def complexes(x: Complex[Tensor, ""]) -> None: ...
def booleans(x: Bool[Tensor, ""]) -> None: ...
def shaped(x: Shaped[Tensor, ""]) -> None: ...


def every_float(
    a: Float16[Tensor, ""],
    b: Float32[Tensor, ""],
    c: Float64[Tensor, ""],
    d: BFloat16[Tensor, ""],
    e: Float8e4m3fn[Tensor, ""],
    f: Float8e4m3fnuz[Tensor, ""],
    g: Float8e5m2[Tensor, ""],
    h: Float8e5m2fnuz[Tensor, ""],
) -> None:
    for x in (a, b, c, d, e, f, g, h):
        floats(x)
        real(x)
        inexact(x)
        num(x)
        shaped(x)
    floats(a)
    floats(b)
    floats(c)
    floats(d)
    floats(e)
    floats(f)
    floats(g)
    floats(h)
    signed(b)  # E: is Float32, expected Int  [dtype-mismatch]
    complexes(b)  # E: is Float32, expected Complex  [dtype-mismatch]
    booleans(d)  # E: is BFloat16, expected Bool  [dtype-mismatch]
    integer(g)  # E: [dtype-mismatch]


def every_int(
    a: Int2[Tensor, ""],
    b: Int4[Tensor, ""],
    c: Int8[Tensor, ""],
    d: Int16[Tensor, ""],
    e: Int32[Tensor, ""],
    f: Int64[Tensor, ""],
) -> None:
    signed(a)
    signed(b)
    signed(c)
    signed(d)
    signed(e)
    signed(f)
    integer(f)
    real(f)
    num(f)
    unsigned(f)  # E: [dtype-mismatch]
    floats(f)  # E: [dtype-mismatch]
    inexact(f)  # E: [dtype-mismatch]


def every_uint(
    a: UInt2[Tensor, ""],
    b: UInt4[Tensor, ""],
    c: UInt8[Tensor, ""],
    d: UInt16[Tensor, ""],
    e: UInt32[Tensor, ""],
    f: UInt64[Tensor, ""],
) -> None:
    unsigned(a)
    unsigned(b)
    unsigned(c)
    unsigned(d)
    unsigned(e)
    unsigned(f)
    integer(c)
    real(c)
    num(c)
    signed(c)  # E: [dtype-mismatch]


def every_complex(a: Complex64[Tensor, ""], b: Complex128[Tensor, ""]) -> None:
    complexes(a)
    complexes(b)
    inexact(a)
    num(b)
    real(a)  # E: [dtype-mismatch]
    floats(b)  # E: [dtype-mismatch]


def others(a: Bool[Tensor, ""], b: Key[Tensor, ""]) -> None:
    booleans(a)
    shaped(a)
    shaped(b)
    num(a)  # E: is Bool, expected Num  [dtype-mismatch]
    signed(a)  # E: [dtype-mismatch]
    booleans(b)  # E: [dtype-mismatch]


def takes_single(x: Float32[Tensor, ""], y: Int64[Tensor, ""]) -> None: ...


def the_other_way(x: Float[Tensor, ""], y: Int[Tensor, ""], z: Num[Tensor, ""]) -> None:
    takes_single(x, y)  # E: is Float, expected Float32  [dtype-mismatch] # E: is Int, expected Int64  [dtype-mismatch]
    takes_single(z, z)  # E: [dtype-mismatch] # E: [dtype-mismatch]
    floats(z)  # E: is Num, expected Float  [dtype-mismatch]


def singles_differ(x: Float16[Tensor, ""], y: Int32[Tensor, ""]) -> None:
    takes_single(x, y)  # E: is Float16, expected Float32  [dtype-mismatch] # E: is Int32, expected Int64


def unknown(x: Shaped[Tensor, ""], y: Tensor) -> None:
    floats(x)
    signed(x)
    takes_single(x, y)
    booleans(y)


def returned(x: Float[Tensor, "b"], y: Float32[Tensor, "b"]) -> Float32[Tensor, "b"]:
    if x is y:
        return x  # E: got "Tensor[Float, tuple[b], Any]", expected "Tensor[Float32, tuple[b], Any]"  [return-value]
    return y


def assigned(x: Float32[Tensor, "b"], y: Int[Tensor, "b"]) -> None:
    a: Float[Tensor, "b"] = x
    b: Inexact[Tensor, "b"] = a
    c: Float[Tensor, "b"] = y  # E: [assignment]
    d: Shaped[Tensor, "b"] = y
    e: Float[Tensor, "b"] = d
    del b, c, e
