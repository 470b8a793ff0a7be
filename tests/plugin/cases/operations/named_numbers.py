"""What names and ranges say of numbers: variances called standard deviations, pixels for places, edges of graphs."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def variances(mu: Float[Tensor, "b d"], logvar: Float[Tensor, "b d"], log_std: Float[Tensor, "b d"]) -> None:
    std = torch.exp(logvar)  # E: gives variances of their logarithms; the standard deviation is exp(0.5 * log_var)
    sigma = logvar.clamp(-5, 5).exp()  # E: gives variances of their logarithms  [element-mismatch]
    var = log_std.exp()  # E: gives standard deviations of their logarithms; the variance is exp(2 * log_std)
    mu + torch.exp(logvar) * torch.randn_like(mu)  # E: gives variances of their logarithms  [element-mismatch]
    mu + std * torch.randn_like(mu) + sigma + var


def right_variances(mu: Float[Tensor, "b d"], logvar: Float[Tensor, "b d"], log_std: Float[Tensor, "b d"]) -> None:
    std = torch.exp(0.5 * logvar)
    sigma = logvar.mul(0.5).exp()
    var = logvar.exp()
    Sigma = logvar.exp()
    variance = torch.exp(2 * log_std)
    mu + log_std.exp() * torch.randn_like(mu) + std + sigma
    scale = torch.exp(logvar)  # may be anything
    0.5 * (mu**2 + torch.exp(logvar) - 1 - logvar) + var + Sigma + variance + scale


def grids(image: Float[Tensor, "b 3 32 48"], flow: Float[Tensor, "b 32 48 2"]) -> None:
    ys, xs = torch.meshgrid(torch.arange(32.0), torch.arange(48.0), indexing="ij")
    grid = torch.stack((xs, ys), dim=-1)
    F.grid_sample(image, grid + flow)  # E: "grid" to "grid_sample" counts pixels, where places are from -1 to 1
    F.grid_sample(image, grid.expand(flow.shape[0], 32, 48, 2))  # E: counts pixels  [element-mismatch]
    F.grid_sample(image, 2 * (grid + flow) / torch.tensor([47.0, 31.0]) - 1)
    across = 2 * xs / 47 - 1
    down = 2 * ys / 31 - 1
    F.grid_sample(image, torch.stack((across, down), -1) + flow)
    rows, columns = torch.meshgrid(torch.linspace(-1, 1, 32), torch.linspace(-1, 1, 48), indexing="ij")
    F.grid_sample(image, torch.stack((columns, rows), -1) + flow)
    F.grid_sample(image, flow)


def edges(e: Float[Tensor, "n n"], adj: Float[Tensor, "n n"]) -> None:
    torch.softmax(e.masked_fill(adj > 0, -1e9), -1)  # E: over scores of which those of edges are hidden
    hidden = e.masked_fill(adj != 0, float("-inf"))
    F.softmax(hidden, dim=1)  # E: of which those of edges are hidden; hide those with adj == 0  [element-mismatch]
    far = -9e15 * torch.ones_like(e)
    F.softmax(torch.where(adj > 0, far, e), dim=1)  # E: of which those of edges are hidden  [element-mismatch]
    torch.softmax(e.masked_fill(adj == 0, -1e9), -1)
    F.softmax(torch.where(adj > 0, e, far), dim=1)
    e.masked_fill(adj > 0, -1e9).topk(3)  # those that are not linked yet
    torch.softmax(e.masked_fill(e > 0, -1e9), -1)
    torch.softmax(e.masked_fill(adj > 0, 0.0), -1)
