"""What product indicators, SAM and LMS recover of a latent interaction, in simulated samples.

Two correlated factors and an outcome of four indicators each (loadings .8, residual variances
.36), an interaction of 0 or 0.2 (0.25 in the metric of the first indicators), and factors that are
normal or skewed (by 1); or the effect of the first is curved and there is no interaction. Of every
method: mean estimate, its standard deviation over samples, mean standard error over that, coverage
of the 95 % interval, share of samples that reject 0, seconds a fit, samples with a result. Run as

    python benchmarks/latent_interactions.py [--replications 200] [--n 400]
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is loaded

import argparse
import time
from dataclasses import dataclass, replace

import numpy as np

from cosyn.synergy import SYNERGIES, Scores, Task

SEED = 20251123
CORRELATION, LOADING = 0.4, 0.8
MODEL = "A =~ a1 + a2 + a3 + a4\nC =~ c1 + c2 + c3 + c4\nY =~ y1 + y2 + y3 + y4\nY ~ A + C"
NAMES = tuple(f"{f}{k}" for f in "acy" for k in range(1, 5))
TASK = Task(MODEL, "model", "Y", products={"AxC": ("A", "C")})
METHODS = {
    "products, ML": ("interaction", TASK),
    "products, MLR": ("interaction", replace(TASK, robust=True)),
    "products with squares, MLR": ("interaction", replace(TASK, robust=True, quadratic=True)),
    "SAM, two-step": ("interaction_sam", TASK),
    "SAM, robust": ("interaction_sam", replace(TASK, robust=True)),
    "LMS, observed": ("interaction_lms", TASK),
    "LMS, robust": ("interaction_lms", replace(TASK, robust=True)),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A population."""

    name: str
    interaction: float
    square: float = 0.0
    skewed: bool = False


CONDITIONS = (
    Condition("normal, no interaction", 0.0),
    Condition("normal, interaction 0.2", 0.2),
    Condition("skewed, no interaction", 0.0, skewed=True),
    Condition("skewed, interaction 0.2", 0.2, skewed=True),
    Condition("normal, square 0.2, no interaction", 0.0, square=0.2),
)


def draw(condition: Condition, n: int, random: np.random.Generator) -> Scores:
    """A sample."""
    common = np.sqrt(CORRELATION)
    if condition.skewed:
        shared, *own = (random.chisquare(4, (3, n)) - 4) / np.sqrt(8)
    else:
        shared, *own = random.standard_normal((3, n))
    A, C = (common * shared + np.sqrt(1 - CORRELATION) * each for each in own)
    Y = 0.4 * A + 0.3 * C + condition.interaction * A * C + condition.square * A**2
    Y += 0.7 * random.standard_normal(n)
    columns = [
        LOADING * factor + 0.6 * random.standard_normal(n) for factor in (A, C, Y) for _ in range(4)
    ]
    return Scores(NAMES, np.column_stack(columns))


def main() -> None:
    """Print a table a condition."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--n", type=int, default=400)
    asked = parser.parse_args()
    for condition in CONDITIONS:
        print(f"\n{condition.name} (n = {asked.n}, {asked.replications} samples)")
        print(f"{'':28}{'mean':>8}{'SD':>8}{'SE/SD':>8}{'cover':>8}{'reject':>8}{'s':>7}{'of':>5}")
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in METHODS}
        random = np.random.default_rng(SEED)
        for _ in range(asked.replications):
            scores = draw(condition, asked.n, random)
            for name, (method, task) in METHODS.items():
                begun = time.perf_counter()
                result = SYNERGIES[method].run(scores, task).interaction
                seconds = time.perf_counter() - begun
                if result is not None and not result.problem:
                    row = next(row for row in result.estimates if row.rhs == "AxC")
                    if row.value is not None and row.standard_error is not None:
                        found[name].append((row.value, row.standard_error, seconds))
        for name, rows in found.items():
            value, se, seconds = np.array(rows).T
            near = np.abs(value - condition.interaction / LOADING) < 1.959964 * se
            print(
                f"{name:28}{value.mean():8.3f}{value.std():8.3f}{se.mean() / value.std():8.2f}"
                f"{near.mean():8.2f}{(np.abs(value) > 1.959964 * se).mean():8.2f}"
                f"{np.median(seconds):7.2f}{len(value):5d}",
                flush=True,
            )


if __name__ == "__main__":
    main()
