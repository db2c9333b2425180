"""Reliability of each facet and construct: omega first, alpha beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._group_reliability import GroupedScale, by_group
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine import reliability as engine
from cosyn.engine.correlation import fisher_interval
from cosyn.engine.estimation import fit_sem
from cosyn.engine.inference import wald
from cosyn.engine.moments import sample_moments
from cosyn.engine.omega import omega
from cosyn.engine.partable import parameter_table
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Statistic, Warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

NAME = "reliability"
TOO_FEW = "too few complete answers"
_row = partial(Finding, NAME)


@dataclass(frozen=True, slots=True)
class Scale:
    """Items scored together: a facet's or a construct's, keyed, complete rows only.

    Attributes
    ----------
    values : ndarray, shape (n, k)
    """

    id: str
    items: tuple[str, ...]
    values: NDArray[np.float64]
    level: float

    @property
    def n(self) -> int:
        """Respondents."""
        return len(self.values)


def run(context: Context) -> Outcome:
    """Compute the reliability of every scale of at least two items, of all and in groups."""
    rows = reliabilities(context)
    warnings = tuple(_warnings(context, rows))
    rules = context.plan.plan.reliability
    if rules is not None:
        level = context.plan.plan.confidence
        scales = [
            GroupedScale(name, ids, partial(_of_group, name, ids, level))
            for name, ids in _members(context).items()
        ]
        rows += by_group(context, rules, scales)
    return Outcome(tuple(rows), warnings)


def reliabilities(context: Context) -> list[Finding]:
    """Reliability and items of every scale, of all respondents."""
    rows: list[Finding] = []
    for scale in _scales(context):
        rows += _coefficients(scale)
        rows += _items(scale)
    return rows


def _coefficients(scale: Scale) -> Iterator[Finding]:
    yield from _alpha(scale)
    yield from _pair(scale) if len(scale.items) == 2 else _omega(scale)


def _of_group(
    name: str, items: tuple[str, ...], level: float, values: NDArray[np.float64]
) -> Iterator[Finding]:
    yield from _coefficients(Scale(name, items, values, level))


def _members(context: Context) -> dict[str, tuple[str, ...]]:
    """Facets, then constructs that are more than one facet, with two items or more."""
    items = [context.instrument.item(name) for name in context.table.items]
    members: dict[str, list[str]] = {}
    for facet in context.instrument.facets():
        members[facet.id] = [item.id for item in items if item.facet == facet.id]
    for construct in context.instrument.constructs:
        mine = [item.id for item in items if item.construct == construct.id]
        if mine not in members.values():
            members[construct.id] = mine
    return {name: tuple(ids) for name, ids in members.items() if len(ids) >= 2}


def _scales(context: Context) -> Iterator[Scale]:
    """Every scale with its complete answers."""
    for name, ids in _members(context).items():
        chosen = context.items.complete(ids)
        yield Scale(name, chosen.names, chosen.values, context.plan.plan.confidence)
        del chosen  # of a million respondents it would not fit beside the next


def _obstacle(scale: Scale) -> str:
    if scale.n < 3:
        return TOO_FEW
    constant = np.ptp(scale.values, axis=0) == 0
    if constant.any():
        names = [name for name, c in zip(scale.items, constant, strict=True) if c]
        return f"{', '.join(names)} does not vary"
    S = np.cov(scale.values, rowvar=False)
    # Where the sum score does not vary, alpha divides by nothing.
    return "" if S.sum() > 1e-12 * np.trace(S) else "the sum of the items does not vary"


def _alpha(scale: Scale) -> Iterator[Finding]:
    """Cronbach's (1951) alpha with the interval of Feldt (1965), by pingouin."""
    reason = _obstacle(scale)
    if reason:
        yield _row(Statistic.ALPHA, (scale.id,), reason=reason, n=scale.n)
        return
    import pandas as pd  # noqa: PLC0415 - slow to import, and not needed where this is known
    import pingouin  # noqa: PLC0415 - the same

    frame = pd.DataFrame(scale.values, columns=list(scale.items), copy=False)
    # Every answer is there; "listwise" would copy them to drop none.
    value, (low, high) = pingouin.cronbach_alpha(frame, ci=scale.level, nan_policy="pairwise")
    yield _row(
        Statistic.ALPHA,
        (scale.id,),
        float(value),
        low=float(low),
        high=float(high),
        level=scale.level,
        n=scale.n,
        method="Cronbach 1951; interval Feldt 1965",
    )


def _omega(scale: Scale) -> Iterator[Finding]:
    """McDonald's (1999) omega of a one-factor model, over the implied and the observed variance."""
    syntax = f"F__ =~ {' + '.join(scale.items)}"
    try:
        table = parameter_table(parse(syntax), scale.items)
        fit = fit_sem(table, (sample_moments(scale.values, scale.items),))
        found = omega(fit)
    except IdentificationError as error:
        for statistic in (Statistic.OMEGA, Statistic.OMEGA_OBSERVED):
            yield _row(statistic, (scale.id,), reason=error.what, n=scale.n)
        return
    test = wald(found.implied, found.standard_error, scale.level) if found.implied else None
    yield _row(
        Statistic.OMEGA,
        (scale.id,),
        found.implied,
        reason="" if found.implied is not None else found.reason or "not defined",
        se=found.standard_error,
        low=test.lower if test else None,
        high=test.upper if test else None,
        level=scale.level if test else None,
        n=scale.n,
        method="one-factor model, ML; over the implied variance",
    )
    yield _row(
        Statistic.OMEGA_OBSERVED,
        (scale.id,),
        found.observed,
        reason="" if found.observed is not None else found.reason or "not defined",
        n=scale.n,
        method="one-factor model, ML; over the observed variance",
    )


def _pair(scale: Scale) -> Iterator[Finding]:
    """Reliability of two items (Eisinga, te Grotenhuis & Pelzer 2013)."""
    yield _row(Statistic.OMEGA, (scale.id,), reason="two items", n=scale.n)
    reason = _obstacle(scale)
    if reason:
        yield _row(Statistic.SPEARMAN_BROWN, (scale.id,), reason=reason, n=scale.n)
        return
    r = float(np.atleast_2d(np.corrcoef(scale.values, rowvar=False))[0, 1])
    value = engine.spearman_brown(r)
    low, high = fisher_interval(r, scale.n, scale.level) or (None, None)
    ends = [engine.spearman_brown(end) if end is not None else None for end in (low, high)]
    yield _row(
        Statistic.SPEARMAN_BROWN,
        (scale.id,),
        value,
        reason="" if value is not None else "not defined",
        low=ends[0],
        high=ends[1],
        level=scale.level if None not in ends else None,
        n=scale.n,
        method="Eisinga et al. 2013; Fisher's z",
    )


def _items(scale: Scale) -> Iterator[Finding]:
    if _obstacle(scale):
        return
    S = np.cov(scale.values, rowvar=False)
    for item, r in zip(scale.items, engine.item_rest_correlations(S), strict=True):
        interval = fisher_interval(r, scale.n, scale.level) if r is not None else None
        yield _with_interval(scale, Statistic.ITEM_REST, item, r, interval)
    if len(scale.items) < 3:
        return
    for item, alpha in zip(scale.items, engine.alpha_if_deleted(S), strict=True):
        left = len(scale.items) - 1
        interval = (
            engine.alpha_interval(alpha, scale.n, left, scale.level) if alpha is not None else None
        )
        yield _with_interval(scale, Statistic.ALPHA_IF_DELETED, item, alpha, interval)


def _with_interval(
    scale: Scale,
    statistic: Statistic,
    item: str,
    value: float | None,
    interval: tuple[float, float] | None,
) -> Finding:
    low, high = interval or (None, None)
    return _row(
        statistic,
        (scale.id, item),
        value,
        reason="" if value is not None else "not defined",
        low=low,
        high=high,
        level=scale.level if interval else None,
        n=scale.n,
    )


def _warnings(context: Context, rows: Sequence[Finding]) -> Iterator[Warned]:
    against = [
        row.subject[1]
        for row in rows
        if row.statistic == Statistic.ITEM_REST and row.value is not None and row.value < 0
    ]
    if against:
        yield Warned(NAME, "negative_item_rest", {"items": ", ".join(dict.fromkeys(against))})
    for convention in context.plan.plan.conventions:
        if convention.statistic not in {Statistic.OMEGA, Statistic.ALPHA}:
            continue
        least = convention.at_least
        below = [
            row.subject[0]
            for row in rows
            if row.statistic == convention.statistic
            and row.value is not None
            and least is not None
            and row.value < least
        ]
        if below:
            values = {
                "statistic": convention.statistic,
                "subjects": ", ".join(below),
                "value": f"{least:g}",
                "source": convention.source,
            }
            yield Warned(NAME, "below_convention", values)


ANALYSIS = Analysis(NAME, run, reads=("reliability", "conventions"), after=())
