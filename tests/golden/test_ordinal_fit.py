"""Models of ordinal and mixed items give the numbers of lavaan 0.7-2.

The items are Holzinger and Swineford's tests, cut at their quantiles .2, .5 and .8. lavaan's
polychoric correlations are its optimiser's, to about 3e-8, and its estimates stop up to 5e-6 before the
minimum; hence one part in 1e5, and two of standard errors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine import Fitted, cfa, compare
from cosyn.engine.standardize import standardized

MEASURES = 1e-5
ESTIMATES = 1e-5
ERRORS = 2e-5
TRUTH = expected(FOLDER / "cases" / "lavaan_07")
FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
ITEMS = [f"x{k}" for k in range(1, 10)]
CASES: dict[str, dict[str, Any]] = {
    "ho_wlsmv": {},
    "ho_wlsmv_theta": {"parameterization": "theta"},
    "ho_wlsm": {"estimator": "WLSM"},
    "ho_wlsmvs": {"estimator": "WLSMVS"},
    "ho_dwls": {"estimator": "DWLS"},
    "ho_ulsmv": {"estimator": "ULSMV"},
    "ho_mixed": {"ordered": ITEMS[2:]},
    "ho_mg_config": {"group": "school"},
    "ho_mg_load": {"group": "school", "group_equal": ["loadings"]},
    "ho_mg_thr": {"group": "school", "group_equal": ["loadings", "thresholds"]},
}
COMPARED = {
    "npar": "npar", "chisq": "chisq", "df": "df", "chisq.scaled": "chisq_scaled",
    "df.scaled": "df_scaled", "chisq.scaling.factor": "chisq_scaling_factor",
    "baseline.chisq": "baseline_chisq", "baseline.df": "baseline_df",
    "baseline.chisq.scaled": "baseline_chisq_scaled", "cfi": "cfi", "tli": "tli",
    "cfi.scaled": "cfi_scaled", "tli.scaled": "tli_scaled", "rmsea": "rmsea",
    "rmsea.scaled": "rmsea_scaled", "srmr": "srmr", "crmr_nomean": "crmr", "gfi": "gfi",
    "cfi.robust": "cfi_robust", "tli.robust": "tli_robust", "rmsea.robust": "rmsea_robust",
    "rmsea.ci.lower.robust": "rmsea_lower_robust", "rmsea.ci.upper.robust": "rmsea_upper_robust",
}  # fmt: skip
#: Of several groups lavaan adds the variances of the null model's correlations without weighing the
#: groups (`kbs` in its lav_fit_catml_dwls), so that a sample cut in two has another CFI. Ours has
#: the same: see test_groups_that_are_alike_have_the_indices_of_one.
WEIGHED_OTHERWISE = {"cfi.robust", "tli.robust"}


def data(*, continuous: tuple[str, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(holzinger39.get_data())
    for name in ITEMS:
        if name not in continuous:
            cuts = np.quantile(frame[name], [0.2, 0.5, 0.8])
            frame[name] = 1.0 + np.searchsorted(cuts, frame[name].to_numpy())
    return frame


def fitted(name: str) -> Fitted:
    arguments = {"ordered": True} | CASES[name]
    mixed = arguments["ordered"] is not True
    return cfa(FACTORS, data(continuous=("x1", "x2") if mixed else ()), **arguments)


@pytest.fixture(scope="module", params=CASES)
def pair(request: pytest.FixtureRequest) -> tuple[Fitted, dict[str, Any]]:
    return fitted(request.param), TRUTH["fits"][request.param]


def test_measures(pair: tuple[Fitted, dict[str, Any]]) -> None:
    found, truth = pair
    several = len(found.result.groups) > 1
    for theirs, ours in COMPARED.items():
        if several and theirs in WEIGHED_OTHERWISE:
            continue
        wanted = truth["measures"].get(theirs)
        if wanted is not None:
            assert found.fit_measures[ours] == pytest.approx(wanted, rel=MEASURES), theirs
        else:
            assert ours not in found.fit_measures, theirs
    assert "aic" not in found.fit_measures  # there is no likelihood


def test_groups_that_are_alike_have_the_indices_of_one() -> None:
    frame = data()
    twice = pd.concat([frame.assign(half="a"), frame.assign(half="b")])
    one = cfa(FACTORS, frame, ordered=True).fit_measures
    two = cfa(FACTORS, twice, ordered=True, group="half").fit_measures
    for name in ("cfi_robust", "tli_robust"):
        assert two[name] == pytest.approx(one[name], rel=1e-9)


def test_rows(pair: tuple[Fitted, dict[str, Any]]) -> None:
    found, truth = pair
    fit = found.result
    assert fit.status.ok
    assert fit.standard_errors is not None
    assert len(truth["rows"]) == len(fit.table.rows)
    for k, row in enumerate(truth["rows"]):
        at = fit.table.index(row["lhs"], row["op"], row["rhs"], row.get("group", 1))
        assert at == k  # lavaan's order
        assert fit.estimates[at] == pytest.approx(row["est"], rel=ESTIMATES, abs=ESTIMATES), row
        if row.get("se"):
            assert fit.standard_errors[at] == pytest.approx(row["se"], rel=ERRORS), row


def test_standardised(pair: tuple[Fitted, dict[str, Any]]) -> None:
    found, truth = pair
    values = standardized(found.result).estimates
    for row in truth["std"]:
        at = found.result.table.index(row["lhs"], row["op"], row["rhs"], row.get("group", 1))
        assert values[at] == pytest.approx(row["est.std"], abs=ESTIMATES), row


def test_difference_of_ordinal_models_is_never_a_subtraction() -> None:
    full, restricted = fitted("ho_mg_config"), fitted("ho_mg_load")
    wanted = TRUTH["extra"]["lrt_wlsmv"][1]
    found = compare(restricted, full)
    assert found.method == "scaled_shifted"
    assert found.df == wanted["Df diff"]
    assert found.chisq == pytest.approx(wanted["Chisq diff"], rel=2e-5)
    assert compare(restricted, full, "sb2001").reason


@pytest.mark.parametrize("step", TRUTH["extra"]["wu_estabrook"], ids=lambda step: str(step["df"]))
def test_invariance_after_wu_and_estabrook(step: dict[str, Any]) -> None:
    """Published to four decimals of the statistics by semTools 0.5-9 on lavaan 0.7-2."""
    found = cfa(
        FACTORS, data(), ordered=True, group="school", std_lv=True, group_equal=step["equal"],
        parameterization="theta" if "residuals" in step["equal"] else "delta",
    )  # fmt: skip
    assert found.status.ok
    assert found.fit_measures["df"] == step["df"]
    assert found.fit_measures["chisq"] == pytest.approx(step["chisq"], abs=1e-4)
    assert found.fit_measures["chisq_scaled"] == pytest.approx(step["scaled"], rel=2e-5)


def test_a_category_missing_in_one_group_is_named() -> None:
    frame = data()
    frame.loc[(frame["school"] == "Pasteur") & (frame["x3"] == 4), "x3"] = 3
    with pytest.raises(Exception, match="answer 4 to `x3`"):
        cfa(FACTORS, frame, ordered=True, group="school")


def test_maximum_likelihood_of_ordinal_items_is_refused() -> None:
    with pytest.raises(Exception, match="maximum likelihood is not for ordinal items"):
        cfa(FACTORS, data(), ordered=True, estimator="ML")
