"""How long `survey data` takes to write 20,000 answers to 60 items, a format at a time.

No peer does the same job; the figures are there to be compared with those of an earlier version.
Reading the store and starting Python are not in them. Run as

    python benchmarks/datasets.py [RESPONDENTS [ITEMS]]

Seconds on the clock, on an idle machine; the best of three.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cosyn.datasets import DATASETS, delivery
from cosyn.errors import ExtraError
from cosyn.instrument.load import load_instrument
from cosyn.responses import MISSING_ORDER, ResponseTable
from cosyn.study import bundled

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.datasets import Delivery
    from cosyn.instrument.types import Instrument

T = TypeVar("T")
SEED = 20251123


def main() -> int:
    given = [int(word) for word in sys.argv[1:3]]
    n, p = [*given, *(20_000, 60)[len(given) :]]
    instrument = load_instrument(bundled() / "instrument")
    table = answers(instrument, n, p)
    best, made = timed(lambda: delivery(instrument, table, "en", {"instrument": instrument.id}))
    print(f"{n:,} respondents, {p} items; laid out in {best:.2f} s")
    for name in DATASETS.names():
        print(line(name, made))
    return 0


def line(name: str, made: Delivery) -> str:
    entry = DATASETS[name]
    try:
        best, written = timed(lambda: entry.write(made))
    except ExtraError as absent:
        return f"{name:8} {absent.what}"
    size = sum(map(len, written.files.values()))
    return f"{name:8} {best:6.2f} s  {size / 1e6:6.1f} MB"


def answers(instrument: Instrument, n: int, p: int) -> ResponseTable:
    """Answers of seven options, a tenth of them missing for any reason."""
    rng = np.random.default_rng(SEED)
    scales = [item.id for item in instrument.items if item.response_format == "fit7"][:p]
    missing = np.where(rng.random((n, p)) < 0.1, rng.integers(1, len(MISSING_ORDER), (n, p)), 0)
    values = np.where(missing == 0, rng.integers(1, 8, (n, p)), np.nan)
    empty = ("",) * n
    return ResponseTable(
        items=tuple(scales),
        matrix=values,
        missing=missing.astype(np.int8),
        submissions=tuple(f"{i:016x}" for i in range(n)),
        departments=tuple(f"D{i // 15:04}" for i in range(n)),
        waves=("2026",) * n,
        languages=("zh-Hans",) * n,
        respondents=empty,
        forms=("long",) * n,
        orders=empty,
        seconds=rng.gamma(4.0, 200.0, n).round(1),
        simulated=True,
    )


def timed(work: Callable[[], T]) -> tuple[float, T]:
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
    return min(seconds), result


if __name__ == "__main__":
    sys.exit(main())
