"""How many factors, and which items they hold: KMO, parallel analysis, MAP, rotated EFA."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._correlations import correlated
from cosyn.analysis._design_agreement import agreement, design_of, misplaced
from cosyn.analysis._factors import Recipe, bootstrap_errors, explore
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.adequacy import sampling_adequacy
from cosyn.engine.map_test import map_test
from cosyn.engine.parallel import (
    ParallelAnalysis,
    parallel_analysis,
    parallel_analysis_of_codes,
)
from cosyn.engine.rotation import communalities, explained_variances
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Statistic, Warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cosyn.analysis._correlations import Correlated
    from cosyn.analysis._design_agreement import Design
    from cosyn.analysis._factors import Errors, Solution
    from cosyn.engine.map_test import MapTest
    from cosyn.plan import Dimensionality

    Resamples = Sequence[NDArray[np.float64] | None]

NAME = "dimensionality"
TARGET = "target"
"""Stands in the place of a model's id in findings of the solution rotated to the design."""
FEWEST_ITEMS = 3
MODEST_KMO = 0.60
HEYWOOD = 0.995
NO_FACTOR = "parallel analysis suggests no factor"
_row = partial(Finding, NAME)
_HEADLINES = (Statistic.KMO, Statistic.BARTLETT, Statistic.SUGGESTED_FACTORS)


def run(context: Context) -> Outcome:
    """Explore the items that the plan selects, on the respondents who answered all of them."""
    section = context.plan.plan.dimensionality
    if section is None:
        return Outcome(())
    names = tuple(item.id for item in context.items_with(section.select))
    if len(names) < FEWEST_ITEMS:
        return Outcome(())
    cases = context.items.complete(names)
    try:
        data = correlated(cases, section.correlations)
    except IdentificationError as error:
        rows = [_row(s, reason=error.what, n=len(cases.values)) for s in _HEADLINES]
        return Outcome(tuple(rows), (Warned(NAME, "not_estimated", {"reason": error.what}),))
    parallel = _parallel_analysis(context, section, data)
    rows = [
        *_adequacy(data),
        *_parallel(parallel, section, data),
        *_components(map_test(data.R), data),
    ]
    k = parallel.n_factors if section.factors == "parallel" else int(section.factors)
    context.progress(f"{NAME} bootstrap")
    again = data.resamples(section.bootstrap, context.plan.plan.seed)
    free, warnings = _free_solution(context, section, data, again, k)
    target, more = _target_solution(context, section, data, again)
    rows += [*free, *target]
    warnings += [*more, *_warnings(rows, parallel, k, data)]
    return Outcome(tuple(rows), tuple(warnings))


def _adequacy(data: Correlated) -> Iterator[Finding]:
    """Kaiser's measure of sampling adequacy, and Bartlett's test on Pearson's correlations."""
    found = sampling_adequacy(data.R)
    yield _row(Statistic.CORRELATIONS, label=data.kind, reason=data.replaced, n=data.n)
    yield _row(Statistic.KMO, value=found.overall, n=data.n, method="Kaiser & Rice 1974")
    for name, value in zip(data.names, found.each, strict=True):
        yield _row(Statistic.KMO_ITEM, (name,), float(value), n=data.n)
    from factor_analyzer.factor_analyzer import (  # noqa: PLC0415 - seconds to import
        calculate_bartlett_sphericity,
    )

    # Of polychoric correlations the distribution is another.
    value, p = calculate_bartlett_sphericity(data.values)
    yield _row(
        Statistic.BARTLETT,
        value=float(value),
        p=float(p),
        df=len(data.names) * (len(data.names) - 1) / 2,
        n=data.n,
        method="Bartlett 1951; Pearson's correlations",
    )


def _parallel_analysis(
    context: Context, section: Dimensionality, data: Correlated
) -> ParallelAnalysis:
    context.progress(f"{NAME} parallel analysis")
    rule, seed = section.parallel, context.plan.plan.seed
    if data.codes is None:
        return parallel_analysis(
            data.R, data.n, draws=rule.draws, quantile=rule.quantile, seed=seed
        )
    return parallel_analysis_of_codes(
        data.R, data.codes, draws=rule.draws, quantile=rule.quantile, seed=seed
    )


def _parallel(
    found: ParallelAnalysis, section: Dimensionality, data: Correlated
) -> Iterator[Finding]:
    rule, n = section.parallel, data.n
    drawn = "random data sets" if data.codes is None else "permutations of the answers"
    method = f"Horn 1965; {100 * rule.quantile:g}th percentile of {rule.draws} {drawn}"
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


def _components(found: MapTest, data: Correlated) -> Iterator[Finding]:
    """Components by the average partial correlations that are left."""
    for kind, value, method in (
        ("squared", found.n_squared, "Velicer 1976"),
        ("fourth", found.n_fourth, "Velicer, Eaton & Fava 2000"),
    ):
        yield _row(Statistic.SUGGESTED_MAP, (kind,), value, n=data.n, method=method)


def _free_solution(
    context: Context, section: Dimensionality, data: Correlated, again: Resamples, k: int
) -> tuple[list[Finding], list[Warned]]:
    """Factors rotated to simple structure, and how they agree with the design."""
    method = f"{section.extraction}, {section.rotation}"
    if k < 1:
        return [_row(Statistic.EFA_LOADING, reason=NO_FACTOR, n=data.n, method=method)], []
    recipe = Recipe(k, section.extraction, section.rotation)
    factors = tuple(f"F{f + 1}" for f in range(k))
    return _solution(context, section, data, again, recipe, factors)


def _target_solution(
    context: Context, section: Dimensionality, data: Correlated, again: Resamples
) -> tuple[list[Finding], list[Warned]]:
    """Factors rotated as near to the design as they come, each with its own items free."""
    if section.target == "none":
        return [], []
    design = design_of(context.instrument, data.names, section.target)
    if isinstance(design, str):
        return [_row(Statistic.EFA_LOADING, reason=design, n=data.n, model=TARGET)], []
    wanted = np.where(design.pattern > 0, np.nan, 0.0)
    recipe = Recipe(len(design.factors), section.extraction, "target", wanted)
    return _solution(context, section, data, again, recipe, design.factors, TARGET)


def _solution(
    context: Context,
    section: Dimensionality,
    data: Correlated,
    again: Resamples,
    recipe: Recipe,
    factors: tuple[str, ...],
    model: str = "",
) -> tuple[list[Finding], list[Warned]]:
    method = f"{recipe.extraction}, {recipe.rotation}; {data.kind} correlations"
    found = explore(data.R, recipe)
    if isinstance(found, str):
        warned = Warned(NAME, "not_estimated", {"reason": found})
        row = _row(Statistic.EFA_LOADING, reason=found, n=data.n, method=method, model=model)
        return [row], [warned]
    errors = bootstrap_errors(again, found, recipe)
    rows = list(_describe(found, errors, factors, data, method, model))
    warnings = _heywood(rows)
    design = design_of(context.instrument, data.names, section.target)
    if not isinstance(design, str):
        about = partial(_row, n=data.n, method="Tucker 1951", model=model)
        rows += agreement(about, found, design, factors)
        warnings += _placement(found, design, section) if model == TARGET else []
    return rows, warnings


def _describe(
    found: Solution,
    errors: Errors,
    factors: tuple[str, ...],
    data: Correlated,
    method: str,
    model: str,
) -> Iterator[Finding]:
    L, Phi = found.loadings, found.correlations
    row = partial(_row, n=data.n, model=model)
    how = f"{method}; {errors.method}"
    for f, factor in enumerate(factors):
        for j, name in enumerate(data.names):
            se = float(errors.loadings[j, f]) if errors.loadings is not None else None
            yield row(Statistic.EFA_LOADING, (factor, name), float(L[j, f]), se=se, method=how)
    for f, factor in enumerate(factors):
        for g in range(f + 1, len(factors)):
            se = float(errors.correlations[f, g]) if errors.correlations is not None else None
            subject, value = (factor, factors[g]), float(Phi[f, g])
            yield row(Statistic.FACTOR_CORRELATION, subject, value, se=se, method=how)
    for name, value in zip(data.names, communalities(L, Phi), strict=True):
        yield row(Statistic.COMMUNALITY, (name,), float(value), method=method)
    for factor, value in zip(factors, explained_variances(L, Phi), strict=True):
        share = float(value) / len(data.names)
        yield row(Statistic.VARIANCE_EXPLAINED, (factor,), share, method=method)


def _heywood(rows: list[Finding]) -> list[Warned]:
    shared = (row for row in rows if row.statistic == Statistic.COMMUNALITY)
    high = [r.subject[0] for r in shared if r.value is not None and r.value >= HEYWOOD]
    return [Warned(NAME, "heywood_efa", {"items": ", ".join(high)})] if high else []


def _placement(found: Solution, design: Design, section: Dimensionality) -> list[Warned]:
    away = misplaced(found, design, section.salient_loading)
    return [Warned(NAME, "items_misplaced", {"items": ", ".join(away)})] if away else []


def _warnings(
    rows: list[Finding], parallel: ParallelAnalysis, k: int, data: Correlated
) -> Iterator[Warned]:
    if data.replaced:
        yield Warned(NAME, "polychoric_replaced", {"reason": data.replaced})
    if parallel.n_factors != k:
        values = {"suggested": str(parallel.n_factors), "used": str(k)}
        yield Warned(NAME, "factors_disagree", values)
    kmo = next(row.value for row in rows if row.statistic == Statistic.KMO)
    if kmo is not None and kmo < MODEST_KMO:
        yield Warned(NAME, "low_kmo", {"value": f"{kmo:.2f}"})


ANALYSIS = Analysis(NAME, run, reads=("dimensionality",), after=())
