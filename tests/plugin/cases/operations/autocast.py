"""Under autocast torch chooses the precision: floats may be mixed, and what comes out is of some float dtype."""

from contextlib import nullcontext

import torch
import torch.nn.functional as F
from jaxtyping import BFloat16, Float16, Float32, Float64, Int64
from neuraltypes import reveal
from torch import Tensor, nn


def want_half(x: BFloat16[Tensor, "..."]) -> None: ...


def mixed(a: Float32[Tensor, "b d"], w: BFloat16[Tensor, "d h"], wide: Float64[Tensor, "d h"]) -> None:
    a @ w  # E: [dtype-mismatch]
    with torch.autocast("cuda"):
        a @ w
        want_half(a @ w)
        F.linear(a, w.mT)
        reveal(a @ w)  # N: "b h"
        with torch.no_grad():
            a @ w
            a @ a  # E: [shape-mismatch]
        with torch.autocast("cuda", enabled=False):
            a @ w  # E: [dtype-mismatch]
        a @ wide  # E: [dtype-mismatch]
        if a.shape[0] > 2:
            a @ w
    a @ w  # E: [dtype-mismatch]
    want_half(a)  # E: [dtype-mismatch]


def other_spellings(a: Float32[Tensor, "b d"], w: Float16[Tensor, "d h"], *, is_on: bool) -> None:
    with torch.amp.autocast("cuda", dtype=torch.float16), torch.no_grad():
        a @ w
    with torch.inference_mode(), torch.autocast(device_type="cuda", enabled=is_on):
        a @ w
    ctx = torch.autocast("cuda") if is_on else nullcontext()
    with ctx:
        a @ w
    with torch.no_grad():
        a @ w  # E: [dtype-mismatch]


@torch.autocast("cuda")  # E: [untyped-decorator]
def decorated(a: Float32[Tensor, "b d"], w: Float16[Tensor, "d h"]) -> None:
    a @ w


class Model(nn.Module):
    @torch.amp.autocast("cuda")  # E: [untyped-decorator]
    def forward(self, a: Float32[Tensor, "b d"], w: Float16[Tensor, "d h"]) -> Tensor:
        return a @ w

    @torch.no_grad()
    def plain(self, a: Float32[Tensor, "b d"], w: Float16[Tensor, "d h"], at: Int64[Tensor, "b"]) -> None:
        a @ w  # E: [dtype-mismatch]
        with torch.autocast("cuda"):
            F.embedding(a, w)  # E: [dtype-mismatch]
            torch.cat([a, w.T], dim=0)
