"""Models of ordinal and mixed items with covariates give the numbers of lavaan.

`ho_exo` is of lavaan 0.7-2, the others of 0.6-14, whose SRMR with covariates is another one; the
script went on from where it stopped to the minimum, where there was one group and no equality. Its
thresholds and correlations are its optimiser's, up to 1e-6 away (`test_ordinal`); hence one part in
1e5, and two of standard errors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine import Fitted, compare, sem
from cosyn.engine.standardize import standardized, standardized_latents

MEASURES = ESTIMATES = 1e-5
ERRORS = 2e-5
TRUTH = expected(FOLDER / "cases" / "covariates_ordinal")
NEWER = expected(FOLDER / "cases" / "lavaan_07")["fits"]["ho_exo"]
ITEMS = [f"x{k}" for k in range(1, 10)]
FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
COMPARED = {
    "npar": "npar", "chisq": "chisq", "df": "df", "chisq.scaled": "chisq_scaled",
    "df.scaled": "df_scaled", "chisq.scaling.factor": "chisq_scaling_factor",
    "baseline.chisq": "baseline_chisq", "baseline.df": "baseline_df",
    "baseline.chisq.scaled": "baseline_chisq_scaled", "cfi": "cfi", "tli": "tli",
    "cfi.scaled": "cfi_scaled", "tli.scaled": "tli_scaled", "rmsea": "rmsea",
    "rmsea.scaled": "rmsea_scaled", "srmr": "srmr",
}  # fmt: skip


def data(continuous: tuple[str, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(holzinger39.get_data())
    for name in ITEMS:
        if name not in continuous:
            cuts = np.quantile(frame[name], [0.2, 0.5, 0.8])
            frame[name] = 1.0 + np.searchsorted(cuts, frame[name].to_numpy())
    return frame


def fitted(case: dict[str, Any]) -> Fitted:
    continuous = tuple(case["continuous"])
    arguments = {key.replace(".", "_"): value for key, value in (case.get("args") or {}).items()}
    ordered = [name for name in ITEMS if name not in continuous]
    return sem(case["model"], data(continuous), ordered=ordered, **arguments)


@pytest.fixture(scope="module", params=TRUTH["cases"])
def pair(request: pytest.FixtureRequest) -> tuple[Fitted, dict[str, Any]]:
    case = TRUTH["cases"][request.param]
    return fitted(case), case


def assert_measures(found: Fitted, wanted: dict[str, Any]) -> None:
    for theirs, ours in COMPARED.items():
        if wanted.get(theirs) is not None:
            near = pytest.approx(wanted[theirs], rel=MEASURES)
            assert found.fit_measures[ours] == near, theirs


def test_measures(pair: tuple[Fitted, dict[str, Any]]) -> None:
    assert_measures(pair[0], pair[1]["measures"])


def test_rows(pair: tuple[Fitted, dict[str, Any]]) -> None:
    fit, rows = pair[0].result, pair[1]["rows"]
    assert fit.status.ok
    assert fit.standard_errors is not None
    std, std_lv = standardized(fit), standardized_latents(fit).estimates
    assert std.standard_errors is not None
    for row in rows:
        at = fit.table.index(row["lhs"], row["op"], row["rhs"], row.get("group") or 1)
        ours = fit.estimates[at], std.estimates[at], std_lv[at]
        wanted = row["est"], row["std"], row["std_lv"]
        np.testing.assert_allclose(ours, wanted, rtol=ESTIMATES, atol=ESTIMATES, err_msg=str(row))
        errors = fit.standard_errors[at], std.standard_errors[at]
        truth = row["se"], row["std_se"]
        np.testing.assert_allclose(errors, truth, rtol=ERRORS, atol=ERRORS, err_msg=str(row))


@pytest.fixture(scope="module")
def newer() -> Fitted:
    return sem(FACTORS + "\nspeed ~ visual + textual + ageyr", data(), ordered=True)


def test_measures_of_lavaan_07(newer: Fitted) -> None:
    assert_measures(newer, NEWER["measures"])
    assert newer.fit_measures["srmr"] == pytest.approx(0.0645496126, abs=1e-8)


def test_rows_of_lavaan_07(newer: Fitted) -> None:
    """All rows, in lavaan's order; `ordered=True` left the covariate what it is."""
    fit = newer.result
    assert fit.standard_errors is not None
    assert [(row.lhs, row.op, row.rhs) for row in fit.table.rows] == [
        (row["lhs"], row["op"], row["rhs"]) for row in NEWER["rows"]
    ]
    std = standardized(fit)
    assert std.standard_errors is not None
    for ours, errors, key, rows in (
        (fit.estimates, fit.standard_errors, "est", NEWER["rows"]),
        (std.estimates, std.standard_errors, "est.std", NEWER["std"]),
    ):
        np.testing.assert_allclose(ours, [row[key] for row in rows], rtol=1e-5, atol=ESTIMATES)
        np.testing.assert_allclose(errors, [row["se"] for row in rows], rtol=1e-5, atol=ESTIMATES)


def test_difference_of_models_with_covariates() -> None:
    model = TRUTH["cases"]["delta"]["model"]
    fixed = model.replace("visual ~ ageyr", "visual ~ 0*ageyr").replace("+ sex", "+ 0*sex", 1)
    restricted, full = (sem(each, data(), ordered=True) for each in (fixed, model))
    found = compare(restricted, full)
    assert found.df == TRUTH["difference"]["df"]
    assert found.chisq == pytest.approx(TRUTH["difference"]["chisq"], rel=2e-5)
