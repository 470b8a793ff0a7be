# Layers of one matrix.

@computed("linear.linear")
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> NeuralType[Tensor, UnnormalizedType]: ...

bilinear = torch.bilinear
