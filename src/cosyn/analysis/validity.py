"""Convergent and discriminant validity of the constructs, on facet scores."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._cases import complete_cases, fitted, table_options
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.fit_reliability import reliabilities
from cosyn.engine.htmt import htmt
from cosyn.engine.partable import parameter_table
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Statistic, Warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.analysis._cases import Cases
    from cosyn.plan import Validity

NAME = "validity"
FEW_CONSTRUCTS = "fewer than two constructs with two facets"
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Fit a factor for each construct to its facets; AVE, reliability, correlations and HTMT."""
    rules = context.plan.plan.validity
    if rules is None:
        return Outcome(())
    scales = scales_of(context)
    if len(scales) < 2:
        return Outcome((_row(Statistic.AVE, reason=FEW_CONSTRUCTS),))
    names = [facet for facets in scales.values() for facet in facets]
    cases = complete_cases(context, context.facets, names)
    rows = [*_of_factors(context, scales, cases), *_ratios(context, rules, scales, cases)]
    for pair in rules.pairs:
        rows += _of_items(context, rules, pair)
    return Outcome(tuple(rows), tuple(_warnings(rules, rows)))


def scales_of(context: Context) -> dict[str, tuple[str, ...]]:
    """Constructs of two facets or more that have scores, with these."""
    found = {}
    for construct in context.instrument.constructs:
        facets = [f.id for f in construct.facets if f.id in context.facets.names]
        if construct.measurement == "reflective" and len(facets) > 1:
            found[construct.id] = tuple(facets)
    return found


def factor_syntax(scales: Mapping[str, tuple[str, ...]]) -> str:
    """A model of correlated factors, one a construct."""
    return "\n".join(f"{name} =~ {' + '.join(facets)}" for name, facets in scales.items())


def _of_factors(
    context: Context, scales: Mapping[str, tuple[str, ...]], cases: Cases
) -> Iterator[Finding]:
    context.progress(NAME)
    n = len(cases.values)
    try:
        statements = parse(factor_syntax(scales))
        table = parameter_table(statements, cases.names, table_options(cases))
        fit = fitted(context, table, cases)
    except IdentificationError as error:
        yield from (_row(Statistic.AVE, (name,), reason=error.what, n=n) for name in scales)
        return
    why = "" if fit.status.ok else "; ".join(fit.status.reasons) or "not converged"
    for found in reliabilities(fit):
        for statistic, value in (
            (Statistic.AVE, found.ave),
            (Statistic.COMPOSITE_RELIABILITY, found.composite_reliability),
            (Statistic.MAXIMAL_RELIABILITY, found.replicability),
        ):
            reason = "" if value is not None else why or "not defined"
            yield _row(statistic, (found.latent,), value, reason=reason, n=n)
    standard = standardized(fit) if fit.status.converged else None
    for first, second in combinations(scales, 2):
        row = standard.row(first, "~~", second) if standard else None
        value = row.value if row else None
        yield _row(
            Statistic.FACTOR_CORRELATION,
            (first, second),
            value,
            reason="" if value is not None else why or "not defined",
            se=row.standard_error if row else None,
            n=n,
        )


def _ratios(
    context: Context, rules: Validity, scales: Mapping[str, tuple[str, ...]], cases: Cases
) -> Iterator[Finding]:
    context.progress(f"{NAME} HTMT")
    plan = context.plan.plan
    pairs = list(combinations(range(len(scales)), 2))
    names = tuple(scales)
    try:
        found = htmt(
            cases.values,
            cases.names,
            scales,
            cluster=cases.cluster,
            replicates=rules.replicates,
            level=plan.confidence,
            seed=plan.seed,
        )
    except IdentificationError as error:
        for i, j in pairs:
            yield _row(Statistic.HTMT, (names[i], names[j]), reason=error.what)
        return
    for i, j in pairs:
        value = float(found.ratios[i, j])
        known = np.isfinite(value)
        bounds = found.lower is not None and found.upper is not None and known
        yield _row(
            Statistic.HTMT,
            (names[i], names[j]),
            value if known else None,
            reason="" if known else "correlations within a scale are not positive",
            low=float(found.lower[i, j]) if bounds and found.lower is not None else None,
            high=float(found.upper[i, j]) if bounds and found.upper is not None else None,
            level=plan.confidence if bounds else None,
            n=found.n,
            method=f"{found.replicates} bootstrap samples",
        )


def _of_items(context: Context, rules: Validity, pair: tuple[str, str]) -> Iterator[Finding]:
    """The ratio of two facets by their items."""
    items = {
        facet: tuple(
            i.id
            for i in context.instrument.items
            if i.facet == facet and i.id in context.items.names
        )
        for facet in pair
    }
    if any(len(mine) < 2 for mine in items.values()):
        yield _row(Statistic.HTMT, pair, reason="fewer than two items")
        return
    names = [item for mine in items.values() for item in mine]
    cases = complete_cases(context, context.items, names)
    yield from _ratios(context, rules, items, cases)


def _warnings(rules: Validity, rows: list[Finding]) -> Iterator[Warned]:
    close = [
        f"{row.subject[0]}-{row.subject[1]}"
        for row in rows
        if row.statistic == Statistic.HTMT and row.high is not None and row.high >= rules.htmt
    ]
    if close:
        yield Warned(
            NAME, "not_discriminant", {"pairs": ", ".join(close), "bound": f"{rules.htmt:g}"}
        )
    narrow = [
        row.subject[0]
        for row in rows
        if row.statistic == Statistic.AVE and row.value is not None and row.value < 0.5
    ]
    if narrow:
        yield Warned(NAME, "low_ave", {"names": ", ".join(narrow)})


ANALYSIS = Analysis(NAME, run, reads=("validity",), after=())
