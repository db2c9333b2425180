"""Indices, score tests and residuals of ordinal items give lavaan's numbers.

The search of lavaan 0.7-2 stops up to 5e-6 of an estimate before the minimum; the script beside
the case has 0.6-14 search to its last digit, about 5e-6 too. With several groups lavaan mixes n
and n - 1 in the scores: indices then differ by five parts in ten thousand at most.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, expected
from tests.golden.test_ordinal_fit import FACTORS, data

from cosyn.engine import cfa
from cosyn.engine.difference import Restriction, chi_square_difference
from cosyn.engine.fit import SemFit
from cosyn.engine.modification import modification_indices
from cosyn.engine.residuals import residuals
from cosyn.engine.score_tests import score_tests

NEWER = expected(FOLDER / "cases" / "lavaan_07")["extra"]
TRUTH = expected(FOLDER / "cases" / "modification_ordinal")
ARGUMENTS: dict[str, dict[str, Any]] = {
    "single": {},
    "theta": {"parameterization": "theta"},
    "groups": {"group": "school"},
    "loadings": {"group": "school", "group_equal": ["loadings"]},
    "theta_loadings": {
        "group": "school", "group_equal": ["loadings"], "parameterization": "theta",
    },
}  # fmt: skip
SINGLE = 2e-5
GROUPS = 5e-4


@pytest.fixture(scope="module")
def fits() -> dict[str, SemFit]:
    frame = data()
    return {
        name: cfa(FACTORS, frame, ordered=True, **arguments).result
        for name, arguments in ARGUMENTS.items()
    }


def assert_indices(fit: SemFit, truth: list[dict[str, Any]], near: float) -> None:
    found = {
        (m.op, frozenset((m.lhs, m.rhs)), m.group): m
        for m in modification_indices(fit, robust=True)
    }
    assert len(found) == len(truth)
    for row in truth:
        m = found[row["op"], frozenset((row["lhs"], row["rhs"])), row.get("group", 1)]
        assert m.index == pytest.approx(row["mi"], rel=near, abs=1e-4), row
        assert m.change == pytest.approx(row["epc"], rel=near, abs=1e-5), row
        if row["op"] != "~*~":  # lavaan's standardised change of these is 1 or -1
            wanted = [row["sepc.lv"], row["sepc.all"]]
            assert [m.change_lv, m.change_all] == pytest.approx(wanted, rel=near, abs=1e-5), row
        assert m.robust is not None
        assert m.robust > 0


def test_indices_of_the_newer_lavaan(fits: dict[str, SemFit]) -> None:
    assert_indices(fits["single"], NEWER["mi_ho"], SINGLE)


@pytest.mark.parametrize("name", TRUTH["indices"])
def test_indices(fits: dict[str, SemFit], name: str) -> None:
    near = GROUPS if len(fits[name].groups) > 1 else SINGLE
    assert_indices(fits[name], TRUTH["indices"][name], near)


@pytest.mark.parametrize("name", TRUTH["scores"])
def test_score_tests(fits: dict[str, SemFit], name: str) -> None:
    every, found = score_tests(fits[name])
    truth = TRUTH["scores"][name]
    assert every.df == truth["test"][0]["df"]
    assert every.value == pytest.approx(truth["test"][0]["X2"], rel=GROUPS)
    wanted = sorted((row["X2"] for row in truth["uni"]), reverse=True)
    assert [each.test.value for each in found] == pytest.approx(wanted, rel=GROUPS)


def test_residuals(fits: dict[str, SemFit]) -> None:
    """lavaan 0.6-14 divides the covariance of each group's statistics by all respondents."""
    of_schools = [TRUTH["residuals"]["groups"][name] for name in fits["groups"].table.groups]
    pairs = [(fits["single"], 1, TRUTH["residuals"]["single"][0])]
    pairs += [(fits["groups"], k, truth) for k, truth in enumerate(of_schools, start=1)]
    for fit, group, truth in pairs:
        found = residuals(fit, group)
        wanted = np.array(truth["cov"])
        np.testing.assert_allclose(found.raw, wanted, atol=1e-5)
        np.testing.assert_allclose(found.correlations, wanted, atol=1e-5)
        shown = np.abs(wanted) > 2e-4  # below, lavaan's z is 0 or the rounding error of its search
        share = np.sqrt(fit.groups[group - 1].n / fit.n)
        np.testing.assert_allclose(
            (found.z / share)[shown], np.array(truth["cov.z"])[shown], atol=5e-3
        )
        assert not np.diag(found.z).any()
        assert [t.z for t in found.thresholds] == [0.0] * 27  # saturated


def test_residuals_of_equal_thresholds_and_of_mixed_items() -> None:
    found = residuals(
        cfa(
            FACTORS, data(), ordered=True, group="school", group_equal=["loadings", "thresholds"]
        ).result,
        2,
    )
    assert max(abs(t.z) for t in found.thresholds) > 0.5
    mixed = data(continuous=("x1", "x2"))
    found = residuals(cfa(FACTORS, mixed, ordered=[f"x{k}" for k in range(3, 10)]).result)
    assert found.thresholds[0].op == "~1"
    assert found.raw[0, 0] == pytest.approx(0, abs=1e-8)
    assert found.z[0, 1] == found.z[1, 0] != 0


@pytest.mark.parametrize(
    ("stored", "restriction"),
    [("lrt_wlsmv", "delta"), ("lrt_wlsmv_scaledshift", "delta"), ("lrt_wlsmv_Aexact", "exact")],
)
def test_differences(fits: dict[str, SemFit], stored: str, restriction: Restriction) -> None:
    """Ours is lavaan's default, the restriction found from slopes ("delta")."""
    wanted = NEWER[stored][1]
    found = chi_square_difference(fits["loadings"], fits["groups"], restriction=restriction)
    assert (found.method, found.df) == ("scaled_shifted", wanted["Df diff"])
    assert found.chisq == pytest.approx(wanted["Chisq diff"], rel=2e-5)
    assert found.pvalue == pytest.approx(wanted["Pr(>Chisq)"], rel=2e-5)
