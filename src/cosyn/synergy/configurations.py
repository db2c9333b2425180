"""Which combinations of conditions are sufficient for an outcome: qualitative comparative analysis.

Truth table, conservative, intermediate and parsimonious solutions of fuzzy sets (Ragin 2008,
*Redesigning Social Inquiry*; Schneider & Wagemann 2012, *Set-Theoretic Methods for the Social
Sciences*). Prime implicants are found by pyqca (the optional part ``qca``); it does not tell of
tied models, and its intermediate solution is not the published one, so both are made here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.synergy._minimise import easy_counterfactuals, in_order, models, prime_implicants
from cosyn.synergy.set_relations import necessities, sufficiency
from cosyn.synergy.truth_table import covers, membership, truth_table, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.synergy.set_relations import NecessityFit, SufficiencyFit
    from cosyn.synergy.truth_table import Cuts, Term, TruthTable

    Pattern = tuple[int, ...]

MOST = 8
TOO_MANY = f"more than {MOST} conditions"
NO_CASES = "no complete case"
NOT_MEMBERSHIPS = "a membership lies outside 0 to 1"
NONE_SUFFICIENT = "no configuration is sufficient"
ALL_SUFFICIENT = "every configuration that counts is sufficient"


@dataclass(frozen=True, slots=True)
class Path:
    """A term of a model, as a sufficient condition.

    Attributes
    ----------
    term : tuple of int or None
        1, 0 or None for each condition.
    label : str
        The same in the notation of the field: ``A*~B``.
    fit : SufficiencyFit
        Its coverage is the raw coverage.
    unique_coverage : float or None
        Share of the outcome that no other path of the model covers.
    cases : tuple of int
        Cases more in the term than out of it.
    """

    term: Term
    label: str
    fit: SufficiencyFit
    unique_coverage: float | None
    cases: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Paths that together cover all sufficient configurations."""

    paths: tuple[Path, ...]
    fit: SufficiencyFit

    @property
    def terms(self) -> tuple[Term, ...]:
        """Of its paths."""
        return tuple(path.term for path in self.paths)

    @property
    def label(self) -> str:
        """In the notation of the field: ``A*~B + C``."""
        return " + ".join(path.label for path in self.paths)


@dataclass(frozen=True, slots=True)
class Solution:
    """The models of a solution: several, if the data do not decide between them.

    Attributes
    ----------
    models : tuple of Model
        None of them where `reason` says why.
    counterfactuals : tuple of tuple of int
        Configurations without enough cases that some model takes for sufficient.
    """

    models: tuple[Model, ...]
    counterfactuals: tuple[Pattern, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Configurations:
    """A comparative analysis of n cases.

    Attributes
    ----------
    n, n_dropped : int
        Cases used, by whose place all others are numbered, and those with a missing membership.
    negated : bool
        Whether the outcome is the absence of the one given.
    necessity : tuple of NecessityFit
        Of each condition, then of each condition's absence.
    table : TruthTable or None
        None where `reason` says why.
    conservative, intermediate, parsimonious : Solution
        Without counterfactuals; with those that expectations make easy; with all that simplify.
    """

    names: tuple[str, ...]
    n: int
    n_dropped: int
    negated: bool
    necessity: tuple[NecessityFit, ...]
    table: TruthTable | None
    conservative: Solution
    intermediate: Solution
    parsimonious: Solution
    reason: str = ""


def configurations(
    X: Matrix,
    y: Vector,
    names: Sequence[str],
    *,
    expectations: Mapping[str, int] | None = None,
    cuts: Cuts | None = None,
    negated: bool = False,
) -> Configurations:
    """Analyse which configurations are sufficient for an outcome.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Memberships in k <= 8 conditions, NaN where missing; see `calibrate`.
    y : ndarray, shape (n,)
        Membership in the outcome.
    names : sequence of str, length k
    expectations : mapping of str to int, optional
        Condition -> 1 if its presence, 0 if its absence is expected to help the outcome as given;
        turned round for its absence. Conditions left out have no expectation.
    negated : bool
        Analyse the absence of the outcome, which needs an analysis of its own.

    Raises
    ------
    ExtraError
        ``extra.not-installed`` if pyqca is not installed.
    """
    X, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    names = tuple(names)
    kept = np.isfinite(X).all(axis=1) & np.isfinite(y)
    dropped = int((~kept).sum())
    X, y = X[kept], y[kept]
    reason = _obstacle(X, y)
    if reason:
        none = Solution((), reason=reason)
        return Configurations(names, len(y), dropped, negated, (), None, none, none, none, reason)
    helped = {names.index(name): int(side) for name, side in (expectations or {}).items()}
    if negated:
        y = 1 - y
        helped = {k: 1 - side for k, side in helped.items()}
    table = truth_table(X, y, names, cuts)
    return Configurations(
        names,
        len(y),
        dropped,
        negated,
        necessities(X, y, names),
        table,
        *_solutions(X, y, table, helped),
    )


def _obstacle(X: Matrix, y: Vector) -> str:
    if X.shape[1] > MOST:
        return TOO_MANY
    if not len(y):
        return NO_CASES
    if min(X.min(), y.min()) < 0 or max(X.max(), y.max()) > 1:
        return NOT_MEMBERSHIPS
    return ""


def _solutions(
    X: Matrix, y: Vector, table: TruthTable, helped: Mapping[int, int]
) -> tuple[Solution, Solution, Solution]:
    """Conservative, intermediate and parsimonious."""
    positive = [table.rows[j].pattern for j in table.numbers("positive")]
    remainders = [table.rows[j].pattern for j in table.numbers("remainder")]
    if not positive or not table.numbers("negative"):
        none = Solution((), reason=ALL_SUFFICIENT if positive else NONE_SUFFICIENT)
        return none, none, none
    k = len(table.names)
    least = models(prime_implicants(positive, (), k), positive)
    most = models(prime_implicants(positive, remainders, k), positive)
    assumed = {
        easy_counterfactuals(conservative, parsimonious, helped, remainders)
        for conservative in least
        for parsimonious in most
    }
    between: dict[tuple[Term, ...], None] = {}
    for easy in sorted(assumed):
        between |= dict.fromkeys(models(prime_implicants(positive, easy, k), positive))
    described = (_described(X, y, table, found) for found in (least, in_order(between), most))
    first, second, third = described
    return first, second, third


def _described(
    X: Matrix, y: Vector, table: TruthTable, found: Sequence[tuple[Term, ...]]
) -> Solution:
    assumed = [
        row.pattern
        for row in table.rows
        if row.output == "remainder" and any(covers(t, row.pattern) for ts in found for t in ts)
    ]
    return Solution(tuple(_model(X, y, table.names, terms) for terms in found), tuple(assumed))


def _model(X: Matrix, y: Vector, names: Sequence[str], terms: tuple[Term, ...]) -> Model:
    members = np.array([membership(X, term) for term in terms])
    together = sufficiency(members.max(axis=0), y)
    paths = []
    for number, term in enumerate(terms):
        others = np.delete(members, number, axis=0)
        rest = sufficiency(others.max(axis=0), y).coverage if len(others) else 0.0
        unique = None if together.coverage is None or rest is None else together.coverage - rest
        cases = tuple(int(i) for i in np.flatnonzero(members[number] > 0.5))
        fit = sufficiency(members[number], y)
        paths.append(Path(term, written(term, names), fit, unique, cases))
    return Model(tuple(paths), together)
