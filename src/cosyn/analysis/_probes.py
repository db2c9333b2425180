"""Which way each block pushes, by the answers to its direction probe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.proportion import wilson_interval
from cosyn.findings import Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.analysis._types import Context
    from cosyn.instrument.types import Item
    from cosyn.plan import ProbeRule
    from cosyn.responses import ResponseTable

NAME = "items"
NOT_ASKED = "the form asks no direction probe"
NOBODY = "no answers"
NO_DIRECTION = "no answer has a direction"
WILSON = "Wilson 1927"


def probe_findings(context: Context, rule: ProbeRule) -> Iterator[Finding]:
    """Shares for and against of each probe that was asked, and what they settle by the plan's rule.

    Whether a block drives or restrains is settled by the answers off the middle alone.
    """
    table = context.table if context.asked is None else context.asked
    asked = (context.instrument.item(name) for name in table.items)
    probes = [item for item in asked if rule.select.items() <= dict(item.attributes).items()]
    if not probes:
        yield Finding(NAME, Statistic.DIRECTION, ("probes",), reason=NOT_ASKED)
    for item in probes:
        yield from _probe(context, table, item, rule.directed.at_least)


def _probe(context: Context, table: ResponseTable, item: Item, least: float) -> Iterator[Finding]:
    response_format = context.instrument.response_format(item)
    middle = (response_format.minimum + response_format.maximum) / 2
    codes = table.columns([item.id])[:, 0]
    codes = codes[~np.isnan(codes)]
    n, towards, against = len(codes), int((codes > middle).sum()), int((codes < middle).sum())
    level = context.plan.plan.confidence
    for statistic, count, of in (
        (Statistic.TOWARDS, towards, n),
        (Statistic.AGAINST, against, n),
        (Statistic.TOWARDS_DIRECTED, towards, towards + against),
    ):
        ends = wilson_interval(count, of, level)
        if ends is None:
            reason = NOBODY if not n else NO_DIRECTION
            yield Finding(NAME, statistic, (item.id,), reason=reason, n=of)
            continue
        yield Finding(
            NAME,
            statistic,
            (item.id,),
            count / of,
            low=ends[0],
            high=ends[1],
            level=level,
            n=of,
            method=WILSON,
        )
    directed = towards + against
    if not directed:
        reason = NOBODY if not n else NO_DIRECTION
        yield Finding(NAME, Statistic.DIRECTION, (item.id,), reason=reason, n=n)
        return
    label = decide_direction(towards / directed, least)
    yield Finding(NAME, Statistic.DIRECTION, (item.id,), label=label, n=directed)


def decide_direction(towards: float, least: float) -> str:
    """Decide by the share of the answers with a direction that point towards the outcome.

    Returns
    -------
    str
        ``drive`` or ``restrain`` if a share of `least` or more points that way, else ``mixed``.
    """
    if towards >= least:
        return "drive"
    return "restrain" if 1 - towards >= least else "mixed"
