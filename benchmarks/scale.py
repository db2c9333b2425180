"""How time and memory grow with respondents and with items, beside lavaan; one thread each.

Items of five categories and correlated factors; every fit with standard errors, test, baseline
and fit measures. First 40 items, five factors and a thousand to a million respondents, held in a
data frame or read in blocks from a file; then a thousand respondents and 10 to 100 items, ten a
factor. Every fit has a process of its own, so that its peak memory is its own; seconds are those
of one fit, without drawing or reading what a data frame holds. Run as

    python benchmarks/scale.py [--quick]

``--quick`` stops at 100,000 respondents and 40 items and leaves lavaan out beyond 10,000. lavaan
is given up for all larger sizes once it takes too long or too much memory; without R it is left
out.
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is loaded

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cosyn.engine import cfa

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED, BLOCK = 20251123, 65_536
MINUTES, GIGABYTES = 5.0, 4
ESTIMATORS: dict[str, tuple[dict[str, Any], str]] = {
    "ML": ({}, "cfa(model, data)"),
    "MLR": ({"estimator": "MLR"}, 'cfa(model, data, estimator = "MLR")'),
    "WLSMV": ({"ordered": True}, "cfa(model, data, ordered = TRUE)"),
    "FIML": ({"missing": "fiml"}, 'cfa(model, data, missing = "fiml")'),
}
SCRIPT = """
suppressMessages(library(lavaan)); model <- %s
data <- readBin("answers.bin", "double", %d)
data <- as.data.frame(matrix(data, ncol = %d, byrow = TRUE)); names(data) <- %s
seconds <- system.time({ fit <- suppressWarnings(%s); m <- fitMeasures(fit) })[["elapsed"]]
cat(seconds, sprintf("%%.6f", m[["chisq"]]))
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How many respondents, factors, and items a factor."""

    rows: int
    factors: int
    each: int

    @property
    def names(self) -> list[str]:
        """Names of the items."""
        return [f"x{k}" for k in range(1, self.factors * self.each + 1)]

    @property
    def model(self) -> str:
        """Each item loads on one factor."""
        parts = np.array(self.names).reshape(self.factors, self.each)
        return "\n".join(f"f{k} =~ {' + '.join(part)}" for k, part in enumerate(parts, 1))


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, megabytes at the peak of the process, chi-square."""

    seconds: float
    megabytes: float
    chisq: float


def draw(size: Size, *, gaps: float = 0.0) -> Iterator[np.ndarray]:
    """Blocks of answers on five points to items with loadings between .5 and .8."""
    rng = np.random.default_rng(SEED)
    Phi = np.full((size.factors, size.factors), 0.3) + 0.7 * np.eye(size.factors)
    loadings = rng.uniform(0.5, 0.8, len(size.names))
    for start in range(0, size.rows, BLOCK):
        n = min(BLOCK, size.rows - start)
        factors = rng.standard_normal((n, size.factors)) @ np.linalg.cholesky(Phi).T
        noise = rng.standard_normal((n, len(loadings))) * np.sqrt(1 - loadings**2)
        latent = factors.repeat(size.each, axis=1) * loadings + noise
        X = np.digitize(latent, [-1.5, -0.5, 0.5, 1.5]) + 1.0
        X[rng.random(X.shape) < gaps] = np.nan
        yield X


def frame_of(size: Size, gaps: float) -> pd.DataFrame:
    """All of them, each column in one piece, as files are read."""
    columns = np.empty((len(size.names), size.rows))
    start = 0
    for block in draw(size, gaps=gaps):
        columns[:, start : start + len(block)] = block.T
        start += len(block)
    return pd.DataFrame(columns.T, columns=size.names, copy=False)


def from_file(path: Path, size: Size) -> Iterator[pd.DataFrame]:
    """The same from a file of numbers, row by row, a block at a time."""
    width = len(size.names)
    with path.open("rb") as file:
        while len(found := np.fromfile(file, count=BLOCK * width)):
            yield pd.DataFrame(found.reshape(-1, width), columns=size.names)


def here(how: str, task: str, size: Size) -> Cost:
    """Fit in this process, to a frame or to blocks; called in a process of its own."""
    options, _ = ESTIMATORS[task]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "answers.bin")
        data: Any = frame_of(size, 0.1 if task == "FIML" else 0.0) if how == "frame" else None
        if how == "blocks":
            with path.open("wb") as file:
                for block in draw(size):
                    block.tofile(file)
            data = lambda: from_file(path, size)  # noqa: E731
        cfa(size.model, from_small(size), **options)  # what is loaded once
        start = time.perf_counter()
        fit = cfa(size.model, data, **options)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(seconds, peak, fit.fit_measures["chisq"])


def from_small(size: Size) -> pd.DataFrame:
    """Answers of few respondents to as many items."""
    return frame_of(Size(max(300, 3 * len(size.names)), size.factors, size.each), 0.0)


def lavaan(task: str, size: Size) -> Cost:
    """Fit by lavaan, within the limits of time and memory; called in a process of its own."""
    script = SCRIPT % (
        json.dumps(size.model),
        size.rows * len(size.names),
        len(size.names),
        "c(" + ", ".join(json.dumps(name) for name in size.names) + ")",
        ESTIMATORS[task][1],
    )
    with tempfile.TemporaryDirectory() as folder:
        with Path(folder, "answers.bin").open("wb") as file:
            for block in draw(size, gaps=0.1 if task == "FIML" else 0.0):
                block.tofile(file)
        limit = GIGABYTES * 2**30
        done = subprocess.run(
            ["Rscript", "-e", script],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=MINUTES * 60,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
    seconds, chisq = map(float, done.stdout.split())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Cost(seconds, peak, chisq)


def apart(how: str, task: str, size: Size) -> Cost | str:
    """Run one fit in a process of its own; or why there is none."""
    asked = json.dumps([how, task, size.rows, size.factors, size.each])
    done = subprocess.run(
        [sys.executable, __file__, "--one", asked], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return Cost(*json.loads(done.stdout))
    last = (done.stderr.strip().splitlines() or ["failed"])[-1]
    if "TimeoutExpired" in last:
        return f"> {MINUTES:g} min"
    out_of_memory = "CalledProcessError" in last and how == "lavaan"
    return f"> {GIGABYTES} GB" if out_of_memory else last


def one(asked: str) -> None:
    """Answer `apart`."""
    how, task, *numbers = json.loads(asked)
    size = Size(*numbers)
    found = lavaan(task, size) if how == "lavaan" else here(how, task, size)
    print(json.dumps([found.seconds, found.megabytes, found.chisq]))


def shown(found: Cost | str | None) -> str:
    """Seconds and megabytes."""
    if isinstance(found, Cost):
        return f"{found.seconds:11.3f} s{found.megabytes:7.0f} MB"
    return f"{found or '-':>22}"


def ratio(ours: Cost | str, theirs: Cost | str | None) -> str:
    """How many times longer lavaan takes, and whether chi-square is the same."""
    if not (isinstance(ours, Cost) and isinstance(theirs, Cost)):
        return ""
    same = abs(ours.chisq - theirs.chisq) <= 1e-4 * max(1.0, theirs.chisq)
    return f"{theirs.seconds / ours.seconds:7.0f} x{'' if same else '  chi-square differs'}"


def table(tasks: list[str], sizes: list[Size], most: int, *, blocks: bool) -> None:
    """One row a task and size; lavaan up to `most` respondents and until it gives up."""
    print(f"{'':8}{'respondents':>12}{'items':>6}{'here':>22}{'in blocks':>22}{'lavaan':>22}")
    for task in tasks:
        gave_up = shutil.which("Rscript") is None
        for size in sizes:
            ours = apart("frame", task, size)
            split = apart("blocks", task, size) if blocks else None
            theirs = None if gave_up or size.rows > most else apart("lavaan", task, size)
            gave_up = gave_up or isinstance(theirs, str)
            print(
                f"{task:8}{size.rows:12,}{len(size.names):6}"
                f"{shown(ours)}{shown(split)}{shown(theirs)}{ratio(ours, theirs)}",
                flush=True,
            )


def main() -> None:
    """Print both tables."""
    if "--one" in sys.argv:
        one(sys.argv[-1])
        return
    quick = "--quick" in sys.argv
    powers = range(3, 6 if quick else 7)
    rows = [Size(10**k, 5, 8) for k in powers]
    items = [
        Size(1000, max(1, k // 10), 10) for k in ((10, 20, 40) if quick else (10, 20, 40, 70, 100))
    ]
    table(["ML", "MLR", "WLSMV"], rows, 10**4 if quick else 10**6, blocks=True)
    table(["ML", "MLR", "WLSMV", "FIML"], items, 10**6, blocks=False)


if __name__ == "__main__":
    main()
