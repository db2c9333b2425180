"""What groups that are small, alike or alone do to the indices of aggregation."""

from __future__ import annotations

import numpy as np
import pytest

from cosyn.engine.aggregation import (
    NO_DIFFERENCES_WITHIN,
    NOTHING_SHARED,
    aggregation,
    informants_needed,
)
from cosyn.engine.agreement import ALONE, AT_THE_END, agreement
from cosyn.engine.group_means import group_means
from cosyn.engine.nulls import null_variance
from cosyn.errors import IdentificationError


@pytest.mark.parametrize(("icc", "number"), [(0.05, 45), (0.10, 21), (0.15, 14), (0.20, 10)])
def test_informants_for_a_reliability_of_seven_tenths(icc: float, number: int) -> None:
    assert informants_needed(icc).number == number


def test_so_many_informants_reach_the_target_and_one_fewer_does_not() -> None:
    for icc in (0.03, 0.12, 0.5, 0.9):
        for target in (0.5, 0.7, 0.9):
            k = informants_needed(icc, target).number
            assert k is not None
            assert k * icc / (1 + (k - 1) * icc) >= target - 1e-9
            assert k == 1 or (k - 1) * icc / (1 + (k - 2) * icc) < target


def test_no_number_of_informants_helps_where_nothing_is_shared() -> None:
    found = informants_needed(-0.01)
    assert (found.number, found.reason) == (None, NOTHING_SHARED)
    with pytest.raises(IdentificationError, match="target"):
        informants_needed(0.1, 1.0)


def test_reasons_for_no_test() -> None:
    alone = aggregation(np.array([1.0, 2.0, 3.0]), ["a", "b", "c"])
    assert (alone.f, alone.reason) == (None, "no cluster has two respondents")
    alike = aggregation(np.array([1.0, 1.0, 3.0, 3.0]), ["a", "a", "b", "b"])
    assert (alike.f, alike.icc1_interval, alike.reason) == (None, None, NO_DIFFERENCES_WITHIN)
    assert alike.anova.icc1 == 1
    level = aggregation(np.array([1.0, 3.0, 1.0, 3.0]), ["a", "a", "b", "b"])
    assert (level.f, level.pvalue, level.icc2_interval) == (0, 1, None)
    assert level.reason


def test_wider_level_wider_interval() -> None:
    values, group = np.array([1.0, 2, 2, 4, 5, 6, 3, 3, 4]), list("aaabbbccc")
    narrow, wide = (aggregation(values, group, level).icc1_interval for level in (0.8, 0.99))
    assert narrow is not None
    assert wide is not None
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    with pytest.raises(IdentificationError, match="level"):
        aggregation(values, group, 95)


X = np.array([[5, 5], [5, 5], [1, 7], [7, 1], [6, 6], [7, np.nan], [4, 4], [3, 5], [4, 5]], float)
GROUP = ["a", "a", "b", "b", "c", "c", None, "d", "d"]


def test_agreement_of_small_groups() -> None:
    found = agreement(X, GROUP, (1, 7))
    by_name = {one.name: one for one in found.groups}
    assert found.n_dropped == 2
    assert (by_name["a"].rwg, by_name["a"].ad_mean, by_name["a"].ad_median) == (1, 0, 0)
    assert (by_name["b"].rwg, by_name["b"].reset) == (0, True)
    assert (by_name["c"].n, by_name["c"].rwg, by_name["c"].reason) == (1, None, ALONE)
    assert found.ad_limit == pytest.approx(7 / 6)
    assert list(found.values("rwg")) == sorted(found.values("rwg"))
    assert found.share("rwg", 0.7) == pytest.approx(2 / 3)


def test_names_and_values_of_small_groups_are_withheld() -> None:
    found = agreement(
        np.repeat(X[:, :1], 1, axis=1), [*GROUP[:6], "a", "a", "d"], (1, 7), minimum=3
    )
    assert [one.name for one in found.groups] == ["a", "", "", ""]
    for one in found.groups[1:]:
        assert (one.n, one.rwg, one.ad_mean, one.reason) == (
            None,
            None,
            None,
            "fewer than 3 respondents",
        )
    assert len(found.values("rwg")) == 3
    assert all(one.name == "" for one in found.everyone)
    means = group_means(X[:, 0], ["a", "a", "a", "b", "b", "c", "c", "c", "c"], minimum=3)
    assert sorted(one.name for one in means.groups[:2]) == ["a", "c"]
    assert (means.groups[2].name, means.groups[2].mean) == ("", None)


def test_awg_needs_room_for_variance() -> None:
    found = agreement(np.array([[1.0], [1], [1], [2]]), ["a"] * 4, (1, 7))
    assert (found.groups[0].awg, found.groups[0].reason) == (None, AT_THE_END)


@pytest.mark.parametrize(
    ("points", "null"), [(4, "slight"), (12, "normal"), (1, "uniform"), (5, "any")]
)
def test_nulls_that_are_not_known(points: int, null: str) -> None:
    with pytest.raises(IdentificationError) as caught:
        null_variance(points, null)  # type: ignore[arg-type]
    assert caught.value.code == "agreement.null"


def test_means_of_groups_that_do_not_differ_shrink_wholly() -> None:
    found = group_means(np.array([1.0, 3, 1, 3, 2, 2.5]), list("aabbcc"))
    assert found.between == 0
    assert {one.shrunken for one in found.groups} == {found.grand}
    assert [one.mean for one in found.groups] == sorted(one.mean or 0 for one in found.groups)


def test_means_without_intervals_say_why() -> None:
    found = group_means(np.array([1.0, 2, 3]), list("abc"))
    assert (found.grand, found.reason) == (None, "no cluster has two respondents")
    assert [(one.mean, one.interval) for one in found.groups] == [(1, None), (2, None), (3, None)]


def test_respondents_without_a_group_are_left_out() -> None:
    values, group = np.array([1.0, 2, 2, 4, 5, 6, 9, 9, 9]), [*"aaabbb", None, "", float("nan")]
    found, without = aggregation(values, group), aggregation(values[:6], group[:6])
    assert found == without
    assert found.anova.clusters == 2
    assert group_means(values, group) == group_means(values[:6], group[:6])


def test_nobody_in_any_group_is_no_group() -> None:
    assert agreement(np.ones((4, 2)), [""] * 4, (1, 7)).everyone == ()
    nothing = agreement(np.full((4, 2), np.nan), list("aabb"), (1, 7))
    assert (nothing.everyone, nothing.n_dropped) == ((), 4)
