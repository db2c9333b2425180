"""Time a ladder of measurement invariance beside lavaan on the same data, one thread each.

Three groups, five thousand respondents, forty items of five correlated factors, maximum likelihood:
configural, metric, scalar and strict models, each with standard errors, test, baseline and fit
measures, and the tests of their differences (here with the check that they are nested). Each
program is warmed up once, then timed as the median of some runs inside its own process: reading
data and starting R do not count. Run as

    python benchmarks/invariance_vs_lavaan.py [--quick]

``--quick`` runs lavaan once, without warming up. Without R, lavaan is left out.
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
from pathlib import Path

import numpy as np
import pandas as pd

from cosyn.engine.invariance import Invariance, invariance

N, GROUPS, FACTORS, ITEMS, SEED = 5000, 3, 5, 8, 20251123
RUNS = 3
NAMES = [f"x{k}" for k in range(1, FACTORS * ITEMS + 1)]
MODEL = "\n".join(
    f"f{k + 1} =~ {' + '.join(NAMES[k * ITEMS : (k + 1) * ITEMS])}" for k in range(FACTORS)
)
SCRIPT = """
suppressMessages(library(lavaan))
data <- read.csv("data.csv"); model <- paste(readLines("model.lav"), collapse = "\\n")
rungs <- list("", "loadings", c("loadings", "intercepts"), c("loadings", "intercepts", "residuals"))
once <- function() {
  fits <- lapply(rungs, function(equal)
    cfa(model, data, group = "group", group.equal = equal, std.lv = TRUE))
  lapply(fits, fitMeasures)
  do.call(lavTestLRT, fits)
}
if (RUNS > 1) invisible(once())
times <- numeric(RUNS)
for (k in 1:RUNS) times[k] <- system.time(found <- once())[["elapsed"]]
cat(as.character(packageVersion("lavaan")), median(times), sprintf("%.6f", found[["Chisq"]]), "|",
  sprintf("%.6f", found[["Chisq diff"]][-1]))
"""


def draw() -> pd.DataFrame:
    """One population in three groups of different size; the second differs in its means."""
    rng = np.random.default_rng(SEED)
    Phi = np.full((FACTORS, FACTORS), 0.3) + 0.7 * np.eye(FACTORS)
    group = np.arange(N) % 10 // 4  # 2 : 2 : 1
    factors = rng.standard_normal((N, FACTORS)) @ np.linalg.cholesky(Phi).T
    factors += 0.3 * (group == 1)[:, None]
    loadings = rng.uniform(0.5, 0.8, FACTORS * ITEMS)
    noise = rng.standard_normal((N, FACTORS * ITEMS)) * np.sqrt(1 - loadings**2)
    frame = pd.DataFrame(factors.repeat(ITEMS, axis=1) * loadings + noise, columns=NAMES)
    return frame.assign(group=np.array(["a", "b", "c"])[group])


def here(data: pd.DataFrame) -> tuple[float, Invariance]:
    """Median seconds, and the ladder."""
    found = invariance(MODEL, data, "group")
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        invariance(MODEL, data, "group")
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds)), found


def lavaan(data: pd.DataFrame, runs: int) -> tuple[str, float, str, str] | None:
    """Version, median seconds, statistics and their differences; None without R."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "model.lav").write_text(MODEL, encoding="utf-8")
        data.to_csv(Path(folder, "data.csv"), index=False)
        script = SCRIPT.replace("RUNS", str(runs))
        done = subprocess.run(
            ["Rscript", "-e", script], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        print("lavaan:", done.stderr.strip().splitlines()[-1:])
        return None
    fits, differences = done.stdout.split("|")
    version, seconds, *values = fits.split()
    return version, float(seconds), " ".join(values), differences.strip()


def main() -> None:
    """Print both times, their ratio, and what both found."""
    data = draw()
    seconds, found = here(data)
    rows = found.rows()
    print(f"{N} respondents in {GROUPS} groups, {len(NAMES)} items, {FACTORS} factors; one thread")
    print(f"here    {seconds:8.3f} s")
    print("   chi-square:", *(f"{row['chisq']:.6f}" for row in rows))
    print("  differences:", *(f"{row['chisq_diff']:.6f}" for row in rows[1:]))
    theirs = lavaan(data, 1 if "--quick" in sys.argv else RUNS)
    if theirs:
        version, other, values, differences = theirs
        print(f"lavaan  {other:8.3f} s   ratio {other / seconds:.0f}")
        print("   chi-square:", values)
        print("  differences:", differences)
        print(f"lavaan {version}, numpy {np.__version__}, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
