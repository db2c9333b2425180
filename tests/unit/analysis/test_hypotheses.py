"""Decisions follow the stated rule, whatever the numbers are."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.stats import norm

from cosyn.analysis import Context
from cosyn.analysis.hypotheses import (
    ANALYSIS,
    decide_effect,
    decide_equivalence,
    decide_restriction,
    holm,
)
from cosyn.findings import Decision, Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.plan import load_plan
from cosyn.responses import join, response_table
from cosyn.scoring import Scores
from cosyn.study import bundled


def test_holm_equals_a_published_example() -> None:
    """R's documentation of p.adjust: the same p-values adjusted by hand, Holm (1979)."""
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert holm([0.04, 0.01, 0.9]) == pytest.approx([0.08, 0.03, 0.9])
    assert holm([]) == []


RULES = (0.05, 0.10)


@pytest.mark.parametrize(
    ("value", "interval", "p", "sign", "decision"),
    [
        (0.40, (0.30, 0.50), 0.001, 1, Decision.SUPPORTED),
        (0.40, (0.30, 0.50), 0.001, -1, Decision.FALSIFIED),
        (-0.40, (-0.50, -0.30), 0.001, -1, Decision.SUPPORTED),
        (0.05, (0.02, 0.08), 0.001, 1, Decision.FALSIFIED),
        (0.12, (-0.01, 0.25), 0.12, 1, Decision.UNDECIDED),
        (0.12, (0.01, 0.23), 0.06, 1, Decision.UNDECIDED),
    ],
)
def test_an_effect_is_decided_by_sign_size_and_certainty(
    value: float, interval: tuple[float, float], p: float, sign: int, decision: Decision
) -> None:
    assert decide_effect(value, interval, p, sign, RULES) == decision


@pytest.mark.parametrize(
    ("interval", "decision"),
    [
        ((-0.05, 0.08), Decision.SUPPORTED),
        ((0.12, 0.30), Decision.FALSIFIED),
        ((-0.30, -0.12), Decision.FALSIFIED),
        ((0.05, 0.20), Decision.UNDECIDED),
    ],
)
def test_equivalence(interval: tuple[float, float], decision: Decision) -> None:
    assert decide_equivalence(interval, 0.10) == decision


@pytest.mark.parametrize(
    ("p", "bic", "decision"),
    [
        (0.001, 20.0, Decision.FALSIFIED),
        (0.001, -5.0, Decision.UNDECIDED),
        (0.30, -5.0, Decision.SUPPORTED),
        (0.30, 5.0, Decision.UNDECIDED),
    ],
)
def test_a_restriction(p: float, bic: float, decision: Decision) -> None:
    assert decide_restriction(p, bic, 0.01) == decision


def context_with(rows: tuple[Finding, ...]) -> Context:
    table = response_table(join([]), [], simulated=False)
    nothing = Scores((), np.empty((0, 0)))
    instrument = load_instrument(bundled() / "instrument")
    plan = load_plan(bundled() / "analysis")
    return Context(instrument, plan, table, nothing, nothing, rows)


def path(predictor: str, value: float, se: float, model: str = "a") -> tuple[Finding, Finding]:
    p = float(2 * norm.sf(abs(value / se)))
    raw = Finding("structure", Statistic.PATH, ("CS", predictor), value, se=se, p=p, model=model)
    return raw, dataclasses.replace(raw, statistic=Statistic.PATH_STD)


NEVER = ("H4", "H6", "H7", "H8", "H9", "H11", "H13", "H14", "H15")
"""Claims of models or steps that found nothing here."""


def test_the_plan_is_decided_from_the_findings_of_the_models() -> None:
    rows = (
        Finding("structure", Statistic.STATUS, label="ok", model="a"),
        Finding("structure", Statistic.STATUS, label="not converged", model="c"),
        *path("IP", 0.40, 0.05),
        *path("EP", 0.02, 0.02),
        *path("IN", 0.20, 0.05),
        Finding("structure", Statistic.DEFINED_STD, ("locusbal",), 0.01, se=0.03, model="a"),
        Finding("structure", Statistic.CHI_SQUARE_DIFFERENCE, ("b", "a"), 75.0, p=1e-14, df=5, model="b"),
        Finding("structure", Statistic.BIC_DIFFERENCE, ("b", "a"), 42.0, model="b"),
    )  # fmt: skip
    found = ANALYSIS.run(context_with(rows)).findings
    decisions = {f.subject[0]: f.label for f in found if f.statistic == Statistic.DECISION}
    assert decisions == {
        "H1": Decision.SUPPORTED,
        "H2": Decision.FALSIFIED,
        "H3": Decision.FALSIFIED,
        "H5": Decision.NOT_TESTED,
        "H10": Decision.SUPPORTED,
        "H12": Decision.FALSIFIED,
        **dict.fromkeys(NEVER, Decision.NOT_TESTED),
    }
    untested = next(f for f in found if f.subject == ("H5",))
    assert untested.reason == "not converged"
    adjusted = next(f for f in found if f.subject == ("H2", "holm"))
    assert adjusted.value == pytest.approx(float(2 * norm.sf(1.0)))


def test_nothing_is_decided_without_models() -> None:
    found = ANALYSIS.run(context_with(())).findings
    assert {f.label for f in found} == {Decision.NOT_TESTED}
