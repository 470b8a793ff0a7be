# Several tensors in one.

@computed("joining.cat")
def cat(tensors: Tensors, dim: Dim = 0, *, out: Tensor | None = None) -> Tensor: ...
concat = cat
concatenate = cat

@computed("joining.stack")
def stack(tensors: Tensors, dim: Dim = 0, *, out: Tensor | None = None) -> Tensor: ...

@computed("joining.hstack")
def hstack(tensors: Tensors, *, out: Tensor | None = None) -> Tensor: ...

@computed("joining.vstack")
def vstack(tensors: Tensors, *, out: Tensor | None = None) -> Tensor: ...
row_stack = vstack

@computed("joining.dstack")
def dstack(tensors: Tensors, *, out: Tensor | None = None) -> Tensor: ...

@computed("joining.column_stack")
def column_stack(tensors: Tensors, *, out: Tensor | None = None) -> Tensor: ...

@computed("joining.block_diag")
def block_diag(*tensors: Tensor) -> Tensor: ...
