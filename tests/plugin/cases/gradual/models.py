"""Whole models as people write them are silent: VAE, diffusion, mixture of experts, graphs, reinforcement, speech."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, overload

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.distributions import Categorical, Normal

from neuraltypes import NeuralModule, NeuralType
from neuraltypes.elements import (
    AudioSignal,
    EncodedRepresentation,
    LabelsType,
    LengthsType,
    LogprobsType,
    LossType,
    MelSpectrogramType,
)


class Posterior(NamedTuple):
    mean: Float[Tensor, "b z"]
    logvar: Float[Tensor, "b z"]

    def sample(self) -> Float[Tensor, "b z"]:
        std = torch.exp(0.5 * self.logvar)
        return self.mean + std * torch.randn_like(std)

    def kl(self) -> Float[Tensor, "b"]:
        mean, logvar = self
        return -0.5 * (1 + logvar - mean.pow(2) - logvar.exp()).sum(-1)


class VAE(nn.Module):
    def __init__(self, d: int, hidden: int, z: int) -> None:
        super().__init__()
        self.z = z
        self.encoder = nn.Sequential(nn.Linear(d, hidden), nn.ReLU())
        self.to_posterior = nn.Linear(hidden, 2 * z)
        self.decoder = nn.Sequential(nn.Linear(z, hidden), nn.ReLU(), nn.Linear(hidden, d))

    def encode(self, x: Float[Tensor, "b d"]) -> Posterior:
        mean, logvar = self.to_posterior(self.encoder(x)).chunk(2, dim=-1)
        return Posterior(mean, logvar)

    def decode(self, z: Float[Tensor, "b z"]) -> Float[Tensor, "b d"]:
        return torch.sigmoid(self.decoder(z))

    def forward(self, x: Float[Tensor, "b d"]) -> tuple[Float[Tensor, "b d"], Posterior]:
        posterior = self.encode(x)
        return self.decode(posterior.sample()), posterior

    def loss(self, x: Float[Tensor, "b d"], beta: float = 1.0) -> dict[str, Float[Tensor, ""]]:
        reconstruction, posterior = self(x)
        bce = F.binary_cross_entropy(reconstruction, x, reduction="none").sum(-1)
        kl = posterior.kl()
        return {"loss": (bce + beta * kl).mean(), "bce": bce.mean(), "kl": kl.mean()}

    @torch.no_grad()
    def sample(self, n: int, device: str = "cpu") -> Float[Tensor, "{n} d"]:
        z = torch.randn(n, self.z, device=device)
        return self.decode(z)

    def interpolate(self, x: Float[Tensor, "b d"], y: Float[Tensor, "b d"], steps: int) -> Float[Tensor, "steps b d"]:
        a, b = self.encode(x).mean, self.encode(y).mean
        frames = []
        for alpha in torch.linspace(0, 1, steps):
            z = torch.lerp(a, b, alpha)
            frames.append(self.decode(z))
        return torch.stack(frames)


class Schedule:
    betas: Float[Tensor, "steps"]

    def __init__(self, steps: int, kind: Literal["linear", "cosine"] = "linear") -> None:
        self.steps = steps
        if kind == "linear":
            betas = torch.linspace(1e-4, 0.02, steps)
        else:
            t = torch.linspace(0, 1, steps + 1)
            f = torch.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2
            betas = (1 - f[1:] / f[:-1]).clamp(max=0.999)
        self.betas = betas
        self.alphas = torch.cumprod(1 - betas, dim=0)

    def noisy(
        self, x: Float[Tensor, "b *space"], t: Int[Tensor, "b"], noise: Float[Tensor, "b *space"] | None = None
    ) -> tuple[Float[Tensor, "b *space"], Float[Tensor, "b *space"]]:
        if noise is None:
            noise = torch.randn_like(x)
        alpha = self.alphas[t].view(-1, *[1] * (x.ndim - 1))
        return alpha.sqrt() * x + (1 - alpha).sqrt() * noise, noise


class Denoiser(Protocol):
    def __call__(self, x: Float[Tensor, "b *space"], t: Int[Tensor, "b"]) -> Float[Tensor, "b *space"]: ...


class TimeEmbedding(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.frequencies = d // 2

    def forward(self, t: Int[Tensor, "b"]) -> Float[Tensor, "b d"]:
        freqs = torch.exp(-math.log(10000) * torch.arange(self.frequencies) / self.frequencies)
        angles = t[:, None].float() * freqs[None]
        return torch.cat([angles.sin(), angles.cos()], dim=-1)


def sample(model: Denoiser, schedule: Schedule, shape: tuple[int, ...]) -> Float[Tensor, "b *space"]:
    x = torch.randn(shape)
    for step in reversed(range(schedule.steps)):
        t = torch.full((shape[0],), step)
        noise = model(x, t)
        alpha, beta = schedule.alphas[step], schedule.betas[step]
        x = (x - beta / (1 - alpha).sqrt() * noise) / (1 - beta).sqrt()
        if step > 0:
            x = x + beta.sqrt() * torch.randn_like(x)
    return x


class Expert(nn.Module):
    def __init__(self, d: int, hidden: int) -> None:
        super().__init__()
        self.up, self.gate, self.down = nn.Linear(d, hidden), nn.Linear(d, hidden), nn.Linear(hidden, d)

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Mixture(nn.Module):
    def __init__(self, d: int, hidden: int, experts: int, k: int = 2) -> None:
        super().__init__()
        self.k = k
        self.router = nn.Linear(d, experts, bias=False)
        self.experts = nn.ModuleList(Expert(d, hidden) for _ in range(experts))
        self.shared: Expert | None = None

    def forward(self, x: Float[Tensor, "b t d"]) -> tuple[Float[Tensor, "b t d"], Float[Tensor, ""]]:
        b, t, d = x.shape
        flat = x.reshape(b * t, d)
        probs = self.router(flat).softmax(dim=-1)
        weights, chosen = probs.topk(self.k, dim=-1)
        out = torch.zeros_like(flat)
        for index, expert in enumerate(self.experts):
            rows, slot = torch.where(chosen == index)
            if rows.numel() == 0:
                continue
            out[rows] += weights[rows, slot, None] * expert(flat[rows])
        if self.shared is not None:
            out = out + self.shared(flat)
        balance = (probs.mean(0) * F.one_hot(chosen, probs.shape[-1]).float().mean((0, 1))).sum()
        return out.view(b, t, d), balance


@dataclass
class Graph:
    nodes: Float[Tensor, "n d"]
    edges: Int[Tensor, "2 e"]
    weights: Float[Tensor, "e"] | None = None
    batch: Int[Tensor, "n"] | None = None

    @property
    def n(self) -> int:
        return self.nodes.shape[0]

    def with_nodes(self, nodes: Float[Tensor, "n k"]) -> Graph:
        return Graph(nodes, self.edges, self.weights, self.batch)


class Convolution(nn.Module):
    def __init__(self, d_in: int, d_out: int) -> None:
        super().__init__()
        self.linear = nn.Linear(d_in, d_out)

    def forward(self, graph: Graph) -> Graph:
        source, target = graph.edges
        messages = self.linear(graph.nodes)[source]
        if graph.weights is not None:
            messages = messages * graph.weights[:, None]
        nodes = torch.zeros(graph.n, messages.shape[-1]).index_add(0, target, messages)
        return graph.with_nodes(F.relu(nodes))


class GraphNet(nn.Module):
    def __init__(self, sizes: list[int], classes: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList([Convolution(a, b) for a, b in zip(sizes, sizes[1:], strict=False)])
        self.head = nn.Linear(sizes[-1], classes)

    def forward(self, graph: Graph) -> Float[Tensor, "graphs classes"]:
        for layer in self.layers:
            graph = layer(graph)
        pooled = self.pool(graph.nodes, graph.batch)
        return self.head(pooled)

    @staticmethod
    def pool(x: Float[Tensor, "n d"], batch: Int[Tensor, "n"] | None) -> Float[Tensor, "graphs d"]:
        if batch is None:
            return x.mean(0, keepdim=True)
        count = int(batch.max()) + 1
        total = torch.zeros(count, x.size(1)).index_add(0, batch, x)
        return total / torch.bincount(batch, minlength=count).unsqueeze(-1)


class Transition(NamedTuple):
    state: Float[Tensor, "n s"]
    action: Int[Tensor, "n"]
    reward: Float[Tensor, "n"]
    done: Bool[Tensor, "n"]
    following: Float[Tensor, "n s"]


class Agent(nn.Module):
    gamma: ClassVar[float] = 0.99

    def __init__(self, states: int, actions: int) -> None:
        super().__init__()
        self.policy = nn.Sequential(nn.Linear(states, 64), nn.Tanh(), nn.Linear(64, actions))
        self.value = nn.Linear(states, 1)

    def act(self, state: Float[Tensor, "n s"]) -> tuple[Int[Tensor, "n"], Float[Tensor, "n"]]:
        distribution = Categorical(logits=self.policy(state))
        action = distribution.sample()
        return action, distribution.log_prob(action)

    def targets(self, batch: Transition) -> Float[Tensor, "n"]:
        with torch.no_grad():
            value = self.value(batch.following).squeeze(-1)
        return batch.reward + self.gamma * value * ~batch.done

    def advantages(
        self, rewards: Float[Tensor, "t"], values: Float[Tensor, "t"], lam: float = 0.95
    ) -> Float[Tensor, "t"]:
        result = torch.zeros_like(rewards)
        running = torch.tensor(0.0)
        for step in reversed(range(len(rewards))):
            following = values[step + 1] if step + 1 < len(values) else torch.tensor(0.0)
            delta = rewards[step] + self.gamma * following - values[step]
            running = delta + self.gamma * lam * running
            result[step] = running
        return result

    def rollout(self, state: Float[Tensor, "n s"], step: Callable[[Int[Tensor, "n"]], Transition]) -> list[Transition]:
        transitions: list[Transition] = []
        while not transitions or not transitions[-1].done.all():
            action, _ = self.act(state)
            transitions.append(step(action))
            state = transitions[-1].following
        return transitions


class Preprocessor(NeuralModule):
    def __init__(self, *, n_mels: int = 80, hop: int = 160) -> None:
        super().__init__()
        self.n_mels = n_mels
        self.hop = hop

    def forward(
        self,
        *,
        audio: NeuralType[Float[Tensor, "b t"], AudioSignal(freq=16000)],
        lengths: NeuralType[Int[Tensor, "b"], LengthsType],
    ) -> tuple[
        NeuralType[Float[Tensor, "b {self.n_mels} t_out"], MelSpectrogramType],
        NeuralType[Int[Tensor, "b"], LengthsType],
    ]:
        frames = audio.unfold(-1, 400, self.hop)
        mel = frames.abs().log1p()[..., : self.n_mels].transpose(1, 2)
        return mel, lengths // self.hop


class AudioEncoder(NeuralModule):
    def __init__(self, *, n_mels: int = 80, d_model: int = 256) -> None:
        super().__init__()
        self.n_mels = n_mels
        self.d_model = d_model
        self.conv = nn.Conv1d(n_mels, d_model, 3, stride=2, padding=1)

    def forward(
        self,
        *,
        mel: NeuralType[Float[Tensor, "b {self.n_mels} t"], MelSpectrogramType],
        lengths: NeuralType[Int[Tensor, "b"], LengthsType],
    ) -> tuple[
        NeuralType[Float[Tensor, "b t_out {self.d_model}"], EncodedRepresentation],
        NeuralType[Int[Tensor, "b"], LengthsType],
    ]:
        x = self.conv(mel).transpose(1, 2)
        return x, torch.div(lengths + 1, 2, rounding_mode="floor")


class CTCHead(NeuralModule):
    def __init__(self, *, d_model: int = 256, vocabulary: int = 32) -> None:
        super().__init__()
        self.d_model = d_model
        self.vocabulary = vocabulary
        self.linear = nn.Linear(d_model, vocabulary + 1)

    def forward(
        self, *, encoded: NeuralType[Float[Tensor, "b t {self.d_model}"], EncodedRepresentation]
    ) -> NeuralType[Float[Tensor, "b t {self.vocabulary}+1"], LogprobsType]:
        return F.log_softmax(self.linear(encoded), dim=-1)


class CTCLoss(NeuralModule):
    def forward(
        self,
        *,
        logprobs: NeuralType[Float[Tensor, "b t v"], LogprobsType],
        labels: NeuralType[Int[Tensor, "b s"], LabelsType],
        lengths: NeuralType[Int[Tensor, "b"], LengthsType],
        label_lengths: NeuralType[Int[Tensor, "b"], LengthsType],
    ) -> NeuralType[Float[Tensor, ""], LossType]:
        return F.ctc_loss(logprobs.transpose(0, 1), labels, lengths, label_lengths)


class Recognizer(nn.Module):
    def __init__(self, n_mels: int = 80, d_model: int = 256) -> None:
        super().__init__()
        self.preprocessor = Preprocessor(n_mels=n_mels)
        self.encoder = AudioEncoder(n_mels=n_mels, d_model=d_model)
        self.head = CTCHead(d_model=d_model)
        self.loss = CTCLoss()

    def forward(
        self, audio: Float[Tensor, "b t"], lengths: Int[Tensor, "b"]
    ) -> tuple[Float[Tensor, "b t_out v"], Int[Tensor, "b"]]:
        mel, lengths = self.preprocessor(audio=audio, lengths=lengths)
        if self.training:
            mel = mel + 0.1 * torch.randn_like(mel)
        encoded, lengths = self.encoder(mel=mel, lengths=lengths)
        return self.head(encoded=encoded), lengths

    def training_step(self, batch: dict[str, Any]) -> Float[Tensor, ""]:
        logprobs, lengths = self(batch["audio"], batch["lengths"])
        loss = self.loss(
            logprobs=logprobs, labels=batch["labels"], lengths=lengths, label_lengths=batch["label_lengths"]
        )
        return loss

    def transcribe(self, audio: Float[Tensor, "b t"], lengths: Int[Tensor, "b"]) -> list[list[int]]:
        logprobs, lengths = self.forward(audio, lengths)
        best = logprobs.argmax(-1)
        hypotheses = []
        for row, length in zip(best, lengths, strict=True):
            collapsed = torch.unique_consecutive(row[: int(length)])
            hypotheses.append(collapsed[collapsed != 0].tolist())
        return hypotheses


class Metric(nn.Module):
    higher_is_better: ClassVar[bool] = True
    total: Float[Tensor, ""]

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("total", torch.tensor(0.0))
        self.values: list[Tensor] = []

    @abstractmethod
    def score(self, x: Float[Tensor, "n c"], y: Int[Tensor, "n"]) -> Float[Tensor, "n"]: ...

    def update(self, x: Float[Tensor, "n c"], y: Int[Tensor, "n"]) -> None:
        score = self.score(x, y)
        self.total += score.sum()
        self.values.append(score)

    def compute(self) -> Float[Tensor, ""]:
        return torch.cat(self.values).mean() if self.values else self.total


class TopK(Metric):
    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k

    def score(self, x: Float[Tensor, "n c"], y: Int[Tensor, "n"]) -> Float[Tensor, "n"]:
        return (x.topk(self.k, -1).indices == y[:, None]).any(-1).float()


class Gaussian(nn.Module):
    @overload
    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]: ...
    @overload
    def forward(self, x: Float[Tensor, "b d"], y: Float[Tensor, "b d"]) -> Float[Tensor, "b"]: ...
    def forward(self, x: Float[Tensor, "b d"], y: Float[Tensor, "b d"] | None = None) -> Tensor:
        distribution = Normal(x, 1.0)
        if y is None:
            return distribution.rsample()
        return distribution.log_prob(y).sum(-1)

    def both(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b"]:
        y = self(x)
        return self(x, y)


def grouped(parameters: Iterator[tuple[str, nn.Parameter]], decay: float) -> list[dict[str, Any]]:
    with_decay: list[nn.Parameter] = []
    without: list[nn.Parameter] = []
    for name, parameter in parameters:
        (with_decay if parameter.ndim > 1 and "norm" not in name else without).append(parameter)
    return [{"params": with_decay, "weight_decay": decay}, {"params": without, "weight_decay": 0.0}]


def contrastive(
    a: Float[Tensor, "b d"], b: Float[Tensor, "b d"], temperature: float = 0.07
) -> tuple[Float[Tensor, ""], Float[Tensor, "b b"]]:
    a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
    logits = a @ b.t() / temperature
    target = torch.arange(len(a), device=a.device)
    loss = (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2
    return loss, logits


def mixup(
    x: Float[Tensor, "b *space"], y: Float[Tensor, "b classes"], alpha: float
) -> tuple[Float[Tensor, "b *space"], Float[Tensor, "b classes"]]:
    lam = torch.distributions.Beta(alpha, alpha).sample()
    order = torch.randperm(x.size(0))
    x = lam * x + (1 - lam) * x[order]
    y = lam * y + (1 - lam) * y[order]
    return x, y
