"""What a language model of bytes has to beat: counts of bytes in context, and gzip."""

from __future__ import annotations

import gzip
import math
from collections import Counter, defaultdict


class ByteModel:
    """Interpolated n-gram model of bytes: absolute discounting, down to the uniform distribution.

    `order` bytes of context. Source: Ney et al. 1994, doi:10.1006/csla.1994.1001.
    """

    def __init__(self, data: bytes, *, order: int, discount: float = 0.75) -> None:
        self.order = order
        self.discount = discount
        self.counts: defaultdict[bytes, Counter[int]] = defaultdict(Counter)
        for i, byte in enumerate(data):
            for n in range(min(order, i) + 1):
                self.counts[data[i - n : i]][byte] += 1
        self.totals = {context: seen.total() for context, seen in self.counts.items()}

    def probability(self, byte: int, context: bytes) -> float:
        """P(byte | context); over all 256 bytes it sums to one."""
        p = 1 / 256
        for n in range(len(context) + 1):
            suffix = context[len(context) - n :]
            if suffix not in self.totals:
                break
            seen, total = self.counts[suffix], self.totals[suffix]
            p *= self.discount * len(seen) / total
            p += max(seen[byte] - self.discount, 0) / total if byte in seen else 0
        return p

    def bits_per_byte(self, data: bytes) -> float:
        """Mean of -log2 P over `data`, every byte scored once."""
        contexts = (data[max(0, i - self.order) : i] for i in range(len(data)))
        bits = (-math.log2(self.probability(byte, context)) for byte, context in zip(data, contexts, strict=True))
        return math.fsum(bits) / len(data)


def gzip_bits_per_byte(data: bytes) -> float:
    """Bits per byte of `gzip -9`, which sees `data` alone."""
    return 8 * len(gzip.compress(data, compresslevel=9)) / len(data)
