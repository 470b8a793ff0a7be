"""A class body may give a name another tensor, as the body of a function may."""

from __future__ import annotations

import torch


class Mesh:
    dx = torch.zeros(3).float()
    dx[0] = 1
    dy, dz = dx[[1, 0, 2]], dx[[2, 1, 0]]
    dx, dy, dz = dx[None, :], dy[None, :], dz[None, :]
    reveal_type(dx)  # R: Tensor[Float32, tuple[1, 3], Any]
    dx @ torch.zeros(4, 5)  # E: is 4, expected 3  [shape-mismatch]
    once = torch.zeros(3)

    def sizes(self) -> None:
        reveal_type(self.dx)  # R: Tensor[Any, Any, Any]
        reveal_type(self.once)  # R: Tensor[Float32, tuple[3], Any]
