"""C67 channel_attention: a softmax over channels and a sigmoid gate, both on purpose. A checker must stay silent."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class ChannelGate(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 64))

    def forward(self, *, x: Float[Tensor, "b 64 h w"]) -> Float[Tensor, "b 64 h w"]:
        squeezed = x.mean(dim=(-2, -1))
        gate = torch.sigmoid(self.fc(squeezed))[..., None, None]
        spatial = x.flatten(2).softmax(dim=-1).view_as(x)
        return x * gate + spatial * x.amax(dim=1, keepdim=True)


def main() -> None:
    torch.manual_seed(0)
    out = ChannelGate()(x=torch.randn(2, 64, 5, 7))
    print("GOOD", tuple(out.shape))


if __name__ == "__main__":
    main()
