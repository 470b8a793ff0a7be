# Padding: what torch itself has of it.

@computed("resampling.pad")
def constant_pad_nd(input: Tensor, pad: Sizes, value: float = 0) -> Tensor: ...
