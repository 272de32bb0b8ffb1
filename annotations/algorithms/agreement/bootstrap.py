"""Percentile bootstrap over articles (Efron & Tibshirani 1993, chapter 13).

Articles are drawn with replacement, as whole rows: characters and spans of one article are not
independent, articles are taken to be.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from annotations.algorithms.agreement.arrays import Floats

Interval = tuple[float, float]

_CELLS = 100_000
"""Weights held at once, resamples × articles: what stays in a processor's cache. With more, BLAS
starts threads that wait for each other, and take twice the processor's time."""


Statistics = Callable[[Floats], Mapping[str, Floats]]
"""Takes weights, a row a resample and a column an article; returns each statistic by name, an
entry a resample, NaN where it is undefined."""


def intervals(
    statistics: Statistics, *, articles: int, resamples: int, seed: int
) -> dict[str, Interval]:
    """Return the 95 % interval of each statistic.

    One that no resample defines is left out, and so are all when there are fewer than two
    articles: there is nothing to vary.
    """
    if articles < 2:
        return {}
    found: dict[str, list[Floats]] = defaultdict(list)
    for weights in _draws(articles, resamples, seed):
        for name, values in statistics(weights).items():
            found[name].append(values[~np.isnan(values)])
    limits = {}
    for name, parts in found.items():
        values = np.concatenate(parts)
        if len(values):
            low, high = np.percentile(values, [2.5, 97.5])
            limits[name] = (float(low), float(high))
    return limits


def _draws(articles: int, resamples: int, seed: int) -> Iterator[Floats]:
    generator = np.random.default_rng(seed)
    together = max(1, _CELLS // articles)
    for done in range(0, resamples, together):
        rows = min(together, resamples - done)
        drawn = generator.integers(0, articles, (rows, articles))
        drawn += np.arange(rows)[:, None] * articles
        counts = np.bincount(drawn.ravel(), minlength=rows * articles)
        yield counts.reshape(rows, articles).astype(np.float64)
