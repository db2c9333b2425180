"""A model of the plan as a specification has it: its respondents, scores, syntax and fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._cases import complete_cases
from cosyn.analysis._grid import FIML, WLSMV, groups_of
from cosyn.analysis._keyed_products import keyed_products, parcelled
from cosyn.engine.estimation import FitOptions, fit_sem
from cosyn.engine.moments import incomplete_moments
from cosyn.engine.ordinal import ordinal_moments
from cosyn.engine.ordinal_fit import fit_ordinal
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse, parse_model
from cosyn.errors import IdentificationError, PlanError
from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER, select
from cosyn.scoring import Scores, clusters_of, facet_scores, keyed
from cosyn.synergy import SYNERGIES, SynergyResult, Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cosyn.analysis._grid import Specification
    from cosyn.analysis._types import Context
    from cosyn.plan import StructureEntry
    from cosyn.responses import ResponseTable

Effects = dict[tuple[str, str], tuple[float, float]]
_NOT_SHOWN = MISSING_ORDER.index(Missing.NOT_SHOWN)


def specified(context: Context, choice: Specification, kept: NDArray[np.bool_] | None) -> Context:
    """The respondents and scores of a specification, and the plan's estimation changed."""
    table, rows = context.table, np.ones(context.table.n, bool)
    if choice.form in context.forms:
        table = context.forms[choice.form]
        rows &= _asked(table, context.table)
    if not choice.flagged and kept is not None:
        rows &= kept
    if not rows.all():
        table = select(table, rows)
    items = keyed(table, context.instrument)
    if choice.without in items.names:
        left = [name for name in items.names if name != choice.without]
        items = Scores(tuple(left), items.columns(left))
    facets = facet_scores(items, context.instrument, choice.answered)
    estimation = context.plan.plan.estimation
    if not choice.clusters:
        estimation = estimation.model_copy(update={"clusters": "none"})
    plan = context.plan.plan.model_copy(update={"estimation": estimation})
    return replace(
        context, table=table, items=items, facets=facets, plan=replace(context.plan, plan=plan)
    )


def _asked(table: ResponseTable, usual: ResponseTable) -> NDArray[np.bool_]:
    """Who saw further items: of a longer form only these; of a shorter one everybody."""
    further = [j for j, name in enumerate(table.items) if name not in usual.items]
    if not further:
        return np.ones(table.n, bool)
    return np.asarray((table.missing[:, further] != _NOT_SHOWN).any(axis=1))


def effects_of(here: Context, entry: StructureEntry, choice: Specification) -> Effects | str:
    """Standardised paths with their standard errors, or why there are none.

    Under a key a construct's path is that of the factor which takes its place.
    """
    section = here.plan.plan.structure
    assert section is not None, "looked at before"
    syntax = without(here.plan.models[entry.file], choice.without)
    if choice.without in {s.rhs for s in parse_model(syntax).statements if s.op == "=~"}:
        return f"{choice.without} could not be taken out of the model"
    groups = groups_of(here, entry, choice.key) if choice.key else None
    products = entry.products
    if groups is not None and products:
        scores = here.facets if section.data == "facets" else here.items
        made = parcelled(syntax, section.outcome, groups, scores)
        if isinstance(made, str):
            return made
        syntax, scores = made
        of_facets = section.data == "facets"
        here = replace(here, facets=scores) if of_facets else replace(here, items=scores)
        products = keyed_products(products, groups)
    elif groups is not None:
        syntax = put_together(syntax, section.outcome, groups)
    task = Task(
        syntax=syntax,
        where=f"analysis/models/{entry.file}.lav",
        outcome=section.outcome,
        products=products,
        robust=here.plan.plan.estimation.estimator == "MLR",
    )
    gone = ", ".join(_without_data(here, syntax))
    try:
        result = f"no data for {gone}" if gone else _fitted(here, entry, task, choice)
    except (IdentificationError, PlanError) as error:
        return error.what
    if isinstance(result, str):
        return result
    if not result.fit.status.ok or result.standard is None:
        return "; ".join(result.fit.status.reasons) or "not converged"
    found = _paths(result)
    if groups is not None:
        found |= {(section.outcome, c): found[section.outcome, g] for c, g in groups.items()}
    return found


def _without_data(here: Context, syntax: str) -> list[str]:
    """Items or facets of a model that nobody was asked."""
    instrument = here.instrument
    known = {i.id for i in instrument.items} | {f.id for f in instrument.facets()}
    used = {s.rhs for s in parse_model(syntax).statements if s.op == "=~"}
    return sorted((used & known) - {*here.items.names, *here.facets.names})


def _paths(result: SynergyResult) -> Effects:
    assert result.standard is not None, "looked at before"
    found = {
        (row.lhs, row.rhs): (row.value, row.standard_error)
        for row in result.standard.rows()
        if row.op == "~" and row.value is not None and row.standard_error is not None
    }
    found |= {(e.outcome, e.predictor): (e.value, e.se) for e in result.effects if e.se is not None}
    return {pair: (float(value), float(se)) for pair, (value, se) in found.items()}


def _fitted(
    here: Context, entry: StructureEntry, task: Task, choice: Specification
) -> SynergyResult | str:
    """The model of a specification, or why there is none."""
    section = here.plan.plan.structure
    assert section is not None, "looked at before"
    if choice.estimator == WLSMV:
        return _ordinal(here, task)
    scores = here.facets if section.data == "facets" else here.items
    if choice.missing == FIML:
        return _incomplete(here, scores, task)
    cases = complete_cases(here, scores)
    return SYNERGIES[entry.kind].run(cases, task) if len(cases.values) else "no complete answers"


def _incomplete(here: Context, scores: Scores, task: Task) -> SynergyResult:
    """By full information (Yuan & Bentler 2000): whoever has any score."""
    options = TableOptions(means=True)
    table = parameter_table(parse(task.syntax, task.where), scores.names, options)
    clusters = clusters_of(here.table, here.plan.plan.estimation)
    moments = incomplete_moments(scores.columns(table.observed), table.observed, clusters)
    fit = fit_sem(table, (moments,), FitOptions("MLR" if task.robust else "ML"))
    return SynergyResult(fit, standardized(fit) if fit.status.converged else None)


def _ordinal(here: Context, task: Task) -> SynergyResult:
    """By WLSMV, facets being factors of their items (Muthen, du Toit & Spisic 1997)."""
    syntax = of_items(task.syntax, here)
    statements, names = parse(syntax, task.where), here.items.names
    observed = parameter_table(statements, names).observed
    values = here.items.columns(observed)
    whole = ~np.isnan(values).any(axis=1)
    clusters = clusters_of(here.table, here.plan.plan.estimation)
    moments = ordinal_moments(
        values[whole],
        observed,
        observed,
        cluster=None if clusters is None else clusters[whole],
    )
    counts = zip(moments.names, moments.thresholds, strict=True)
    ordered = tuple((name, len(tau)) for name, tau in counts)
    table = parameter_table(statements, names, TableOptions(means=True, ordered=ordered))
    fit = fit_ordinal(table, (moments,), FitOptions(WLSMV))
    return SynergyResult(fit, standardized(fit) if fit.status.converged else None)


def of_items(syntax: str, here: Context) -> str:
    """A model of facets with a factor for each facet; one with a single item is that item."""
    lines = []
    for facet in here.instrument.facets():
        mine = [name for name in here.items.names if here.instrument.item(name).facet == facet.id]
        if len(mine) == 1:
            syntax = "\n".join(_renamed(line, facet.id, mine[0]) for line in syntax.splitlines())
        elif facet.id in {s.rhs for s in parse_model(syntax).statements if s.op == "=~"}:
            lines.append(f"{facet.id} =~ {' + '.join(mine)}")
    return "\n".join([*lines, syntax])


def _renamed(line: str, old: str, new: str) -> str:
    factor, sign, terms = line.partition("#")[0].partition("=~")
    named = [new if term.strip() == old else term.strip() for term in terms.split("+")]
    return f"{factor}{sign} {' + '.join(named)}" if sign else line


def put_together(syntax: str, outcome: str, groups: Mapping[str, str]) -> str:
    """An additive model in which some factors are put together, and the others left out."""
    indicators: dict[str, list[str]] = {}
    for s in parse_model(syntax).statements:
        if s.op == "=~" and (s.lhs == outcome or s.lhs in groups):
            indicators.setdefault(groups.get(s.lhs, s.lhs), []).append(s.rhs)
    lines = [f"{factor} =~ {' + '.join(each)}" for factor, each in indicators.items()]
    predictors = dict.fromkeys(groups.values())
    return "\n".join([*lines, f"{outcome} ~ {' + '.join(predictors)}"])


def without(syntax: str, name: str) -> str:
    """A model without an indicator; remarks on its factors' lines go too, nothing else."""
    return "\n".join(_line_without(line, name) for line in syntax.splitlines()) if name else syntax


def _line_without(line: str, name: str) -> str:
    factor, sign, terms = line.partition("#")[0].partition("=~")
    kept = [term for term in terms.split("+") if term.split("*")[-1].strip() != name]
    return f"{factor}{sign}{'+'.join(kept)}" if sign else line
