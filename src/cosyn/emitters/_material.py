"""The same respondents, scores and models as the plan's analyses use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.emitters._types import Emission, Model, Sample, Settings
from cosyn.engine.syntax import parse
from cosyn.scoring import clusters_of, facet_scores, keyed
from cosyn.synergy import SYNERGIES, Task
from cosyn.synergy import Scores as Complete
from cosyn.synergy.interaction import full_syntax, with_products

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.instrument.types import Instrument
    from cosyn.plan import LoadedPlan, ModelEntry, StructureEntry
    from cosyn.responses import ResponseTable
    from cosyn.scoring import Scores

MEASUREMENT, STRUCTURE = "measurement", "structure"
TWO_LEVELS = "a model of two levels"
CATEGORIES = "the same model of ordered categories: set WLSMV and the items as ordered"


def emission(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable, identity: Mapping[str, str]
) -> Emission:
    """Collect every measurement and structural model of the plan that has data.

    Parameters
    ----------
    instrument : Instrument
        With the response formats of the plan's form.
    """
    items = keyed(table, instrument)
    facets = facet_scores(items, instrument, plan.plan.facet_scores.minimum_answered)
    clustered = clusters_of(table, plan.plan.estimation) is not None
    settings = Settings(estimator=plan.plan.estimation.estimator, clustered=clustered)
    table = _with_clusters(table)
    measurement = list(_measurement(instrument, plan, table, items, facets))
    structure = list(_structure(instrument, plan, table, items, facets))
    samples: dict[str, Sample] = {}
    models, left_out = [], []
    for model, sample, reason in (*measurement, *structure):
        if reason:
            left_out.append((model.id, reason))
            continue
        samples[model.sample] = sample
        models.append(replace(model, settings=settings))
    if plan.plan.measurement and plan.plan.measurement.ordinal:
        of_items = (model.id for model in plan.plan.measurement.models if model.data == "items")
        left_out += [(f"{model}-WLSMV", CATEGORIES) for model in of_items]
    return Emission(samples, tuple(models), tuple(left_out), identity)


def _with_clusters(table: ResponseTable) -> ResponseTable:
    """Respondents without a department as departments of their own, as in our analysis."""
    named = (name or f"none {row}" for row, name in enumerate(table.departments, start=1))
    return replace(table, departments=tuple(named))


_Found = tuple[Model, Sample, str]


def _measurement(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable, items: Scores, facets: Scores
) -> Iterator[_Found]:
    """Yield the measurement models; those of the same data share their respondents."""
    entries = plan.plan.measurement.models if plan.plan.measurement else ()
    every = {
        "items": tuple(item.id for item in instrument.items),
        "facets": tuple(facet.id for facet in instrument.facets()),
    }
    for kind, scores in (("items", items), ("facets", facets)):
        name = MEASUREMENT if kind == "items" else f"{MEASUREMENT}_{kind}"
        models = [_model(plan, entry, name) for entry in entries if entry.data == kind]
        needed = [model.table(every[kind]).observed for model in models]
        used = {variable for variables in needed for variable in variables}
        names = tuple(variable for variable in scores.names if variable in used)
        sample = _complete(name, names, scores.columns(names), table)
        for model, observed in zip(models, needed, strict=True):
            yield model, sample, _lacking(observed, sample)


def _structure(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable, items: Scores, facets: Scores
) -> Iterator[_Found]:
    """Yield the structural models, with the product indicators that some are made of."""
    section = plan.plan.structure
    if section is None:
        return
    scores = facets if section.data == "facets" else items
    base = _complete(STRUCTURE, scores.names, scores.values, table)
    known = {item.id for item in instrument.items} | {f.id for f in instrument.facets()}
    for entry in section.models:
        if SYNERGIES[entry.kind].two_levels:
            yield _model(plan, entry, STRUCTURE), base, TWO_LEVELS
            continue
        syntax = plan.models[entry.file]
        statements = parse(syntax, _where(entry))
        used = {name for s in statements if s.op != ":=" for name in (s.lhs, s.rhs)}
        reason = _lacking(tuple(sorted(used & known)), base)
        if entry.products and not reason:
            # Products of one model may bear the names of another's: its sample is its own.
            name = f"{STRUCTURE}_{entry.id}"
            task = Task(syntax, _where(entry), section.outcome, products=entry.products)
            wide = with_products(Complete(base.names, base.values), task)
            sample = Sample(name, wide.names, wide.values, base.clusters)
            whole = replace(_model(plan, entry, name), syntax=full_syntax(task))
            yield whole, sample, ""
        else:
            yield _model(plan, entry, STRUCTURE), base, reason


def _model(plan: LoadedPlan, entry: ModelEntry | StructureEntry, sample: str) -> Model:
    return Model(entry.id, sample, plan.models[entry.file], _where(entry))


def _where(entry: ModelEntry | StructureEntry) -> str:
    return f"analysis/models/{entry.file}.lav"


def _complete(
    name: str, names: tuple[str, ...], values: np.ndarray, table: ResponseTable
) -> Sample:
    whole = ~np.isnan(values).any(axis=1)
    clusters = tuple(table.departments[i] for i in np.flatnonzero(whole))
    return Sample(name, names, values[whole], clusters)


def _lacking(needed: tuple[str, ...], sample: Sample) -> str:
    missing = [name for name in needed if name not in sample.names]
    if missing:
        return f"no data for {', '.join(missing)}"
    return "" if len(sample.values) else "no complete answers"
