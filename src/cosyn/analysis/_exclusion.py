"""Key statistics of some respondents, to be compared with those of all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._cases import complete_cases, fitted, table_options
from cosyn.analysis.reliability import reliabilities
from cosyn.engine.partable import parameter_table
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Statistic
from cosyn.responses import select
from cosyn.scoring import Scores, keyed
from cosyn.synergy import SYNERGIES, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cosyn.analysis._types import Context
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.standardize import Standardized
    from cosyn.plan import ModelEntry, Structure, StructureEntry

ALL, KEPT = "all", "kept"
TWO_ITEMS = "two items"
NOT_SOUND = "the model has no sound estimates"


def key_statistics(
    context: Context, rows: NDArray[np.bool_], variant: str, name: str, *, models: bool = True
) -> Iterator[Finding]:
    """Counts, item means, reliabilities, correlations, fit and effects of the rows chosen.

    Each finding's subject ends with the variant, `ALL` or `KEPT`; models are named in the subject
    and not as the finding's model, so that nobody takes them for those of the plan's own steps.

    Parameters
    ----------
    models : bool
        Whether the expected measurement model and the structural models are fitted too.
    """
    here = _chosen(context, rows)
    departments = {d for d in here.table.departments if d}
    yield Finding(name, Statistic.COUNT, ("respondents", variant), here.table.n)
    yield Finding(name, Statistic.COUNT, ("departments", variant), len(departments))
    yield from _means(here, variant, name)
    for row in reliabilities(here):
        if row.statistic in {Statistic.ALPHA, Statistic.OMEGA} and row.reason != TWO_ITEMS:
            yield replace(row, analysis=name, subject=(*row.subject, variant))
    yield from _correlations(here, variant, name)
    if not models:
        return
    yield from _expected_model(here, variant, name)
    yield from _main_effects(here, variant, name)


def _chosen(context: Context, rows: NDArray[np.bool_]) -> Context:
    if rows.all():
        return replace(context, asked=None)
    table = select(context.table, rows)
    return replace(
        context,
        table=table,
        items=keyed(table, context.instrument),
        facets=Scores(context.facets.names, context.facets.matrix[rows]),
        asked=None,
    )


def _means(here: Context, variant: str, name: str) -> Iterator[Finding]:
    for j, item in enumerate(here.items.names):
        column = here.table.matrix[:, j]
        known = column[~np.isnan(column)]
        mean = float(known.mean()) if len(known) else None
        reason = "" if len(known) else "no answers"
        yield Finding(name, Statistic.MEAN, (item, variant), mean, reason=reason, n=len(known))


def _correlations(here: Context, variant: str, name: str) -> Iterator[Finding]:
    """Correlations of the facet scores, over those who have both."""
    names = here.facets.names
    for i, first in enumerate(names):
        for j in range(i + 1, len(names)):
            both = here.facets.complete((first, names[j])).values
            subject = first, names[j], variant
            if len(both) < 3 or (both == both[0]).all(axis=0).any():
                reason = "too few complete answers" if len(both) < 3 else "a score does not vary"
                yield Finding(name, Statistic.FACTOR_CORRELATION, subject, reason=reason)
                continue
            r = float(np.asarray(np.corrcoef(both.T))[0, 1])
            yield Finding(name, Statistic.FACTOR_CORRELATION, subject, r, n=len(both))


def _expected_model(here: Context, variant: str, name: str) -> Iterator[Finding]:
    """Fit of the measurement model that the theory names, to its complete cases."""
    section = here.plan.plan.measurement
    entry = next((m for m in section.models if m.id == section.expected), None) if section else None
    if entry is None:
        return
    measures = (Statistic.CFI, Statistic.RMSEA, Statistic.SRMR)
    fit = _fitted(here, entry)
    for statistic in measures:
        subject = entry.id, variant
        found = fit.measures if not isinstance(fit, str) else None
        value = getattr(found, statistic.value) if found else None
        why = fit if isinstance(fit, str) else NOT_SOUND
        yield Finding(name, statistic, subject, value, reason="" if value is not None else why)


def _fitted(here: Context, entry: ModelEntry) -> SemFit | str:
    here.progress("screening measurement")
    statements = parse(here.plan.models[entry.file], _where(entry.file))
    of_facets = entry.data == "facets"
    scores = here.facets if of_facets else here.items
    everything = here.instrument.facets() if of_facets else here.instrument.items
    known = [each.id for each in everything]
    observed = parameter_table(statements, known).observed
    missing = [used for used in observed if used not in scores.names]
    if missing:
        return f"no data for {', '.join(missing)}"
    cases = complete_cases(here, scores, observed)
    try:
        return fitted(here, parameter_table(statements, known, table_options(cases)), cases)
    except IdentificationError as error:
        return error.what


def _main_effects(here: Context, variant: str, name: str) -> Iterator[Finding]:
    """Standardised effects on the outcome in the structural models without a null."""
    section = here.plan.plan.structure
    if section is None:
        return
    for entry in section.models:
        if entry.null is not None or SYNERGIES[entry.kind].two_levels:
            continue
        statements = parse(here.plan.models[entry.file], _where(entry.file))
        effects = [(s.lhs, s.rhs) for s in statements if s.op == "~" and s.lhs == section.outcome]
        used = {part for s in statements if s.op != ":=" for part in (s.lhs, s.rhs)}
        standard = _standardized(here, section, entry, used)
        for pair in effects:
            row = None if isinstance(standard, str) else standard.row(pair[0], "~", pair[1])
            value = row.value if row else None
            why = standard if isinstance(standard, str) else NOT_SOUND
            reason = "" if value is not None else why
            subject = entry.id, *pair, variant
            yield Finding(name, Statistic.PATH_STD, subject, value, reason=reason)


def _standardized(
    here: Context, section: Structure, entry: StructureEntry, used: set[str]
) -> Standardized | str:
    """Standardised estimates of a structural model, or the reason why there are none."""
    cases = complete_cases(here, here.facets if section.data == "facets" else here.items)
    known = {item.id for item in here.instrument.items}
    known |= {facet.id for facet in here.instrument.facets()}
    if not len(cases.values) or used & known - set(cases.names):
        return "no complete answers"
    robust = here.plan.plan.estimation.estimator == "MLR"
    task = Task(here.plan.models[entry.file], _where(entry.file), section.outcome, robust=robust)
    try:
        result = SYNERGIES[entry.kind].run(cases, task)
    except IdentificationError as error:
        return error.what
    return result.standard if result.standard and result.fit.status.ok else NOT_SOUND


def _where(file: str) -> str:
    return f"analysis/models/{file}.lav"
