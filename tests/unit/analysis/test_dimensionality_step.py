"""Dimensionality: correlations of ordered categories, and agreement with the design."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.unit.analysis.test_steps import core, run, table_of

from cosyn.analysis import Outcome
from cosyn.analysis._correlations import NOT_DEFINITE, correlated
from cosyn.analysis._design_agreement import ONE_GROUP, TOO_MANY, Design, design_of, misplaced
from cosyn.analysis._factors import Solution
from cosyn.engine.polychoric_matrix import PolychoricMatrix, polychoric_matrix
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.plan import LoadedPlan, load_plan
from cosyn.scoring import Scores
from cosyn.study import bundled

N = 700


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


def planned(**changes: object) -> LoadedPlan:
    loaded = load_plan(bundled() / "analysis")
    section = loaded.plan.dimensionality
    assert section
    rule = section.parallel.model_copy(update={"draws": 20})
    section = section.model_copy(update={"bootstrap": 0, "parallel": rule, **changes})
    plan = loaded.plan.model_copy(update={"dimensionality": section})
    return dataclasses.replace(loaded, plan=plan)


def by_design(instrument: Instrument) -> np.ndarray:
    """Every construct a factor of its own, answers piled up at the top."""
    rng = np.random.default_rng(8)
    constructs = [instrument.item(name).construct for name in core(instrument)]
    factors = {name: rng.standard_normal(N) for name in dict.fromkeys(constructs)}
    latent = [factors[name] + 0.8 * rng.standard_normal(N) for name in constructs]
    return np.column_stack([1 + np.searchsorted([-2, -1.4, -1, -0.5, 0.2], x) for x in latent])


@pytest.fixture(scope="module")
def values(instrument: Instrument) -> np.ndarray:
    return by_design(instrument).astype(float)


@pytest.fixture(scope="module")
def found(instrument: Instrument, values: np.ndarray) -> Outcome:
    return run(instrument, planned(), table_of(values, core(instrument)), "dimensionality")


def rows(outcome: Outcome, statistic: Statistic, model: str = "") -> list[Finding]:
    return [r for r in outcome.findings if r.statistic == statistic and r.model == model]


def test_factors_are_those_of_the_design(found: Outcome) -> None:
    for model in ("", "target"):
        agreed = rows(found, Statistic.FACTOR_CONGRUENCE, model)
        assert len(agreed) == 4
        assert min(row.value or 0 for row in agreed) > 0.97
    assert not {w.code for w in found.warnings} & {"items_misplaced", "polychoric_replaced"}


def test_factors_of_the_target_bear_the_names_of_constructs(
    instrument: Instrument, found: Outcome
) -> None:
    loadings = {r.subject: r.value or 0 for r in rows(found, Statistic.EFA_LOADING, "target")}
    for (factor, item), value in loadings.items():
        own = instrument.item(item).construct == factor
        assert (value > 0.5) if own else (abs(value) < 0.2)


def test_polychoric_correlations_are_analysed(
    instrument: Instrument, values: np.ndarray, found: Outcome
) -> None:
    (kind,) = rows(found, Statistic.CORRELATIONS)
    assert kind.label == "polychoric"
    names = core(instrument)[:32]
    eigenvalues = [r.value or 0.0 for r in rows(found, Statistic.EIGENVALUE_COMPONENT)]
    R = polychoric_matrix(values[:, :32], names).R
    np.testing.assert_allclose(eigenvalues, np.linalg.eigvalsh(R)[::-1], atol=1e-9)
    plain = run(
        instrument,
        planned(correlations="pearson"),
        table_of(values, core(instrument)),
        "dimensionality",
    )
    (first,) = rows(plain, Statistic.CORRELATIONS)
    assert first.label == "pearson"
    assert (rows(plain, Statistic.EIGENVALUE_COMPONENT)[0].value or 0) < eigenvalues[0]


def test_the_minimum_average_partial_is_reported(found: Outcome) -> None:
    suggested = {row.subject: row.value for row in rows(found, Statistic.SUGGESTED_MAP)}
    assert suggested == {("squared",): 4, ("fourth",): 4}


def test_an_item_of_another_factor_is_named(instrument: Instrument, values: np.ndarray) -> None:
    moved = values.copy()
    moved[:, 0] = np.clip(values[:, 31] + np.random.default_rng(2).integers(-1, 2, N), 1, 6)
    table = table_of(moved, core(instrument))
    outcome = run(instrument, planned(), table, "dimensionality")
    (warned,) = [w for w in outcome.warnings if w.code == "items_misplaced"]
    assert warned.values["items"] == core(instrument)[0]


def test_what_is_no_matrix_is_replaced_and_told(
    monkeypatch: pytest.MonkeyPatch, values: np.ndarray
) -> None:
    def impossible(X: np.ndarray, names: tuple[str, ...]) -> PolychoricMatrix:
        return dataclasses.replace(polychoric_matrix(X, names), smallest=-0.1)

    monkeypatch.setattr("cosyn.analysis._correlations.polychoric_matrix", impossible)
    cases = Scores(tuple("abcd"), values[:, :4])
    data = correlated(cases, "polychoric")
    assert (data.kind, data.replaced) == ("pearson", NOT_DEFINITE)
    np.testing.assert_allclose(data.R, np.corrcoef(values[:, :4], rowvar=False))


def test_designs_that_make_no_target(instrument: Instrument) -> None:
    names = core(instrument)
    assert design_of(instrument, names[:8], "construct") == ONE_GROUP
    assert design_of(instrument, (names[0], names[8], names[16]), "construct") == TOO_MANY
    facets = design_of(instrument, names[:32], "facet")
    assert isinstance(facets, Design)
    assert len(facets.factors) == 16
    assert facets.pattern.sum(axis=0).tolist() == [2.0] * 16


def test_misplaced_items_are_those_that_load_elsewhere_or_nowhere() -> None:
    design = Design(("A", "B"), ("a", "b", "c"), np.array([[1.0, 0], [1, 0], [0, 1]]))
    loadings = np.array([[0.7, 0.1], [0.3, 0.1], [0.6, 0.5]])
    assert misplaced(Solution(loadings, np.eye(2)), design, 0.4) == ["b", "c"]
