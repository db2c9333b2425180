"""Draw balance.csv: scores of two dynamics and an outcome in 40 clusters of 3 to 8 respondents.

Run as `python balance.py` in this folder. The outcome falls with the square of the difference of
the two scores and rises with their sum; scores are on the grid of means of four 7-point items.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

SEED = 20251126

if __name__ == "__main__":
    random = np.random.default_rng(SEED)
    sizes = random.integers(3, 9, size=40)
    cluster = np.repeat(np.arange(1, 41), sizes)
    n = len(cluster)
    shared = random.standard_normal((40, 3))[cluster - 1]
    x = 4.4 + 0.5 * shared[:, 0] + random.standard_normal(n)
    y = 4.2 + 0.5 * shared[:, 1] + 0.5 * (x - 4.4) + 0.9 * random.standard_normal(n)
    x, y = (np.clip(np.round(4 * each) / 4, 1, 7) for each in (x, y))
    z = 4.8 + 0.3 * (x - 4) + 0.2 * (y - 4) - 0.15 * (x - y) ** 2
    z += 0.3 * shared[:, 2] + 0.7 * random.standard_normal(n)
    w = 0.4 * (x - 4) + random.standard_normal(n)
    np.savetxt(
        Path(__file__).with_suffix(".csv"),
        np.column_stack([cluster, x, y, z, w]),
        fmt=("%d", "%.2f", "%.2f", "%.3f", "%.3f"),
        delimiter=",",
        header="cluster,x,y,z,w",
        comments="",
    )
