"""Two sides of pairs equal base R's cor.test, t.test and lm: closed formulas, to rounding."""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.engine.regression import Quantity
from cosyn.synergy.dyads import CONSTANT, FEW, actor_partner, sides

TRUTH = expected(FOLDER / "cases" / "dyads")
_, X, Y, Z, W = csv("balance").values.T


def same(found: Quantity, truth: dict[str, float]) -> None:
    for name, wanted in truth.items():
        attribute = {"p": "pvalue"}.get(name, name)
        assert getattr(found, attribute) == pytest.approx(wanted, rel=1e-8, abs=1e-12)


def test_how_alike_two_sides_are() -> None:
    gap = [np.nan, *X], [1.0, *Y]
    found = sides(np.array(gap[0]), np.array(gap[1]))
    assert found.n == len(X)
    same(found.correlation, TRUTH["correlation"])
    same(found.difference, TRUTH["difference"])


def test_actor_and_partner() -> None:
    found = actor_partner((X, Y), (Z, W))
    for side in ("lead", "cooperating"):
        truth = TRUTH[side]
        for k, effect in enumerate(found[side]):
            same(effect, {name: values[k] for name, values in truth.items()})


def test_what_pairs_cannot_tell_is_a_reason() -> None:
    assert sides(X[:3], Y[:3]).correlation.reason == FEW
    flat = sides(np.ones(9), Y[:9])
    assert flat.correlation.reason == CONSTANT
    assert flat.difference.value == pytest.approx(1 - Y[:9].mean())
