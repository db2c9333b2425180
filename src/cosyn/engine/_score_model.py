"""How ordinal and continuous answers depend on the latents, respondent by respondent.

Continuous variables that take part in regressions are known where they were answered: the latents
are conditioned on them. An ordinal outcome of a regression depends on the latents through their
joint distribution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.linalg import definite_inverse
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.contingency import Codes
    from cosyn.engine.estimation import SemFit

#: Stands for an infinite threshold where infinity times zero would arise.
EDGE = 1e8


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Respondents of one pattern of known variables, and what their p answers depend on.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        Which respondents of the group.
    codes : ndarray of int, shape (n, p)
        Categories of ordinal items, -1 where missing; 0 of continuous variables.
    lower, upper : ndarray, shape (n, p)
        Thresholds around the answers, less the intercepts; both are the value itself where a
        variable is continuous. NaN where missing.
    mean : ndarray, shape (n, c)
        Expected of the latents before the answers.
    precision : ndarray, shape (c, c)
        Inverse of the covariance of the latents before the answers.
    loadings : ndarray, shape (p, c)
    sd : ndarray, shape (p,)
        Residual standard deviations.
    ordered : ndarray of bool, shape (p,)
    """

    rows: Indices
    codes: Codes
    lower: Matrix
    upper: Matrix
    mean: Matrix
    precision: Matrix
    loadings: Matrix
    sd: Vector
    ordered: Flags


def answers_of(fit: SemFit, group: int) -> Iterator[Answers]:
    """The answers of one group of an ordinal fit, group counted from 1.

    Raises
    ------
    IdentificationError
        If the answers are not at hand, or a residual variance or the covariance matrix of the
        latents is not positive.
    """
    sample, structure = fit.ordinal[group - 1], fit.structures[group - 1]
    if sample.values is None:
        raise _refused("data.no-rows", "there are only statistics", "Give the answers")
    names, c = list(structure.observed), len(fit.table.latent)
    columns = np.arange(c, len(structure.latent))
    variable = np.array([names.index(structure.latent[k]) for k in columns], dtype=np.intp)
    continuous = ~sample.ordered[variable]
    outcomes = columns[~continuous], variable[~continuous]
    columns, variable = columns[continuous], variable[continuous]
    items = np.setdiff1d(np.arange(len(names)), variable)
    codes, lower, upper = _around(fit, group, sample.values)
    seen = ~np.isnan(sample.values[:, variable])
    for pattern in np.unique(seen, axis=0):
        rows = np.flatnonzero((seen == pattern).all(axis=1))
        known, Y = columns[pattern], sample.values[np.ix_(rows, variable[pattern])]
        conditional = _conditional(fit, group, known, Y, outcomes)
        conditional.check([names[j] for j in items], items)
        yield Answers(
            rows,
            codes[np.ix_(rows, items)],
            (lower[rows] - conditional.intercepts)[:, items],
            (upper[rows] - conditional.intercepts)[:, items],
            conditional.mean,
            conditional.precision,
            conditional.loadings[items],
            np.sqrt(conditional.variances[items]),
            sample.ordered[items],
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Conditional:
    """The measurement of all variables, given known ones; shapes as in `Answers`."""

    mean: Matrix
    precision: Matrix
    loadings: Matrix
    intercepts: Matrix
    variances: Vector

    def check(self, names: Sequence[str], items: Indices) -> None:
        """Residual variances must be positive."""
        for name, variance in zip(names, self.variances[items], strict=True):
            if variance <= 0:
                raise _refused(
                    "scores.residual-variance",
                    f"the residual variance of `{name}` is not positive: its answers would "
                    "determine the latents",
                    "Leave the item out, or keep its residual variance positive by a constraint",
                )


def _conditional(
    fit: SemFit, group: int, known: Indices, Y: Matrix, outcomes: tuple[Indices, Indices]
) -> _Conditional:
    structure, implied = fit.structures[group - 1], fit.implied[group - 1]
    matrices, c = structure.matrices(fit.x), len(fit.table.latent)
    V = implied.V
    slopes = V[:, known] @ np.linalg.inv(V[np.ix_(known, known)])
    eta = implied.eta + (Y - implied.eta[known]) @ slopes.T
    V = V - slopes @ V[known]
    precision = definite_inverse(V[:c, :c])
    if precision is None:
        raise _refused(
            "scores.latent-covariance",
            "the covariance matrix of the latents is not positive definite",
            "Leave a latent out that the others determine",
        )
    loadings = matrices.Lambda[:, :c].copy()
    variances = np.diag(implied.Sigma - implied.LV @ matrices.Lambda.T).copy()
    intercepts = np.tile(matrices.nu[:, 0], (len(Y), 1))
    for column, j in zip(*outcomes, strict=True):
        loadings[j] = V[column, :c] @ precision
        variances[j] += V[column, column] - loadings[j] @ V[:c, column]
        intercepts[:, j] += eta[:, column] - eta[:, :c] @ loadings[j]
    return _Conditional(eta[:, :c], precision, loadings, intercepts, variances)


def _around(fit: SemFit, group: int, values: Matrix) -> tuple[Codes, Matrix, Matrix]:
    """Categories, thresholds below and above each answer, (n, p); continuous values themselves."""
    lower, upper = values.copy(), values.copy()
    codes = np.zeros(values.shape, dtype=np.int8)
    for j in np.flatnonzero(fit.ordinal[group - 1].ordered):
        name, column = fit.table.observed[j], values[:, j]
        steps = dict(fit.table.ordered)[name]
        places = [fit.table.index(name, "|", f"t{k}", group) for k in range(1, steps + 1)]
        edges = np.concatenate([[-EDGE], fit.estimates[places], [EDGE]])
        seen = ~np.isnan(column)
        chosen = np.searchsorted(np.unique(column[seen]), column[seen])
        codes[seen, j], codes[~seen, j] = chosen, -1
        lower[seen, j], upper[seen, j] = edges[chosen], edges[chosen + 1]
    return codes, lower, upper


def _refused(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(code, "factor scores", what, fix)
