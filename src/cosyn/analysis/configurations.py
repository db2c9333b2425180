"""Which configurations of conditions go with the outcome: fuzzy sets, with departments as cases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._configuration_rows import (
    asymmetry_rows,
    necessity_rows,
    robustness_rows,
    solution_rows,
    table_rows,
)
from cosyn.analysis._department_means import department_means, response_formats
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.errors import ExtraError
from cosyn.findings import Finding, Statistic, Warned
from cosyn.synergy.calibration import NUDGE, Anchors, calibrate
from cosyn.synergy.calibration_robustness import calibration_robustness
from cosyn.synergy.configurations import NO_CASES, configurations
from cosyn.synergy.truth_table import Cuts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cosyn.plan import Configurations as Section
    from cosyn.synergy.calibration_robustness import Robustness
    from cosyn.synergy.configurations import Configurations

NAME = "configurations"
NOT_INSTALLED = "the optional part qca is not installed"
NO_ANCHORS = "the plan has no anchors for the response format of every set"
SKEWED = 0.2
"""A set with fewer cases in it, or out of it, tells little apart (Schneider & Wagemann 2012)."""
_row = partial(Finding, NAME)


@dataclass(frozen=True, slots=True)
class _Sets:
    """Scores of the complete cases and how they become memberships.

    Attributes
    ----------
    scores : ndarray, shape (n, k + 1)
        Of the conditions, then of the outcome.
    """

    names: tuple[str, ...]
    scores: NDArray[np.float64]
    anchors: Mapping[str, Anchors]

    @property
    def memberships(self) -> NDArray[np.float64]:
        """Shape (n, k + 1); only conditions are moved away from a half."""
        last = len(self.names) - 1
        columns = [
            calibrate(self.scores[:, j], self.anchors[name], nudge=NUDGE if j < last else 0.0)
            for j, name in enumerate(self.names)
        ]
        return np.column_stack(columns)


def run(context: Context) -> Outcome:
    """Solve for the outcome and, if the plan asks for it, for its absence."""
    section = context.plan.plan.configurations
    if section is None:
        return Outcome(())
    found = _sets(context, section)
    if isinstance(found, str):
        return Outcome((_row(Statistic.COUNT, ("cases",), reason=found),))
    n = len(found.scores)
    rows = [_row(Statistic.COUNT, ("cases",), n)]
    sides = (False, True) if section.negated else (False,)
    solved: list[Configurations] = []
    try:
        for negated in sides:
            name = f"~{section.outcome}" if negated else section.outcome
            context.progress(f"{NAME} {name}")
            solved.append(_solve(found, section, negated=negated))
            rows += [
                *necessity_rows(name, solved[-1]),
                *table_rows(name, solved[-1]),
                *solution_rows(name, solved[-1]),
                *robustness_rows(name, _robustness(found, section, negated=negated)),
            ]
    except ExtraError:
        rows.append(_row(Statistic.SOLUTION_MODELS, (section.outcome,), reason=NOT_INSTALLED, n=n))
        return Outcome(tuple(rows))
    if section.negated:
        rows += asymmetry_rows(section.outcome, *solved)
    return Outcome(tuple(rows), tuple(_warnings(found, solved[0])))


def _sets(context: Context, section: Section) -> _Sets | str:
    """Complete departments with the anchors of every set; the reason if there are none."""
    names = (*section.conditions, section.outcome)
    cases = department_means(context, names)
    whole = np.isfinite(cases.values).all(axis=1)
    if not whole.any():
        return cases.reason or NO_CASES
    anchors = {}
    for name in names:
        formats = response_formats(context, name)
        known = name if name in section.anchors else formats[0] if len(formats) == 1 else ""
        if known not in section.anchors:
            return NO_ANCHORS
        anchors[name] = Anchors(*section.anchors[known])
    return _Sets(names, cases.values[whole], anchors)


def _cuts(section: Section) -> Cuts:
    cuts = section.cuts
    return Cuts(
        frequency=cuts.frequency, kept=cuts.kept, consistency=cuts.consistency, pri=cuts.pri
    )


def _expectations(section: Section) -> dict[str, int]:
    return {name: int(side == "present") for name, side in section.expectations.items()}


def _solve(sets: _Sets, section: Section, *, negated: bool) -> Configurations:
    M = sets.memberships
    return configurations(
        M[:, :-1],
        M[:, -1],
        sets.names[:-1],
        expectations=_expectations(section),
        cuts=_cuts(section),
        negated=negated,
    )


def _robustness(sets: _Sets, section: Section, *, negated: bool) -> Robustness:
    return calibration_robustness(
        sets.scores[:, :-1],
        sets.scores[:, -1],
        sets.names[:-1],
        outcome=sets.names[-1],
        anchors=sets.anchors,
        by=section.shifts,
        expectations=_expectations(section),
        cuts=_cuts(section),
        negated=negated,
    )


def _warnings(sets: _Sets, found: Configurations) -> Iterator[Warned]:
    inside = (sets.memberships > 0.5).mean(axis=0)
    skewed = [
        name
        for name, share in zip(sets.names, inside, strict=True)
        if min(share, 1 - share) < SKEWED
    ]
    if skewed:
        yield Warned(NAME, "skewed_sets", {"sets": ", ".join(skewed)})
    rows = 2 ** len(found.names)
    if found.n < rows:
        yield Warned(NAME, "few_cases_for_rows", {"n": str(found.n), "rows": str(rows)})


ANALYSIS = Analysis(NAME, run, reads=("configurations",), after=())
