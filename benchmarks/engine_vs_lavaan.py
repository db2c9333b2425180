"""Time the engine beside lavaan and semopy on the same data, one thread each.

Forty items of five categories, five correlated factors: maximum likelihood, MLR, ordinal items,
incomplete answers, two groups, modification indices; every fit with standard errors, test,
baseline and fit measures. Each program is warmed up once, then timed as the median of some runs
inside its own process: reading data and starting R do not count. Run as

    python benchmarks/engine_vs_lavaan.py [--quick]

``--quick`` leaves out what takes lavaan minutes. Without R, lavaan is left out.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is loaded

import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cosyn.engine import Fitted, cfa

if TYPE_CHECKING:
    from collections.abc import Callable

N, FACTORS, ITEMS, SEED = 1000, 5, 8, 20251123
RUNS = 5
NAMES = [f"x{k}" for k in range(1, FACTORS * ITEMS + 1)]
MODEL = "\n".join(
    f"f{k + 1} =~ {' + '.join(NAMES[k * ITEMS : (k + 1) * ITEMS])}" for k in range(FACTORS)
)
SCRIPT = """
suppressMessages(library(lavaan))
data <- read.csv("data.csv"); model <- paste(readLines("model.lav"), collapse = "\\n")
BEFORE
once <- function() suppressWarnings(WHAT)
chisq <- NA
if (RUNS > 1) invisible(once())
times <- numeric(RUNS)
for (k in 1:RUNS) times[k] <- system.time(found <- once())[["elapsed"]]
if (is.numeric(found)) chisq <- found[["chisq"]]
cat(as.character(packageVersion("lavaan")), median(times), sprintf("%.6f", chisq))
"""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to time: here, in lavaan, and how often lavaan is run.

    Attributes
    ----------
    ours : callable
        What is timed; returns the fit, or something without a chi-square.
    theirs, before : str
        R code that is timed, and that runs before it.
    """

    title: str
    ours: Callable[[], object]
    theirs: str
    frame: pd.DataFrame
    runs: int = RUNS
    before: str = ""


def draw(rows: int = N) -> pd.DataFrame:
    """Answers on five points to items with loadings between .5 and .8."""
    rng = np.random.default_rng(SEED)
    Phi = np.full((FACTORS, FACTORS), 0.3) + 0.7 * np.eye(FACTORS)
    factors = rng.standard_normal((rows, FACTORS)) @ np.linalg.cholesky(Phi).T
    loadings = rng.uniform(0.5, 0.8, FACTORS * ITEMS)
    noise = rng.standard_normal((rows, FACTORS * ITEMS)) * np.sqrt(1 - loadings**2)
    latent = factors.repeat(ITEMS, axis=1) * loadings + noise
    frame = pd.DataFrame(np.digitize(latent, [-1.5, -0.5, 0.5, 1.5]) + 1.0, columns=NAMES)
    return frame.assign(group=np.arange(rows) % 2)


def complete(arguments: str = "") -> str:
    """R code of a fit with everything that is reported of it."""
    return f"fitMeasures(cfa(model, data{arguments}))"


def tasks() -> list[Task]:
    """Everything that is timed, the quick ones first."""
    data = draw()
    items = data[NAMES]
    gaps = data.copy()
    gaps[NAMES] = gaps[NAMES].mask(np.random.default_rng(1).random((N, len(NAMES))) < 0.1)
    fitted = cfa(MODEL, data)
    return [
        Task("ML", lambda: cfa(MODEL, data), complete(), data),
        Task(
            "all modification indices",
            fitted.modification_indices,
            "modindices(fit)",
            data,
            3,
            "fit <- cfa(model, data)",
        ),
        Task(
            "two groups, equal loadings",
            lambda: cfa(MODEL, data, group="group", group_equal=["loadings"]),
            complete(', group = "group", group.equal = "loadings"'),
            data,
            3,
        ),
        Task(
            "MLR",
            lambda: cfa(MODEL, data, estimator="MLR"),
            complete(', estimator = "MLR"'),
            data,
            1,
        ),
        Task(
            "ordinal, WLSMV",
            lambda: cfa(MODEL, items, ordered=True),
            complete(", ordered = TRUE"),
            items,
            1,
        ),
        Task(
            "incomplete, FIML",
            lambda: cfa(MODEL, gaps, missing="fiml"),
            complete(', missing = "fiml"'),
            gaps,
            1,
        ),
        Task(
            "incomplete, FIML with MLR",
            lambda: cfa(MODEL, gaps, missing="fiml", estimator="MLR"),
            complete(', missing = "fiml", estimator = "MLR"'),
            gaps,
            1,
        ),
    ]


def median_time(run: Callable[[], object], times: int) -> float:
    """Median seconds of a run, after one to warm up."""
    run()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def lavaan(task: Task) -> tuple[str, float, float] | None:
    """Version, median seconds and chi-square; None without R."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "model.lav").write_text(MODEL, encoding="utf-8")
        task.frame.to_csv(Path(folder, "data.csv"), index=False)
        parts = {"RUNS": str(task.runs), "BEFORE": task.before, "WHAT": task.theirs}
        script = SCRIPT
        for name, code in parts.items():
            script = script.replace(name, code)
        done = subprocess.run(
            ["Rscript", "-e", script], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        print("lavaan:", done.stderr.strip().splitlines()[-1:])
        return None
    version, seconds, chisq = done.stdout.split()
    return version, float(seconds), float(chisq.replace("NA", "nan"))


def semopy_seconds(frame: pd.DataFrame) -> float:
    """Median seconds of semopy's maximum likelihood with its statistics."""
    import semopy

    def run() -> None:
        model = semopy.Model(MODEL)
        model.fit(frame[NAMES])
        model.inspect()
        semopy.calc_stats(model)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return median_time(run, 3)


def main() -> None:
    """Print a table with a row for each task."""
    chosen = tasks()[:5] if "--quick" in sys.argv else tasks()
    print(f"{N} respondents, {len(NAMES)} items, {FACTORS} factors; one thread")
    print(f"{'':30}{'here, s':>10}{'lavaan, s':>11}{'ratio':>8}{'chi-square':>13}{'lavaan':>13}")
    version = ""
    for task in chosen:
        seconds = median_time(task.ours, RUNS)
        found = task.ours()
        chisq = found.fit_measures["chisq"] if isinstance(found, Fitted) else float("nan")
        line = f"{task.title:30}{seconds:10.4f}"
        theirs = lavaan(task)
        if theirs:
            version, other, their_chisq = theirs
            line += f"{other:11.3f}{other / seconds:8.0f}{chisq:13.4f}{their_chisq:13.4f}"
        print(line, flush=True)
        if task.title == "ML":
            other = semopy_seconds(task.frame)
            print(f"{'  semopy':30}{'':10}{other:11.3f}{other / seconds:8.0f}")
    print(f"lavaan {version}, numpy {np.__version__}, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
