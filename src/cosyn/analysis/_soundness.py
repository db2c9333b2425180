"""What keeps a hypothesis from being decided: unsound models, and answers at the scale's ends."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from cosyn.findings import Decision, Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cosyn.analysis._types import Context

NO_ESTIMATE = "no such estimate"
NOT_ESTIMATED = "not estimated"
PILED_UP = "answers pile up at an end of the scale, which bends effects"


class Withheld(NamedTuple):
    """Why nothing is decided: no model was tried, or one that matters is not sound."""

    decision: Decision
    reason: str


def withheld(rows: Sequence[Finding], models: Iterable[str]) -> Withheld | None:
    """Say what is wrong with the models that a decision rests on; None if all are sound.

    A claim whose model was never fitted is not tested. One whose model was, but did not converge or
    has an impossible variance, stays undecided: its estimates say nothing, for it or against it.
    """
    models = tuple(models)
    found = None
    statuses = {r.model: r for r in reversed(rows) if r.statistic is Statistic.STATUS}
    for model in models:
        status = statuses.get(model)
        if status is None:
            return Withheld(Decision.NOT_TESTED, NO_ESTIMATE)
        if status.label == NOT_ESTIMATED:
            return Withheld(Decision.NOT_TESTED, status.label)
        if status.label != "ok" and found is None:
            said = (status.label, *status.reason.split("; "), model if len(models) > 1 else "")
            reason = "; ".join(dict.fromkeys(part for part in said if part))
            found = Withheld(Decision.UNDECIDED, reason)
    return found


def piled_up(context: Context, constructs: Iterable[str], least: float) -> bool:
    """Whether a share of `least` or more of a construct's answers is at one end of its scale.

    Mean of the shares of its items, as the step ``items`` found them.
    """
    shares: dict[tuple[str, Statistic], list[float]] = defaultdict(list)
    wanted = set(constructs)
    for row in context.earlier:
        if row.statistic not in {Statistic.CEILING, Statistic.FLOOR} or row.value is None:
            continue
        item = row.subject[0]
        if context.instrument.has_item(item):
            construct = context.instrument.item(item).construct
            if construct in wanted:
                shares[construct, row.statistic].append(row.value)
    return any(fmean(found) >= least for found in shares.values())
