"""What modules give by their nature, passed on by a `forward` that says nothing of its tensors, in any order."""

import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn


class Uses:
    def run(
        self,
        x: Float[Tensor, "b 32"],
        y: Int[Tensor, "b"],
        t: Float[Tensor, "b 10"],
        s: "Seq",
        n: "Named",
        w: "Wrap",
        r: "Raw",
        c: "Child",
        k: "Kept",
        g: "Gated",
        o: "Other",
    ) -> None:
        F.cross_entropy(s(x), y)  # E: [element-mismatch]
        F.cross_entropy(n(x), y)  # E: [element-mismatch]
        F.cross_entropy(w(x), y)  # E: [element-mismatch]
        F.binary_cross_entropy(r(x), t)  # E: [element-mismatch]
        F.binary_cross_entropy_with_logits(r(x), t)
        F.cross_entropy(r(x), y)
        F.cross_entropy(c(x), y)
        F.cross_entropy(k(x), y)  # E: [element-mismatch]
        F.cross_entropy(g(x), y)  # E: [element-mismatch]
        F.cross_entropy(o(x), y)
        F.cross_entropy(Two()(x), y)


class Seq(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(32, 10), nn.Softmax(dim=-1))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class Named(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)
        self.act = nn.Softmax(dim=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x)
        out = self.act(x)
        return out


class Wrap(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(32, 32), Seq())

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Raw(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x.relu())


class Child(Seq):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(32, 10))


class Kept(Seq):
    def __init__(self) -> None:
        super().__init__()
        self.more = nn.Linear(3, 3)


class Gated(nn.Module):
    def __init__(self, multi: bool) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)
        self.act = nn.Sigmoid() if multi else nn.Softmax(dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.fc(x))


class Other(nn.Module):
    def __init__(self, multi: bool) -> None:
        super().__init__()
        self.fc = nn.Linear(32, 10)
        self.act: nn.Module = nn.Softmax(dim=-1)
        if multi:
            self.act = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.fc(x))


class Two(nn.Module):
    def __init__(self, multi: bool = False) -> None:
        super().__init__()
        self.multi = multi
        self.fc = nn.Linear(32, 10)
        self.act = nn.Softmax(dim=-1)
        if multi:
            self.act = nn.Identity()  # type: ignore[assignment]

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x)
        if self.multi:
            return x
        return self.act(x)
