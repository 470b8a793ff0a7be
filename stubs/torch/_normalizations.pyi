# Normalisation: what torch itself has of it.

@computed("normalizations.layer_norm")
def layer_norm(input: Float[Tensor, "..."], normalized_shape: Sizes, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-05, cudnn_enable: bool = True) -> Tensor: ...

@computed("normalizations.rms_norm")
def rms_norm(input: Inexact[Tensor, "..."], normalized_shape: Sizes, weight: Tensor | None = None, eps: float | None = None) -> Tensor: ...

@computed("normalizations.group_norm_unchecked")
def group_norm(input: Float[Tensor, "..."], num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-05, cudnn_enabled: bool = True) -> Tensor: ...
