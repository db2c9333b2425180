"""Time the bootstrap beside lavaan's on the same data, one thread each.

The data and the model are those of ``engine_vs_lavaan.py``: forty items, five factors, 1,000
respondents; beside them Holzinger and Swineford's nine tests. Seconds are per replicate: here of
1,000 replicates (fewer where they are fitted one by one), of lavaan of as many as are named in the
table, which cost the same each. Reading data, starting R and the first fit do not count. Run as

    python benchmarks/bootstrap_vs_lavaan.py [--quick]

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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from engine_vs_lavaan import MODEL, NAMES, draw
from semopy.examples import holzinger39

from cosyn.engine import cfa
from cosyn.engine.bootstrap import bootstrap

NINE = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
SCRIPT = """
suppressMessages(library(lavaan))
data <- read.csv("data.csv"); model <- paste(readLines("model.lav"), collapse = "\\n")
fit <- suppressWarnings(cfa(model, data%s))
once <- function(R) suppressWarnings(bootstrapLavaan(fit, R = R, type = "%s", FUN = "coef"))
if (%d > 2) invisible(once(2))
seconds <- system.time(found <- once(%d))[["elapsed"]]
middle <- median(found[, 1], na.rm = TRUE)
cat(as.character(packageVersion("lavaan")), seconds / %d, sprintf("%%.6f", middle))
"""


@dataclass(frozen=True, slots=True)
class Task:
    """One bootstrap to time, and how many replicates of each program."""

    title: str
    model: str
    frame: pd.DataFrame
    replicates: int = 1000
    theirs: int = 20
    kind: str = "respondents"
    args: dict[str, Any] = field(default_factory=dict)
    lavaan_args: str = ""


def tasks() -> list[Task]:
    """Everything that is timed, the quick ones first."""
    data = draw()
    nine = pd.DataFrame(holzinger39.get_data())
    gaps = nine[[f"x{k}" for k in range(1, 10)]].copy()
    gaps = gaps.mask(np.random.default_rng(1).random(gaps.shape) < 0.1)
    groups = {"group": "group", "group_equal": ["loadings"]}
    return [
        Task("40 items", MODEL, data),
        Task("40 items, Bollen-Stine", MODEL, data, kind="bollen_stine", theirs=10),
        Task(
            "40 items, two groups, equal loadings",
            MODEL,
            data,
            theirs=10,
            args=groups,
            lavaan_args=', group = "group", group.equal = "loadings"',
        ),
        Task("9 items, 301 pupils", NINE, nine, theirs=100),
        Task(
            "9 items, 10 % missing, FIML",
            NINE,
            gaps,
            replicates=50,
            theirs=20,
            args={"missing": "fiml"},
            lavaan_args=', missing = "fiml"',
        ),
        Task(
            "40 ordinal items, WLSMV",
            MODEL,
            data[NAMES],
            replicates=10,
            theirs=2,
            args={"ordered": True},
            lavaan_args=", ordered = TRUE",
        ),
    ]


def ours(task: Task) -> tuple[float, int, float]:
    """Seconds per replicate, how many did not converge, and the median of the first loading."""
    fit = cfa(task.model, task.frame, **task.args).result
    bootstrap(fit, 2, 2, task.kind)  # type: ignore[arg-type]
    start = time.perf_counter()
    found = bootstrap(fit, task.replicates, 1, task.kind)  # type: ignore[arg-type]
    seconds = (time.perf_counter() - start) / task.replicates
    failed = int((~found.refits.converged).sum())
    return seconds, failed, float(np.nanmedian(found.refits.x[:, 0]))


def lavaan(task: Task) -> tuple[str, float, float] | None:
    """Version, seconds per replicate, and the same median; None without R."""
    if shutil.which("Rscript") is None:
        return None
    kind = "ordinary" if task.kind == "respondents" else "bollen.stine"
    R = task.theirs
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "model.lav").write_text(task.model, encoding="utf-8")
        task.frame.to_csv(Path(folder, "data.csv"), index=False)
        script = SCRIPT % (task.lavaan_args, kind, R, R, R)
        done = subprocess.run(
            ["Rscript", "-e", script], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        print("lavaan:", done.stderr.strip().splitlines()[-1:])
        return None
    version, seconds, median = done.stdout.split()
    return version, float(seconds), float(median)


def main() -> None:
    """Print a table with a row for each task."""
    chosen = tasks()[:4] if "--quick" in sys.argv else tasks()
    print("Milliseconds per replicate; one thread. `median`: of the first free loading.")
    print(
        f"{'':38}{'here':>8}{'of':>6}{'failed':>8}{'median':>9}{'lavaan':>10}{'of':>5}{'median':>9}"
        f"{'ratio':>8}"
    )
    version = ""
    for task in chosen:
        seconds, failed, median = ours(task)
        line = f"{task.title:38}{1e3 * seconds:8.2f}{task.replicates:6}{failed:8}{median:9.3f}"
        theirs = lavaan(task)
        if theirs:
            version, other, their_median = theirs
            line += f"{1e3 * other:10.1f}{task.theirs:5}{their_median:9.3f}{other / seconds:8.0f}"
        print(line, flush=True)
    print(f"lavaan {version}, numpy {np.__version__}, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
