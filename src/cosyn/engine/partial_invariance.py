"""Which equalities to give up where a rung of the ladder fails: a search, and so exploratory.

Backwards from the failed model, one parameter at a time: the one whose score test is largest, if
it is significant after correction for the number tried (Yoon & Millsap 2007; Jung & Yoon 2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine.difference import chi_square_difference
from cosyn.engine.score_tests import score_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cosyn.engine.chisquare import ChiSquare
    from cosyn.engine.difference import ChiSquareDifference
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.ladder import Key, Rung
    from cosyn.engine.score_tests import ScoreTest
    from cosyn.engine.table import ParameterTable

Correction = Literal["holm", "bh"]
#: Items of a latent that have to stay invariant.
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Freed:
    """One parameter that was freed in all groups.

    Attributes
    ----------
    name : str
        As the syntax writes it, such as ``"x3 ~1"``.
    key : tuple of str
    test : ChiSquare
        Score test by which it was chosen.
    adjusted_pvalue : float
        After correction for the number of parameters tried.
    changes : tuple of float
        Expected values in the groups after the first, less that of the first.
    estimates : tuple of float
        In each group, after the search.
    """

    name: str
    key: Key
    test: ChiSquare
    adjusted_pvalue: float
    changes: tuple[float, ...]
    estimates: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """The path of a search.

    Attributes
    ----------
    path : tuple of Freed
        In the order in which they were freed.
    fit : SemFit
        Of the last model.
    difference : ChiSquareDifference
        Its test within the rung before.
    reason : str
        Why the search ended.
    succeeded : bool
        Whether the last model is no longer significantly worse.
    """

    path: tuple[Freed, ...]
    fit: SemFit
    difference: ChiSquareDifference
    reason: str
    succeeded: bool


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What a search needs: how a rung becomes a table, and a table a fit.

    Attributes
    ----------
    table : callable
        From a rung and rows that stay free to a table.
    fit : callable
        From a table, and a fit nearby, to a fit.
    alpha : float
    correction : str
    """

    table: Callable[[Rung, frozenset[Key]], ParameterTable]
    fit: Callable[[ParameterTable, SemFit], SemFit]
    alpha: float
    correction: Correction


def search(
    problem: Problem, rung: Rung, already: frozenset[Key], before: SemFit, failed: SemFit
) -> Search:
    """Free parameters of a failed rung until it is no longer significantly worse.

    Parameters
    ----------
    already : frozenset of (lhs, op, rhs)
        Rows that earlier rungs have freed.
    before, failed : SemFit
        The rung before, and the one that failed.
    """
    fit = failed
    path: list[Freed] = []
    difference = chi_square_difference(fit, before)
    reason = ""
    while _significant(difference.pvalue, problem.alpha):
        freed = already | {each.key for each in path}
        best, reason = _best(problem, rung, freed, fit)
        if best is None:
            break
        new = problem.fit(problem.table(rung, freed | {best.key}), fit)
        if not new.status.ok:
            reason = f"without `{best.name}`: {'; '.join(new.status.messages)}"
            break
        path.append(best)
        fit, difference = new, chi_square_difference(new, before)
        if difference.reason:
            reason = difference.reason
            break
    succeeded = difference.pvalue is not None and difference.pvalue >= problem.alpha
    if succeeded:
        reason = "the difference is no longer significant"
    told = tuple(_with_estimates(each, fit) for each in path)
    return Search(told, fit, difference, reason, succeeded)


def _significant(pvalue: float | None, alpha: float) -> bool:
    return pvalue is not None and pvalue < alpha


def _with_estimates(freed: Freed, fit: SemFit) -> Freed:
    places = [fit.table.index(*freed.key, g) for g in range(1, len(fit.table.groups) + 1)]
    values = tuple(float(fit.estimates[k]) for k in places)
    return Freed(freed.name, freed.key, freed.test, freed.adjusted_pvalue, freed.changes, values)


def _best(
    problem: Problem, rung: Rung, freed: frozenset[Key], fit: SemFit
) -> tuple[Freed | None, str]:
    """The parameter to free next; else the reason why there is none."""
    tried: list[tuple[Key, ScoreTest]] = []
    for key in candidates(rung, freed, fit.table):
        table = problem.table(rung, freed | {key})
        rows = [table.index(*key, g) for g in range(2, len(table.groups) + 1)]
        found = score_test(fit, table, rows, robust=_robust(fit))
        if found is not None:
            tried.append((key, found))
    if not tried:
        return None, f"fewer than {FEWEST} invariant items would be left"
    tests = [found.robust or found.test for _, found in tried]
    adjusted = adjust([test.pvalue or 0.0 for test in tests], problem.correction)
    at = int(np.argmax([test.value for test in tests]))
    if adjusted[at] >= problem.alpha:
        return None, f"no single equality stands out ({problem.correction} {adjusted[at]:.3f})"
    key, found = tried[at]
    name = " ".join(key).rstrip()
    return Freed(name, key, tests[at], adjusted[at], found.changes), ""


def _robust(fit: SemFit) -> bool:
    clustered = any(group.cluster is not None for group in fit.groups)
    return fit.options.resolved().robust or clustered


def candidates(rung: Rung, freed: frozenset[Key], table: ParameterTable) -> Iterator[Key]:
    """Rows that the rung is the first to equate and that may be freed."""
    for key in _equated(rung, table):
        if key not in freed and _enough_left(key, freed, table):
            yield key


def _equated(rung: Rung, table: ParameterTable) -> Iterator[Key]:
    rows = table.of_group(1)
    measured = dict.fromkeys(row.rhs for row in rows if row.op == "=~")
    items = [name for name in measured if name in table.observed]
    if "thresholds" in rung.new:
        yield from ((r.lhs, r.op, r.rhs) for r in rows if r.op == "|")
    if "loadings" in rung.new:
        yield from ((r.lhs, r.op, r.rhs) for r in rows if r.op == "=~" and (r.free or r.label))
    if "intercepts" in rung.new:
        yield from ((name, "~1", "") for name in items)
    if "residuals" in rung.new:
        yield from ((name, "~~", name) for name in items)


def _enough_left(key: Key, freed: frozenset[Key], table: ParameterTable) -> bool:
    """Whether each latent keeps enough items of which the kind of row is still equal."""
    loadings = [row for row in table.of_group(1) if row.op == "=~"]
    item = key[2] if key[1] == "=~" else key[0]
    latents = [key[0]] if key[1] == "=~" else [r.lhs for r in loadings if r.rhs == item]

    def free(latent: str, name: str) -> bool:
        if name == item:
            return True
        alike = (latent, "=~", name) if key[1] == "=~" else (name, key[1], key[2])
        if key[1] == "~~":
            alike = (name, "~~", name)
        if key[1] == "|":
            return any(other[:2] == (name, "|") for other in freed)
        return alike in freed

    return all(
        sum(not free(latent, row.rhs) for row in loadings if row.lhs == latent) >= FEWEST
        for latent in latents
    )


def adjust(pvalues: Sequence[float], correction: Correction) -> list[float]:
    """P-values corrected for their number: Holm (1979), or Benjamini & Hochberg (1995)."""
    p = np.asarray(pvalues, dtype=float)
    order = np.argsort(p)
    m = len(p)
    if correction == "holm":
        steps = np.maximum.accumulate(p[order] * np.arange(m, 0, -1))
    else:
        steps = np.minimum.accumulate((p[order] * m / np.arange(1, m + 1))[::-1])[::-1]
    found = np.empty(m)
    found[order] = np.minimum(steps, 1.0)
    return [float(value) for value in found]
