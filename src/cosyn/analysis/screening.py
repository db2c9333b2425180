"""Careless respondents: flags by rule, how far the rules agree, and what excluding them changes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._exclusion import ALL, KEPT, key_statistics
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.findings import Finding, Statistic, Warned
from cosyn.screening import Screened, screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.thresholds import Screening

__all__ = ["ALL", "ANALYSIS", "KEPT", "found", "run"]

NAME = "screening"
NO_RULES = "the study has no rules of screening"
MANY_EXCLUDED = 0.10
"""Meade & Craig (2012) and Curran (2016) find 10 to 12 % careless respondents in usual samples."""
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Apply the rules of ``screening.yaml``; all other steps go on with all respondents."""
    rules = context.plan.screening
    if rules is None:
        return Outcome((_row(Statistic.COUNT, ("excluded",), reason=NO_RULES),))
    table = context.table if context.asked is None else context.asked
    screened = screen(table, context.instrument, rules, context.frame, context.progress)
    rows = found(context, screened, rules)
    return Outcome(tuple(rows), tuple(_warnings(screened, table.n)))


def found(
    context: Context, screened: Screened, rules: Screening, *, models: bool = True
) -> list[Finding]:
    """What was screened as findings, and key statistics with and without those excluded.

    Parameters
    ----------
    models : bool
        Whether models are among the key statistics.
    """
    rows = [*_rules(screened), *_agreement(screened), *_exclusion(screened, rules)]
    excluded, n = int(screened.excluded.sum()), len(screened.excluded)
    if 0 < excluded < n:
        for chosen, variant in ((np.ones(n, bool), ALL), (~screened.excluded, KEPT)):
            context.progress(f"{NAME} statistics of {variant}")
            rows += key_statistics(context, chosen, variant, NAME, models=models)
    return rows


def _rules(screened: Screened) -> Iterator[Finding]:
    """Flags, their share and the threshold of each rule; a label says whether it counts."""
    for name, verdict in screened.verdicts.items():
        label = "counts" if name in screened.counted else "reported"
        reason, judged = verdict.reason, verdict.judged
        if not reason and not judged:
            reason = verdict.commonest_reason() if len(verdict.why) else "no respondents"
        flagged = int(verdict.flag.sum())
        known = not reason
        yield _row(Statistic.FLAGGED, (name,), flagged if known else None, label, reason, n=judged)
        share = flagged / judged if known else None
        yield _row(Statistic.FLAGGED_SHARE, (name,), share, reason=reason, n=judged)
        if verdict.threshold is not None:
            yield _row(Statistic.THRESHOLD, (name,), float(verdict.threshold))


def _agreement(screened: Screened) -> Iterator[Finding]:
    for pair in screened.agreement():
        subject, undefined = (pair.first, pair.second), "one rule flags nobody or everybody"
        yield _row(Statistic.FLAGGED_BOTH, subject, pair.both, n=pair.n)
        for statistic, value in ((Statistic.PHI, pair.phi), (Statistic.KAPPA, pair.kappa)):
            reason = "" if value is not None else undefined
            yield _row(statistic, subject, value, reason=reason, n=pair.n)


def _exclusion(screened: Screened, rules: Screening) -> Iterator[Finding]:
    n = len(screened.flags)
    for flags in range(len(screened.counted) + 1):
        count = int((screened.flags == flags).sum())
        yield _row(Statistic.COUNT, ("flags", str(flags)), count, n=n)
    excluded = int(screened.excluded.sum())
    yield _row(Statistic.THRESHOLD, ("flags",), rules.flags)
    yield _row(Statistic.COUNT, ("excluded",), excluded, n=n)


def _warnings(screened: Screened, n: int) -> Iterator[Warned]:
    excluded = int(screened.excluded.sum())
    if n and excluded == n:
        yield Warned(NAME, "all_excluded")
    elif n and excluded / n > MANY_EXCLUDED:
        yield Warned(NAME, "many_careless", {"share": f"{100 * excluded / n:.0f}"})
    idle = [name for name in screened.counted if screened.verdicts[name].reason]
    if idle:
        yield Warned(NAME, "rules_not_applied", {"rules": ", ".join(idle)})


ANALYSIS = Analysis(
    NAME, run, reads=("screening", "measurement", "structure", "conventions"), after=()
)
