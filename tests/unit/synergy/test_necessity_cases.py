"""Necessity that can be seen by eye, and what cannot be computed."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from cosyn.synergy.bottleneck import bottleneck, ceiling_lines
from cosyn.synergy.necessity import (
    CONSTANT_CONDITION,
    CONSTANT_OUTCOME,
    ONE_PEER,
    OUTSIDE,
    TOO_FEW,
    necessity,
    size_of,
)

X = np.array([0.0, 1, 2, 3, 4])
Y = np.array([0.0, 1, 2, 3, 4])


def test_the_diagonal_leaves_half_the_scope_empty() -> None:
    found = necessity(X, Y)
    assert found.cr_fdh.effect == pytest.approx(0.5)
    assert found.ce_fdh.effect == pytest.approx((4 + 3 + 2 + 1) / 16)
    assert (found.cr_fdh.above, found.cr_fdh.accuracy) == (0, 1)


def test_an_occupied_corner_leaves_nothing() -> None:
    found = necessity(X, Y[::-1])
    assert (found.ce_fdh.effect, found.cr_fdh.effect) == (0, 0)
    assert found.cr_fdh.slope is None
    rows = bottleneck(found, X, Y[::-1], kind="cr_fdh")
    assert {row.state for row in rows} == {"not_necessary"}
    lines = ceiling_lines(found)
    assert lines is not None
    assert lines.line is None


def test_a_single_peer_within_a_wider_scope_has_a_step_but_no_line() -> None:
    found = necessity(X, Y[::-1], scope=(-1, 5, -1, 5))
    assert found.ce_fdh.zone == pytest.approx(6 + 5)  # left of all cases, and above them
    assert (found.cr_fdh.effect, found.cr_fdh.reason) == (None, ONE_PEER)
    assert bottleneck(found, X, Y, kind="cr_fdh") == ()


def test_equal_peers_weigh_the_line() -> None:
    """Three peers, one of them two cases: the line is that of four points."""
    x, y = np.array([0.0, 1, 1, 2]), np.array([0.0, 3, 3, 4])
    slope, intercept = np.polyfit(x, y, 1)
    found = necessity(x, y)
    assert [found.cr_fdh.slope, found.cr_fdh.intercept] == pytest.approx([slope, intercept])
    assert found.peers.tolist() == [[0, 0], [1, 3], [2, 4]]


@pytest.mark.parametrize(
    ("x", "y", "scope", "reason"),
    [
        (X[:1], Y[:1], None, TOO_FEW),
        (np.full(5, np.nan), Y, None, TOO_FEW),
        (np.ones(5), Y, None, CONSTANT_CONDITION),
        (X, np.ones(5), None, CONSTANT_OUTCOME),
        (X, Y, (0, 4, 0, 3), OUTSIDE),
    ],
)
def test_what_cannot_be_computed_has_a_reason(
    x: np.ndarray, y: np.ndarray, scope: tuple[float, float, float, float] | None, reason: str
) -> None:
    found = necessity(x, y, scope=scope, replicates=10)
    assert found.reason == found.ce_fdh.reason == found.cr_fdh.reason == reason
    assert found.ce_fdh.effect is found.cr_fdh.pvalue is None
    assert bottleneck(found, x, y) == ()
    assert ceiling_lines(found) is None


def test_permutations_approach_the_exact_test() -> None:
    x, y = np.array([0.0, 1, 2, 3, 4, 5]), np.array([0.0, 2, 1, 4, 3, 5])
    found = necessity(x, y, replicates=4000, seed=2)
    exact = {"ce_fdh": 0, "cr_fdh": 0}
    for kind in exact:
        wanted = found.ceiling(kind).effect  # type: ignore[arg-type]
        assert wanted is not None
        for drawn in permutations(y):
            effect = necessity(x, np.array(drawn)).ceiling(kind).effect  # type: ignore[arg-type]
            assert effect is not None
            exact[kind] += effect >= wanted - 1e-9
    for kind, count in exact.items():
        ceiling = found.ceiling(kind)  # type: ignore[arg-type]
        assert ceiling.pvalue is not None
        assert ceiling.pvalue_se is not None
        assert ceiling.pvalue == pytest.approx(count / 720, abs=4 * ceiling.pvalue_se)


def test_permutations_repeat_and_depend_on_the_seed() -> None:
    random = np.random.default_rng(5)
    x, y = random.standard_normal((2, 100))
    first, again, other = (necessity(x, y, replicates=300, seed=s) for s in (1, 1, 2))
    assert first.ce_fdh.pvalue == again.ce_fdh.pvalue
    assert first.cr_fdh.pvalue != other.cr_fdh.pvalue
    assert first.ce_fdh.pvalue is not None
    assert first.ce_fdh.pvalue >= 1 / 301


def test_units_of_the_bottleneck_table() -> None:
    x, y = np.array([2.0, 3, 4, 5, 6]), np.array([10.0, 20, 30, 40, 50])
    found = necessity(x, y)

    def row(**units: str) -> list[float | None]:
        (only,) = bottleneck(found, x, y, levels=[50], **units)  # type: ignore[arg-type]
        return [only.outcome_score, only.condition]

    assert row() == pytest.approx([30, 50])
    assert row(outcome_unit="percent_max") == pytest.approx([25, 37.5])
    assert row(outcome_unit="actual", condition_unit="actual") == pytest.approx([50, 6])
    assert row(condition_unit="percent_max") == pytest.approx([30, 100 * 4 / 6])
    assert row(condition_unit="percentile") == pytest.approx([30, 40])  # two fall short of 4
    assert row(outcome_unit="percentile") == pytest.approx([30, 50])


def test_levels_no_case_attains() -> None:
    found = necessity(X, Y, scope=(0, 4, 0, 8))
    states = [row.state for row in bottleneck(found, X, Y, levels=[0, 25, 50, 75])]
    assert states == ["not_necessary", "required", "required", "not_attained"]
    steps = bottleneck(found, X, Y, kind="ce_fdh", levels=[50, 75])
    assert [row.state for row in steps] == ["required", "not_attained"]


def test_lines_to_draw() -> None:
    lines = ceiling_lines(necessity(np.array([0.0, 1, 2]), np.array([1.0, 1, 3])))
    assert lines is not None
    assert lines.step.tolist() == [[0, 1], [0, 1], [2, 1], [2, 3], [2, 3]]
    assert lines.line is not None
    np.testing.assert_allclose(lines.line, [[0, 1], [2, 3]])


def test_benchmarks() -> None:
    sizes = [size_of(d) for d in (0.0, 0.099, 0.1, 0.3, 0.5)]
    assert sizes == ["small", "small", "medium", "large", "very_large"]
