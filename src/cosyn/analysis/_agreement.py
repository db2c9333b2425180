"""How far members of departments agree, summed up over departments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.agreement import agreement
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.analysis._types import Context
    from cosyn.engine.agreement import Agreement
    from cosyn.engine.nulls import Null
    from cosyn.plan import Departments

NAME = "departments"
NULLS: tuple[Null, ...] = ("uniform", "slight", "moderate")
MIXED = "items of different response formats"
NO_PAIRS = "fewer than two departments with two respondents who answered all items"
_ALL = Statistic.RWG_MEAN, Statistic.RWG_MEDIAN, Statistic.RWG_SHARE


def agreement_findings(
    context: Context, name: str, items: Sequence[str], rules: Departments
) -> Iterator[Finding]:
    """r_wg(j) under three nulls and AD of some items taken as parallel.

    Departments with two respondents or more count; where fewer than two do, a summary would be
    one department's value, and there is none.
    """
    asked = [context.instrument.item(item) for item in items]
    if len({item.response_format for item in asked}) != 1:
        yield from _nothing(name, NULLS, MIXED)
        yield from _no_deviation(name, MIXED)
        return
    response_format = context.instrument.response_format(asked[0])
    scale = int(response_format.minimum), int(response_format.maximum)
    X = context.items.columns(items)
    for null in NULLS:
        try:
            found = agreement(X, context.table.departments, scale, null=null)
        except IdentificationError as error:
            yield from _nothing(name, (null,), error.what)
            continue
        yield from _summary(name, found, rules)
        if null == "uniform":
            yield from _deviation(name, found)


def pseudo_agreement(rows: Sequence[Finding], rules: Departments) -> list[str]:
    """Scores on which members agree although departments hardly differ (Woehr et al. 2015).

    The median r_wg(j) under the uniform null reaches the least agreement, but ICC(1) is lower
    than that of departments that differ.
    """
    icc = {row.subject[0]: row.value for row in rows if row.statistic == Statistic.ICC1}
    found = []
    for row in rows:
        if row.statistic != Statistic.RWG_MEDIAN or row.subject[1:] != ("uniform",):
            continue
        shared = icc.get(row.subject[0])
        agreed = row.value is not None and row.value >= rules.agreement.at_least
        if agreed and shared is not None and shared < rules.distinct.at_least:
            found.append(row.subject[0])
    return found


def _summary(name: str, found: Agreement, rules: Departments) -> Iterator[Finding]:
    values = found.values("rwg")
    if len(values) < 2:
        yield from _nothing(name, (found.null,), NO_PAIRS)
        return
    least = rules.agreement.at_least
    share = float(np.mean(values >= least))
    numbers = float(values.mean()), float(np.median(values)), share
    for statistic, value in zip(_ALL, numbers, strict=True):
        yield Finding(NAME, statistic, (name, found.null), value)
    reset = sum(group.reset for group in found.everyone)
    yield Finding(NAME, Statistic.COUNT, (name, found.null, "reset"), reset)


def _deviation(name: str, found: Agreement) -> Iterator[Finding]:
    values = found.values("ad_mean")
    if len(values) < 2:
        yield from _no_deviation(name, NO_PAIRS)
        return
    share = float(np.mean(values <= found.ad_limit))
    method = f"agreement up to {found.ad_limit:.3f} (Burke & Dunlap 2002)"
    yield Finding(NAME, Statistic.COUNT, (name, "judged"), len(values))
    yield Finding(NAME, Statistic.AD_MEAN, (name,), float(values.mean()))
    yield Finding(NAME, Statistic.AD_SHARE, (name,), share, method=method)


def _nothing(name: str, nulls: Sequence[str], reason: str) -> Iterator[Finding]:
    for null in nulls:
        for statistic in _ALL:
            yield Finding(NAME, statistic, (name, null), reason=reason)


def _no_deviation(name: str, reason: str) -> Iterator[Finding]:
    for statistic in (Statistic.AD_MEAN, Statistic.AD_SHARE):
        yield Finding(NAME, statistic, (name,), reason=reason)
