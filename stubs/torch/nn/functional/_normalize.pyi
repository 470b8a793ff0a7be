# Norms and distances.

@computed("distances.normalize")
def normalize(input: Tensor, p: float = 2.0, dim: Dim = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor: ...

cosine_similarity = torch.cosine_similarity
pairwise_distance = torch.pairwise_distance
pdist = torch.pdist
