"""einops: patterns name the axes of a tensor, split and join them; what a pattern refuses, einops refuses.

Sources: https://einops.rocks/api/rearrange/, https://einops.rocks/api/reduce/, https://einops.rocks/api/repeat/,
https://einops.rocks/api/einsum/
"""

from __future__ import annotations

from typing import Final

from neuraltypes._unify import SizedAxis
from neuraltypes.rules._context import sizes_differ
from neuraltypes.rules._dtypes import FLOATS, require_among, summed
from neuraltypes.rules._patterns import ALONE, DOTS, bad, lengths_of, parse, read, sides, transformed, written
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import arrays, rank
from neuraltypes.rules._values import UNKNOWN, Array, Config, DTypes, Refused, Result, Value
from neuraltypes.rules.einstein import sum_of_products
from neuraltypes.rules.products import axes_text

_REDUCTIONS: Final = ("min", "max", "sum", "mean", "prod", "any", "all")


@computed("einops.rearrange")
def rearrange(tensor: Value, pattern: Value, axes_lengths: object = None, **_: Value) -> Result:
    """`rearrange`: the same entries in other axes."""
    found = transformed(tensor, pattern, axes_lengths, "rearrange")
    if found is None:
        return Array()
    array, shape = found[:2]
    return array.of(shape)


@computed("einops.repeat")
def repeat(tensor: Value, pattern: Value, axes_lengths: object = None, **_: Value) -> Result:
    """`repeat`: new axes, along which entries are repeated."""
    found = transformed(tensor, pattern, axes_lengths, "repeat")
    if found is None:
        return Array()
    array, shape = found[:2]
    return array.of(shape)


@computed("einops.reduce")
def reduce(
    tensor: Value, pattern: Value, reduction: Value, axes_lengths: object = None, is_layer: Value = False, **_: Value
) -> Result:
    """`reduce`: the axes that the right side lacks are reduced."""
    if isinstance(reduction, str) and reduction not in _REDUCTIONS:
        raise Refused(f'is "{reduction}", expected one of {", ".join(_REDUCTIONS)}', "reduction")
    found = transformed(tensor, pattern, axes_lengths, "reduce")
    if found is None:
        return Array()
    array, shape, reduces = found
    if reduces is False or reduction in ("min", "max"):
        return array.of(shape)
    if is_layer and reduces and reduction in ("any", "all"):
        raise Refused(f'is "{reduction}", which the layer does not take', "reduction")
    if reduces is None:
        return Array(shape)
    return Array(shape, _reduced_dtype(array, reduction))


def _reduced_dtype(array: Array, reduction: Value) -> DTypes | None:
    match reduction:
        case "mean":
            return require_among(array, FLOATS, "Float", "tensor")
        case "sum" | "prod":
            return summed(array.dtype)
        case "any" | "all":
            return (
                None if array.dtype is None else frozenset("uint8" if one == "uint8" else "bool" for one in array.dtype)
            )
        case _:
            return None


# Products


@computed("einops.einsum")
def einsum(tensors_and_pattern: Value, **_: Value) -> Result:
    """`einsum`: with names of more than one letter, and the pattern last."""
    if not isinstance(tensors_and_pattern, tuple) or not tensors_and_pattern:
        return Array()
    *operands, pattern = tensors_and_pattern
    found = arrays(tuple(operands))
    if not isinstance(pattern, str):
        return Array()
    if "->" not in pattern:
        raise bad(pattern, 'there is no "->"')
    left, right = pattern.split("->", 1)
    terms = [parse(term, pattern, may_repeat=True) for term in left.split(",")]
    output = parse(right, pattern)
    for side in (*terms, output):
        if side.has_number or any(len(group) != 1 for group in side.groups):
            raise bad(pattern, "there is a 1, a number or a parenthesis")
    names = sorted(frozenset().union(*(side.names for side in (*terms, output))) - {DOTS})
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    if len(names) > len(alphabet) or found is None:
        return Array()
    letters = {**dict(zip(names, alphabet, strict=False)), ALONE[0]: DOTS}
    written = ["".join(letters[group[0]] for group in side.groups) for side in (*terms, output)]
    return sum_of_products(f"{','.join(written[:-1])}->{written[-1]}", found)


@computed("einops.parse_shape")
def parse_shape(x: Array, pattern: Value, **_: Value) -> Result:
    """`parse_shape`: a dictionary of sizes, which nothing is known of but that the axes must be as many."""
    if isinstance(pattern, str):
        count, ndim = len(pattern.replace("(", " ").replace(")", " ").split()), rank(x.shape)
        if ndim is not None and DOTS not in pattern and "…" not in pattern and ndim != count:
            raise Refused(f'has {axes_text(ndim)}, expected {count} ("{pattern}")', "x")
    return UNKNOWN


# Layers


@computed("einops.rearrange_layer")
def rearrange_layer(config: Config, input: Array, **_: Value) -> Result:
    """`einops.layers.torch.Rearrange`."""
    return rearrange(input, config.get("pattern", UNKNOWN), config.get("axes_lengths"))


@computed("einops.reduce_layer")
def reduce_layer(config: Config, input: Array, **_: Value) -> Result:
    """`einops.layers.torch.Reduce`."""
    pattern, reduction = config.get("pattern", UNKNOWN), config.get("reduction", UNKNOWN)
    return reduce(input, pattern, reduction, config.get("axes_lengths"), is_layer=True)


@computed("einops.mix_layer")
def mix_layer(config: Config, input: Array, **_: Value) -> Result:
    """`einops.layers.torch.EinMix`: a product with a weight whose axes a second pattern names."""
    pattern, weights = config.get("pattern", UNKNOWN), config.get("weight_shape", UNKNOWN)
    lengths = lengths_of(config.get("axes_lengths"))
    if not isinstance(pattern, str) or not isinstance(weights, str) or lengths is None:
        return Array(None, input.dtype)
    left, right = sides(pattern)
    own = {name: size for name, size in lengths.items() if name in left.names}
    sizes = read(left, input.shape, own, pattern)
    for name, size in lengths.items():
        sizes.axes.setdefault(name, SizedAxis(size))
        if name in weights.split() and sizes_differ(sizes.axes[name].size, size):
            raise Refused(f'"{name}" is {sizes.axes[name].size}, expected {size} ("{pattern}")', "input")
    return Array(written(right, sizes), input.dtype)
