"""How many factors, and which items they hold: KMO, Bartlett, parallel analysis, rotated EFA."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from factor_analyzer import Rotator
from factor_analyzer.factor_analyzer import calculate_bartlett_sphericity, calculate_kmo
from scipy.optimize import linear_sum_assignment

from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine import efa
from cosyn.engine.moments import sample_moments
from cosyn.engine.parallel import ParallelAnalysis, parallel_analysis
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Statistic, Warned
from cosyn.scoring import Scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cosyn.plan import Dimensionality

NAME = "dimensionality"
FEWEST_ITEMS = 3
OBLIQUE = {"oblimin", "promax", "quartimin"}
MODEST_KMO = 0.60
_row = partial(Finding, NAME)


@dataclass(frozen=True, slots=True)
class Solution:
    """A rotated factor solution.

    Attributes
    ----------
    loadings : ndarray, shape (p, k)
        Pattern loadings.
    correlations : ndarray, shape (k, k)
        Of the factors.
    """

    loadings: NDArray[np.float64]
    correlations: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Errors:
    """Bootstrap standard errors of a solution, or why there are none."""

    loadings: NDArray[np.float64] | None
    correlations: NDArray[np.float64] | None
    method: str


def run(context: Context) -> Outcome:
    """Explore the items that the plan selects, on the respondents who answered all of them."""
    section = context.plan.plan.dimensionality
    if section is None:
        return Outcome(())
    names = tuple(item.id for item in context.items_with(section.select))
    if len(names) < FEWEST_ITEMS:
        return Outcome(())
    cases = Scores(names, context.items.columns(names)).complete()
    try:
        moments = sample_moments(cases.values, names)
    except IdentificationError as error:
        rows = [_row(s, reason=error.what, n=len(cases.values)) for s in _HEADLINES]
        return Outcome(tuple(rows), (Warned(NAME, "not_estimated", {"reason": error.what}),))
    sd = np.sqrt(np.diag(moments.cov))
    R = moments.cov / np.outer(sd, sd)
    rows = [*_adequacy(cases)]
    parallel = parallel_analysis(
        R,
        moments.n,
        draws=section.parallel.draws,
        quantile=section.parallel.quantile,
        seed=context.plan.plan.seed,
    )
    rows += _parallel(parallel, section, moments.n)
    k = parallel.n_factors if section.factors == "parallel" else int(section.factors)
    found, warnings = _solution_rows(context, section, cases, R, k)
    warnings += _warnings(rows, parallel, k)
    return Outcome((*rows, *found), tuple(warnings))


_HEADLINES = (Statistic.KMO, Statistic.BARTLETT, Statistic.SUGGESTED_FACTORS)


def _adequacy(cases: Scores) -> Iterator[Finding]:
    """Kaiser's (1974) measure of sampling adequacy and Bartlett's (1951) test of sphericity."""
    frame = pd.DataFrame(cases.values, columns=list(cases.names))
    n, p = frame.shape
    each, overall = calculate_kmo(frame)
    yield _row(Statistic.KMO, value=float(overall), n=n, method="Kaiser 1974")
    for name, value in zip(cases.names, each, strict=True):
        yield _row(Statistic.KMO_ITEM, (name,), float(value), n=n)
    chi_square, pvalue = calculate_bartlett_sphericity(frame)
    df = p * (p - 1) / 2
    yield _row(
        Statistic.BARTLETT,
        value=float(chi_square),
        p=float(pvalue),
        df=df,
        n=n,
        method="Bartlett 1951",
    )


def _parallel(found: ParallelAnalysis, section: Dimensionality, n: int) -> Iterator[Finding]:
    rule = section.parallel
    method = f"Horn 1965; {100 * rule.quantile:g}th percentile of {rule.draws} random data sets"
    series = (
        (Statistic.EIGENVALUE_COMPONENT, found.observed_pc),
        (Statistic.EIGENVALUE_COMPONENT_RANDOM_MEAN, found.random_pc_mean),
        (Statistic.EIGENVALUE_COMPONENT_RANDOM_QUANTILE, found.random_pc_quantile),
        (Statistic.EIGENVALUE_FACTOR, found.observed_fa),
        (Statistic.EIGENVALUE_FACTOR_RANDOM_MEAN, found.random_fa_mean),
        (Statistic.EIGENVALUE_FACTOR_RANDOM_QUANTILE, found.random_fa_quantile),
    )
    for statistic, values in series:
        for rank, value in enumerate(values, start=1):
            yield _row(statistic, (str(rank),), float(value), n=n)
    yield _row(Statistic.SUGGESTED_COMPONENTS, value=found.n_components, n=n, method=method)
    yield _row(Statistic.SUGGESTED_FACTORS, value=found.n_factors, n=n, method=method)


def explore(R: NDArray[np.float64], k: int, extraction: str, rotation: str) -> Solution | str:
    """Extract and rotate k factors.

    The factors are ordered by the variance they explain and reflected so that their loadings sum
    to a positive number, loadings and correlations together.

    Returns
    -------
    Solution or str
        The reason if there is no solution.
    """
    extracted = efa.extract(R, k, "ml" if extraction == "ml" else "minres")
    if not extracted.converged:
        return extracted.reason or "not converged"
    L, Phi = extracted.loadings, np.eye(k)
    if k > 1:
        rotator = Rotator(method=rotation)
        L = np.asarray(rotator.fit_transform(L.copy()))
        if rotation in OBLIQUE and rotator.phi_ is not None:
            Phi = np.asarray(rotator.phi_)
    L, Phi = efa.order_and_reflect(L, Phi)
    return Solution(L, Phi)


def _solution_rows(
    context: Context, section: Dimensionality, cases: Scores, R: NDArray[np.float64], k: int
) -> tuple[list[Finding], list[Warned]]:
    n = len(cases.values)
    method = f"{section.extraction}, {section.rotation}"
    if k < 1:
        reason = "parallel analysis suggests no factor"
        return [_row(Statistic.EFA_LOADING, reason=reason, n=n, method=method)], []
    found = explore(R, k, section.extraction, section.rotation)
    if isinstance(found, str):
        warned = Warned(NAME, "not_estimated", {"reason": found})
        return [_row(Statistic.EFA_LOADING, reason=found, n=n, method=method)], [warned]
    context.progress(f"{NAME} bootstrap")
    errors = _bootstrap(cases, found, section, context.plan.plan.seed)
    rows = list(_describe(found, errors, cases.names, n, method))
    high = [r.subject[0] for r in rows if r.statistic == Statistic.COMMUNALITY and _above_one(r)]
    return rows, [Warned(NAME, "heywood_efa", {"items": ", ".join(high)})] if high else []


def _above_one(row: Finding) -> bool:
    return row.value is not None and row.value >= 0.995


def _describe(
    found: Solution, errors: _Errors, names: tuple[str, ...], n: int, method: str
) -> Iterator[Finding]:
    L, Phi = found.loadings, found.correlations
    k = L.shape[1]
    how = f"{method}; {errors.method}"
    for f in range(k):
        for j, name in enumerate(names):
            se = float(errors.loadings[j, f]) if errors.loadings is not None else None
            yield _row(
                Statistic.EFA_LOADING, (f"F{f + 1}", name), float(L[j, f]), se=se, n=n, method=how
            )
    for f in range(k):
        for g in range(f + 1, k):
            se = float(errors.correlations[f, g]) if errors.correlations is not None else None
            subject = (f"F{f + 1}", f"F{g + 1}")
            value = float(Phi[f, g])
            yield _row(Statistic.FACTOR_CORRELATION, subject, value, se=se, n=n, method=how)
    for name, value in zip(names, efa.communalities(L, Phi), strict=True):
        yield _row(Statistic.COMMUNALITY, (name,), float(value), n=n, method=method)
    for f, value in enumerate(efa.explained_variances(L, Phi)):
        share = float(value) / len(names)
        yield _row(Statistic.VARIANCE_EXPLAINED, (f"F{f + 1}",), share, n=n, method=method)


def _bootstrap(cases: Scores, found: Solution, section: Dimensionality, seed: int) -> _Errors:
    """Standard errors by resampling respondents, each solution aligned to the full sample's.

    A resample's factors are matched by permutation and sign to the most similar loadings; a
    resample without a solution is dropped and counted.
    """
    if not section.bootstrap:
        return _Errors(None, None, "no standard errors")
    everyone = cases.columns(cases.names)
    n, k = len(everyone), found.loadings.shape[1]
    loadings, correlations = [], []
    for stream in np.random.SeedSequence(seed).spawn(section.bootstrap):
        rows = np.random.default_rng(stream).integers(n, size=n)
        sample = everyone[rows]
        if (np.ptp(sample, axis=0) == 0).any():
            continue
        R = np.atleast_2d(np.corrcoef(sample, rowvar=False))
        again = explore(R, k, section.extraction, section.rotation)
        if isinstance(again, str):
            continue
        aligned = align(again, found)
        loadings.append(aligned.loadings)
        correlations.append(aligned.correlations)
    used = len(loadings)
    if used < 0.95 * section.bootstrap:
        return _Errors(
            None, None, f"no standard errors: {section.bootstrap - used} resamples failed"
        )
    return _Errors(
        np.std(loadings, axis=0, ddof=1),
        np.std(correlations, axis=0, ddof=1),
        f"bootstrap standard errors, {used} resamples",
    )


def align(solution: Solution, target: Solution) -> Solution:
    """Permute and reflect factors so that their loadings are most like the target's."""
    similarity = target.loadings.T @ solution.loadings
    mine, columns = linear_sum_assignment(-np.abs(similarity))
    signs = np.where(similarity[mine, columns] >= 0, 1.0, -1.0)
    return Solution(
        solution.loadings[:, columns] * signs,
        solution.correlations[np.ix_(columns, columns)] * np.outer(signs, signs),
    )


def _warnings(rows: list[Finding], parallel: ParallelAnalysis, k: int) -> list[Warned]:
    found = []
    if parallel.n_factors != k:
        values = {"suggested": str(parallel.n_factors), "used": str(k)}
        found.append(Warned(NAME, "factors_disagree", values))
    kmo = next(row.value for row in rows if row.statistic == Statistic.KMO)
    if kmo is not None and kmo < MODEST_KMO:
        found.append(Warned(NAME, "low_kmo", {"value": f"{kmo:.2f}"}))
    return found


ANALYSIS = Analysis(NAME, run)
