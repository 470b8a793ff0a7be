"""Loss curves as a picture."""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from models.training import Curves


def plot_curves(curves: Curves, path: Path) -> None:
    """Draw training and held-out loss (nats per token) over the steps, as a PNG; folders are made."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot(
        range(1, len(curves.training) + 1), curves.training, linewidth=0.6, alpha=0.4, label="training, each step"
    )
    axes.plot(*_smoothed(curves.training), label="training, mean of 20 steps")
    steps, losses, _ = zip(*curves.held_out, strict=True) if curves.held_out else ((), (), ())
    axes.plot(steps, losses, marker="o", label="held out")
    axes.set(xlabel="step", ylabel="loss (nats per token)")
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def _smoothed(losses: list[float], window: int = 20) -> tuple[list[int], list[float]]:
    steps = list(range(window, len(losses) + 1, window))
    return steps, [sum(losses[step - window : step]) / window for step in steps]
