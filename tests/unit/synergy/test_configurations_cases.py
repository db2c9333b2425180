"""Solutions that are known, tied, empty or not to be had; and their robustness."""

from __future__ import annotations

import sys
from itertools import product

import numpy as np
import pytest

from cosyn.errors import ExtraError
from cosyn.synergy._minimise import easy_counterfactuals, models, prime_implicants
from cosyn.synergy.asymmetry import contradictory_assumptions, mirrored
from cosyn.synergy.calibration import Anchors
from cosyn.synergy.calibration_robustness import DISORDERED, calibration_robustness
from cosyn.synergy.configurations import (
    ALL_SUFFICIENT,
    NO_CASES,
    NONE_SUFFICIENT,
    NOT_MEMBERSHIPS,
    TOO_MANY,
    Solution,
    configurations,
)
from cosyn.synergy.truth_table import Cuts, Term, covers

CORNERS = np.array(list(product((0.1, 0.9), repeat=3)))
ONE = Cuts(1)


def labels(solution: Solution) -> list[str]:
    return [model.label for model in solution.models]


def test_the_library_is_asked_for_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "qca.minimizers", None)
    with pytest.raises(ExtraError) as caught:
        configurations(CORNERS, CORNERS[:, 0], "ABC", cuts=ONE)
    assert caught.value.code == "extra.not-installed"
    assert "cosyn[qca]" in caught.value.fix


@pytest.mark.parametrize(
    ("X", "y", "reason"),
    [
        (np.full((3, 9), 0.7), np.full(3, 0.7), TOO_MANY),
        (np.full((3, 2), np.nan), np.full(3, 0.7), NO_CASES),
        (np.full((3, 2), 4.0), np.full(3, 0.7), NOT_MEMBERSHIPS),
    ],
)
def test_what_cannot_be_analysed_has_a_reason(X: np.ndarray, y: np.ndarray, reason: str) -> None:
    found = configurations(X, y, [str(k) for k in range(X.shape[1])])
    assert (found.table, found.reason) == (None, reason)
    assert found.parsimonious.models == ()
    assert found.parsimonious.reason == reason


def test_tables_of_one_output_have_no_solution() -> None:
    none = configurations(CORNERS, np.full(8, 0.2), "ABC", cuts=ONE)
    assert (none.intermediate.models, none.intermediate.reason) == ((), NONE_SUFFICIENT)
    every = configurations(CORNERS, np.full(8, 0.95), "ABC", cuts=ONE)
    assert (every.parsimonious.models, every.parsimonious.reason) == ((), ALL_SUFFICIENT)


class TestWithTheLibrary:
    """What pyqca is needed for."""

    @pytest.fixture(autouse=True)
    def _library(self) -> None:
        pytest.importorskip("qca", reason="the optional part `qca` is not installed")

    def test_missing_memberships_are_left_out(self) -> None:
        X = CORNERS.copy()
        X[0, 0] = np.nan
        found = configurations(X, CORNERS[:, 0], "ABC", cuts=ONE)
        assert (found.n, found.n_dropped) == (7, 1)
        assert labels(found.conservative) == ["A"]

    def test_all_tied_models_are_told(self) -> None:
        """Six of eight corners make a ring that three terms cover in two ways."""
        y = np.where((CORNERS > 0.5).all(axis=1) | (CORNERS < 0.5).all(axis=1), 0.1, 0.9)
        found = configurations(CORNERS, y, "ABC", cuts=ONE)
        assert len(found.conservative.models) == 2
        assert {len(model.paths) for model in found.conservative.models} == {3}
        assert labels(found.conservative) == labels(found.parsimonious)

    def test_expectations_turn_round_for_the_absence(self) -> None:
        kept = CORNERS[[0, 1, 6, 7]]  # A and B go together; C does nothing
        y = kept[:, 0]
        helped = {"A": 1, "B": 1}
        present = configurations(kept, y, "ABC", expectations=helped, cuts=ONE)
        absent = configurations(kept, y, "ABC", expectations=helped, cuts=ONE, negated=True)
        assert labels(present.conservative) == labels(present.intermediate) == ["A*B"]
        assert labels(absent.intermediate) == ["~A*~B"]
        assert labels(present.parsimonious) == ["A", "B"]
        against = {"A": 0, "B": 0}
        other = configurations(kept, y, "ABC", expectations=against, cuts=ONE)
        assert labels(other.intermediate) == ["A", "B"]

    def test_assumptions_that_contradict_each_other(self) -> None:
        kept = CORNERS[[0, 1, 6, 7]]
        both = [
            configurations(kept, kept[:, 0], "ABC", cuts=ONE, negated=negated).parsimonious
            for negated in (False, True)
        ]
        assert set(contradictory_assumptions(*both)) == set(product((0, 1), repeat=3)) - {
            (0, 0, 0), (0, 0, 1), (1, 1, 0), (1, 1, 1)
        }  # fmt: skip

    def test_causes_of_the_absence_that_are_not_those_of_the_outcome_turned_round(self) -> None:
        def both(y: np.ndarray, cuts: Cuts) -> bool:
            first, second = (
                configurations(CORNERS, y, "ABC", cuts=cuts, negated=negated).conservative.models[0]
                for negated in (False, True)
            )
            return mirrored(first, second)

        assert both(np.minimum(CORNERS[:, 0], CORNERS[:, 1]), ONE)
        # A leads to the outcome, its absence with B to the absence; without A and B it is open.
        y = np.where(CORNERS[:, 0] > 0.5, 0.9, np.where(CORNERS[:, 1] > 0.5, 0.1, 0.5))
        assert not both(y, Cuts(1, pri=0.6))

    @pytest.mark.parametrize("k", [2, 3, 4])
    def test_prime_implicants_are_those_of_brute_force(self, k: int) -> None:
        random = np.random.default_rng(k)
        corners = list(product((0, 1), repeat=k))
        terms: list[Term] = list(product((0, 1, None), repeat=k))
        for _ in range(25):
            output = random.choice(["positive", "negative", "free"], size=2**k)
            positive, negative, free = (
                [c for c, o in zip(corners, output, strict=True) if o == kind]
                for kind in ("positive", "negative", "free")
            )
            if not positive:
                continue
            allowed = [t for t in terms if not any(covers(t, corner) for corner in negative)]
            wanted = {
                t
                for t in allowed
                if any(covers(t, corner) for corner in positive)
                and not any(t != u and covers(u, t) for u in allowed)
            }
            primes = prime_implicants(positive, free, k)
            assert set(primes) == wanted
            for terms_of in models(primes, positive):
                assert all(any(covers(t, c) for t in terms_of) for c in positive)

    def test_calibration_is_robust_where_scores_are_clear(self) -> None:
        X = np.array(list(product((1.5, 6.5), repeat=2)) * 3)
        y = np.where((X > 4).all(axis=1), 6.4, 1.6)
        found = calibration_robustness(X, y, "AB", outcome="Y", cuts=ONE)
        assert found.labels == ("A*B",)
        assert found.share == 1
        assert len(found.shifts) == 3 * 3 * 2
        assert all(shift.overlap is not None and shift.overlap > 0.9 for shift in found.shifts)
        moved = next(s for s in found.shifts if (s.name, s.anchor, s.by) == ("Y", "crossover", 0.5))
        assert moved.overlap == pytest.approx(1)  # the outcome's anchors do not move its causes

    def test_a_crossover_that_decides_is_told(self) -> None:
        """One of three cases with A lies just above its crossover, and lacks the outcome."""
        X = np.array([[6.5], [6.5], [4.2], [1.5], [1.5]])
        y = np.array([6.5, 6.5, 1.5, 1.5, 1.5])
        cuts = Cuts(1, consistency=0.81, pri=0)
        found = calibration_robustness(X, y, "A", cuts=cuts)
        assert (found.labels, found.share, found.reason) == ((), None, NONE_SUFFICIENT)
        again = calibration_robustness(X, y, "A", anchors={"A": Anchors(2, 4.5, 6)}, cuts=cuts)
        assert again.labels == ("A",)
        lowered = next(
            s for s in again.shifts if (s.name, s.anchor, s.by) == ("A", "crossover", -0.5)
        )
        assert (lowered.same, lowered.labels, lowered.reason) == (False, (), NONE_SUFFICIENT)
        assert again.share is not None
        assert again.share < 1

    def test_anchors_that_would_cross(self) -> None:
        X = np.array(list(product((1.5, 6.5), repeat=2)) * 3)
        y = np.where((X > 4).all(axis=1), 6.4, 1.6)
        found = calibration_robustness(X, y, "AB", by=(3.0,), cuts=ONE)
        crossed = [shift for shift in found.shifts if shift.reason == DISORDERED]
        assert {shift.anchor for shift in crossed} == {"full_out", "crossover"}
        assert all(shift.same is None for shift in crossed)


def test_easy_counterfactuals_follow_expectations() -> None:
    """A*~B is wide as A: ~B may go only if B is expected to help."""
    remainders = [(1, 1, 0), (1, 1, 1)]
    arguments = ([(1, 0, None)], [(1, None, None)])
    assert easy_counterfactuals(*arguments, {1: 1}, remainders) == ((1, 1, 0), (1, 1, 1))
    assert easy_counterfactuals(*arguments, {1: 0}, remainders) == ()
    assert easy_counterfactuals(*arguments, {}, remainders) == ()
