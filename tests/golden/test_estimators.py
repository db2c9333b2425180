"""Estimators, groups and clusters give the numbers of lavaan 0.7-2.

Measures of fit are compared to one part in a million. Estimates are compared less closely,
because lavaan stops its search where the discrepancy hardly changes: up to 2e-5 of an estimate
away from the minimum, at which ours stands to rounding error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from semopy.examples import holzinger39, political_democracy
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine.difference import chi_square_difference
from cosyn.engine.estimation import FitOptions, fit_sem
from cosyn.engine.factor_scores import factor_scores
from cosyn.engine.modification import modification_indices
from cosyn.engine.moments import incomplete_moments, sample_moments
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.residuals import residuals
from cosyn.engine.score_tests import score_tests
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse

if TYPE_CHECKING:
    from cosyn.engine.difference import Method
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.moments import SampleMoments

MEASURES = 1e-6
ESTIMATES = 3e-5
#: lavaan finds the ends of intervals by a search that stops at 1e-4 of the noncentrality, and a
#: p-value moves ten times as fast as the statistic it belongs to.
BOUNDS = 1e-5
#: Root mean square residuals move with the estimates themselves, not with their squares.
RESIDUALS = 1e-6
TRUTH = expected(FOLDER / "cases" / "lavaan_07")

FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
DEMOCRACY = """
ind60 =~ x1 + x2 + x3
dem60 =~ y1 + y2 + y3 + y4
dem65 =~ y5 + y6 + y7 + y8
dem60 ~ a*ind60
dem65 ~ c*ind60 + b*dem60
y1 ~~ y5
y2 ~~ y4 + y6
y3 ~~ y7
y4 ~~ y8
y6 ~~ y8
ab := a*b
tot := a*b + c
"""
SCHOOLS = ("Pasteur", "Grant-White")
LOADINGS = frozenset({"loadings"})
SCALAR = frozenset({"loadings", "intercepts"})
STRICT = frozenset({"loadings", "intercepts", "residuals"})
INTERCEPTS = frozenset({("x3", "~1", ""), ("x7", "~1", "")})


@dataclass(frozen=True, slots=True)
class Case:
    """How a fit of the stored numbers is asked for here."""

    table: TableOptions = field(default_factory=TableOptions)
    fit: FitOptions = field(default_factory=FitOptions)
    model: str = FACTORS
    cluster: str = ""
    gaps: bool = False


def schools(**options: Any) -> TableOptions:
    return TableOptions(means=True, groups=SCHOOLS, **options)


CASES = {
    "hs_ml": Case(),
    "hs_ml_mean": Case(TableOptions(means=True)),
    "hs_ml_wishart": Case(fit=FitOptions(wishart=True)),
    "hs_ml_stdlv": Case(TableOptions(std_lv=True)),
    "hs_ml_observed": Case(fit=FitOptions(information="observed")),
    "hs_mlr": Case(fit=FitOptions("MLR")),
    "hs_mlm": Case(fit=FitOptions("MLM")),
    "hs_mlmv": Case(fit=FitOptions("MLMV")),
    "hs_mlmvs": Case(fit=FitOptions("MLMVS")),
    "hs_mlf": Case(fit=FitOptions("MLF")),
    "hs_second": Case(model=FACTORS + "\ng =~ visual + textual + speed"),
    "hs_cluster": Case(TableOptions(means=True), FitOptions("MLR"), cluster="ageyr"),
    "hs_mg_config": Case(schools()),
    "hs_mg_metric": Case(schools(equal=LOADINGS)),
    "hs_mg_scalar": Case(schools(equal=SCALAR)),
    "hs_mg_strict": Case(schools(equal=STRICT)),
    "hs_mg_partial": Case(schools(equal=SCALAR, partial=INTERCEPTS)),
    "hs_mg_scalar_mlr": Case(schools(equal=SCALAR), FitOptions("MLR")),
    "hsm_fiml": Case(TableOptions(means=True), gaps=True),
    "hsm_fiml_mlr": Case(TableOptions(means=True), FitOptions("MLR"), gaps=True),
    "pd_ml": Case(model=DEMOCRACY),
    "pd_mlr": Case(model=DEMOCRACY, fit=FitOptions("MLR")),
    "pd_mlm": Case(model=DEMOCRACY, fit=FitOptions("MLM")),
}
RENAMED = {"bic2": "sabic", "ntotal": "n", "chisq.scaling.factor": "chisq_scaling_factor"}
SKIPPED = {
    "fmin", "scaling.factor.h0", "scaling.factor.h1", "nnfi", "rfi", "pnfi", "rmr", "rmr_nomean",
    "srmr_bentler", "srmr_bentler_nomean", "crmr_nomean", "srmr_mplus", "srmr_mplus_nomean",
    "cn_05", "cn_01", "agfi", "pgfi", "mfi", "ecvi",
}  # fmt: skip
#: Robust measures of incomplete answers rest on the saturated moments, of which lavaan stops the
#: search where the log-likelihood changes by 1e-5.
SATURATED = 1e-4


def samples(case: Case, names: tuple[str, ...]) -> tuple[SampleMoments, ...]:
    if names[0].startswith("x1") and len(names) == 9:
        frame = holzinger39.get_data()
    else:
        frame = political_democracy.get_data()
    values = frame[list(names)].to_numpy(dtype=float, copy=True)
    if case.gaps:
        # As in lavaan's documentation: x5 is missing for low x1, x9 for the young.
        age = (frame["ageyr"] + frame["agemo"] / 12).to_numpy()
        low = values[:, 0] <= np.quantile(values[:, 0], 0.3)
        values[low, 4] = np.nan
        values[age <= np.quantile(age, 0.3), 8] = np.nan
        return (incomplete_moments(values, names),)
    if len(case.table.groups) > 1:
        school = frame["school"].to_numpy()
        return tuple(sample_moments(values[school == name], names) for name in case.table.groups)
    cluster = None
    if case.cluster:
        cluster = np.unique(frame[case.cluster], return_inverse=True)[1].astype(np.intp)
    return (sample_moments(values, names, cluster),)


@pytest.fixture(scope="module", params=CASES)
def pair(request: pytest.FixtureRequest) -> tuple[SemFit, dict[str, Any]]:
    case = CASES[request.param]
    names = tuple(f"x{k}" for k in range(1, 10))
    if case.model == DEMOCRACY:
        names = tuple(political_democracy.get_data().columns)
    table = parameter_table(parse(case.model), names, case.table)
    return fit_sem(table, samples(case, names), case.fit), TRUTH["fits"][request.param]


def name_of(theirs: str) -> str:
    plain = theirs.replace(".ci.", ".")
    return RENAMED.get(theirs, plain.replace(".", "_"))


def test_measures(pair: tuple[SemFit, dict[str, Any]]) -> None:
    fit, truth = pair
    for theirs, wanted in truth["measures"].items():
        if theirs in SKIPPED:
            continue
        found = getattr(fit.measures, name_of(theirs))
        rel = BOUNDS if ".ci." in theirs or "pvalue" in theirs else MEASURES
        rel = SATURATED if fit.groups[0].incomplete and ".robust" in theirs else rel
        near = RESIDUALS if "rmr" in theirs else 1e-7
        assert found == pytest.approx(float(wanted), rel=rel, abs=near), theirs


def test_rows(pair: tuple[SemFit, dict[str, Any]]) -> None:
    fit, truth = pair
    assert fit.status.ok
    assert fit.standard_errors is not None
    for row in truth["rows"]:
        at = fit.table.index(row["lhs"], row["op"], row["rhs"], row.get("group", 1))
        scale = max(1.0, abs(row["est"]))
        assert fit.estimates[at] == pytest.approx(row["est"], abs=ESTIMATES * scale)
        if row.get("se") is not None:
            wanted = pytest.approx(row["se"], abs=ESTIMATES * max(0.1, row["se"]))
            assert fit.standard_errors[at] == wanted, row


def test_standardised_rows(pair: tuple[SemFit, dict[str, Any]]) -> None:
    fit, truth = pair
    found = standardized(fit)
    assert found.standard_errors is not None
    for row in truth["std"]:
        at = fit.table.index(row["lhs"], row["op"], row["rhs"], row.get("group", 1))
        assert found.estimates[at] == pytest.approx(row["est.std"], abs=ESTIMATES)
        assert found.standard_errors[at] == pytest.approx(row["se"], abs=ESTIMATES)


def of_schools(equal: frozenset[Any], estimator: str) -> SemFit:
    case = Case(schools(equal=equal), FitOptions(estimator))
    names = tuple(f"x{k}" for k in range(1, 10))
    return fit_sem(
        parameter_table(parse(FACTORS), names, case.table), samples(case, names), case.fit
    )


@pytest.mark.parametrize(
    ("stored", "estimator", "method"),
    [
        ("lrt_ml", "ML", "standard"),
        ("lrt_mlr_sb2001", "MLR", "sb2001"),
        ("lrt_mlr_sb2010", "MLR", "sb2010"),
        ("lrt_mlr_s2000", "MLR", "scaled_shifted"),
        ("lrt_mlm_s2000", "MLM", "scaled_shifted"),
    ],
)
def test_differences(stored: str, estimator: str, method: Method) -> None:
    """lavaan's "satorra.2000" is scaled and shifted unless told otherwise."""
    fits = [of_schools(equal, estimator) for equal in (frozenset(), LOADINGS, SCALAR)]
    truth = TRUTH["extra"][stored][1:]
    for wanted, full, restricted in zip(truth, fits, fits[1:], strict=False):
        found = chi_square_difference(restricted, full, method)
        assert found.df == wanted["Df diff"]
        assert found.chisq == pytest.approx(wanted["Chisq diff"], rel=1e-5)
        assert found.pvalue == pytest.approx(wanted["Pr(>Chisq)"], rel=1e-4)


@pytest.fixture(scope="module")
def three_factors() -> SemFit:
    names = tuple(f"x{k}" for k in range(1, 10))
    return fit_sem(parameter_table(parse(FACTORS), names), samples(Case(), names))


def test_modification_indices(three_factors: SemFit) -> None:
    found = {(m.op, frozenset((m.lhs, m.rhs))): m for m in modification_indices(three_factors)}
    truth = TRUTH["extra"]["mi_hs_ml"]
    assert len(found) == len(truth) == 54
    for row in truth:
        m = found[row["op"], frozenset((row["lhs"], row["rhs"]))]
        wanted = [row["mi"], row["epc"], row["sepc.lv"], row["sepc.all"]]
        assert [m.index, m.change, m.change_lv, m.change_all] == pytest.approx(
            wanted, rel=2e-5, abs=1e-4
        )


def test_score_tests_of_equalities() -> None:
    """lavaan counts 15 equalities; 3 of them are what determines the freed means of the latents.

    The likelihood ratio of the same models (164.10 - 115.85) has 12 degrees of freedom too.
    """
    every, found = score_tests(of_schools(SCALAR, "ML"))
    truth = TRUTH["extra"]["score_scalar"]
    assert (every.df, truth["test"][0]["df"]) == (12, 15)
    assert every.value == pytest.approx(truth["test"][0]["X2"], rel=1e-5)
    wanted = sorted((row["X2"] for row in truth["uni"]), reverse=True)
    assert [each.test.value for each in found] == pytest.approx(wanted, abs=2e-4)


@pytest.mark.parametrize(("method", "stored"), [("regression", "fs_reg"), ("bartlett", "fs_bart")])
def test_factor_scores(three_factors: SemFit, method: Any, stored: str) -> None:
    found = factor_scores(three_factors, method)
    wanted = np.array(TRUTH["extra"][stored])
    np.testing.assert_allclose(found.values[: len(wanted)], wanted, atol=1e-5)


def test_residuals(three_factors: SemFit) -> None:
    """The diagonal of lavaan's z is a rounding error over another."""
    found = residuals(three_factors)
    np.testing.assert_allclose(found.correlations, TRUTH["extra"]["resid_cor"], atol=1e-6)
    wanted = np.array(TRUTH["extra"]["resid_z"])
    off = ~np.eye(9, dtype=bool)
    np.testing.assert_allclose(found.z[off], wanted[off], atol=1e-4)
