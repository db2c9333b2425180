"""Measurement models of items and of facet scores, by both estimators."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from tests.planned import planned
from tests.unit.analysis.test_steps import core, run, table_of

from cosyn.analysis import Outcome
from cosyn.engine import cfa
from cosyn.engine.hierarchy import hierarchy
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.plan import LoadedPlan
from cosyn.responses import ResponseTable
from cosyn.scoring import facet_scores, keyed
from cosyn.study import bundled

N = 600
TRIED = ("M4", "M6", "S1", "S2", "S3", "S4")


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


@pytest.fixture(scope="module")
def plan() -> LoadedPlan:
    """The plan with fewer models, and a comparison that compares nothing."""
    loaded = planned()
    section = loaded.plan.measurement
    assert section
    models = tuple(model for model in section.models if model.id in TRIED)
    pairs = tuple(pair for pair in section.nested if set(pair) <= set(TRIED))
    fewer = section.model_copy(update={"models": models, "nested": (*pairs, ("M4", "S1"))})
    return dataclasses.replace(loaded, plan=loaded.plan.model_copy(update={"measurement": fewer}))


@pytest.fixture(scope="module")
def table(instrument: Instrument) -> ResponseTable:
    """A general factor with a say in every cell, cells over facets over items."""
    rng = np.random.default_rng(12)
    names = core(instrument)
    general = rng.standard_normal(N)
    cells = {c.id: 0.7 * general + 0.6 * rng.standard_normal(N) for c in instrument.constructs}
    facets = {
        f.id: cells[c.id] + 0.5 * rng.standard_normal(N)
        for c in instrument.constructs
        for f in c.facets
    }
    columns = [
        1
        + np.searchsorted([-1.5, -0.5, 0.5, 1.5], facets[instrument.item(name).facet] + 0.6 * noise)
        for name, noise in zip(names, rng.standard_normal((len(names), N)), strict=True)
    ]
    departments = tuple(f"D{k % 60}" for k in range(N))
    return table_of(np.column_stack(columns), names, departments)


@pytest.fixture(scope="module")
def found(instrument: Instrument, plan: LoadedPlan, table: ResponseTable) -> Outcome:
    return run(instrument, plan, table, "measurement")


def get(found: Outcome, statistic: Statistic, model: str) -> Finding:
    [row] = [r for r in found.findings if (r.statistic, r.model) == (statistic, model)]
    return row


def difference(found: Outcome, *pair: str) -> Finding:
    [row] = [
        r
        for r in found.findings
        if r.statistic == Statistic.CHI_SQUARE_DIFFERENCE and r.subject == pair
    ]
    return row


@pytest.mark.parametrize(("model", "df"), [("S1", 98), ("S2", 100), ("S3", 88), ("S4", 92)])
def test_models_of_facet_scores_have_the_degrees_of_freedom_of_the_design(
    found: Outcome, model: str, df: int
) -> None:
    assert get(found, Statistic.CHI_SQUARE, model).df == df


def test_models_of_items_are_fitted_to_categories_too(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable, found: Outcome
) -> None:
    section = plan.plan.measurement
    assert section
    file = next(model.file for model in section.models if model.id == "M6")
    frame = pd.DataFrame(table.columns(table.items[:32]), columns=list(table.items[:32]))
    frame["department"] = list(table.departments)
    fit = cfa(plan.models[file], frame, ordered=True, cluster="department")
    scaled = get(found, Statistic.CHI_SQUARE_SCALED, "M6-WLSMV")
    assert fit.result.measures
    assert scaled.value == pytest.approx(fit.result.measures.chisq_scaled, rel=1e-6)
    assert scaled.df == 442
    robust = get(found, Statistic.CFI_ROBUST, "M6-WLSMV")
    assert robust.value == pytest.approx(fit.result.measures.cfi_robust, rel=1e-6)
    of_ordinal = {r.statistic for r in found.findings if r.model == "M6-WLSMV"}
    assert not of_ordinal & {Statistic.BIC, Statistic.LOADING}
    assert not any(r.model.startswith("S1-") for r in found.findings)


def test_nested_models_are_compared_by_both_estimators(found: Outcome) -> None:
    assert difference(found, "S2", "S1").df == 2
    assert difference(found, "S2", "S3").df == 12
    assert difference(found, "S1", "S4").df == 6
    assert difference(found, "M4", "S1").reason == "the models are of different data"


def test_a_general_factor_is_described(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable, found: Outcome
) -> None:
    scores = facet_scores(keyed(table, instrument), instrument, 2)
    frame = pd.DataFrame(scores.values, columns=list(scores.names))
    section = plan.plan.measurement
    assert section
    file = next(model.file for model in section.models if model.id == "S2")
    known = hierarchy(cfa(plan.models[file], frame).result)
    assert known.hierarchical
    row = get(found, Statistic.OMEGA_HIERARCHICAL, "S2")
    assert row.value == pytest.approx(known.hierarchical.implied, abs=1e-5)
    assert get(found, Statistic.PUC, "S2").value == pytest.approx(96 / 120)
    assert not any(r.statistic == Statistic.ECV and r.model == "S1" for r in found.findings)


def test_what_cannot_be_fitted_to_categories_has_a_reason(
    instrument: Instrument, plan: LoadedPlan, table: ResponseTable
) -> None:
    """Too few respondents for the asymptotic covariance; the run goes on."""
    few = table_of(table.columns(table.items)[:25], table.items)
    outcome = run(instrument, plan, few, "measurement")
    statuses = {r.model: r for r in outcome.findings if r.statistic == Statistic.STATUS}
    assert set(statuses) >= {"M6", "S1", "S4"}
    assert all(row.reason for row in statuses.values() if row.label != "ok")
