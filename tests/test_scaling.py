"""What `docs/scaling.md` works out: its tables are those of the script, and a block keeps what the formula says."""

import runpy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

ROOT = Path(__file__).parents[1]
WIDTH, HEADS, HIDDEN, LENGTH = 64, 4, 172, 128


@pytest.fixture(scope="module")
def scaling() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "benchmarks" / "scaling.py"))


def test_the_tables_of_the_document_are_worked_out(scaling: dict[str, Any]) -> None:
    text = (ROOT / "docs" / "scaling.md").read_text()
    assert text.count("<!-- table: ") == len(scaling["TABLES"])
    assert scaling["filled"](text) == text


def test_the_interval_is_the_one_that_loses_least(scaling: dict[str, Any]) -> None:
    saving, between = 100.0, 1e6
    best = scaling["interval"](saving, between)

    def lost(every: float) -> float:
        return saving / every + every / 2 / between

    assert lost(best) < min(lost(0.9 * best), lost(1.1 * best))
    assert scaling["lost"](saving, between) == pytest.approx(lost(best) + scaling["RESTART"] / between)


class Block(nn.Module):
    """A block of the reference model, at other sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.RMSNorm(WIDTH), nn.RMSNorm(WIDTH)
        self.projections = nn.ModuleList(nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(3))
        self.out = nn.Linear(WIDTH, WIDTH, bias=False)
        self.gate, self.up = nn.Linear(WIDTH, HIDDEN, bias=False), nn.Linear(WIDTH, HIDDEN, bias=False)
        self.down = nn.Linear(HIDDEN, WIDTH, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        normed = self.first(x)
        q, k, v = [one(normed).view(1, LENGTH, HEADS, -1).transpose(1, 2) for one in self.projections]
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)
        x = x + self.out(attended.reshape(x.shape))
        normed = self.second(x)
        result: Tensor = x + self.down(F.silu(self.gate(normed)) * self.up(normed))
        return result


def test_a_block_keeps_what_the_formula_says(scaling: dict[str, Any]) -> None:
    block = Block().bfloat16()
    weights = {weight.untyped_storage().data_ptr() for weight in block.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    x = torch.randn(1, LENGTH, WIDTH, dtype=torch.bfloat16, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        result = block(x)
    assert result.shape == x.shape
    scales = 2 * 4  # of the norms, a float32 each
    expected = scaling["layer_bytes"](WIDTH, HIDDEN, HEADS) + scaling["unfused_norm_bytes"](WIDTH) + scales
    assert sum(kept.values()) / LENGTH == expected
