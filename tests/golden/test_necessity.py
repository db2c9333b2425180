"""Necessary condition analysis equals Dul's (2016) example and base R by another route.

Areas and lines are closed formulas: 1e-9 is their rounding; R adds areas up between cuts and finds
peers by comparing every pair of cases.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.synergy.bottleneck import Requirement, bottleneck
from cosyn.synergy.necessity import Kind, Necessity, necessity

TRUTH = expected(FOLDER / "cases" / "necessity")
COUNTRIES, FACETS = csv("innovation"), csv("facets")
INNOVATION = COUNTRIES.of(["innovation"])[:, 0]
CASES = ("individualism", "risk_taking", "ties", "scale")


def scores(case: str) -> tuple[np.ndarray, np.ndarray, Any]:
    if case in COUNTRIES.names:
        return COUNTRIES.of([case])[:, 0], INNOVATION, None
    a, y = (np.round(FACETS.of([name])[:, 0]) for name in ("a1", "y1"))
    return a, y, (0, 8, 0, 8) if case == "scale" else None


def analysed(case: str) -> Necessity:
    x, y, scope = scores(case)
    return necessity(x, y, scope=scope)


@pytest.mark.parametrize("case", CASES)
def test_ceilings(case: str) -> None:
    truth, found = TRUTH[case], analysed(case)
    both = (found.ce_fdh, found.cr_fdh)
    assert [each.zone for each in both] == pytest.approx(truth["zones"], rel=1e-9)
    assert [each.effect for each in both] == pytest.approx(truth["effects"], rel=1e-9)
    assert found.cr_fdh.slope == pytest.approx(truth["slope"], rel=1e-9)
    assert found.cr_fdh.intercept == pytest.approx(truth["intercept"], rel=1e-9)
    assert [each.above for each in both] == [0, truth["n_above"]]
    np.testing.assert_allclose(found.peers, truth["peers"])


def code(row: Requirement) -> float:
    if row.state == "required":
        assert row.condition is not None
        return row.condition
    return -1 if row.state == "not_necessary" else -2


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("kind", "key"), [("ce_fdh", "percent_step"), ("cr_fdh", "percent_line")])
def test_bottlenecks(case: str, kind: Kind, key: str) -> None:
    x, y, _ = scores(case)
    rows = bottleneck(analysed(case), x, y, kind=kind)
    np.testing.assert_allclose([code(row) for row in rows], TRUTH[case][key], rtol=1e-9)


def test_published_example() -> None:
    """Dul (2016): individualism and innovation performance of 28 countries, as printed."""
    found = analysed("individualism")
    assert found.scope is not None
    assert found.scope.area == pytest.approx(15563.6)
    assert found.ce_fdh.zone == pytest.approx(6466.8, abs=0.005)
    assert found.cr_fdh.zone == pytest.approx(4772.54, abs=0.005)
    assert [found.ce_fdh.effect, found.cr_fdh.effect] == pytest.approx([0.42, 0.31], abs=0.005)
    assert found.ce_fdh.accuracy == 1
    assert found.cr_fdh.accuracy == pytest.approx(0.93, abs=0.005)
