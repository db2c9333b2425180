"""Draw departments.csv: 160 departments of 2 to 14 members, two latents measured by three items each.

The loadings are the same within departments and between them, the slopes are not. Run as
`python departments.py` in this folder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

SEED = 20261127
DEPARTMENTS = 160
SIZES = (2, 3, 4, 5, 6, 8, 9, 11, 14)
LOADINGS = np.array([1.0, 0.8, 0.9])
#: Slope of the second latent on the first, variance of the first and of the second's residual.
WITHIN, BETWEEN = (0.5, 1.0, 0.7), (0.9, 0.4, 0.15)
#: Slopes of the second latent: of a person's tenure and of a department's budget.
TENURE, BUDGET = 0.3, 0.2
RESIDUAL_WITHIN, RESIDUAL_BETWEEN = 0.8, 0.2


def latents(
    random: np.random.Generator, n: int, values: tuple[float, float, float], cause: np.ndarray
) -> np.ndarray:
    slope, first, second = values
    F = np.sqrt(first) * random.standard_normal(n)
    return np.column_stack([F, slope * F + cause + np.sqrt(second) * random.standard_normal(n)])


if __name__ == "__main__":
    random = np.random.default_rng(SEED)
    department = np.repeat(np.arange(DEPARTMENTS), random.choice(SIZES, DEPARTMENTS))
    n = len(department)
    tenure, budget = random.standard_normal(n), random.standard_normal(DEPARTMENTS)
    within = latents(random, n, WITHIN, TENURE * tenure)
    between = latents(random, DEPARTMENTS, BETWEEN, BUDGET * budget)
    answers = np.kron(within + between[department], LOADINGS)
    answers += np.sqrt(RESIDUAL_WITHIN) * random.standard_normal(answers.shape)
    shared = np.sqrt(RESIDUAL_BETWEEN) * random.standard_normal((DEPARTMENTS, 6))
    answers += 4 + shared[department]
    np.savetxt(
        Path(__file__).with_suffix(".csv"),
        np.column_stack([department + 1, answers, tenure, budget[department]]),
        fmt=("%d", *["%.3f"] * 6, "%.2f", "%.2f"),
        delimiter=",",
        header="department,p1,p2,p3,c1,c2,c3,tenure,budget",
        comments="",
    )
