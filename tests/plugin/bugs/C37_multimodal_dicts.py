"""multimodal_dicts: ModuleDict, ParameterDict, dicts of features joined, missing modalities, gated fusion. A checker must stay silent."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn


class Fusion(nn.Module):
    def __init__(self, widths: dict[str, int], d: int) -> None:
        super().__init__()
        self.names = sorted(widths)
        self.project = nn.ModuleDict({name: nn.Linear(width, d) for name, width in widths.items()})
        self.missing = nn.ParameterDict({name: nn.Parameter(torch.zeros(d)) for name in widths})
        self.kind = nn.Embedding(len(widths), d)
        self.gate = nn.Linear(len(widths) * d, len(widths))

    def forward(self, inputs: dict[str, Float[Tensor, "b _"]], size: int) -> Float[Tensor, "b d"]:
        parts = []
        for i, name in enumerate(self.names):
            if name in inputs:
                part = self.project[name](inputs[name])
            else:
                part = self.missing[name].expand(size, -1)
            parts.append(part + self.kind.weight[i])
        weights = self.gate(torch.cat(parts, dim=-1)).softmax(dim=-1)
        stacked = torch.stack(parts, dim=1)
        return (weights.unsqueeze(-1) * stacked).sum(dim=1)


class ContrastivePair(nn.Module):
    def __init__(self, d_image: int, d_text: int, d: int) -> None:
        super().__init__()
        self.image, self.text = nn.Linear(d_image, d, bias=False), nn.Linear(d_text, d, bias=False)
        self.log_scale = nn.Parameter(torch.tensor(1 / 0.07).log())

    def forward(
        self, image: Float[Tensor, "b d_image"], text: Float[Tensor, "b d_text"]
    ) -> tuple[Float[Tensor, ""], Bool[Tensor, "b"]]:
        i, t = F.normalize(self.image(image), dim=-1), F.normalize(self.text(text), dim=-1)
        logits = self.log_scale.exp().clamp(max=100) * i @ t.mT
        labels = torch.arange(len(logits), device=logits.device)
        loss = (F.cross_entropy(logits, labels) + F.cross_entropy(logits.mT, labels)) / 2
        return loss, logits.argmax(dim=0) == labels


class CrossModal(nn.Module):
    def __init__(self, d: int, d_context: int) -> None:
        super().__init__()
        self.latents = nn.Parameter(torch.randn(4, d))
        self.attention = nn.MultiheadAttention(d, 2, kdim=d_context, vdim=d_context, batch_first=True)

    def forward(
        self, context: Float[Tensor, "b s d_context"], valid: Bool[Tensor, "b s"] | None = None
    ) -> Float[Tensor, "b 4 d"]:
        query = self.latents.unsqueeze(0).expand(context.shape[0], -1, -1)
        out, _ = self.attention(query, context, context, key_padding_mask=None if valid is None else ~valid)
        return query + out


def main() -> None:
    torch.manual_seed(0)
    fused = Fusion({"audio": 5, "text": 7}, 6)({"audio": torch.randn(3, 5)}, 3)
    loss, right = ContrastivePair(5, 7, 4)(torch.randn(3, 5), torch.randn(3, 7))
    out = CrossModal(6, 8)(torch.randn(2, 5, 8), torch.ones(2, 5, dtype=torch.bool))
    print("GOOD", tuple(fused.shape), tuple(loss.shape), tuple(right.shape), tuple(out.shape))


if __name__ == "__main__":
    main()
