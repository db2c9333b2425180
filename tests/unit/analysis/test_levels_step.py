"""The structural model of two levels in the plan: its findings are those of the engine, by level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.golden.golden_cases import csv
from tests.planned import planned

from cosyn.analysis import Context
from cosyn.analysis._levels import level_findings, level_warnings
from cosyn.analysis._models import About
from cosyn.analysis.structure import run
from cosyn.findings import Finding, Findings, Provenance, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.responses import ResponseTable
from cosyn.run import not_sound
from cosyn.scoring import facet_scores, keyed
from cosyn.study import bundled
from cosyn.synergy import SYNERGIES, Scores, Task

S = Statistic
INSTRUMENT = load_instrument(bundled() / "instrument")
PLAN = planned()
ABOUT = About("structure", "g", 0.95)
MODEL = """
level: 1
  P =~ p1 + l2*p2 + l3*p3
  C =~ c1 + m2*c2 + m3*c3
  C ~ bw*P
level: 2
  P =~ p1 + l2*p2 + l3*p3
  C =~ c1 + m2*c2 + m3*c3
  C ~ bb*P
contextual := bb - bw
"""
DATA = csv("departments")
SCORES = Scores(DATA.names, DATA.values, DATA.values[:, 0].astype(np.intp))


def of(first: int, last: int) -> Scores:
    assert SCORES.cluster is not None
    here = (SCORES.cluster >= first) & (SCORES.cluster <= last)
    return Scores(SCORES.names, SCORES.values[here], SCORES.cluster[here])


def one(rows: list[Finding], statistic: Statistic, *subject: str) -> Finding:
    [found] = [r for r in rows if (r.statistic, r.subject) == (statistic, subject)]
    return found


def test_estimates_are_those_of_the_model_level_by_level() -> None:
    """The engine's are checked against lavaan in tests/golden/test_two_level.py."""
    result = SYNERGIES["two_level"].run(SCORES, Task(MODEL, "two.lav", "C", robust=True))
    assert result.levels is not None
    rows = level_findings(ABOUT, result, result.levels)
    truth = {(e.level, e.lhs, e.op, e.rhs): e for e in result.levels.estimates}
    for level in ("within", "between"):
        expected = truth[level, "C", "~", "P"]
        plain = one(rows, S.PATH, "C", "P", level)
        scaled = one(rows, S.PATH_STD, "C", "P", level)
        assert (plain.value, plain.low, plain.high) == (expected.value, expected.low, expected.high)
        assert (scaled.value, scaled.low) == (expected.standard, expected.standard_low)
        assert expected.standard is not None
        # One predictor: what it explains is the square of its standardised slope.
        assert one(rows, S.R_SQUARED, "C", level).value == pytest.approx(expected.standard**2)
    assert one(rows, S.DEFINED, "contextual").value == truth["", "contextual", ":=", "bb-bw"].value
    assert one(rows, S.COUNT, "clusters").value == result.levels.clusters


def test_few_departments_and_fixed_variances_are_said() -> None:
    result = SYNERGIES["two_level"].run(of(61, 90), Task(MODEL, "two.lav", "C", robust=True))
    assert result.levels is not None
    rows = level_findings(ABOUT, result, result.levels)
    assert one(rows, S.COUNT, "clusters").label == "exploratory"
    assert one(rows, S.VARIANCE, "p2", "between").label == "fixed at 0"
    said = {w.code: w.values for w in level_warnings(ABOUT, result.levels, 200)}
    assert said["exploratory_model"] == {"model": "g", "n": "30", "least": "200"}
    assert said["variances_fixed"]["subjects"] == "p2"


def test_without_departments_it_is_not_estimated_and_nothing_fails() -> None:
    section = PLAN.plan.structure
    assert section is not None
    only = section.model_copy(update={"models": tuple(m for m in section.models if m.id == "g")})
    plan = replace(PLAN, plan=PLAN.plan.model_copy(update={"structure": only}))
    items = tuple(item.id for item in INSTRUMENT.scale_items_of("core-40"))[:40]
    values = np.random.default_rng(1).integers(1, 8, (40, 40)).astype(float)
    none, seconds = ("",) * 40, np.full(40, np.nan)
    missing = np.zeros((40, 40), np.int8)
    table = ResponseTable(
        items, values, missing, none, none, none, none, none, none, none, seconds, False
    )
    answers = keyed(table, INSTRUMENT)
    facets = facet_scores(answers, INSTRUMENT, 2)
    outcome = run(Context(INSTRUMENT, plan, table, answers, facets))
    [status] = outcome.findings
    assert (status.label, status.reason) == ("not estimated", "fewer than two clusters")
    origin = Provenance("x", "1.0.0", "core-40", False, 1, {}, {})
    assert not_sound(Findings(origin, outcome.findings), plan) == ()
