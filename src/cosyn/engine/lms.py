"""Latent moderated structural equations: products of latents by maximum likelihood.

Klein & Moosbrugger (2000), *Maximum likelihood estimation of latent interaction effects with the
LMS method*, Psychometrika 65, 457-474. The rows are a mixture of normal distributions over the
values of the moderating latents, so that neither products of indicators nor their distribution is
needed; predictors and residuals are taken to be normal. The likelihood of the mixture is maximised
by scoring and quasi-Newton steps rather than by EM, whose E-step gives the same gradient.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import chdtrc

from cosyn.engine._lms_likelihood import LmsDiscrepancy
from cosyn.engine._lms_nodes import cover, enough, exogenous, grid
from cosyn.engine._lms_structure import nonlinear
from cosyn.engine.estimates import estimate, row_values, standard_errors
from cosyn.engine.estimation import fit_sem
from cosyn.engine.linalg import definite_inverse
from cosyn.engine.lisrel import structure
from cosyn.engine.lms_result import LikelihoodRatio, LmsFit
from cosyn.engine.optimize import minimise_without_hessian
from cosyn.engine.product_terms import check_terms
from cosyn.engine.rows import cluster_sums
from cosyn.engine.table import Parameter
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._lms_likelihood import LmsEvaluation
    from cosyn.engine._lms_structure import Nonlinear
    from cosyn.engine._typing import Matrix
    from cosyn.engine.fit import SemFit
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.product_terms import ProductTerm
    from cosyn.engine.table import ParameterTable

Errors = Literal["observed", "robust"]

_TOLERANCE = 1e-8
_ITERATIONS = 400
#: By how many more nodes the error of the integration is judged.
_MORE = 1.4


def fit_lms(
    table: ParameterTable,
    sample: SampleMoments,
    terms: Sequence[ProductTerm],
    *,
    errors: Errors = "observed",
    nodes: int | None = None,
) -> LmsFit:
    """Fit a model with products of latents.

    Parameters
    ----------
    table : ParameterTable
        The linear part, with means and one group, all of whose relations are between latents.
    sample : SampleMoments
        Of complete rows.
    terms : sequence of ProductTerm
        At least one factor of each must not be caused by others.
    errors : {"observed", "robust"}
        Standard errors by the observed information, or the sandwich, of clusters where there are.
    nodes : int, optional
        For each latent that is integrated over; by default as many as its reliability needs.

    Raises
    ------
    IdentificationError
        If the model is not one of these, or the sample has only moments.
    """
    terms = tuple(terms)
    _check(table, terms)
    sample = sample.subset(table.observed)
    linear = fit_sem(table, (sample,))
    part = structure(table)
    nodal = cover(terms, exogenous(table))
    where = nonlinear(part.latent, nodal, terms)
    if not linear.status.ok:
        reason = "; ".join(linear.status.messages or linear.status.reasons)
        return _failed(table, terms, linear, f"the linear model: {reason}")
    count = nodes or enough(_narrowest(linear, where))
    there = LmsDiscrepancy(part, where, grid(len(nodal), count), sample.rows())
    start = np.append(linear.x, np.zeros(len(terms)))
    found = minimise_without_hessian(there, start, tolerance=_TOLERANCE, max_iterations=_ITERATIONS)
    if not found.converged:
        return _failed(table, terms, linear, "the search did not converge", found.iterations)
    end = found.evaluation
    bread = definite_inverse(end.hessian())
    if bread is None:
        return _failed(table, terms, linear, "the data do not determine it", found.iterations)
    finer = replace(there, grid=grid(len(nodal), int(_MORE * count)))
    result = _result(table, terms, linear, there.at(end.x), (bread, errors, sample))
    error = sample.n * abs(finer.at(end.x).value - end.value)
    return replace(result, integration_error=error, iterations=found.iterations)


def _check(table: ParameterTable, terms: Sequence[ProductTerm]) -> None:
    check_terms(table, terms)
    if not terms:
        raise IdentificationError(
            "lms.no-products", "the model with products", "there are none", "Use `fit_sem`"
        )
    mixed = {n for row in table.rows if row.op == "~" for n in (row.lhs, row.rhs)}
    mixed &= set(table.observed)
    if mixed:
        raise IdentificationError(
            "lms.observed",
            "the model with products",
            f"regressions of the observed {', '.join(sorted(mixed))}",
            "Use `fit_sam`, which takes observed variables",
        )


def _narrowest(linear: SemFit, where: Nonlinear) -> float:
    """Least standard deviation of the integrated latents given a row, the prior's being 1."""
    found = linear.structures[0].matrices(linear.x)
    V = linear.implied[0].V
    precision = np.linalg.inv(V) + found.Lambda.T @ np.linalg.solve(found.Theta, found.Lambda)
    within = precision[np.ix_(where.nodal, where.nodal)]
    L = np.linalg.cholesky(V[np.ix_(where.nodal, where.nodal)])
    return float(1 / np.sqrt(np.linalg.eigvalsh(L.T @ within @ L)[-1]))


def _extended(table: ParameterTable, terms: Sequence[ProductTerm]) -> ParameterTable:
    first = table.n_free + 1
    rows = [Parameter(t.outcome, "~", t.name, free=first + k) for k, t in enumerate(terms)]
    return replace(table, rows=(*table.rows, *rows))


def _result(
    table: ParameterTable,
    terms: tuple[ProductTerm, ...],
    linear: SemFit,
    end: LmsEvaluation,
    inference: tuple[Matrix, Errors, SampleMoments],
) -> LmsFit:
    bread, errors, sample = inference
    wide, n, q = _extended(table, terms), sample.n, len(end.x)
    vcov = bread / n if errors == "observed" else _sandwich(bread, end.scores(), sample)
    se = standard_errors(wide, end.x, vcov)
    rows = tuple(map(estimate, wide.rows, row_values(wide, end.x), se))
    logl = -n * end.value
    return LmsFit(
        wide,
        terms,
        linear,
        end.x,
        vcov,
        rows,
        logl,
        _ratio(logl, linear, len(terms)),
        2 * q - 2 * logl,
        float(q * np.log(n)) - 2 * logl,
        len(end.discrepancy.grid.z),
        None,
        0,
    )


def _sandwich(bread: Matrix, scores: Matrix, sample: SampleMoments) -> Matrix:
    """Huber's sandwich; sums over clusters scaled by J / (J - 1), as elsewhere."""
    scale = 1.0
    if sample.cluster is not None:
        numbers, scores = cluster_sums(scores, sample.cluster)
        scale = len(numbers) / (len(numbers) - 1)
    return np.asarray(scale * bread @ (scores.T @ scores) @ bread / sample.n**2)


def _ratio(logl: float, linear: SemFit, df: int) -> LikelihoodRatio:
    if linear.measures is None or linear.measures.logl is None:
        return LikelihoodRatio(None, df, None)
    chisq = 2 * (logl - linear.measures.logl)
    return LikelihoodRatio(chisq, df, float(chdtrc(df, max(chisq, 0.0))))


def _failed(
    table: ParameterTable,
    terms: tuple[ProductTerm, ...],
    linear: SemFit,
    problem: str,
    iterations: int = 0,
) -> LmsFit:
    wide = _extended(table, terms)
    nothing = np.full(len(wide.rows), np.nan)
    rows = tuple(map(estimate, wide.rows, nothing, nothing))
    none = LikelihoodRatio(None, len(terms), None)
    x = np.zeros(wide.n_free)
    return LmsFit(
        wide, terms, linear, x, None, rows, None, none, None, None, 0, None, iterations, problem
    )
