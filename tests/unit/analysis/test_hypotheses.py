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
        Finding("structure", Statistic.STATUS, label="not estimated", model="c2"),
        Finding("structure", Statistic.STATUS, label="ok", model="b"),
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
        "H5": Decision.UNDECIDED,
        "H10": Decision.SUPPORTED,
        "H12": Decision.FALSIFIED,
        **dict.fromkeys(NEVER, Decision.NOT_TESTED),
    }
    reasons = {f.subject[0]: f.reason for f in found if f.statistic == Statistic.DECISION}
    assert (reasons["H5"], reasons["H6"]) == ("not converged", "not estimated")
    adjusted = next(f for f in found if f.subject == ("H2", "holm"))
    assert adjusted.value == pytest.approx(float(2 * norm.sf(1.0)))


def test_nothing_is_decided_without_models() -> None:
    found = ANALYSIS.run(context_with(())).findings
    assert {f.label for f in found} == {Decision.NOT_TESTED}


def decisions(*rows: Finding) -> dict[str, Finding]:
    found = ANALYSIS.run(context_with(rows)).findings
    return {row.subject[0]: row for row in found if row.statistic == Statistic.DECISION}


def status(model: str, label: str = "ok", reason: str = "") -> Finding:
    return Finding("structure", Statistic.STATUS, label=label, reason=reason, model=model)


RIVALS = (
    Finding("structure", Statistic.CHI_SQUARE_DIFFERENCE, ("b", "a"), 1.0, p=0.9, df=5, model="b"),
    Finding("structure", Statistic.BIC_DIFFERENCE, ("b", "a"), -30.0, model="b"),
)


@pytest.mark.parametrize("unsound", ["a", "b"])
def test_a_restriction_of_unsound_models_is_undecided(unsound: str) -> None:
    assert decisions(status("a"), status("b"), *RIVALS)["H12"].label == Decision.SUPPORTED
    other = "ab".replace(unsound, "")
    bad = status(unsound, "inadmissible", "Heywood case")
    found = decisions(bad, status(other), *RIVALS)["H12"]
    assert (found.label, found.reason) == (
        Decision.UNDECIDED,
        f"inadmissible; Heywood case; {unsound}",
    )


def test_effects_of_unsound_models_neither_decide_nor_count_for_holm() -> None:
    rows = (
        *path("IP", 0.40, 0.05),
        *path("IPxEP", 0.4, 0.05, "c"),
        *path("EPxEN", 0.2, 0.09, "c3"),
    )
    balance = Finding("structure", Statistic.DEFINED_STD, ("locusbal",), 0.01, se=0.03, model="a")
    bad = status("a", "inadmissible", "Heywood case"), status("c", "not converged")
    found = decisions(*bad, status("c3"), *rows, balance)
    assert {found[name].label for name in ("H1", "H5", "H10")} == {Decision.UNDECIDED}
    assert found["H10"].reason == "inadmissible; Heywood case"
    effects = ANALYSIS.run(context_with((*bad, status("c3"), *rows))).findings
    [adjusted] = [row for row in effects if row.subject[1:] == ("holm",)]
    assert adjusted.subject[0] == "H7"
    assert adjusted.value == pytest.approx(0.0263, abs=1e-4)


def turning(square: float, low: float, high: float, ceiling: float) -> Finding:
    """Decide H4: a square, slopes either side of a breakpoint, and highest answers."""
    lines = [
        Finding("two_lines", Statistic.LINE_SLOPE, ("CS", "EN", side), value, se=0.05, p=0.01)
        for side, value in (("low", low), ("high", high))
    ]
    top = Finding("items", Statistic.CEILING, ("CSW1",), ceiling)
    return decisions(status("q"), *path("EN2", square, 0.05, "q"), *lines, top)["H4"]


def test_a_square_of_answers_at_the_ceiling_falsifies_nothing() -> None:
    plain, piled = turning(0.3, 0.01, 0.02, 0.1), turning(0.3, 0.01, 0.02, 0.3)
    assert (plain.label, plain.reason) == (Decision.FALSIFIED, "")
    assert piled.label == Decision.UNDECIDED
    assert "pile up" in piled.reason
    # A line that runs the other way does not come of a ceiling, and a claim that holds still holds.
    assert turning(0.3, -0.4, 0.02, 0.3).label == Decision.FALSIFIED
    assert turning(-0.3, 0.4, -0.4, 0.3).label == Decision.SUPPORTED
