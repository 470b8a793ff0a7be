"""The axes of a `TensorSpec`, as objects: what an axis string is parsed into."""

from neuraltypes._axes import AnonymousAxis, Axes, Axis, FixedAxis, NamedAxis, SymbolicAxis, VariadicAxis

__all__ = ["AnonymousAxis", "Axes", "Axis", "FixedAxis", "NamedAxis", "SymbolicAxis", "VariadicAxis"]
