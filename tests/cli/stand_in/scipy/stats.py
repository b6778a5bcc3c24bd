"""Stands in for SciPy where Google Benchmark's compare.py imports it.

Debian's python3-scipy needs Boost 1.74's headers, which conflict with the 1.81 that fanout is built
with, so the two cannot be installed together. This is what compare.py calls of it.
"""

import statistics
from types import SimpleNamespace

from numpy import array


def gmean(rows):
    return array(statistics.geometric_mean(column) for column in zip(*rows))


def mannwhitneyu(first, second, alternative):
    """Two-sided, by the normal approximation without continuity correction."""
    assert alternative == "two-sided"
    n, m = len(first), len(second)
    u = sum((x > y) + (x == y) / 2 for x in first for y in second)
    z = (u - n * m / 2) / (n * m * (n + m + 1) / 12) ** 0.5
    return SimpleNamespace(pvalue=2 * statistics.NormalDist().cdf(-abs(z)))
