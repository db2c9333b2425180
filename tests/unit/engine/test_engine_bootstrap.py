"""Bootstrap and Monte-Carlo intervals: what fails is counted, what is not for them is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39

from cosyn.engine import sem
from cosyn.engine.bootstrap import Bootstrap, bootstrap, bootstrap_from
from cosyn.engine.bootstrap_intervals import Replicated
from cosyn.engine.estimation import fit_sem
from cosyn.engine.fit import FitOptions
from cosyn.engine.inference import wald
from cosyn.engine.influence import influence, influence_of_rows
from cosyn.engine.moments import SampleMoments, sample_moments
from cosyn.engine.monte_carlo import monte_carlo
from cosyn.engine.partable import parameter_table
from cosyn.engine.replicates import sampling_of
from cosyn.engine.resampling import resampled_rows, sampling
from cosyn.engine.syntax import parse
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.engine.fit import SemFit

MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6"
MEDIATION = "x4 ~ c*x1 + b*x2\nx2 ~ a*x1\nab := a*b\nsum := a + b"
ITEMS = [f"x{k}" for k in range(1, 7)]


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return pd.DataFrame(holzinger39.get_data()).reset_index(drop=True)


def ordinal(data: pd.DataFrame) -> pd.DataFrame:
    """Cut at the quantiles .2, .5 and .8, as everywhere in the ordinal goldens."""
    return data[ITEMS].apply(lambda x: np.digitize(x, np.quantile(x, [0.2, 0.5, 0.8])) + 1.0)


@pytest.fixture(scope="module")
def weak() -> Bootstrap:
    """Few respondents and little in common: many replicates have no proper solution."""
    rng = np.random.default_rng(4)
    X = 0.8 * rng.standard_normal((25, 1)) + rng.standard_normal((25, 4))
    fit = sem("f =~ x1 + x2 + x3 + x4", pd.DataFrame(X, columns=ITEMS[:4])).result
    assert fit.status.ok
    return bootstrap(fit, 60, keep_improper=False)


def test_failures_are_counted_and_too_many_leave_no_interval(weak: Bootstrap) -> None:
    failed = sum(weak.failures.values())
    assert failed == 60 - weak.used.sum() > 3
    assert weak.failures["Heywood case"] > 3
    assert set(weak.failures) <= {"Heywood case", "not converged"}
    assert f"{failed} of 60 replicates failed" in weak.reason
    assert "Heywood case: " in weak.reason
    assert weak.standard_errors() is None
    intervals = weak.intervals()
    assert (intervals.lower, intervals.upper, intervals.standard_errors) == (None, None, None)
    assert intervals.reason == weak.reason
    row = weak.rows()[1]
    assert (row.se, row.ci_lower, row.reason) == (None, None, weak.reason)
    assert row.est == pytest.approx(weak.fit.estimates[1])


def test_improper_replicates_are_kept_and_counted_unless_asked_for_otherwise(
    weak: Bootstrap,
) -> None:
    assert bootstrap(weak.fit, 5).keep_improper
    kept = replace(weak, keep_improper=True)
    assert kept.used.sum() > weak.used.sum()
    np.testing.assert_array_equal(kept.used, kept.refits.converged)
    assert "Heywood case" not in kept.failures
    assert kept.improper == kept.used.sum() - weak.used.sum()


def test_replicates_of_too_few_different_respondents_fail() -> None:
    """Four different rows of six variables span too little."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((9, 1)) + rng.standard_normal((9, 6))
    fit = sem("f =~ x1 + x2 + x3 + x4 + x5 + x6", pd.DataFrame(X, columns=ITEMS)).result
    counts = np.zeros((2, 9), dtype=np.intp)
    counts[0] = 1
    counts[1, :4] = [3, 2, 2, 2]
    found = bootstrap_from(fit, counts)
    assert found.refits.reasons[1] == "data.dependent-variables"
    assert np.isnan(found.refits.chisq[1])
    assert np.isnan(found.refits.x[1]).all()
    np.testing.assert_allclose(found.refits.x[0], fit.x, atol=1e-8)


def test_everyone_once_is_the_fit_itself(data: pd.DataFrame) -> None:
    gaps = data.copy()
    gaps.loc[::7, "x2"] = np.nan
    for fit in (
        sem(MODEL, data).result,
        sem(MODEL, data, group="school", estimator="MLR").result,
        sem(MODEL, gaps, missing="fiml").result,
        sem(MODEL, ordinal(data), ordered=True).result,
        sem(MODEL, ordinal(data), ordered=True, estimator="ULSMV").result,
        sem(MODEL.replace("x2", "a*x2").replace("x3", "b*x3") + "\na == b", data).result,
    ):
        found = bootstrap_from(fit, np.ones((1, fit.n), dtype=np.intp)).refits
        np.testing.assert_allclose(found.estimates[0], fit.estimates, atol=1e-7)
        assert fit.tests is not None
        assert found.chisq[0] == pytest.approx(fit.tests.model.value, rel=1e-8)
        assert found.reasons == ("",)


@pytest.mark.parametrize("how", ["fiml", "ordinal", "constraint"])
def test_what_is_fitted_one_by_one(data: pd.DataFrame, how: str) -> None:
    """The same rows, taken by hand and fitted from scratch, give the same estimates."""
    settings: dict[str, dict[str, Any]] = {
        "fiml": {"missing": "fiml"},
        "ordinal": {"ordered": True},
    }
    args = settings.get(how, {})
    frame = ordinal(data) if how == "ordinal" else data[ITEMS].copy()
    if how == "fiml":
        frame.loc[::7, "x2"] = np.nan
    model = MODEL
    if how == "constraint":
        model = MODEL.replace("x2", "a*x2").replace("x3", "b*x3") + "\na == b"
    fit = sem(model, frame, **args).result
    found = bootstrap(fit, 2, seed=3)
    for number in range(2):
        [rows] = resampled_rows(sampling_of(fit), 3, number)
        alone = sem(model, frame.iloc[rows].reset_index(drop=True), **args).result
        np.testing.assert_allclose(found.refits.estimates[number], alone.estimates, atol=1e-6)
        assert alone.tests is not None
        assert found.refits.chisq[number] == pytest.approx(alone.tests.model.value, rel=1e-6)


def test_a_category_that_nobody_drew_fails() -> None:
    rng = np.random.default_rng(2)
    X = np.digitize(rng.standard_normal((60, 1)) + rng.standard_normal((60, 3)), [-0.5, 0.5]) + 1.0
    X[0, 0] = 4.0
    fit = sem("f =~ x1 + x2 + x3", pd.DataFrame(X, columns=ITEMS[:3]), ordered=True).result
    counts = np.ones((1, 60), dtype=np.intp)
    counts[0, :2] = [0, 2]
    assert bootstrap_from(fit, counts).failures == {"empty category": 1}


def test_ordinal_fits_take_the_jackknife_for_bca(data: pd.DataFrame) -> None:
    frame = ordinal(data)[ITEMS[:3]].iloc[:80].reset_index(drop=True)
    fit = sem("f =~ x1 + x2 + x3", frame, ordered=True).result
    with pytest.raises(IdentificationError, match=r"estimator\.no-likelihood"):
        influence(fit, sampling_of(fit))
    found = influence_of_rows(fit)
    assert found.shape == (80, len(fit.table.rows))
    free = fit.free
    np.testing.assert_allclose(found[:, free].mean(axis=0), 0, atol=1e-8)
    assert (np.abs(found[:, free]).max(axis=0) > 0).all()


def test_clusters_sum_their_influence(data: pd.DataFrame) -> None:
    fit = sem(MODEL, data, cluster="ageyr").result
    plan = sampling_of(fit)
    assert plan.clustered
    found = influence(fit, plan)
    assert len(found) == data["ageyr"].nunique()
    alone = influence(fit, sampling([fit.n]))
    code = fit.groups[0].cluster
    assert code is not None
    np.testing.assert_allclose(found[0], alone[code == code[0]].sum(axis=0))
    assert bootstrap(fit, 3).clustered


def _of_ordinal(data: pd.DataFrame) -> SemFit:
    return sem(MODEL, ordinal(data), ordered=True).result


def _of_gaps(data: pd.DataFrame) -> SemFit:
    return sem(MODEL, data.mask(data["x2"] > 8), missing="fiml").result


def _of_clusters(data: pd.DataFrame) -> SemFit:
    return sem(MODEL, data, cluster="ageyr").result


@pytest.mark.parametrize("fit", [_of_ordinal, _of_gaps, _of_clusters])
def test_bollen_stine_is_refused(data: pd.DataFrame, fit: Callable[..., SemFit]) -> None:
    with pytest.raises(IdentificationError, match=r"bootstrap\.bollen-stine"):
        bootstrap(fit(data), 2, kind="bollen_stine")


def test_misuse_is_told(data: pd.DataFrame) -> None:
    fit = sem(MODEL, data).result
    bare = [SampleMoments(s.n, s.names, s.mean, s.cov) for s in fit.groups]
    no_rows = fit_sem(parameter_table(parse(MODEL), ITEMS), bare)
    short = fit_sem(parameter_table(parse(MODEL), ITEMS), fit.groups, FitOptions(max_iterations=0))
    assert not short.status.converged
    replicated = Replicated(np.zeros(1), np.arange(9.0)[:, None])
    cases: list[tuple[str, Callable[[], object]]] = [
        ("data.no-rows", lambda: bootstrap(no_rows, 2)),
        ("bootstrap.not-converged", lambda: bootstrap(short, 2)),
        ("bootstrap.replicates", lambda: bootstrap(fit, 0)),
        ("bootstrap.kind", lambda: bootstrap(fit, 2, kind="parametric")),  # type: ignore[arg-type]
        ("interval.level", lambda: replicated.intervals(1.0)),
        ("bootstrap.method", lambda: replicated.intervals(0.9, "best")),  # type: ignore[arg-type]
        ("bootstrap.no-influence", lambda: replicated.intervals(0.9, "bca")),
        ("montecarlo.no-vcov", lambda: monte_carlo(short)),
        ("montecarlo.no-definition", lambda: monte_carlo(fit)),
        ("montecarlo.draws", lambda: monte_carlo(sem(MEDIATION, data).result, draws=1)),
        ("interval.level", lambda: monte_carlo(sem(MEDIATION, data).result).intervals(0.0)),
    ]
    for code, run in cases:
        with pytest.raises(IdentificationError) as caught:
            run()
        assert caught.value.code == code


def test_statistics_that_do_not_vary_or_are_undefined_have_no_interval() -> None:
    random = np.random.default_rng(1).standard_normal(40)
    holes = np.where(np.arange(40) < 3, np.nan, random)
    t = np.column_stack([random, np.full(40, 2.0), holes, random + 9])
    found = Replicated(np.array([0.0, 2.0, 0.0, 0.0]), t).intervals(0.9, "bc")
    assert found.lower is not None
    assert found.standard_errors is not None
    assert np.isfinite(found.lower).tolist() == [True, False, False, False]
    assert np.isfinite(found.standard_errors).tolist() == [True, False, False, False]


def test_monte_carlo_of_a_sum_is_the_delta_method(data: pd.DataFrame) -> None:
    """A linear function is normal: 10^5 draws give its quantiles within .5 % of the interval."""
    fit = sem(MEDIATION, data).result
    found = monte_carlo(fit, draws=100_000)
    assert found.names == ("ab", "sum")
    row = fit.row("sum", ":=")
    assert row.value is not None
    assert row.standard_error is not None
    lower, upper = found.intervals(0.95)
    half = 1.959963985 * row.standard_error
    assert found.estimates[1] == pytest.approx(row.value)
    assert lower[1] == pytest.approx(row.value - half, abs=0.02 * half)
    assert upper[1] == pytest.approx(row.value + half, abs=0.02 * half)
    assert found.standard_errors()[1] == pytest.approx(row.standard_error, rel=0.01)
    np.testing.assert_array_equal(found.undefined, [0.0, 0.0])


def test_monte_carlo_of_any_function(data: pd.DataFrame) -> None:
    fit = sem(MEDIATION, data).result
    a, b = (fit.table.rows[fit.table.index(*k)].free - 1 for k in (("x2", "~", "x1"), ("x4", "~", "x2")))  # fmt: skip
    found = monte_carlo(fit, lambda x: x[a] * x[b], draws=5000)
    np.testing.assert_allclose(found.draws[:, 0], monte_carlo(fit, draws=5000).draws[:, 0])
    logs = monte_carlo(fit, lambda x: np.log(np.maximum(x[b], 0)), draws=5000)
    assert 0 < logs.undefined[0] < 0.5
    assert np.isfinite(logs.intervals()).all()


def test_monte_carlo_under_constraints_keeps_them(data: pd.DataFrame) -> None:
    model = MODEL.replace("x2", "a*x2").replace("x3", "b*x3") + "\na == b\nd := a - b"
    found = monte_carlo(sem(model, data).result, draws=100)
    np.testing.assert_allclose(found.draws, 0, atol=1e-7)


def test_the_face(data: pd.DataFrame) -> None:
    fit = sem(MEDIATION, data)
    frame = fit.bootstrap(99, method="bca")
    row = frame[frame["lhs"] == "ab"].iloc[0]
    assert row["ci_lower"] < row["est"] < row["ci_upper"]
    assert row["reason"] == ""
    assert frame.attrs["failures"] == {}
    given = frame[(frame["lhs"] == "x1") & (frame["op"] == "~~")].iloc[0]
    assert pd.isna(given["se"])
    assert given["reason"] != ""
    standard = fit.bootstrap(99, standardized=True)
    assert standard["est"].to_numpy() == pytest.approx(fit.to_pandas(standardized=True)["std_all"].to_numpy())  # fmt: skip
    drawn = fit.monte_carlo(2000)
    assert list(drawn["lhs"]) == ["ab", "sum"]
    assert (drawn["ci_lower"] < drawn["est"]).all()
    grouped = sem(MODEL, data, group="school").bootstrap(20)
    assert set(grouped["group"]) == {"Pasteur", "Grant-White"}
    assert sem(MODEL, data).bollen_stine(50) == pytest.approx(0.0, abs=0.1)


def test_monte_carlo_intervals_of_a_product_cover() -> None:
    """500 samples: 95 % intervals hold the indirect effect in 95 %, give or take 3 %.

    Three standard errors of the simulated coverage. The delta method's intervals, being symmetric,
    lie too low more than twice as often as too high; Monte Carlo's do not.
    """
    rng = np.random.default_rng(7)
    table = parameter_table(parse("y ~ c*x + b*m\nm ~ a*x\nab := a*b"), ["x", "m", "y"])
    a, b, misses = 0.3, 0.25, np.zeros((2, 2))
    for _ in range(500):
        x, *noise = rng.standard_normal((3, 100))
        m = a * x + noise[0]
        X = np.column_stack([x, m, b * m + noise[1]])
        fit = fit_sem(
            table, (sample_moments(X, ("x", "m", "y")),), FitOptions(compute_baseline=False)
        )
        found = monte_carlo(fit, draws=1000)
        [[low], [high]] = found.intervals()
        test = wald(float(found.estimates[0]), fit.row("ab", ":=").standard_error)
        assert test is not None
        misses += [[high < a * b, low > a * b], [test.upper < a * b, test.lower > a * b]]
    assert misses[0].sum() / 500 == pytest.approx(0.05, abs=0.03)
    assert misses[1, 0] > 2 * misses[1, 1]
    assert misses[0, 0] < misses[1, 0]
