"""Agreement and reliability of groups equal multilevel's, psych's and Henderson's equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.engine.aggregation import (
    Aggregation,
    RandomIntercept,
    aggregation,
    random_intercept,
)
from cosyn.engine.agreement import agreement
from cosyn.engine.group_means import group_means
from cosyn.engine.nulls import Null, null_variance

TRUTH = expected(FOLDER / "cases" / "aggregation")
DATA = csv("teams")
TEAM = DATA.values[:, 0].astype(int)
ITEMS = DATA.values[:, 1:]
SCORE = ITEMS.mean(axis=1)
#: Closed formulas: rounding only.
EXACT = 1e-10
#: lme stops its search for the variances here.
SEARCHED = 1e-5
#: With stricter stopping rules; ours is a root, exact to rounding, as balanced teams show.
NLME = 2e-6
SCALE = (1, 7)
NULLS: tuple[Null, ...] = ("uniform", "slight", "moderate", "heavy", "triangular", "normal")
#: As LeBreton & Senter (2008, table 2) print the answers behind the variances of five points.
FIVE_POINTS: dict[Null, tuple[float, ...]] = {
    "slight": (0.05, 0.15, 0.20, 0.35, 0.25),
    "moderate": (0.00, 0.10, 0.15, 0.40, 0.35),
    "heavy": (0.00, 0.00, 0.10, 0.40, 0.50),
    "triangular": (0.11, 0.22, 0.34, 0.22, 0.11),
    "normal": (0.07, 0.24, 0.38, 0.24, 0.07),
}


def assert_anova(found: Aggregation, truth: dict[str, Any]) -> None:
    """Multilevel takes the mean size in ICC(1) where ours takes n0."""
    anova = found.anova
    assert anova.between is not None
    assert anova.within is not None
    assert anova.between == pytest.approx(truth["between"], rel=EXACT)
    assert anova.within == pytest.approx(truth["within"], rel=EXACT)
    assert found.f == pytest.approx(truth["f"], rel=EXACT)
    assert list(found.df) == truth["df"]
    assert found.pvalue == pytest.approx(truth["pvalue"], rel=1e-8, abs=1e-300)
    assert anova.icc2 == pytest.approx(truth["icc2"], rel=EXACT)
    size = anova.n / anova.clusters
    with_mean_size = (anova.between - anova.within) / (anova.between + (size - 1) * anova.within)
    assert with_mean_size == pytest.approx(truth["icc1"], rel=EXACT)


def test_analysis_of_variance() -> None:
    assert_anova(aggregation(SCORE, TEAM), TRUTH["all"])


def test_intervals_of_balanced_teams() -> None:
    truth = TRUTH["balanced"]
    first = np.concatenate([np.flatnonzero(t == TEAM)[:5] for t in truth["teams"]])
    found = aggregation(SCORE[first], TEAM[first])
    for value, interval, theirs in (
        (found.anova.icc1, found.icc1_interval, truth["single"]),
        (found.anova.icc2, found.icc2_interval, truth["average"]),
    ):
        assert value == pytest.approx(theirs["value"], rel=EXACT)
        assert interval == pytest.approx((theirs["lower"], theirs["upper"]), rel=1e-8)
        assert found.f == pytest.approx(theirs["f"], rel=EXACT)
        assert found.pvalue == pytest.approx(theirs["p"], rel=1e-8)


def ordered(found: dict[str, float | None]) -> list[float | None]:
    return [found[name] for name in sorted(found, key=int)]


@pytest.mark.parametrize("null", NULLS)
def test_agreement_against_nulls(null: Null) -> None:
    for X, key in ((ITEMS[:, 0], "rwg"), (ITEMS, "rwg_j")):
        found = agreement(X, TEAM, SCALE, null=null)
        truth = TRUTH[key][null]
        ours = ordered({one.name: one.rwg for one in found.groups})
        assert [x is None for x in ours] == [x is None for x in truth]
        assert [x for x in ours if x is not None] == pytest.approx(
            [x for x in truth if x is not None], rel=EXACT, abs=1e-14
        )
        reset = {one.name for one in found.groups if one.reset}
        zero = {str(k) for k, x in enumerate(truth, start=1) if x == 0}
        assert reset == zero


def test_average_deviations_and_awg() -> None:
    several, one = agreement(ITEMS, TEAM, SCALE), agreement(ITEMS[:, 0], TEAM, SCALE)
    for found, index, key in (
        (several, "ad_mean", "ad_mean"),
        (several, "ad_median", "ad_median"),
        (one, "ad_mean", "ad_mean_a"),
        (several, "awg", "awg"),
        (one, "awg", "awg_a"),
    ):
        ours = ordered({group.name: getattr(group, index) for group in found.groups})
        truth = [None if x == "NaN" else x for x in TRUTH[key]]
        assert [x is None for x in ours] == [x is None for x in truth], key
        assert [x for x in ours if x is not None] == pytest.approx(
            [x for x in truth if x is not None], rel=EXACT, abs=1e-14
        )


def test_shrunken_means_solve_hendersons_equations() -> None:
    truth = TRUTH["henderson"]
    found = group_means(SCORE, TEAM, level=0.95)
    by_name = sorted(found.groups, key=lambda one: int(one.name))
    assert found.grand == pytest.approx(truth["grand"], rel=EXACT)
    assert found.between == pytest.approx(truth["tau"], rel=EXACT)
    assert [one.mean for one in by_name] == pytest.approx(truth["means"], rel=EXACT)
    assert [one.shrunken for one in by_name] == pytest.approx(truth["shrunken"], rel=EXACT)
    halves = [
        (one.shrunken_interval[1] - one.shrunken_interval[0]) / 2
        for one in by_name
        if one.shrunken_interval
    ]
    assert halves == pytest.approx([1.959963984540054 * se for se in truth["se"]], rel=1e-9)


def test_shrunken_means_of_balanced_teams_are_those_of_restricted_likelihood() -> None:
    teams = TRUTH["balanced"]["teams"]
    first = np.concatenate([np.flatnonzero(t == TEAM)[:5] for t in teams])
    found = group_means(SCORE[first], TEAM[first])
    by_name = sorted(found.groups, key=lambda one: int(one.name))
    assert found.grand == pytest.approx(TRUTH["lme"]["grand"], rel=SEARCHED)
    assert [one.shrunken for one in by_name] == pytest.approx(
        TRUTH["lme"]["shrunken"], rel=SEARCHED
    )


def members(n: float, mean: float, var: float) -> list[float]:
    """Answers of a group that have this mean and variance."""
    deviations = np.arange(n) - (n - 1) / 2
    return list(mean + deviations * np.sqrt(var / deviations.var(ddof=1)))


@pytest.mark.parametrize("variable", ["hours", "leadership", "cohesion"])
def test_army_companies(variable: str) -> None:
    """The 99 companies of Bliese & Halverson (1996), by what multilevel says of each."""
    truth = TRUTH["bh1996"][variable]
    parts = list(map(members, truth["n"], truth["mean"], truth["var"]))
    group = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    assert_anova(aggregation(np.concatenate(parts), group), truth["anova"])
    assert_reml(random_intercept(np.concatenate(parts), group), TRUTH["reml"][variable])
    if variable == "cohesion":
        found = agreement(np.concatenate(parts), group, (1, 5))
        ours = ordered({one.name: one.rwg for one in found.groups})
        assert ours == pytest.approx(TRUTH["bh1996"]["rwg"], rel=1e-9)


@pytest.mark.parametrize("variable", ["LEAD", "TSIG", "HOSTILE"])
def test_companies_by_restricted_likelihood(variable: str) -> None:
    """The 49 companies of lq2002: as nlme, and what multilevel's ``mult.icc`` tells of them."""
    truth = TRUTH["companies"][variable]
    parts = list(map(members, truth["n"], truth["mean"], truth["var"]))
    group = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    assert_reml(random_intercept(np.concatenate(parts), group), truth["reml"])


def test_teams_by_restricted_likelihood() -> None:
    assert_reml(random_intercept(SCORE, TEAM), TRUTH["reml"]["teams"])
    balanced = np.concatenate([np.flatnonzero(t == TEAM)[:5] for t in TRUTH["balanced"]["teams"]])
    found = random_intercept(SCORE[balanced], TEAM[balanced])
    anova = aggregation(SCORE[balanced], TEAM[balanced]).anova
    assert found.icc1 == pytest.approx(anova.icc1, rel=1e-9), "the same for groups of one size"
    assert found.icc2 == pytest.approx(anova.icc2, rel=1e-9)


def assert_reml(found: RandomIntercept, truth: dict[str, Any]) -> None:
    for ours, name in ((found.icc1, "icc1"), (found.icc2, "icc2")):
        assert ours == pytest.approx(truth[name], rel=NLME)
        assert ours == pytest.approx(truth["multilevel"][name.upper()], rel=SEARCHED)


def test_groups_that_are_alike_and_members_that_are() -> None:
    alike = random_intercept(np.tile([1.0, 2.0, 3.0], 4), np.repeat(np.arange(4), 3))
    assert (alike.icc1, alike.icc2) == (0.0, 0.0)
    same = random_intercept(np.repeat([1.0, 2.0, 4.0], 3), np.repeat(np.arange(3), 3))
    assert (same.icc1, same.reason) == (None, "members of a group do not differ")
    alone = random_intercept(np.array([1.0, 2.0]), ["a", "b"])
    assert (alone.icc2, alone.reason) == (None, "no cluster has two respondents")


def test_leadership_in_companies() -> None:
    """r_wg(j) of eleven items in the 49 companies of Bliese, Halverson & Schriesheim (2002)."""
    truth = TRUTH["lq2002"]
    parts = [
        np.column_stack([members(n, 3.0, v) for v in variances])
        for n, variances in zip(truth["n"], truth["variances"], strict=True)
    ]
    group = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    found = agreement(np.concatenate(parts), group, (1, 5))
    ours = ordered({one.name: one.rwg for one in found.groups})
    assert ours == pytest.approx(truth["rwg_j"], rel=1e-9)


def test_printed_null_variances() -> None:
    """Those of five points follow from the shares of answers that are printed beside them."""
    for null, shares in FIVE_POINTS.items():
        points = np.arange(1, 6)
        variance = points**2 @ np.array(shares) - (points @ np.array(shares)) ** 2
        assert null_variance(5, null) == pytest.approx(variance, abs=1e-12)
    assert null_variance(7) == 4
