"""Ladders of invariance give the numbers of lavaan, and of the syntax semTools writes for it.

Both minimise the same discrepancies; lavaan stops up to 5e-6 of an estimate before the minimum,
which moves statistics by parts in 1e7 (ML) and, with its polychoric correlations, in 1e5 (ordinal
items). Differences of statistics and p-values move ten times as much.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39
from tests.golden.golden_cases import FOLDER, expected
from tests.golden.test_ordinal_fit import FACTORS, ITEMS

from cosyn.engine import cfa
from cosyn.engine._groups import Equal
from cosyn.engine.fit_indices import robust_measures
from cosyn.engine.invariance import Invariance, invariance

TRUTH = expected(FOLDER / "cases" / "invariance")
NEWER = expected(FOLDER / "cases" / "lavaan_07")
ML, ORDINAL = 1e-6, 1e-5
#: Scaling factors are as exact as the estimates themselves, and so are the differences.
SCALED = 2e-5
MEANS = ["configural", "metric", "scalar", "strict", "means"]


def frame() -> pd.DataFrame:
    found = pd.DataFrame(holzinger39.get_data())
    found["age"] = np.select(
        [found["ageyr"] <= 12, found["ageyr"] == 13], ["young", "middle"], "old"
    )
    return found


def cut(found: pd.DataFrame, names: list[str], *shares: float) -> pd.DataFrame:
    plain, found = frame(), found.copy()
    for name in names:
        cuts = np.quantile(plain[name], shares)
        found[name] = 1.0 + np.searchsorted(cuts, plain[name].to_numpy())
    return found


def binary(found: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    for name in names:
        found = cut(found, [name], (0.3, 0.5, 0.7)[ITEMS.index(name) % 3])
    return found


def items(kind: str) -> pd.DataFrame:
    match kind:
        case "four":
            return cut(frame(), ITEMS, 0.2, 0.5, 0.8)
        case "three":
            return cut(frame(), ITEMS, 0.33, 0.67)
        case "two":
            return binary(frame(), ITEMS)
        case _:
            found = cut(cut(frame(), ITEMS[:3], 0.2, 0.5, 0.8), ITEMS[3:6], 0.33, 0.67)
            return binary(found, ITEMS[6:])


def climbed(name: str) -> Invariance:
    group = "age" if "age" in name else "school"
    if "ml" in name:
        how = "MLR" if name.endswith("mlr") else "ML"
        return invariance(FACTORS, frame(), group, estimator=how, steps=MEANS)
    kind = name.removesuffix("_ages")
    group = "sex" if kind in {"two", "mixed"} else group
    return invariance(FACTORS, items(kind), group, ordered=True)


LADDERS = ["ml", "mlr", "ages_ml", "ages_mlr", "four", "four_ages", "three", "two", "mixed"]
NAMES = {
    "ml": MEANS,
    "four": ["configural", "thresholds", "loadings", "intercepts", "residuals"],
    "three": ["configural", "thresholds and loadings", "intercepts", "residuals"],
    "two": ["configural", "thresholds, loadings and intercepts", "residuals"],
}


@pytest.fixture(scope="module", params=LADDERS)
def pair(request: pytest.FixtureRequest) -> tuple[str, Invariance, list[dict[str, Any]]]:
    return request.param, climbed(request.param), TRUTH[request.param]


def test_fits(pair: tuple[str, Invariance, list[dict[str, Any]]]) -> None:
    name, found, truth = pair
    near = ML if "ml" in name else ORDINAL
    if name == "three":  # semTools begins with equal thresholds, which fit as free ones do
        assert found.steps[0].fit.measures is not None
        assert truth[0]["df"] == found.steps[0].fit.measures.df
    assert len(found.steps) == len(truth)
    assert not found.stopped
    for step, wanted in zip(found.steps, truth, strict=True):
        m = step.fit.measures
        assert m is not None
        assert m.df == wanted["df"], step.name
        assert m.chisq == pytest.approx(wanted["chisq"], rel=near)
        assert m.srmr == pytest.approx(wanted["srmr"], rel=1e-4)
        for theirs, ours in (("cfi", m.cfi), ("rmsea", m.rmsea)):
            assert ours == pytest.approx(wanted[theirs], rel=SCALED), theirs
        if "chisq.scaled" in wanted:
            assert m.chisq_scaled == pytest.approx(wanted["chisq.scaled"], rel=SCALED)
            assert m.cfi_scaled == pytest.approx(wanted["cfi.scaled"], rel=SCALED)
            assert m.rmsea_scaled == pytest.approx(wanted["rmsea.scaled"], rel=5e-5)


def test_differences(pair: tuple[str, Invariance, list[dict[str, Any]]]) -> None:
    name, found, truth = pair
    method = "standard" if name.endswith("_ml") or name == "ml" else "sb2001"
    method = method if "ml" in name else "scaled_shifted"
    for step, wanted in zip(found.steps[1:], truth[1:], strict=True):
        difference, test = step.difference, wanted["difference"]
        assert difference is not None
        assert difference.reason == ""
        assert (difference.method, difference.df) == (method, test["df"])
        assert difference.chisq == pytest.approx(test["chisq"], rel=10 * SCALED)
        assert difference.pvalue == pytest.approx(test["pvalue"], rel=1e-3)
        assert step.rmsea_d is not None
        shown = [step.rmsea_d.value, step.rmsea_d.lower, step.rmsea_d.upper]
        wanted_d = test["rmsea"]
        assert shown == pytest.approx(
            [wanted_d["value"], wanted_d["lower"], wanted_d["upper"]], rel=1e-3, abs=1e-5
        )


def test_names_say_what_could_be_tested(
    pair: tuple[str, Invariance, list[dict[str, Any]]],
) -> None:
    name, found, _ = pair
    if name in NAMES:
        assert [step.name for step in found.steps] == NAMES[name]
    said = " ".join(found.notes)
    assert ("no item has four categories" in said) == (name in {"three", "two"})
    assert ("only testable together" in said) == (name == "two")
    assert ("only together are they testable" in said) == (name == "mixed")
    for step in found.steps:
        assert "fixed: latent variances 1" in step.identification


def test_thresholds_of_binary_items_free_no_scale() -> None:
    """One threshold determines an intercept only; then equal loadings are what is tested."""
    kinds: list[list[Equal]] = [[], ["thresholds"], ["thresholds", "loadings"]]
    for equal, wanted in zip(kinds, TRUTH["two_apart"], strict=True):
        found = cfa(
            FACTORS, items("two"), ordered=True, group="sex", std_lv=True, group_equal=equal
        )
        assert found.status.ok
        assert found.fit_measures["df"] == wanted["df"]
        assert found.fit_measures["chisq"] == pytest.approx(wanted["chisq"], rel=ORDINAL)
        assert found.fit_measures["chisq_scaled"] == pytest.approx(
            wanted["chisq.scaled"], rel=SCALED
        )


def test_the_newer_lavaan_and_semtools() -> None:
    """The published ladder, and every difference test of it."""
    found = climbed("four")
    truth, tests = NEWER["extra"]["we2016"], NEWER["extra"]["we_lrt"]
    for k, step in enumerate(found.steps):
        m, wanted = step.fit.measures, truth[f"m{k + 1}"]
        assert m is not None
        assert m.df == wanted["df"]
        assert m.chisq == pytest.approx(wanted["chisq"], rel=ORDINAL)
        assert m.chisq_scaled == pytest.approx(wanted["chisq.scaled"], rel=SCALED)
        assert m.cfi_scaled == pytest.approx(wanted["cfi.scaled"], rel=SCALED)
        assert m.rmsea_scaled == pytest.approx(wanted["rmsea.scaled"], rel=SCALED)
        if step.difference is not None:
            assert step.difference.df == tests["Df diff"][k]
            assert step.difference.chisq == pytest.approx(tests["Chisq diff"][k], rel=10 * SCALED)
            assert step.difference.pvalue == pytest.approx(tests["Pr(>Chisq)"][k], rel=1e-3)


def test_rmsea_of_differences_of_the_newer_lavaan() -> None:
    """Its RMSEA_D of MLR is the robust one: (T - c df) / (df n) of the unscaled difference.

    That of WLSMV is computed from the unscaled difference of DWLS statistics, which is no
    chi-square; it is not followed.
    """
    ml, mlr = climbed("ml"), climbed("mlr")
    for step, wanted in zip(ml.steps[1:3], NEWER["extra"]["lrt_ml"][1:], strict=True):
        assert step.rmsea_d is not None
        assert step.rmsea_d.value == pytest.approx(wanted["RMSEA"], rel=1e-5)
    for step, wanted in zip(mlr.steps[1:3], NEWER["extra"]["lrt_mlr_sb2001"][1:], strict=True):
        difference = step.difference
        assert difference is not None
        assert difference.test is not None
        assert difference.unscaled is not None
        assert difference.df is not None
        spread = difference.unscaled / difference.df - difference.test.mean
        robust = np.sqrt(max(spread, 0) / step.fit.n * 2)
        assert robust == pytest.approx(wanted["RMSEA"], rel=1e-4)


def test_partial_invariance() -> None:
    """The search frees what lavaan's tutorial frees."""
    found = invariance(FACTORS, frame(), "school", partial=True)
    step = found.steps[3]
    assert step.name == "scalar, partial"
    assert step.search is not None
    assert step.exploratory
    assert [freed.name for freed in step.search.path] == ["x3 ~1", "x7 ~1"]
    m, wanted = step.fit.measures, TRUTH["partial"]
    assert m is not None
    assert (m.df, NEWER["fits"]["hs_mg_partial"]["measures"]["df"]) == (58, 58)
    for chisq in (wanted["chisq"], NEWER["fits"]["hs_mg_partial"]["measures"]["chisq"]):
        assert m.chisq == pytest.approx(chisq, rel=ML)
    assert step.difference is not None
    assert step.difference.chisq == pytest.approx(wanted["difference"]["chisq"], rel=1e-5)
    assert step.difference.pvalue == pytest.approx(wanted["difference"]["pvalue"], rel=1e-5)
    # Its first score test is lavaan's of the scalar model (19.19), of one equality.
    scores = sorted(row["X2"] for row in NEWER["extra"]["score_scalar"]["uni"])
    assert step.search.path[0].test.value == pytest.approx(scores[-1], rel=1e-4)
    assert found.reached == "scalar, partial"
    assert found.means_of == "scalar, partial"


def test_effect_sizes() -> None:
    found = invariance(FACTORS, frame(), "school", partial=True)
    shown = {each.item: each.dmacs for each in found.items}
    assert shown == pytest.approx(TRUTH["dmacs"], rel=1e-5)
    for mean, wanted in zip(found.means, TRUTH["means"], strict=True):
        assert mean.latent == wanted["lhs"]
        assert mean.difference == pytest.approx(wanted["est"], abs=1e-5)
        assert mean.standard_error == pytest.approx(wanted["se"], abs=1e-5)


def test_clusters_scale_the_ladder() -> None:
    """Each respondent a cluster: the ladder of MLR, its scaling times n / (n - 1) of each group."""
    data = frame()
    data["who"] = np.arange(len(data))
    found = invariance(FACTORS, data, "school", cluster="who")
    plain = climbed("mlr")
    for step, other in zip(found.steps, plain.steps, strict=False):
        m, wanted = step.fit.measures, other.fit.measures
        assert m is not None
        assert wanted is not None
        assert m.chisq == pytest.approx(wanted.chisq, rel=1e-9)
        assert m.chisq_scaled == pytest.approx(wanted.chisq_scaled, rel=0.01)
        assert m.chisq_scaled != wanted.chisq_scaled
    real = invariance(FACTORS, frame(), "school", cluster="ageyr")
    assert real.steps[1].difference is not None
    assert real.steps[1].difference.method in {"sb2001", "sb2010"}


def test_named_indices_are_those_shown() -> None:
    found = climbed("mlr")
    record = found.rows()[1]
    fit = found.steps[1].fit
    assert fit.tests is not None
    robust = robust_measures(fit.tests, fit.n, 2)
    assert record["cfi"] == robust["cfi_robust"]
    assert (record["cfi_basis"], record["rmsea_basis"]) == ("cfi_robust", "rmsea_robust")
