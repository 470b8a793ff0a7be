"""Random numbers that tensors describe.

Source: https://docs.pytorch.org/docs/stable/torch.html#random-sampling
"""

from __future__ import annotations

from neuraltypes._unify import Rest, SizedAxis
from neuraltypes.rules._dtypes import (
    INT64,
    result_type,
)
from neuraltypes.rules._registry import computed
from neuraltypes.rules._shapes import broadcast, int_of, rank, size_of
from neuraltypes.rules._values import UNKNOWN, Array, Refused, Result, Value
from neuraltypes.rules.creation import random, require_floats, require_real, written_to


@computed("randomness.bernoulli")
def bernoulli(input: Array, p: Value = None, out: Value = None, **_: Value) -> Result:
    """`torch.bernoulli`: with probability `input` each, or all with `p`."""
    require_real(input.dtype, "input")
    if p is None:
        require_floats(input.dtype, "input")
    elif isinstance(p, float) and not 0 <= p <= 1:
        raise Refused(f"is {p:g}, expected a number from 0 to 1", "p")
    return written_to(input.plain(input.shape), out)


@computed("randomness.multinomial")
def multinomial(input: Array, num_samples: Value, replacement: Value = False, out: Value = None, **_: Value) -> Result:
    """`torch.multinomial`: indices into the last axis, for each row."""
    known = rank(input.shape)
    if known is not None and known not in (1, 2):
        raise Refused(f"has {known} axes, expected 1 or 2", "input")
    samples = int_of(num_samples)
    if samples is not None and samples <= 0:
        raise Refused(f"is {samples}, expected 1 or more", "num_samples")
    last = input.shape[-1] if input.shape else None
    count = int_of(last.size) if isinstance(last, SizedAxis) and last.size is not None else None
    if replacement is False and samples is not None and count is not None and samples > count:
        raise Refused(f"is {samples}, but without replacement there are only {count}", "num_samples")
    head = None if input.shape is None else input.shape[:-1] if isinstance(last, SizedAxis) else (Rest(),)
    shape = None if head is None else (*head, SizedAxis(size_of(num_samples)))
    return written_to(Array(shape, INT64), out)


@computed("randomness.normal")
def normal(
    mean: Value = 0.0, std: Value = 1.0, size: Value = None, dtype: Value = None, out: Value = None, **_: Value
) -> Result:
    """`torch.normal`: of tensors that broadcast, or of numbers and a size."""
    if size is not None:
        return random(size, dtype, out)
    tensors = [one for one in (mean, std) if isinstance(one, Array)]
    if mean is UNKNOWN or std is UNKNOWN:
        return UNKNOWN
    for operand, name in ((mean, "mean"), (std, "std")):
        if isinstance(operand, Array):
            require_floats(operand.dtype, name)
    if isinstance(std, Array):
        require_real(std.dtype, "std")
    shape = broadcast([one.shape for one in tensors])
    return written_to(Array(shape, tensors[0].dtype if len(tensors) == 1 else result_type(*tensors)), out)


@computed("randomness.poisson")
def poisson(input: Array, **_: Value) -> Result:
    """`torch.poisson`: rates are floats."""
    require_real(input.dtype, "input")
    require_floats(input.dtype, "input")
    return input.plain(input.shape)


@computed("randomness.binomial")
def binomial(count: Array, prob: Array, **_: Value) -> Result:
    """`torch.binomial`: of floats."""
    require_floats(count.dtype, "count")
    return Array(broadcast([count.shape, prob.shape]), count.dtype)
