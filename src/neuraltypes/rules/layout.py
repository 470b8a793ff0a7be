"""Where numbers lie: views, permuted, repeated and split axes. Dtype and meaning stay.

The rules are `layout.view` and so on; each lies with its like.
"""

from __future__ import annotations

from neuraltypes.rules import axis_order, grids, parts, patches, repetition, views

__all__ = ["axis_order", "grids", "parts", "patches", "repetition", "views"]
