"""Scores of the latents equal lavPredict's, and those of ordinal items the modes that R finds.

Scores move with the estimates, which lavaan's search leaves up to 1e-6 before the minimum, under
equality constraints and where items are ordinal up to 5e-6; a score of three units moves further.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from semopy.examples import holzinger39
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine import Fitted, cfa, sem
from cosyn.engine.factor_scores import FactorScores, factor_scores

TRUTH = expected(FOLDER / "cases" / "factor_scores")
CONTINUOUS, ORDINAL = 2e-5, 4e-5
FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
ITEMS = [f"x{k}" for k in range(1, 10)]


def frame(continuous: tuple[str, ...] = tuple(ITEMS), *, gaps: bool = False) -> Any:
    found = holzinger39.get_data().copy()
    for name in set(ITEMS) - set(continuous):
        cuts = np.quantile(found[name], [0.2, 0.5, 0.8])
        found[name] = 1.0 + np.searchsorted(cuts, found[name].to_numpy())
    if gaps:
        row, column = np.ogrid[1 : len(found) + 1, 1 : len(ITEMS) + 1]
        missing = (7 * row + 11 * column) % 13 == 0
        missing[[9, 19], 6:] = True
        missing[14, 1:] |= bool(continuous)
        found[ITEMS] = found[ITEMS].mask(missing)
    return found


EQUAL = ["loadings", "intercepts"]
CASES: dict[str, tuple[Any, dict[str, Any]]] = {
    "complete": (frame(), {}),
    "groups": (frame(), {"group": "school", "group_equal": EQUAL}),
    "fiml": (frame(gaps=True), {"missing": "fiml"}),
    "delta": (frame(()), {"ordered": True}),
    "theta": (frame(()), {"ordered": True, "parameterization": "theta"}),
    "pairwise": (frame((), gaps=True), {"ordered": True, "missing": "pairwise"}),
    "mixed": (frame(("x1", "x2", "x9")), {"ordered": ITEMS[2:8]}),
    "ordinal_groups": (
        frame(()),
        # What lavaan 0.6-14 takes loadings and thresholds to be: it frees no intercepts.
        {"ordered": True, "group": "school", "group_equal": [*EQUAL, "thresholds"]},
    ),
}
CONTINUOUS_CASES, ORDINAL_CASES = list(CASES)[:3], list(CASES)[3:]


def fitted(name: str) -> Fitted:
    data, arguments = CASES[name]
    return cfa(FACTORS, data, **arguments)


def assert_scores(found: FactorScores, values: Any, errors: Any, near: float) -> None:
    wanted, se = np.array(values, dtype=float), np.array(errors, dtype=float)
    np.testing.assert_allclose(found.values[: len(wanted)], wanted, atol=near)
    np.testing.assert_allclose(
        found.standard_errors[: len(wanted)], np.broadcast_to(se, wanted.shape), atol=near
    )


@pytest.mark.parametrize("method", ["regression", "bartlett"])
@pytest.mark.parametrize("name", CONTINUOUS_CASES)
def test_continuous_items(name: str, method: Any) -> None:
    """A latent of which nothing was answered has no Bartlett score: the tenth respondent's speed."""
    fit, truth = fitted(name).result, TRUTH[name][method]
    for group, (values, errors) in enumerate(zip(truth["values"], truth["se"], strict=True), 1):
        assert_scores(factor_scores(fit, method, group), values, errors, CONTINUOUS)


def test_latents_of_latents() -> None:
    fit = cfa(FACTORS + "\ng =~ visual + textual + speed", frame())
    truth = TRUTH["second"]["regression"]
    found = factor_scores(fit.result)
    assert_scores(found, truth["values"][0], truth["se"][0], CONTINUOUS)


@pytest.mark.parametrize("name", ORDINAL_CASES)
def test_ordinal_items(name: str) -> None:
    fit, truth = fitted(name).result, TRUTH[name]
    assert truth["converged"]
    for group, (values, errors) in enumerate(zip(truth["values"], truth["se"], strict=True), 1):
        found = factor_scores(fit, group=group)
        assert found.method == "ebm"
        assert_scores(found, values, errors, ORDINAL)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        (
            "outcome",
            "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nx7 ~ textual + visual",
        ),
        (
            "ordinal_outcome",
            "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5\nx6 ~ textual + visual",
        ),
    ],
)
def test_outcomes_that_are_no_indicators(name: str, model: str) -> None:
    """LavPredict searches without a gradient and stops up to 1e-4 before the mode."""
    fit = sem(model, frame(("x7", "x8", "x9")), ordered=ITEMS[:6])
    found = fit.factor_scores().to_numpy()
    np.testing.assert_allclose(found[:30], TRUTH[name], atol=2e-4)


def test_published_scores() -> None:
    """lavPredict of lavaan 0.7-2; its search without a gradient stops 5e-6 away."""
    stored = expected(FOLDER / "cases" / "lavaan_07")["extra"]["fs_ebm"]
    found = factor_scores(fitted("delta").result).values
    np.testing.assert_allclose(found[: len(stored)], stored, atol=1e-5)
