"""What is wrong with an operator is said of the operator as it is written, and of the operand where it stands."""

import torch
from jaxtyping import Bool, Float32, Float64, Int
from torch import Tensor


def products(a: Float32[Tensor, "b 4"], b: Float32[Tensor, "5 d"], c: Float64[Tensor, "4 d"]) -> None:
    a @ b  # E: Right operand of "@" does not fit: axis -2 is 5, expected 4 (axis -1 of the left operand)  [shape-mismatch]
    a @ c  # E: Right operand of "@" is float64, but the left operand is float32  [dtype-mismatch]
    a @ b @ c  # E: Right operand of "@" does not fit: axis -2 is 5
    a.matmul(b)  # E: Argument "other" to "matmul" does not fit: axis -2 is 5
    a.__matmul__(b)  # E: Argument "other" to "__matmul__" does not fit: axis -2 is 5
    torch.matmul(a, b)  # E: Argument "other" to "matmul" does not fit: axis -2 is 5


def entry_by_entry(a: Float32[Tensor, "b 4"], v: Float32[Tensor, "b 3"], i: Int[Tensor, "b 4"]) -> None:
    a + v  # E: Operands of "+": "b 4" and "b 3" do not broadcast (axis -1) # N: Left operand is # N: Right operand is
    a < v  # E: Operands of "<": "b 4" and "b 3" do not broadcast
    a == v  # E: Operands of "==": "b 4" and "b 3" do not broadcast
    i & a  # E: Operands of "&" together are float32, expected Bool or Integer
    a += v  # E: Operands of "+=": "b 4" and "b 3" do not broadcast
    ~a  # E: Operand of "~" is float32, expected Bool or Integer


def sides(m: Bool[Tensor, "b 4"]) -> None:
    m - 1  # E: Left operand of "-" is bool
    1 - m  # E: Right operand of "-" is bool
    -m  # E: Operand of "-" is bool, expected Num


def items(a: Float32[Tensor, "b 4"], v: Float32[Tensor, "b 3"]) -> None:
    a[:, 7]  # E: Index is 7, but axis 1 is 4
    a[0, 1, 2]  # E: Index has 3 entries, for 2 axes
    a[:, 1] = v  # E: Assigned value is "b 3", which does not broadcast to "b"
