# What torch's functions and the methods of its tensors take and give. See docs/stubs.md for the language of these files.

@computed("pointwise.real")
def abs(input: Num[Tensor, "..."]) -> Tensor: ...
absolute = abs

@computed("pointwise.floating")
def exp(input: Tensor) -> Tensor: ...

@computed("pointwise.same")
def neg(input: Num[Tensor, "..."]) -> Tensor: ...
negative = neg

@computed("pointwise.same")
def relu(input: Real[Tensor, "..."]) -> Tensor: ...

@computed("pointwise.binary")
def add(input: Tensor, other: Tensor | float, *, alpha: float = 1) -> Tensor: ...

@computed("pointwise.divide")
def div(input: Tensor, other: Tensor | float, *, rounding_mode: Literal["trunc", "floor"] | None = None) -> Tensor: ...

@computed("pointwise.compare")
def eq(input: Tensor, other: Tensor | float) -> Tensor: ...

@computed("pointwise.above")
def gt(input: Tensor, other: Tensor | float) -> Tensor: ...

class Tensor:
    abs = torch.abs
    exp = torch.exp
    neg = torch.neg
    relu = torch.relu
    add = torch.add
    div = torch.div
    eq = torch.eq
    gt = torch.gt

    @computed("pointwise.binary")
    def __add__(self, other: Tensor | float, /) -> Tensor: ...
