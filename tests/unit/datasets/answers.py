"""A small table of answers with every reason, and data sets of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cosyn.datasets import Delivery, delivery
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument, Missing
from cosyn.responses import MISSING_ORDER, ResponseTable
from cosyn.study import bundled

ITEMS = ("IPG1", "IPG2", "BGRANK", "BGTENURE")
HOSTILE = (
    '"a"',
    "=1+1",
    "a,b;c\td",
    "line\nbreak",
    "😀",
    "\u200fעברית",
    "@x",
    "-1",
    "'",
    "",
    "部门",
)
IDENTITY = {"instrument": "i", "version": "2.0.0", "digest": "d" * 64, "seed": "1"}


def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


def table(form: str = "core-40", *, simulated: bool = False) -> ResponseTable:
    """As many rows as hostile texts; each reason at least once."""
    n, p = len(HOSTILE), len(ITEMS)
    missing = np.arange(n * p).reshape(n, p) % len(MISSING_ORDER)
    values = np.where(missing == 0, 1.0 + np.arange(n * p).reshape(n, p) % 2, np.nan)
    texts = tuple(HOSTILE)
    return ResponseTable(
        items=ITEMS,
        matrix=values,
        missing=missing.astype(np.int8),
        submissions=tuple(f"s{i}" for i in range(n)),
        departments=texts,
        waves=("2026",) * n,
        languages=("en",) * n,
        respondents=("",) * n,
        forms=(form,) * n,
        orders=("",) * n,
        seconds=np.array([12.5, *[np.nan] * (n - 1)]),
        simulated=simulated,
    )


def delivered(language: str = "en") -> Delivery:
    return delivery(instrument(), table(), language, IDENTITY)


def reasons(missing: np.ndarray) -> list[list[Missing]]:
    return [[MISSING_ORDER[code] for code in row] for row in missing.tolist()]


def mixed() -> ResponseTable:
    """Half of the rows answered a form with other response formats."""
    own = instrument()
    other = next(form.id for form in own.forms if form.response_formats)
    made = table()
    half = made.n // 2
    return replace(made, forms=("core-40",) * half + (other,) * (made.n - half))
