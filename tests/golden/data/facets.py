"""Draw facets.csv: 300 respondents, 5 correlated factors of 4 facet scores, 7 answer categories.

Run as `python facets.py` in this folder; the seed makes the file the same each time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

N, SEED = 300, 20251123
PREDICTORS = ("A", "B", "C", "D")
CORRELATIONS = np.array(
    [[1, -0.4, 0.45, -0.25], [-0.4, 1, 0.1, 0.15], [0.45, 0.1, 1, 0.35], [-0.25, 0.15, 0.35, 1]]
)
EFFECTS = np.array([0.35, -0.25, 0.20, 0.05])
INTERACTION = 0.15
RESIDUAL = 0.70
FACET_LOADING, ITEM_LOADING = 0.80, 0.78
CUTS = np.array([-1.9, -1.3, -0.7, 0.0, 0.7, 1.5])


def draw() -> tuple[list[str], np.ndarray]:
    random = np.random.default_rng(SEED)
    factors = random.standard_normal((N, 4)) @ np.linalg.cholesky(CORRELATIONS).T
    outcome = factors @ EFFECTS + INTERACTION * factors[:, 0] * factors[:, 2]
    outcome += RESIDUAL * random.standard_normal(N)
    factors = np.column_stack([factors, (outcome - outcome.mean()) / outcome.std()])
    names, columns = [], []
    for name, factor in zip((*PREDICTORS, "Y"), factors.T, strict=True):
        for number in range(1, 5):
            facet = FACET_LOADING * factor + 0.6 * random.standard_normal(N)
            noise = random.standard_normal((2, N)) * np.sqrt(1 - ITEM_LOADING**2)
            answers = np.digitize(ITEM_LOADING * facet + noise, CUTS) + 1
            names.append(f"{name.lower()}{number}")
            columns.append(answers.mean(axis=0))
    return names, np.column_stack(columns)


if __name__ == "__main__":
    header, values = draw()
    np.savetxt(
        Path(__file__).with_suffix(".csv"),
        values,
        fmt="%.1f",
        delimiter=",",
        header=",".join(header),
        comments="",
    )
