"""Every number of a fit equals lavaan's, at lavaan's minimum polished to the last digits.

The scripts beside the cases polish lavaan's solution by scoring steps, because lavaan stops up to
1e-4 of an estimate before the minimum; what is compared is then formulas, not stopping rules.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.golden.golden_cases import cases, data_of, expected, fitted, holzinger

from cosyn.engine.estimation import fit_sem
from cosyn.engine.partable import parameter_table
from cosyn.engine.standardize import standardized, standardized_latents
from cosyn.engine.syntax import parse

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from cosyn.engine.estimation import SemFit

#: Both stand at the same minimum: what is left is rounding, magnified by the optimum's flatness.
ESTIMATES = 1e-7
#: Below this, absolute: numbers that are zero but for rounding.
ROUNDING = 1e-8
#: lavaan differentiates the standardisation numerically.
STANDARDISED_ERRORS = 1e-6
#: lavaan finds the ends of the interval by R's `uniroot` with its default tolerance of 1e-4 in
#: the noncentrality.
RMSEA_BOUNDS = 1e-4
#: semopy stops at a change of the discrepancy of 1e-6, here 1.2e-3 away in one loading.
SEMOPY = 2e-3

NAMES = {
    "npar": "npar",
    "chisq": "chisq",
    "df": "df",
    "pvalue": "pvalue",
    "baseline.chisq": "baseline_chisq",
    "baseline.df": "baseline_df",
    "baseline.pvalue": "baseline_pvalue",
    "cfi": "cfi",
    "tli": "tli",
    "rmsea": "rmsea",
    "rmsea.ci.lower": "rmsea_lower",
    "rmsea.ci.upper": "rmsea_upper",
    "rmsea.pvalue": "rmsea_pvalue",
    "srmr": "srmr",
    "logl": "logl",
    "unrestricted.logl": "unrestricted_logl",
    "aic": "aic",
    "bic": "bic",
    "bic2": "sabic",
    "ntotal": "n",
}
SEM_CASES = cases("sem_")


@pytest.fixture(scope="module", params=SEM_CASES, ids=[case.name for case in SEM_CASES])
def pair(request: pytest.FixtureRequest) -> tuple[SemFit, dict[str, Any]]:
    case: Path = request.param
    return fitted(case), expected(case)


def assert_close(found: Any, wanted: Any, rel: float) -> None:
    np.testing.assert_allclose(found, wanted, rtol=rel, atol=ROUNDING)


def column(truth: dict[str, Any], name: str) -> NDArray[np.float64]:
    return np.array([np.nan if row.get(name) is None else row[name] for row in truth["rows"]])


def test_rows_stand_in_the_same_order(pair: tuple[SemFit, dict[str, Any]]) -> None:
    fit, truth = pair
    assert [(row["lhs"], row["op"], row["rhs"]) for row in truth["rows"]] == [
        (row.lhs, row.op, row.rhs) for row in fit.table.rows
    ]
    assert [row["free"] for row in truth["rows"]] == list(fit.free)


def test_estimates_and_standard_errors(pair: tuple[SemFit, dict[str, Any]]) -> None:
    fit, truth = pair
    assert fit.status.converged
    assert fit.status.identified
    assert fit.standard_errors is not None
    assert_close(fit.estimates, column(truth, "est"), ESTIMATES)
    assert_close(fit.standard_errors, column(truth, "se"), ESTIMATES)


def test_standardised(pair: tuple[SemFit, dict[str, Any]]) -> None:
    fit, truth = pair
    all_, latents = standardized(fit), standardized_latents(fit)
    assert all_.standard_errors is not None
    assert_close(all_.estimates, column(truth, "std"), ESTIMATES)
    assert_close(all_.standard_errors, column(truth, "std_se"), STANDARDISED_ERRORS)
    assert_close(latents.estimates, column(truth, "std_lv"), ESTIMATES)


def test_measures(pair: tuple[SemFit, dict[str, Any]]) -> None:
    fit, truth = pair
    for theirs, ours in NAMES.items():
        wanted = truth["measures"].get(theirs)
        rel = RMSEA_BOUNDS if ".ci." in theirs else ESTIMATES
        found = getattr(fit.measures, ours)
        assert found == (
            wanted if wanted is None else pytest.approx(wanted, rel=rel, abs=ROUNDING)
        ), theirs


def test_latents_and_explained_variance(pair: tuple[SemFit, dict[str, Any]]) -> None:
    fit, truth = pair
    assert_close(fit.covariance_of_latents(), truth["latents"], ESTIMATES)
    assert fit.r_squared() == {
        name: pytest.approx(value, rel=ESTIMATES) if isinstance(value, float | int) else None
        for name, value in truth["r_squared"].items()
    }


def test_admissibility(pair: tuple[SemFit, dict[str, Any]]) -> None:
    fit, truth = pair
    assert fit.status.admissible == truth["admissible"]


def test_products_of_indicators_are_those_of_semtools() -> None:
    case = next(case for case in SEM_CASES if case.name == "sem_interaction")
    products = data_of(case).of([f"AxC{k}" for k in range(1, 5)])
    assert_close(products[:5], expected(case)["products"], 1e-12)


def test_another_engine_agrees() -> None:
    """semopy minimises the same discrepancy with another parametrisation and optimiser."""
    data = holzinger()
    text = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import semopy

        model = semopy.Model(text)
        model.fit(pd.DataFrame(data.values, columns=list(data.names)))
        estimates, statistics = model.inspect(), semopy.calc_stats(model).loc["Value"]
    fit = fit_sem(parameter_table(parse(text), data.names), (data.moments(),))
    for lhs, op, rhs, value in estimates[["lval", "op", "rval", "Estimate"]].to_numpy():
        found = fit.estimate(rhs, "=~", lhs) if op == "~" else fit.estimate(lhs, op, rhs)
        assert found == pytest.approx(value, abs=SEMOPY), (lhs, op, rhs)
    assert fit.measures is not None
    assert fit.measures.chisq == pytest.approx(statistics["chi2"], abs=SEMOPY)
    assert fit.measures.cfi == pytest.approx(statistics["CFI"], abs=1e-5)
