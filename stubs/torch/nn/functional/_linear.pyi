# Layers of one matrix.

@computed("products.linear")
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> NeuralType[Tensor, UnnormalizedType]: ...

bilinear = torch.bilinear
