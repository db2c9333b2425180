"""GLS, ULS and WLS, covariates, growth curves and effect coding give the numbers of lavaan.

The scripts beside the cases carry lavaan's search to the minimum, where only rounding is left. Three
habits of lavaan 0.6-14 are not followed: with several groups it weighs information by n, where its
discrepancy weighs it by n - 1; the observed information of GLS has that factor twice; and the
log-likelihood of covariates with gaps, which it subtracts, is that of complete ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.engine import Fitted, cfa, compare, growth, sem

POLISHED = 1e-6
#: Of numbers of lavaan that are not polished.
SEARCHED = 1e-5
#: lavaan's bounds are those of R's `uniroot`.
BOUNDS = 1e-4
#: Its moments of incomplete answers are where EM changes the log-likelihood by less than 1e-5.
EM = 1e-5
#: Square root of n over n - 1.
OF_ALL = float(np.sqrt(301 / 300))
CASES = {
    **expected(FOLDER / "cases" / "least_squares")["cases"],
    **expected(FOLDER / "cases" / "identification")["cases"],
}
LEAST_SQUARES = expected(FOLDER / "cases" / "least_squares")
FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
RENAMED = {
    "chisq.scaled": "chisq_scaled", "df.scaled": "df_scaled",
    "chisq.scaling.factor": "chisq_scaling_factor", "baseline.chisq": "baseline_chisq",
    "baseline.df": "baseline_df", "baseline.chisq.scaled": "baseline_chisq_scaled",
    "cfi.robust": "cfi_robust", "tli.robust": "tli_robust", "rmsea.ci.lower": "rmsea_lower",
    "rmsea.ci.upper": "rmsea_upper", "rmsea.robust": "rmsea_robust",
    "unrestricted.logl": "unrestricted_logl", "ntotal": "n",
}  # fmt: skip
OF_COVARIATES = {"logl", "unrestricted.logl", "aic", "bic"}
#: Of ULS, 0.6-14 tests the discrepancy itself; Browne's statistic stands beside it.
OF_ULS = {"npar", "df", "srmr"}


def data(name: str | None = None) -> pd.DataFrame:
    if name == "Growth":
        found = csv("growth")
        return pd.DataFrame(found.values, columns=list(found.names))
    frame = pd.DataFrame(holzinger39.get_data())
    if name in {"Gaps", "Holes"}:
        frame.loc[frame["x1"] <= frame["x1"].quantile(0.3), "x5"] = np.nan
    if name == "Holes":
        frame["ageyr"] = frame["ageyr"].where(np.arange(301) % 40 != 2)
    return frame


def fitted(case: dict[str, Any]) -> Fitted:
    args = {key.replace(".", "_"): x for key, x in case["args"].items()}
    for key in ("group_equal", "effect_coding"):
        if isinstance(args.get(key), str):
            args[key] = [args[key]]
    args.setdefault("group", None)
    how = growth if case.get("how") == "growth" else sem
    return how(case["model"], data(case.get("data") or None), **args)


@pytest.fixture(scope="module", params=CASES)
def pair(request: pytest.FixtureRequest) -> tuple[str, Fitted, dict[str, Any]]:
    return request.param, fitted(CASES[request.param]), CASES[request.param]


def test_rows(pair: tuple[str, Fitted, dict[str, Any]]) -> None:
    name, found, case = pair
    fit = found.result
    assert fit.status.converged
    assert fit.status.identified
    assert fit.standard_errors is not None
    factor = OF_ALL if name == "gls_observed" else 1.0
    for row in case["rows"]:
        group = 0 if row["op"] == ":=" else row.get("group", 1)
        at = fit.table.index(row["lhs"], row["op"], row.get("rhs", ""), group)
        assert fit.estimates[at] == pytest.approx(row["est"], rel=POLISHED, abs=POLISHED), row
        if row.get("se") is not None:
            wanted = pytest.approx(row["se"], rel=POLISHED, abs=POLISHED)
            assert fit.standard_errors[at] * factor == wanted, row


def test_measures(pair: tuple[str, Fitted, dict[str, Any]]) -> None:
    name, found, case = pair
    measures = found.fit_measures
    uls = case["args"].get("estimator") == "ULS"
    several = len(found.result.groups) > 1 and found.result.options.unbiased
    if uls:
        assert measures["chisq"] == pytest.approx(case["measures"]["browne"], rel=POLISHED)
    for theirs, wanted in case["measures"].items():
        if theirs == "browne" or wanted is None or (uls and theirs not in OF_ULS):
            continue
        if name == "holes_fiml_x" and theirs in OF_COVARIATES:
            continue
        near = BOUNDS if ".ci." in theirs or theirs == "pvalue" else POLISHED
        if several and ("scal" in theirs or "robust" in theirs):
            near = SEARCHED
        if theirs in {"srmr", "baseline.chisq"} and found.result.groups[0].incomplete:
            near = EM
        ours = measures.get(RENAMED.get(theirs, theirs))
        assert ours == pytest.approx(wanted, rel=near, abs=1e-7), (name, theirs)


@pytest.mark.parametrize("estimator", LEAST_SQUARES["differences"])
def test_differences(estimator: str) -> None:
    full = cfa(FACTORS, data(), estimator=estimator, group="school")
    restricted = cfa(FACTORS, data(), estimator=estimator, group="school", group_equal=["loadings"])
    wanted = LEAST_SQUARES["differences"][estimator]
    found = compare(restricted, full, "scaled_shifted" if estimator == "ULSMV" else None)
    assert found.df == wanted["Df diff"]
    assert found.chisq == pytest.approx(wanted["Chisq diff"], rel=2 * SEARCHED)


def test_dropped_respondents_are_counted() -> None:
    case = CASES["holes_fiml"]
    found = fitted(case)
    assert found.n == case["measures"]["ntotal"]
    assert found.n + found.n_dropped == 301
    assert found.n_dropped == 8
    assert fitted(CASES["holes_fiml_x"]).n == 301
