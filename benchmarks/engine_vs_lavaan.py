"""Time one confirmatory factor analysis in this engine, lavaan and semopy.

Forty items, five correlated factors, a thousand respondents; maximum likelihood with standard
errors, test, baseline and fit measures. Each program is warmed up once and then timed as the
median of several runs in its own process or loop; reading data and starting R do not count.

Run as ``python benchmarks/engine_vs_lavaan.py``; without R, lavaan is left out.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import semopy

from cosyn.engine.moments import sample_moments
from cosyn.engine.partable import parameter_table
from cosyn.engine.sem import fit_sem
from cosyn.engine.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Callable

N, FACTORS, ITEMS, SEED = 1000, 5, 8, 20251123
RUNS, RUNS_SEMOPY = 9, 3
NAMES = [f"x{k}" for k in range(1, FACTORS * ITEMS + 1)]
MODEL = "\n".join(
    f"f{k + 1} =~ {' + '.join(NAMES[k * ITEMS : (k + 1) * ITEMS])}" for k in range(FACTORS)
)
SCRIPT = """
suppressMessages(library(lavaan))
data <- read.csv("data.csv"); model <- paste(readLines("model.lav"), collapse = "\\n")
once <- function() { fit <- cfa(model, data); fitMeasures(fit, c("chisq", "cfi", "rmsea", "srmr")) }
measures <- once()
times <- sapply(1:RUNS, function(k) system.time(once())[["elapsed"]])
cat(as.character(packageVersion("lavaan")), median(times), sprintf("%.10f", measures[["chisq"]]))
"""


def draw() -> np.ndarray:
    """Answers on five points to items with loadings between .5 and .8."""
    rng = np.random.default_rng(SEED)
    Phi = np.full((FACTORS, FACTORS), 0.3) + 0.7 * np.eye(FACTORS)
    factors = rng.standard_normal((N, FACTORS)) @ np.linalg.cholesky(Phi).T
    loadings = rng.uniform(0.5, 0.8, FACTORS * ITEMS)
    noise = rng.standard_normal((N, FACTORS * ITEMS)) * np.sqrt(1 - loadings**2)
    latent = factors.repeat(ITEMS, axis=1) * loadings + noise
    return np.digitize(latent, [-1.5, -0.5, 0.5, 1.5]) + 1.0


def median_time(run: Callable[[], float], times: int) -> tuple[float, float]:
    """Median seconds of a run, and the chi-square it gave."""
    chisq = run()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds)), chisq


def ours(X: np.ndarray) -> tuple[str, float, float]:
    def run() -> float:
        fit = fit_sem(parameter_table(parse(MODEL), NAMES), (sample_moments(X, NAMES),))
        assert fit.measures is not None
        return fit.measures.chisq

    return "this engine", *median_time(run, RUNS)


def lavaan(X: np.ndarray) -> tuple[str, float, float] | None:
    if shutil.which("Rscript") is None:
        print("lavaan: left out, R is not installed")
        return None
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "model.lav").write_text(MODEL, encoding="utf-8")
        np.savetxt(Path(folder, "data.csv"), X, delimiter=",", header=",".join(NAMES), comments="")
        script = SCRIPT.replace("RUNS", str(RUNS))
        done = subprocess.run(
            ["Rscript", "-e", script], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        print("lavaan: left out, R says:", done.stderr.strip().splitlines()[-1:])
        return None
    version, seconds, chisq = done.stdout.split()
    return f"lavaan {version}", float(seconds), float(chisq)


def other_python(X: np.ndarray) -> tuple[str, float, float]:
    frame = pd.DataFrame(X, columns=NAMES)

    def run() -> float:
        model = semopy.Model(MODEL)
        model.fit(frame)
        model.inspect()
        return float(semopy.calc_stats(model)["chi2"].iloc[0])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return f"semopy {semopy.__version__}", *median_time(run, RUNS_SEMOPY)


def main() -> None:
    X = draw()
    first = ours(X)
    print(f"{'':16}{'median s':>10}{'ratio':>8}{'chi-square':>14}")
    for result in (first, lavaan(X), other_python(X)):
        if result:
            name, seconds, chisq = result
            print(f"{name:16}{seconds:10.4f}{seconds / first[1]:8.1f}{chisq:14.4f}")


if __name__ == "__main__":
    main()
