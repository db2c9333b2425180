"""Whether configurations survive other anchors of calibration.

Skaaning (2011, *Sociological Methods & Research* 40, 391-408) asks whether the solution stays when
calibration, frequency and consistency cuts move; here the anchors move one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.synergy.calibration import NUDGE, SEVEN_POINTS, Anchors, calibrate
from cosyn.synergy.configurations import configurations
from cosyn.synergy.truth_table import membership

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.synergy.configurations import Configurations, Model, Solution
    from cosyn.synergy.truth_table import Cuts

Kind = Literal["conservative", "intermediate", "parsimonious"]
Anchor = Literal["full_out", "crossover", "full_in"]
_ANCHORS: tuple[Anchor, ...] = ("full_out", "crossover", "full_in")

NO_MODEL = "the solution has no model"
DISORDERED = "the anchors would cross"


@dataclass(frozen=True, slots=True)
class Shift:
    """The solution with one anchor of one set moved.

    Attributes
    ----------
    name : str
        Of the condition or the outcome.
    anchor : str
    by : float
        In scores.
    same : bool or None
        Whether the models are the same; None where `reason` says why.
    labels : tuple of str
        The models.
    consistency, coverage : float or None
        Of the first model.
    overlap : float or None
        sum min / sum max of the memberships in the first models of both: 1 if none has moved.
    """

    name: str
    anchor: Anchor
    by: float
    same: bool | None
    labels: tuple[str, ...]
    consistency: float | None
    coverage: float | None
    overlap: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Robustness:
    """All shifts against the anchors as given.

    Attributes
    ----------
    share : float or None
        Of the shifts that leave the models the same, among those that could be computed; None
        where `reason` says why.
    """

    labels: tuple[str, ...]
    shifts: tuple[Shift, ...]
    share: float | None
    reason: str = ""


def calibration_robustness(
    X: Matrix,
    y: Vector,
    names: Sequence[str],
    *,
    outcome: str = "outcome",
    anchors: Mapping[str, Anchors] | None = None,
    by: Sequence[float] = (-0.5, 0.5),
    kind: Kind = "intermediate",
    expectations: Mapping[str, int] | None = None,
    cuts: Cuts | None = None,
    negated: bool = False,
) -> Robustness:
    """Move each anchor of each set by each amount, and solve again.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Scores, not memberships, of the conditions.
    y : ndarray, shape (n,)
        Scores of the outcome.
    outcome : str
        Its name among the sets.
    anchors : mapping of str to Anchors, optional
        Of sets that are not calibrated at 2, 4 and 6.
    by : sequence of float
        Amounts in scores.
    kind : {"conservative", "intermediate", "parsimonious"}
        Solution to follow; the other arguments are those of `configurations`.

    Raises
    ------
    ExtraError
        ``extra.not-installed`` if pyqca is not installed.
    """
    D, sets = np.column_stack([X, y]), (*names, outcome)
    start = {name: (anchors or {}).get(name, SEVEN_POINTS) for name in sets}

    def solved(chosen: Mapping[str, Anchors]) -> tuple[Solution, Matrix]:
        columns = [
            calibrate(D[:, k], chosen[name], nudge=NUDGE if k < len(names) else 0.0)
            for k, name in enumerate(sets)
        ]
        M = np.column_stack(columns)
        found: Configurations = configurations(
            M[:, :-1], M[:, -1], names, expectations=expectations, cuts=cuts, negated=negated
        )
        solution: Solution = getattr(found, kind)
        return solution, M[np.isfinite(M).all(axis=1), :-1]

    first = solved(start)
    if not first[0].models:
        return Robustness((), (), None, first[0].reason or NO_MODEL)
    shifts = []
    for name, anchor, amount, moved in _moves(start, by):
        if not moved[name].ordered:
            blank = Shift(name, anchor, amount, None, (), None, None, None, DISORDERED)
            shifts.append(blank)
        else:
            shifts.append(_compared(name, anchor, amount, first, solved(moved)))
    known = [shift.same for shift in shifts if shift.same is not None]
    share = float(np.mean(known)) if known else None
    return Robustness(_labels(first[0]), tuple(shifts), share, "" if known else DISORDERED)


def _moves(
    start: Mapping[str, Anchors], by: Sequence[float]
) -> Iterator[tuple[str, Anchor, float, dict[str, Anchors]]]:
    for name in start:
        for anchor in _ANCHORS:
            for amount in by:
                value = getattr(start[name], anchor) + amount
                moved = replace(start[name], **{anchor: value})
                yield name, anchor, float(amount), {**start, name: moved}


def _compared(
    name: str,
    anchor: Anchor,
    amount: float,
    first: tuple[Solution, Matrix],
    second: tuple[Solution, Matrix],
) -> Shift:
    solution = second[0]
    if not solution.models:
        gone, reason = False, solution.reason
        return Shift(name, anchor, amount, gone, (), None, None, None, reason)
    one, other = (_members(found.models[0], M) for found, M in (first, second))
    largest = float(np.maximum(one, other).sum())
    overlap = float(np.minimum(one, other).sum()) / largest if largest else None
    fit = solution.models[0].fit
    same = {model.terms for model in solution.models} == {model.terms for model in first[0].models}
    labels = _labels(solution)
    return Shift(name, anchor, amount, same, labels, fit.consistency, fit.coverage, overlap)


def _members(model: Model, X: Matrix) -> Vector:
    return np.asarray(np.max([membership(X, term) for term in model.terms], axis=0))


def _labels(solution: Solution) -> tuple[str, ...]:
    return tuple(model.label for model in solution.models)
