"""Draw clusters.csv: 14 clusters of 2 to 9 respondents. Run as `python clusters.py` in this folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SEED = 20251123
SIZES = (2, 9, 5, 3, 7, 4, 4, 8, 2, 6, 3, 5, 9, 2)

if __name__ == "__main__":
    random = np.random.default_rng(SEED)
    cluster = np.repeat(np.arange(1, len(SIZES) + 1), SIZES)
    value = 0.6 * random.standard_normal(len(SIZES))[cluster - 1]
    value += random.standard_normal(len(cluster))
    np.savetxt(
        Path(__file__).with_suffix(".csv"),
        np.column_stack([cluster, value]),
        fmt=("%d", "%.3f"),
        delimiter=",",
        header="cluster,value",
        comments="",
    )
