"""How time and memory grow with respondents, from a CSV file to sufficient statistics.

10^4, 10^5 and 10^6 respondents with 60 items, a department of ten and a code: `survey import`
(reading, checking, storing), the stored responses laid out as a table, the moments that an ordinary
fit needs, `survey screen` with its files, and `survey analyze --quick`. Answers follow a factor of
each construct and each facet, in 20,000 patterns. Every step has a process of its own that does
everything itself, so that its peak memory is its own. polars, if it is installed, reads the same
file beside it, as the quickest that such a reading could be. Run as

    python benchmarks/large_files.py [--sizes 10000 ...] [--steps import ...] [--csv FILE]

Seconds on the clock and of the processor: on a busy machine only the latter tell of the program.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from cosyn.instrument.load import load_instrument
from cosyn.study import bundled, create

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.instrument.types import Item

ITEMS = 60
SIZES = (10_000, 100_000, 1_000_000)
PATTERNS = 20_000
STEPS = {
    "import": """
from pathlib import Path
from cosyn.workflow.importing import import_
import_(Path("study"), Path("answers.csv"), max_mb=10_000)
""",
    "table": """
from pathlib import Path
from cosyn import store
from cosyn.responses import response_table
submissions = store.read(Path("study/data/responses.sqlite")).submissions
table = response_table(submissions, list(submissions.answers), simulated=False)
assert table.matrix.shape[1] == 60
""",
    "moments": """
from pathlib import Path
import numpy as np
from cosyn import store
from cosyn.engine.rows import slices
from cosyn.engine.sufficient import moments_of
from cosyn.responses import response_table
submissions = store.read(Path("study/data/responses.sqlite")).submissions
total = None
for rows in slices(len(submissions)):
    table = response_table(submissions[rows], list(submissions.answers), simulated=False)
    found = moments_of(table.values[~np.isnan(table.values).any(axis=1)])
    total = found if total is None else total + found
assert total.cov.shape == (60, 60)
""",
    "screen": """
from pathlib import Path
from cosyn.workflow.screening import screen
screen(Path("study"))
""",
    "analyze": """
from pathlib import Path
from cosyn.workflow import analyze
analyze(Path("study"), hurried=True, cache=False)
""",
    "polars": """
import polars
polars.read_csv("answers.csv", infer_schema=False)
""",
}


def main() -> None:
    """Print a row for each size and step, and append it to a file of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS))
    parser.add_argument("--csv", type=Path, help="a file that rows are added to")
    chosen = parser.parse_args()
    print("| respondents | file | step | seconds | of the processor | peak memory |")
    print("|---:|---:|---|---:|---:|---:|")
    for n in chosen.sizes:
        folder = Path(tempfile.mkdtemp())
        try:
            megabytes = write(folder, n)
            for step in dict.fromkeys(("import", *chosen.steps)):
                if step == "polars" and find_spec("polars") is None:
                    continue
                found = measured(STEPS[step], folder)
                seconds, processor, peak = found
                row = f"| {n:,} | {megabytes:.0f} MB | {step} | {seconds:.1f} | {processor:.1f} |"
                print(f"{row} {peak:.0f} MB |", flush=True)
                if chosen.csv:
                    added(chosen.csv, [n, step, *(round(each, 1) for each in found)])
        finally:
            shutil.rmtree(folder)


def added(path: Path, row: list[object]) -> None:
    """Add a row to a file of results."""
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if is_new:
            writer.writerow(("respondents", "step", "seconds", "processor_seconds", "peak_mb"))
        writer.writerow(row)


def write(folder: Path, n: int) -> float:
    """Make a study and a file of so many answers; return its size in MB."""
    create(folder / "study")
    instrument = load_instrument(bundled() / "instrument")
    rated = [i for i in instrument.items if instrument.response_format(i).kind == "options"][:ITEMS]
    draw = random.Random(n)  # noqa: S311 - no secret
    options = [[o.code for o in instrument.response_format(item).options] for item in rated]
    pool = [answers(draw, rated, options) for _ in range(PATTERNS)]
    path = folder / "answers.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(",".join(("respondent", "department", *(i.id for i in rated))) + "\n")
        for row in range(n):
            stream.write(f"R{row},D{row % (n // 10)},{draw.choice(pool)}\n")
    return path.stat().st_size / 1e6


def answers(draw: random.Random, items: Sequence[Item], options: list[list[int]]) -> str:
    """One respondent's answers, as factors of constructs and facets give them; some are missing."""
    overall: dict[str, float] = {}
    cells = []
    for item, codes in zip(items, options, strict=True):
        for factor in (item.construct, item.facet):
            overall.setdefault(factor, draw.gauss(0, 1))
        trait = 0.7 * overall[item.construct] + 0.4 * overall[item.facet] + draw.gauss(0, 0.6)
        step = round((len(codes) - 1) * (0.5 + (-trait if item.reverse else trait) / 4))
        code = codes[min(max(step, 0), len(codes) - 1)]
        cells.append(draw.choices((str(code), "98", ""), (98, 1, 1))[0])
    return ",".join(cells)


def measured(script: str, folder: Path) -> tuple[float, float, float]:
    """Seconds, seconds of the processor, and MB (10^6 bytes) of a script in its own process."""
    report = (
        "import json, resource, time\nstarted = time.perf_counter()\n"
        f"{script}\n"
        "used = [resource.getrusage(who) for who in"
        " (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]\n"
        "print(json.dumps([time.perf_counter() - started,"
        " sum(each.ru_utime + each.ru_stime for each in used),"
        " used[0].ru_maxrss * 1024 / 1e6]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", report], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    seconds, processor, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, processor, peak


if __name__ == "__main__":
    main()
