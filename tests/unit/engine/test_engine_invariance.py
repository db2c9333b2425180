"""Ladders of invariance: what they say, and what they say of bad data and requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39

from cosyn.engine.collapse import collapsed
from cosyn.engine.conventions import Change, conventions
from cosyn.engine.invariance import invariance
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
NAMES = [f"x{k}" for k in range(1, 10)]


@pytest.fixture
def data() -> pd.DataFrame:
    return pd.DataFrame(holzinger39.get_data()).reset_index(drop=True)


@pytest.fixture
def answers(data: pd.DataFrame) -> pd.DataFrame:
    for name in NAMES:
        data[name] = 1.0 + np.searchsorted(np.quantile(data[name], [0.2, 0.5, 0.8]), data[name])
    return data


def test_summary_tells_everything_in_a_hundred_columns(data: pd.DataFrame) -> None:
    found = invariance(MODEL, data, "school", partial=True, estimator="MLR")
    text = found.summary()
    for words in (
        "Measurement invariance across `school`: Pasteur 156, Grant-White 145",
        "Estimator MLR, 301 used",
        "scalar, partial",
        "RMSEA_D [90 %]",
        "CFI and RMSEA are cfi_robust, rmsea_robust",
        "conventions, no tests",
        "exploratory",
        "free in all groups: x3 ~1, x7 ~1",
        "the difference is no longer significant",
        "Latent means (",
        "dMACS",
        "equal: loadings, intercepts",
    ):
        assert words in text, words
    assert max(map(len, text.splitlines())) <= 100
    assert not any(line != line.rstrip() for line in text.splitlines())
    frame = found.to_pandas()
    assert list(frame["step"]) == [step.name for step in found.steps]
    assert frame["exploratory"].any()
    assert frame.loc[1, "pvalue_diff"] == pytest.approx(0.3627, abs=1e-4)


def test_merged_categories_are_reported(answers: pd.DataFrame) -> None:
    answers.loc[(answers["school"] == "Pasteur") & (answers["x3"] == 4), "x3"] = 3.0
    with pytest.raises(IdentificationError, match="collapse=True") as caught:
        invariance(MODEL, answers, "school", ordered=True)
    assert caught.value.code == "data.categories"
    found = invariance(MODEL, answers, "school", ordered=True, collapse=True)
    (merge,) = found.merges
    assert (merge.item, merge.merged, merge.into) == ("x3", 4, 3)
    shown = [
        tuple(int(((answers["school"] == name) & (answers["x3"] == k)).sum()) for k in (4, 3))
        for name, _ in found.sizes
    ]
    assert list(merge.counts) == shown
    assert "x3: 4 counts as 3 (Pasteur 0 and" in found.summary()
    assert any("three categories (x3)" in note for note in found.notes)
    assert found.steps[1].difference is not None
    assert found.steps[1].difference.df == 8  # the thresholds of x3 restrict nothing


def test_merging_takes_the_rarer_neighbour_and_stops_in_time() -> None:
    first = np.array([[1.0], [1], [1], [3], [4]])
    second = np.array([[1.0], [2], [3], [3], [4]])
    parts, merges = collapsed([first, second], ["x"], ["x"])
    assert [(m.merged, m.into) for m in merges] == [(2, 3)]
    assert [sorted(set(part[:, 0])) for part in parts] == [[1, 3, 4]] * 2
    with pytest.raises(IdentificationError) as caught:
        collapsed([np.array([[1.0], [1]]), np.array([[2.0], [2]])], ["x"], ["x"])
    assert caught.value.code == "data.categories"


def test_a_group_of_ten_ends_in_words(data: pd.DataFrame, answers: pd.DataFrame) -> None:
    """Nine items of ten respondents have a covariance matrix, but a model of them means little."""
    few = data.groupby("school").head(10)
    found = invariance(MODEL, few, "school")
    assert any("10 respondents for 30 parameters" in note for note in found.notes)
    assert found.stopped or found.steps
    fewer = pd.concat([data[data["school"] == "Pasteur"], few[few["school"] != "Pasteur"].head(9)])
    with pytest.raises(IdentificationError, match="group Grant-White") as caught:
        invariance(MODEL, fewer, "school")
    assert caught.value.code == "data.too-few-respondents"


def test_ten_answers_on_four_points_end_in_words(answers: pd.DataFrame) -> None:
    other = answers["school"] != "Pasteur"
    few = pd.concat([answers[~other], answers[other].head(10)])
    found = invariance(MODEL, few, "school", ordered=True, collapse=True)
    assert [merge.item for merge in found.merges] == ["x4", "x5"]
    assert any("10 respondents for" in note for note in found.notes)
    assert any("sparse tables" in note for note in found.notes)
    assert "not positive definite in group Grant-White" in found.stopped
    assert found.reached == ""


def test_what_cannot_be_fitted_stops_the_ladder(data: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    data["x1"] = rng.standard_normal(len(data))  # visual is left with two indicators
    data["x3"] = data["x2"] * 1.0 + 0.05 * rng.standard_normal(len(data))
    found = invariance(MODEL, data, "school")
    assert found.stopped
    assert not found.steps[-1].fit.status.ok
    assert "! Stopped at " in found.summary()
    assert found.steps[-1].difference is None or found.steps[-1].fit.measures is not None
    unidentified = invariance("f =~ x1 + x2", data, "school")
    assert unidentified.stopped.startswith("configural")
    assert "degrees of freedom" in unidentified.stopped or "parameters" in unidentified.stopped
    assert unidentified.reached == ""
    assert "not estimated" in unidentified.summary()
    assert unidentified.to_pandas().loc[0, "chisq"] is None


def test_binary_items_that_say_nothing_of_the_variance_stop_it(data: pd.DataFrame) -> None:
    """All cut at the median: their thresholds do not differ, and one group's scale runs away."""
    for name in NAMES:
        data[name] = (data[name] > data[name].median()) + 0.0
    found = invariance("speed =~ x7 + x8 + x9", data, "school", ordered=True)
    assert found.stopped.startswith("thresholds, loadings and intercepts: no starting point")


REQUESTS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "invariance.step": lambda frame: invariance(MODEL, frame, "school", steps=["skalar"]),
    "data.one-group": lambda frame: invariance(MODEL, frame[frame["sex"] == 1], "sex"),
    "data.no-column": lambda frame: invariance(MODEL, frame, "town"),
    "estimator.continuous": lambda frame: invariance(MODEL, frame, "school", estimator="WLSMV"),
    "model.unknown-variable": lambda frame: invariance("f =~ x1 + y", frame, "school"),
}


@pytest.mark.parametrize("code", REQUESTS)
def test_bad_requests_are_one_clear_error(data: pd.DataFrame, code: str) -> None:
    with pytest.raises(Exception, match=rf"\[{code}\]"):
        REQUESTS[code](data)


def test_steps_may_be_left_out_and_go_by_two_names(data: pd.DataFrame) -> None:
    found = invariance(MODEL, data, "school", steps=["scalar"])
    assert [step.name for step in found.steps] == ["configural", "loadings and intercepts"]
    assert found.steps[1].difference is not None
    assert found.steps[1].difference.df == 12
    same = invariance(MODEL, data, "school", steps=["configural", "intercepts"])
    assert same.rows()[1]["chisq_diff"] == found.rows()[1]["chisq_diff"]


def test_a_loading_that_the_model_fixes_is_kept(data: pd.DataFrame) -> None:
    marked = MODEL.replace("=~ x1", "=~ 1*x1").replace("=~ x4", "=~ 1*x4").replace("x7", "1*x7")
    found, plain = (invariance(text, data, "school") for text in (marked, MODEL))
    assert any("fixes loadings" in note for note in found.notes)
    for a, b in zip(found.rows(), plain.rows(), strict=True):
        assert a["chisq"] == pytest.approx(b["chisq"], rel=1e-7)
        assert a["df"] == b["df"]


def test_missing_answers_are_used(data: pd.DataFrame) -> None:
    data.loc[::7, "x5"] = np.nan
    found = invariance(MODEL, data, "school", missing="fiml")
    assert found.sizes == (("Pasteur", 156), ("Grant-White", 145))
    assert not found.stopped
    assert invariance(MODEL, data, "school").n_dropped == 43


def test_conventions() -> None:
    worse = Change(-0.012, 0.004, 0.02, "cfi", "rmsea")
    chen, rensvold = conventions(worse, ["loadings"], (400, 400))
    assert (chen.holds, rensvold.holds) == (True, False)  # SRMR may rise by .030
    assert not conventions(worse, ["intercepts"], (400, 400))[0].holds  # but by .010 here
    assert not conventions(Change(-0.006, 0.011, 0.0, "", ""), ["loadings"], (200, 90))[0].holds
    assert conventions(Change(None, 0.011, 0.0, "", ""), ["loadings"], (200, 90))[0].holds is None
