"""Structural models of the outcome, each by its file in ``cosyn.synergy``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.analysis._cases import Cases, complete_cases
from cosyn.analysis._interactions import probe_findings, probe_series, variant_findings
from cosyn.analysis._levels import level_findings, level_warnings
from cosyn.analysis._models import (
    About,
    cross_check,
    cross_check_warnings,
    difference_findings,
    fit_findings,
    not_estimated,
    status_warnings,
)
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.inference import wald
from cosyn.engine.monte_carlo import monte_carlo
from cosyn.engine.syntax import parse_model
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Series, Statistic, Warned
from cosyn.synergy import SYNERGIES, SynergyResult, Task

if TYPE_CHECKING:
    from cosyn.engine.table import ParameterTable
    from cosyn.plan import Structure, StructureEntry

NAME = "structure"
DRAWS = 20_000
MONTE_CARLO = "Monte Carlo interval"
NO_SCALE = "products are not standardised by variances of their own"
UNSOUND_NULL = "the model without the products' effects is not sound"
LOSS_WORTH_A_WORD = 0.20
"""Share of respondents lost to gaps from which on the analyst is told."""
ENOUGH = 200
"""Departments that a model of two levels needs, where the plan does not say."""


def run(context: Context) -> Outcome:
    """Fit every structural model of the plan to the same complete cases."""
    section = context.plan.plan.structure
    if section is None or not section.models:
        return Outcome(())
    scores = context.facets if section.data == "facets" else context.items
    cases = complete_cases(context, scores)
    rows: list[Finding] = []
    series: list[Series] = []
    warnings = _losses(context, len(cases.values))
    for entry in section.models:
        context.progress(f"{NAME} {entry.id}")
        about = About(NAME, entry.id, context.plan.plan.confidence)
        mine = cases
        if SYNERGIES[entry.kind].two_levels:
            mine = complete_cases(context, scores, clustered=True)
        result = _fit(context, section, entry, mine)
        if isinstance(result, str):
            rows.append(not_estimated(about, result, len(cases.values)))
            warnings.append(Warned(NAME, "not_estimated", {"model": entry.id, "reason": result}))
            continue
        rows += _with_drawn_intervals(context, _findings(about, entry, result), result)
        if result.interaction is not None:
            if not result.interaction.unsound:
                rows += probe_findings(about, result.interaction)
                series += probe_series(about, result.interaction)
            task = _task(context, section, entry)
            context.progress(f"{NAME} {entry.id} {' '.join(entry.variants)}".rstrip())
            rows += variant_findings(about, cases, task, entry.kind, entry.variants)
        warnings += status_warnings(about, result.fit)
        if result.levels is not None:
            warnings += level_warnings(about, result.levels, _enough(context))
        checks = _cross_check(about, entry, result, cases)
        warnings += [warned for check in checks for warned in cross_check_warnings(check)]
        rows += checks
    return Outcome(tuple(rows), tuple(warnings), tuple(series))


def _fit(
    context: Context, section: Structure, entry: StructureEntry, cases: Cases
) -> SynergyResult | str:
    """Fit one model; the reason if the data do not allow it."""
    if not len(cases.values):
        return "no complete answers"
    known = {item.id for item in context.instrument.items}
    known |= {facet.id for facet in context.instrument.facets()}
    kind = SYNERGIES[entry.kind]
    if kind.two_levels and cases.cluster is None:
        return "fewer than two clusters"
    syntax = context.plan.models[entry.file]
    model = parse_model(syntax, _where(entry), levels=kind.two_levels)
    used = {name for s in model.statements if s.op != ":=" for name in (s.lhs, s.rhs)}
    missing = sorted(used & known - set(cases.names))
    if missing:
        return f"no data for {', '.join(missing)}"
    try:
        return kind.run(cases, _task(context, section, entry))
    except IdentificationError as error:
        return error.what


def _losses(context: Context, complete: int) -> list[Warned]:
    n = context.table.n
    if not n or 1 - complete / n < LOSS_WORTH_A_WORD:
        return []
    return [Warned(NAME, "listwise_loss", {"used": str(complete), "of": str(n)})]


def _task(context: Context, section: Structure, entry: StructureEntry) -> Task:
    null = next((m for m in section.models if m.id == entry.null), None)
    models = context.plan.models
    return Task(
        syntax=models[entry.file],
        where=_where(entry),
        outcome=section.outcome,
        null=models[null.file] if null else "",
        null_where=_where(null) if null else "",
        products=entry.products,
        robust=context.plan.plan.estimation.estimator == "MLR",
        level=context.plan.plan.confidence,
        enough_clusters=_enough(context),
    )


def _enough(context: Context) -> int:
    """Departments from which on a model of two levels is more than exploratory."""
    rules = context.plan.plan.departments
    return rules.exploratory_below if rules else ENOUGH


def _where(entry: StructureEntry) -> str:
    return f"analysis/models/{entry.file}.lav"


def _findings(about: About, entry: StructureEntry, result: SynergyResult) -> list[Finding]:
    if result.levels is not None:
        return level_findings(about, result, result.levels)
    rows = fit_findings(about, result.fit, result.standard)
    rows = _with_effects(about, rows, result)
    if result.difference is not None and result.null is not None:
        restricted_null = SYNERGIES[entry.kind].null_is_restricted
        if restricted_null:
            pair, fits = (f"{entry.id}0", entry.id), (result.null, result.fit)
        else:
            pair, fits = (entry.id, entry.null or ""), (result.fit, result.null)
        difference, null = result.difference, result.null.status
        if restricted_null and not null.ok:
            reason = "; ".join((UNSOUND_NULL, *null.reasons))
            difference = replace(difference, chisq=None, pvalue=None, reason=reason)
        rows += difference_findings(about, pair, difference, fits)
    if result.gain is not None:
        rows.append(
            Finding(
                NAME,
                Statistic.R_SQUARED_GAIN,
                (entry.id,),
                result.gain,
                model=entry.id,
                method="over the same model without the products' effects",
            )
        )
    return rows


def _with_drawn_intervals(
    context: Context, rows: list[Finding], result: SynergyResult
) -> list[Finding]:
    """Intervals of products of paths by Monte Carlo: their distribution is skewed.

    MacKinnon, Lockwood & Williams (2004, *Multivariate Behavioral Research* 39, 99-128).
    """
    products = {r.lhs for r in result.fit.table.rows if r.op == ":=" and "*" in r.rhs}
    if not products or result.fit.vcov is None:
        return rows
    plan = context.plan.plan
    drawn = monte_carlo(result.fit, draws=DRAWS, seed=plan.seed)
    ends = dict(zip(drawn.names, drawn.intervals(plan.confidence).T.tolist(), strict=True))

    def drawn_interval(row: Finding) -> Finding:
        if row.statistic != Statistic.DEFINED or row.subject[0] not in products:
            return row
        low, high = ends[row.subject[0]]
        method = f"{row.method}; {MONTE_CARLO}, {DRAWS} draws"
        return replace(row, low=low, high=high, level=plan.confidence, method=method)

    return [drawn_interval(row) for row in rows]


def _with_effects(about: About, rows: list[Finding], result: SynergyResult) -> list[Finding]:
    """Put the right standardised effects of products in place of the ordinary ones."""
    effects = {(e.outcome, e.predictor): e for e in result.effects}
    of_products = _of_products(result.fit.table, set(effects))
    done = []
    for row in rows:
        if row.statistic == Statistic.DEFINED_STD and row.subject[0] in of_products:
            done.append(Finding(NAME, row.statistic, row.subject, reason=NO_SCALE, model=row.model))
            continue
        pair = (row.subject[0], row.subject[1]) if len(row.subject) == 2 else ("", "")
        if row.statistic != Statistic.PATH_STD or pair not in effects:
            done.append(row)
            continue
        effect = effects[pair]
        test = wald(effect.value, effect.se, about.level)
        done.append(
            replace(
                row,
                value=effect.value,
                se=effect.se,
                low=test.lower if test else None,
                high=test.upper if test else None,
                p=test.pvalue if test else None,
                method=f"{result.fit.estimator}; Wen, Marsh & Hau 2010",
            )
        )
    return done


def _of_products(table: ParameterTable, effects: set[tuple[str, str]]) -> set[str]:
    """Defined parameters that depend on the effect of a product.

    Standardised by the products' own variances they would be another quantity than what the
    effects of products are here (Wen, Marsh & Hau 2010).
    """
    found = {r.label for r in table.rows if (r.lhs, r.rhs) in effects and r.op == "~" and r.label}
    defined = [row for row in table.rows if row.op == ":="]
    for row in defined:
        if found & set(re.findall(r"[^\W\d]\w*", row.rhs)):
            found.add(row.lhs)
    return found & {row.lhs for row in defined}


def _cross_check(
    about: About, entry: StructureEntry, result: SynergyResult, cases: Cases
) -> list[Finding]:
    """Only models without a null are checked: one structural model is enough for the engine."""
    fit = result.fit
    if entry.null is not None or result.levels is not None or not fit.status.ok:
        return []
    places = [cases.names.index(name) for name in fit.table.observed]
    return [cross_check(about, fit, cases.values[:, places])]


ANALYSIS = Analysis(NAME, run, reads=("structure", "departments"), after=())
