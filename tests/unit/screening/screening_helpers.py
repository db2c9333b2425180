"""A small instrument of seven-point items in facets, and tables of answers to it."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cosyn.instrument.types import (
    Construct,
    Facet,
    Form,
    Instrument,
    Item,
    Missing,
    Option,
    Page,
    ResponseFormat,
)
from cosyn.plan import load_plan
from cosyn.responses import MISSING_ORDER, ResponseTable
from cosyn.screening import RULES, Sheet, Verdict, sheet_of
from cosyn.study import bundled
from cosyn.thresholds import Screening

WORDS = {"en": "x", "zh-Hans": "x"}


def points(highest: int) -> ResponseFormat:
    options = tuple(Option(code, WORDS) for code in range(1, highest + 1))
    return ResponseFormat("points", "options", options, (), 1, highest)


def instrument_of(
    facets: Sequence[int],
    *,
    reverse: Sequence[int] = (),
    check: bool = False,
    constructs: int = 1,
    highest: int = 7,
) -> Instrument:
    """So many items in each facet, named I0, I1 ...; facets dealt out to constructs in turn."""
    items, count = [], 0
    for number, size in enumerate(facets):
        for _ in range(size):
            items.append(
                item(f"I{count}", f"C{number % constructs}", f"F{number}", count in reverse)
            )
            count += 1
    named = [
        Construct(
            f"C{c}",
            WORDS,
            tuple(Facet(f"F{k}", WORDS) for k in range(c, len(facets), constructs)),
            {},
        )
        for c in range(constructs)
    ]
    if check:
        items.append(item("AT", "AT", "ATI", reverse=False, expected=2))
        named.append(Construct("AT", WORDS, (Facet("ATI", WORDS),), {}, measurement="single"))
    return Instrument(
        id="x", version="1", title=WORDS, languages=("en", "zh-Hans"), introduction={}, closing={},
        placeholders={}, constructs=tuple(named), items=tuple(items),
        response_formats=(points(highest),),
        pages=(Page("p", WORDS, {}, tuple(i.id for i in items)),),
        forms=(Form("f", WORDS, "all", tuple(c.id for c in named)),), default_form="f", digest="d",
    )  # fmt: skip


def item(name: str, construct: str, facet: str, reverse: bool, expected: int | None = None) -> Item:
    return Item(
        name, construct, facet, WORDS, "points", short=True, reverse=reverse, dont_know=True,
        attributes={}, expected=expected,
    )  # fmt: skip


def table_of(
    values: NDArray[np.float64],
    items: Sequence[str],
    *,
    departments: Sequence[str] | None = None,
    seconds: Sequence[float] | NDArray[np.float64] | None = None,
    gap: Missing = Missing.NOT_ANSWERED,
) -> ResponseTable:
    n = len(values)
    return ResponseTable(
        items=tuple(items),
        matrix=np.asarray(values, float).reshape(n, len(items)),
        missing=np.where(np.isnan(values), MISSING_ORDER.index(gap), 0).astype(np.int8).reshape(n, len(items)),
        submissions=tuple(str(i) for i in range(n)),
        departments=tuple(departments) if departments is not None else ("D1",) * n,
        waves=("",) * n, languages=("en",) * n, respondents=("",) * n, forms=("f",) * n, orders=("",) * n,
        seconds=np.full(n, np.nan) if seconds is None else np.asarray(seconds, float),
        simulated=True,
    )  # fmt: skip


def sheet(
    values: NDArray[np.float64], instrument: Instrument, *, frame: Sequence[str] | None = None,
    minimum_answered: int = 2, **known: object,
) -> Sheet:  # fmt: skip
    table = table_of(values, [i.id for i in instrument.items], **known)  # type: ignore[arg-type]
    return sheet_of(table, instrument, minimum_answered, frame)


@functools.cache
def rules() -> Screening:
    found = load_plan(bundled() / "analysis").screening
    assert found
    return found


def judge(name: str, on: Sheet, **thresholds: object) -> Verdict:
    """Apply a rule by the default thresholds, some of them replaced."""
    entry = rules().applied()[name].model_copy(update=thresholds)
    return RULES[name].run(on, entry)
