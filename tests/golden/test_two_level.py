"""Models of two levels give lavaan's numbers, at its minimum polished to the last digits.

lavaan's saturated model comes from an EM algorithm, which here goes on until the log-likelihood
changes by less than 1e-8: chi-square is known to 1e-6 of it, and residuals to its root. lavaan's
model of independence is not polished. Where clusters differ less than chance would have it
(departments 61 to 90), EM stops at the bound of possible covariances while ours, like both estimates of the
model itself, does not: there only the model is compared. The cross-products of MLR are
lavaan's but where there are covariates (`slopes_mlr`): its standard errors are off by up to 1e-3
there, while ours rest on scores that are each cluster's derivatives (tests/unit/engine).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.engine import sem
from cosyn.engine.cluster_moments import ClusterMoments, SizeMoments, cluster_moments
from cosyn.engine.moments import SampleMoments
from cosyn.engine.partable import TableOptions
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse_model
from cosyn.engine.twolevel_fit import fit_two_level
from cosyn.engine.twolevel_measures import intraclass_correlations
from cosyn.engine.twolevel_table import two_level_table
from cosyn.synergy import SYNERGIES, Scores, Task

if TYPE_CHECKING:
    from cosyn.engine.fit import SemFit

CASE = FOLDER / "cases" / "two_level"
TRUTH = expected(CASE)
MODELS = json.loads((CASE / "models.json").read_text(encoding="utf-8"))
#: Estimates of polished minima; lavaan's standard errors rest on a Hessian by differences.
ESTIMATE, ERROR = 1e-7, 1e-5
LIKELIHOOD, CHI_SQUARE, BASELINE, RESIDUAL = 1e-9, 1e-6, 1e-6, 2e-4
#: Corrected statistics rest on EM's moments themselves; with covariates lavaan's scores are off.
SCALED, OFF = 1e-5, 1e-3
#: Chi-square of a model that is saturated is zero but for EM's last step.
NONE = 1e-5
NAMES = {
    "rmsea.ci.lower": "rmsea_lower",
    "rmsea.ci.upper": "rmsea_upper",
    "unrestricted.logl": "unrestricted_logl",
    "baseline.chisq": "baseline_chisq",
    "baseline.df": "baseline_df",
    "bic2": "sabic",
    "ntotal": "n",
}
OF_MODEL = ("logl", "aic", "bic", "bic2", "npar", "df", "ntotal")
OTHERS = ("chisq", "pvalue", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper")


def departments(kind: str) -> pd.DataFrame:
    stored = csv("departments")
    frame = pd.DataFrame(stored.values, columns=list(stored.names))
    first, last = {"few": (1, 40), "middle": (61, 90)}.get(kind, (1, 160))
    return frame[frame["department"].between(first, last)]


def demo(names: tuple[str, ...], between: tuple[str, ...]) -> ClusterMoments:
    """The moments of lavaan's Demo.twolevel as R computed them."""
    truth = TRUTH["moments"]["all" if len(names) > 3 else "factors"]
    assert names == tuple(truth["within"])
    every = (*names, *truth["only_between"])
    sizes = tuple(
        SizeMoments(s["size"], s["count"], np.array(s["mean"]), np.array(s["cov"]))
        for s in truth["sizes"]
    )
    total, of_clusters = (
        SampleMoments(n, which, np.array(each["mean"]), np.array(each["cov"]))
        for n, which, each in (
            (truth["n"], names, truth["total"]),
            (truth["clusters"], every, truth["of_clusters"]),
        )
    )
    return ClusterMoments(
        names, between, truth["n"], truth["clusters"], np.array(truth["pooled"]), sizes, total, of_clusters
    )  # fmt: skip


def fitted(name: str) -> SemFit:
    given = MODELS[name]
    if given["data"] != "demo":
        fixed = given.get("fixed_x", True)
        return sem(
            given["syntax"],
            departments(given["data"]),
            cluster="department",
            fixed_x=fixed,
            estimator=given.get("estimator"),
        ).result
    names = ["y1", "y2", "y3", "x1", "x2", "x3", "w1", "w2"]
    options = TableOptions(std_lv=given.get("std_lv", False))
    table = two_level_table(parse_model(given["syntax"], levels=True), names, options)
    return fit_two_level(table, demo(*(level.observed for level in table.levels)))


@pytest.fixture(scope="module", params=MODELS)
def pair(request: pytest.FixtureRequest) -> tuple[str, SemFit]:
    return request.param, fitted(request.param)


def places(fit: SemFit, rows: list[dict[str, Any]]) -> list[int]:
    return [
        fit.table.index(r["lhs"], r["op"], r["rhs"], 0 if r["op"] == ":=" else r["level"])
        for r in rows
    ]


def test_rows(pair: tuple[str, SemFit]) -> None:
    name, fit = pair
    truth = TRUTH["models"][name]["rows"]
    k = places(fit, truth)
    assert len(k) == len(fit.table.rows)
    assert fit.standard_errors is not None
    np.testing.assert_allclose(
        fit.estimates[k], [r["est"] for r in truth], rtol=ESTIMATE, atol=ESTIMATE
    )
    errors = [r["se"] for r in truth]
    near = OFF if name == "slopes_mlr" else ERROR
    np.testing.assert_allclose(fit.standard_errors[k], errors, rtol=near, atol=1e-9)


def test_standardised_rows(pair: tuple[str, SemFit]) -> None:
    name, fit = pair
    truth = TRUTH["models"][name]["rows"]
    found = standardized(fit).rows()
    ours = [found[k] for k in places(fit, truth)]
    assert [r.value for r in ours] == pytest.approx(
        [r["std"] for r in truth], rel=ESTIMATE, abs=ESTIMATE
    )
    pairs = [
        (r.standard_error, t["std_se"])
        for r, t in zip(ours, truth, strict=True)
        if r.standard_error is not None
    ]
    near = OFF if name == "slopes_mlr" else 1e-4
    assert [a for a, _ in pairs] == pytest.approx([b for _, b in pairs], rel=near, abs=1e-7)


def test_measures(pair: tuple[str, SemFit]) -> None:
    name, fit = pair
    truth = TRUTH["models"][name]["measures"]
    found = {key: getattr(fit.measures, NAMES.get(key, key.replace(".", "_"))) for key in truth}
    for key in OF_MODEL:
        assert found[key] == pytest.approx(truth[key], rel=LIKELIHOOD), key
    if MODELS[name]["data"] == "middle":
        assert found["unrestricted.logl"] > truth["unrestricted.logl"] + 0.01
        assert found["chisq"] == pytest.approx(2 * (found["unrestricted.logl"] - found["logl"]))
        return
    assert found["unrestricted.logl"] == pytest.approx(truth["unrestricted.logl"], rel=LIKELIHOOD)
    assert found["baseline.chisq"] == pytest.approx(truth["baseline.chisq"], rel=BASELINE)
    assert found["baseline.df"] == truth["baseline.df"]
    if truth["df"] == 0:
        assert found["chisq"] == pytest.approx(truth["chisq"], abs=NONE)
        return
    for key in OTHERS:
        assert found[key] == pytest.approx(truth[key], rel=CHI_SQUARE, abs=CHI_SQUARE), key
    for key in ("srmr", "srmr_within", "srmr_between"):
        assert found[key] == pytest.approx(truth[key], rel=RESIDUAL), key
    near = OFF if name == "slopes_mlr" else SCALED
    for key in filter(lambda k: "scal" in k or "robust" in k, truth):
        assert found[key] == pytest.approx(truth[key], rel=near, abs=near), key


def test_saturated_moments(pair: tuple[str, SemFit]) -> None:
    name, fit = pair
    if MODELS[name]["data"] == "middle":
        assert np.linalg.eigvalsh(fit.groups[1].cov)[0] < 0
        return
    truth = TRUTH["models"][name]["saturated"].values()
    for sample, theirs in zip(fit.groups, truth, strict=True):
        np.testing.assert_allclose(sample.cov, np.array(theirs), rtol=0, atol=RESIDUAL)


def test_intraclass_correlations(pair: tuple[str, SemFit]) -> None:
    name, fit = pair
    if MODELS[name]["data"] == "middle":
        return
    found = intraclass_correlations(fit)
    for variable, theirs in TRUTH["models"][name]["icc"].items():
        ours = found.get(variable, 0.0)  # lavaan writes 0 for what stands at level 1 alone
        assert ours == pytest.approx(theirs, abs=RESIDUAL), variable


def test_moments_by_definition() -> None:
    """Of the departments by definition: one cluster at a time."""
    frame = departments("departments")
    names = ("p1", "c1")
    found = cluster_moments(
        frame.to_numpy(), list(frame.columns), frame["department"].to_numpy(dtype=int), names, (*names, "budget")
    )  # fmt: skip
    groups = frame.groupby("department")
    squares = sum((g[list(names)] - g[list(names)].mean()).T @ (g[list(names)] - g[list(names)].mean()) for _, g in groups)  # fmt: skip
    np.testing.assert_allclose(found.pooled, squares / (len(frame) - 160), rtol=1e-12)
    for each in found.sizes:
        means = np.array([g[[*names, "budget"]].mean() for _, g in groups if len(g) == each.size])
        assert each.count == len(means)
        np.testing.assert_allclose(each.mean, means.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(each.cov, np.cov(means.T, bias=True), rtol=1e-9, atol=1e-14)
    assert sum(each.size * each.count for each in found.sizes) == found.n == len(frame)


def test_published_numbers() -> None:
    """What lavaan 0.6-14 prints for the model of its tutorial, its own EM algorithm as it is."""
    measures = fitted("demo").measures
    assert measures is not None
    assert (measures.df, measures.npar) == (10, 20)
    assert measures.chisq == pytest.approx(8.0922, abs=2e-4)
    assert measures.logl == pytest.approx(-12076.56598, abs=1e-5)
    assert measures.srmr_within == pytest.approx(0.00358, abs=6e-6)
    assert measures.srmr_between == pytest.approx(0.03393, abs=1e-5)
    saturated = fitted("demo_factors").measures
    assert saturated is not None
    assert saturated.unrestricted_logl == pytest.approx(-12513.70239210, abs=1e-6)


def test_synergy_fixes_negative_variances_at_zero() -> None:
    """What it finds is what lavaan finds where the syntax fixes that variance."""
    frame = departments("middle")
    syntax = MODELS["fixed_at_zero"]["syntax"].replace("  p2 ~~ 0*p2\n", "")
    scores = Scores(
        tuple(frame.columns), frame.to_numpy(), frame["department"].to_numpy(dtype=np.intp)
    )
    found = SYNERGIES["two_level"].run(scores, Task(syntax, "model.lav", "C"))
    assert found.levels is not None
    assert found.levels.fixed == ("p2",)
    level = {"within": 1, "between": 2, "": 0}
    ours = {(r.lhs, r.op, r.rhs, level[r.level]): r for r in found.levels.estimates}
    truth = TRUTH["models"]["fixed_at_zero"]["rows"]
    pairs = [
        (ours[r["lhs"], r["op"], r["rhs"], 0 if r["op"] == ":=" else r["level"]], r) for r in truth
    ]
    assert [a.value for a, _ in pairs] == pytest.approx(
        [r["est"] for _, r in pairs], rel=ESTIMATE, abs=ESTIMATE
    )
    estimated = [(a, r) for a, r in pairs if a.low is not None]
    assert [a.low for a, _ in estimated] == pytest.approx(
        [r["est"] - 1.959963984540054 * r["se"] for _, r in estimated], rel=1e-4, abs=1e-5
    )
