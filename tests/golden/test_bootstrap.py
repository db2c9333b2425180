"""Replicates, and what is made of them, equal R's on the same draws.

Estimates are compared at lavaan's minimum polished by Newton steps, so that what is left is
rounding. Under a constraint, and in Bollen and Stine's bootstrap, lavaan's own search stops up to
1e-4 of an estimate before the minimum; a chi-square is then too high by the square of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from semopy.examples import holzinger39, political_democracy
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine import sem
from cosyn.engine.bootstrap import bollen_stine_samples, bootstrap_from
from cosyn.engine.bootstrap_intervals import Replicated, acceleration
from cosyn.engine.influence import influence, influence_of_rows, jackknife
from cosyn.engine.replicates import row_replicates, sampling_of
from cosyn.engine.standardize import standardized

if TYPE_CHECKING:
    import pandas as pd

    from cosyn.engine._typing import Flags, Indices, Matrix
    from cosyn.engine.fit import SemFit

POLISHED = 1e-7
SEARCHED = 2e-4
#: The square of what lavaan's search leaves of an estimate.
CHISQ_SEARCHED = 1e-6
#: lavaan transforms the data by what its estimates imply, which are 1e-4 away from the minimum.
CHISQ_TRANSFORMED = 1e-5
ROUNDING = 1e-9

REFITS = expected(FOLDER / "cases" / "bootstrap_refits")
INTERVALS = expected(FOLDER / "cases" / "bootstrap_intervals")


def frame_of(case: dict[str, Any]) -> pd.DataFrame:
    found: pd.DataFrame = (holzinger39 if case["data"] == "HS" else political_democracy).get_data()
    return found


def fitted(case: dict[str, Any]) -> SemFit:
    args = {key.replace(".", "_"): value for key, value in (case.get("args") or {}).items()}
    if "group_equal" in args:
        args["group_equal"] = np.atleast_1d(args["group_equal"]).tolist()
    return sem(case["model"], frame_of(case), **args).result


def counts_of(case: dict[str, Any]) -> Indices:
    """How often each row of the groups, one after another, is among R's row numbers."""
    frame = frame_of(case)
    n = len(frame)
    counts = np.array([np.bincount(np.array(rows) - 1, minlength=n) for rows in case["rows"]])
    if "group" not in (case.get("args") or {}):
        return counts
    school = frame["school"].to_numpy()
    order = [np.flatnonzero(school == name) for name in dict.fromkeys(school)]
    return np.asarray(counts[:, np.concatenate(order)])


def compared(fit: SemFit) -> Flags:
    """Rows that are free or defined."""
    return np.array([row.free > 0 or row.op == ":=" for row in fit.table.rows])


@pytest.mark.parametrize("name", REFITS["cases"])
def test_refits_on_the_rows_that_r_draws(name: str) -> None:
    case = REFITS["cases"][name]
    fit = fitted(case)
    found = bootstrap_from(fit, counts_of(case)).refits
    tolerance = SEARCHED if name == "constraint" else POLISHED
    wanted = np.array(case["est"])
    assert found.converged.all()
    np.testing.assert_allclose(
        found.estimates[:, compared(fit)], wanted, rtol=tolerance, atol=tolerance
    )
    loose = CHISQ_SEARCHED if name == "constraint" else POLISHED
    np.testing.assert_allclose(found.chisq, case["chisq"], rtol=loose, atol=loose)
    assert found.proper.tolist() == np.atleast_1d(case["admissible"]).tolist()


@pytest.mark.parametrize("name", REFITS["bollen_stine"])
def test_bollen_stine_on_the_rows_that_lavaan_draws(name: str) -> None:
    case = REFITS["bollen_stine"][name]
    fit = fitted(case)
    found = bootstrap_from(fit, counts_of(case), "bollen_stine")
    np.testing.assert_allclose(found.refits.chisq, case["chisq"], rtol=CHISQ_TRANSFORMED)
    assert found.pvalue == case["pvalue"]
    assert found.standard_errors() is None
    assert "they test it" in found.reason


@pytest.mark.parametrize("name", ["groups", "wishart"])
def test_bollen_stine_makes_data_that_fit_exactly(name: str) -> None:
    """With equal loadings and intercepts neither covariances nor means are saturated."""
    fit = fitted(REFITS["cases"][name])
    for sample, implied in zip(bollen_stine_samples(fit), fit.implied, strict=True):
        Z = sample.rows()
        S = np.cov(Z, rowvar=False, bias=name != "wishart")
        np.testing.assert_allclose(S, implied.Sigma, atol=ROUNDING)
        if fit.table.means:
            np.testing.assert_allclose(Z.mean(axis=0), implied.mu, atol=ROUNDING)
    found = bootstrap_from(fit, np.ones((1, fit.n), dtype=np.intp), "bollen_stine").refits
    np.testing.assert_allclose(found.x[0], fit.x, atol=1e-8)
    assert found.chisq[0] == pytest.approx(0, abs=1e-8)


def test_accelerations_are_those_of_lavaans_scores() -> None:
    case = REFITS["accelerations"]
    fit = sem(case["model"], holzinger39.get_data()).result
    L = influence(fit, sampling_of(fit))
    np.testing.assert_allclose(
        [acceleration(column) for column in L.T], case["values"], rtol=1e-5, atol=1e-8
    )


@pytest.mark.parametrize("standard", [False, True], ids=["raw", "standardised"])
def test_influence_is_what_the_jackknife_finds(standard: bool) -> None:
    """To first order: leaving one of 301 out moves the estimate by its influence over n."""
    fit = sem(REFITS["cases"]["holzinger"]["model"], holzinger39.get_data()).result
    by_scores = influence_of_rows(fit, standardized=standard)
    by_refits = jackknife(fit, standardized=standard)
    moved = np.abs(by_scores).max(axis=0) > ROUNDING  # not what standardisation makes constant
    assert moved.sum() >= 21
    for k in np.flatnonzero(moved):
        assert np.corrcoef(by_scores[:, k], by_refits[:, k])[0, 1] > 0.99
        assert acceleration(by_scores[:, k]) == pytest.approx(acceleration(by_refits[:, k]), abs=5e-3)  # fmt: skip


METHODS = {"perc": "percentile", "basic": "basic", "norm": "normal", "bca.simple": "bc"}


def mediation() -> tuple[Replicated, float]:
    """Lavaan's replicates with those of the product, and by what its standard errors differ."""
    case = INTERVALS["mediation"]
    t = np.array(case["replicates"])
    R = len(t)
    t = np.column_stack([t, t[:, 1] * t[:, 2]])
    return Replicated(np.array(case["est"]), t), float(np.sqrt(R / (R - 1)))


@pytest.mark.parametrize("number", range(len(INTERVALS["mediation"]["intervals"])))
def test_intervals_are_lavaans(number: int) -> None:
    case = INTERVALS["mediation"]["intervals"][number]
    replicated, ratio = mediation()
    found = replicated.intervals(case["level"], METHODS[case["type"]])  # type: ignore[arg-type]
    assert found.lower is not None
    assert found.upper is not None
    lower, upper = np.array(case["lower"]), np.array(case["upper"])
    if case["type"] == "norm":
        # lavaan divides by R, and takes the product's bias from the mean parameters.
        middle = (lower + upper) / 2
        lower, upper = middle + (lower - middle) * ratio, middle + (upper - middle) * ratio
        lower, upper = lower[:-1], upper[:-1]
    np.testing.assert_allclose(found.lower[: len(lower)], lower, rtol=ROUNDING, atol=ROUNDING)
    np.testing.assert_allclose(found.upper[: len(upper)], upper, rtol=ROUNDING, atol=ROUNDING)


def test_standard_errors_are_lavaans_but_for_the_divisor() -> None:
    """lavaan divides by R; that of a product it takes by the delta method."""
    replicated, ratio = mediation()
    wanted = np.array(INTERVALS["mediation"]["se"])[:-1] * ratio
    np.testing.assert_allclose(replicated.standard_errors()[:-1], wanted, rtol=ROUNDING)


@pytest.mark.parametrize("method", ["percentile", "basic", "normal", "bca"])
@pytest.mark.parametrize("number", range(len(INTERVALS["ratio"]["intervals"])))
def test_intervals_are_those_of_the_package_boot(number: int, method: str) -> None:
    case = INTERVALS["ratio"]
    wanted = case["intervals"][number]
    replicated = Replicated(np.array([case["t0"]]), column(case["t"]), column(case["influence"]))
    found = replicated.intervals(wanted["level"], method)  # type: ignore[arg-type]
    assert found.lower is not None
    assert found.upper is not None
    np.testing.assert_allclose([found.lower[0], found.upper[0]], wanted[method], rtol=ROUNDING)


def column(values: list[float]) -> Matrix:
    return np.array(values)[:, None]


def test_standardised_replicates_are_standardised_fits() -> None:
    """Each as the fit to the same rows is standardised, moments of covariates included."""
    case = REFITS["cases"]["covariates"]
    fit, frame = fitted(case), frame_of(case)
    found = row_replicates(fit, bootstrap_from(fit, counts_of(case)).refits, standardized=True)
    for rows, values in zip(case["rows"][:4], found, strict=False):
        alone = sem(case["model"], frame.iloc[np.array(rows) - 1]).result
        np.testing.assert_allclose(values, standardized(alone).estimates, atol=1e-7)
