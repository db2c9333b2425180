"""Models of two levels: the likelihood by brute force, its derivatives, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal
from tests.golden.golden_cases import csv

from cosyn.engine import Fitted, compare, sem, twolevel_models
from cosyn.engine.cluster_moments import ClusterMoments, SizeMoments, cluster_moments
from cosyn.engine.estimation import FitOptions
from cosyn.engine.modification import modification_indices
from cosyn.engine.status import SATURATED_NOT_CONVERGED
from cosyn.engine.syntax import parse_model
from cosyn.engine.table import ParameterTable
from cosyn.engine.twolevel import TwoLevelDiscrepancy
from cosyn.engine.twolevel_fit import fit_two_level
from cosyn.engine.twolevel_models import level_structures
from cosyn.engine.twolevel_scores import score_products
from cosyn.engine.twolevel_table import two_level_table
from cosyn.errors import IdentificationError, ModelSyntaxError

SLOPES = """
level: 1
  P =~ p1 + p2 + p3
  c1 ~ P + tenure
level: 2
  P =~ p1 + p2 + p3
  c1 ~ P + budget
"""
EQUAL = """
level: 1
  P =~ p1 + a*p2 + b*p3
  C =~ c1 + c*c2 + d*c3
  C ~ within*P
level: 2
  P =~ p1 + a*p2 + b*p3
  C =~ c1 + c*c2 + d*c3
  C ~ between*P
"""
FREE = EQUAL.replace("a*", "").replace("b*", "").replace("c*", "").replace("d*", "")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    stored = csv("departments")
    return pd.DataFrame(stored.values, columns=list(stored.names))


def gathered(model: str, frame: pd.DataFrame) -> tuple[ParameterTable, ClusterMoments]:
    names = list(frame.columns)
    table = two_level_table(parse_model(model, levels=True), names)
    clusters = frame["department"].to_numpy(dtype=np.intp)
    levels = [level.observed for level in table.levels]
    return table, cluster_moments(frame.to_numpy(), names, clusters, *levels)


@pytest.fixture(scope="module")
def point(frame: pd.DataFrame) -> tuple[TwoLevelDiscrepancy, np.ndarray]:
    """A discrepancy of few clusters away from its minimum."""
    few = frame[frame["department"] <= 12]
    table, data = gathered(SLOPES, few)
    fit = fit_two_level(*gathered(SLOPES, frame))
    x = fit.x + 0.1 * np.random.default_rng(1).standard_normal(table.n_free)
    return TwoLevelDiscrepancy(level_structures(fit.table), data), x


def test_likelihood_is_that_of_whole_clusters(
    point: tuple[TwoLevelDiscrepancy, np.ndarray], frame: pd.DataFrame
) -> None:
    """The normal density of all answers of a cluster and of what is its own, one at a time."""
    discrepancy, x = point
    here = discrepancy.at(x)
    data, (within, between) = discrepancy.data, here.levels
    p1, k = len(data.within), data.places
    own = len(data.names) - p1
    total = 0.0
    for _, group in frame[frame["department"] <= 12].groupby("department"):
        s = len(group)
        mean = np.zeros(p1 + own)
        mean[:p1] = within.mu
        mean[k] += between.mu
        B = np.zeros((p1 + own, p1 + own))
        B[np.ix_(k, k)] = between.Sigma
        members = [*(np.arange(p1) for _ in range(s)), np.arange(p1, p1 + own)]
        index = np.concatenate(members)
        Sigma = B[np.ix_(index, index)]
        for j in range(s):
            block = slice(j * p1, (j + 1) * p1)
            Sigma[block, block] += within.Sigma
        y = np.concatenate(
            [group[list(data.within)].to_numpy().ravel(), group[list(data.names[p1:])].iloc[0]]
        )
        total += multivariate_normal.logpdf(y, mean[index], Sigma)
    assert discrepancy.log_likelihood(here.value) == pytest.approx(total, rel=1e-12)


def test_scores_are_the_derivatives_of_each_clusters_likelihood(
    point: tuple[TwoLevelDiscrepancy, np.ndarray],
) -> None:
    """One cluster's data at a time, so that its likelihood is all there is."""
    discrepancy, x = point
    data = discrepancy.data
    assert data.rows is not None
    bounds = [*data.rows.starts, data.n]
    every = []
    for j in range(data.clusters):
        first, last = bounds[j], bounds[j + 1]
        own = data.rows.deviations[first:last]
        s = last - first
        one = SizeMoments(s, 1, data.rows.means[j], np.zeros((len(data.names),) * 2))
        alone = replace(data, n=s, clusters=1, pooled=own.T @ own / (s - 1), sizes=(one,))
        every.append(s * replace(discrepancy, data=alone).at(x).score())
    expected = np.array(every).T @ np.array(every) / data.n
    found = score_products(discrepancy.at(x))
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


def test_robust_errors_need_the_answers(frame: pd.DataFrame) -> None:
    table, data = gathered(EQUAL, frame)
    with pytest.raises(IdentificationError, match="answers themselves"):
        fit_two_level(table, replace(data, rows=None), FitOptions("MLR"))


def test_robust_models_are_compared_by_their_scaled_difference(frame: pd.DataFrame) -> None:
    restricted, full = (
        sem(model, frame, cluster="department", estimator="MLR") for model in (EQUAL, FREE)
    )
    found = compare(restricted, full)
    assert (found.method, found.df) == ("sb2001", 4)
    a, b = restricted.fit_measures, full.fit_measures
    c = (a["df"] * a["chisq_scaling_factor"] - b["df"] * b["chisq_scaling_factor"]) / 4
    assert found.chisq == pytest.approx((a["chisq"] - b["chisq"]) / c)
    text = full.summary()
    assert "MLR" in text


def test_derivatives_are_those_of_differences(
    point: tuple[TwoLevelDiscrepancy, np.ndarray],
) -> None:
    discrepancy, x = point
    steps = 1e-6 * np.eye(len(x))
    slopes = [(discrepancy.at(x + h).value - discrepancy.at(x - h).value) / 2e-6 for h in steps]
    np.testing.assert_allclose(discrepancy.at(x).score(), -np.array(slopes), atol=1e-8)
    bent = [(discrepancy.at(x - h).score() - discrepancy.at(x + h).score()) / 2e-6 for h in steps]
    np.testing.assert_allclose(discrepancy.at(x).hessian(), np.array(bent), atol=1e-7)


def test_information_is_the_hessian_expected(frame: pd.DataFrame) -> None:
    """Where the data are what the model implies, the two are the same."""
    fit = fit_two_level(*gathered(SLOPES, frame))
    data = fit.clusters
    assert data is not None
    discrepancy = TwoLevelDiscrepancy(level_structures(fit.table), data)
    here = discrepancy.at(fit.x)
    sizes = tuple(
        type(each)(each.size, each.count, each.mean - each_point.d, each_point.implied.Sigma)
        for each, each_point in zip(data.sizes, here.sizes, strict=True)
    )
    implied = ClusterMoments(
        data.within, data.between, data.n, data.clusters, here.levels[0].Sigma, sizes, data.total, data.of_clusters
    )  # fmt: skip
    there = TwoLevelDiscrepancy(discrepancy.structures, implied).at(fit.x)
    np.testing.assert_allclose(there.score(), 0, atol=1e-12)
    np.testing.assert_allclose(there.hessian(), there.information(), atol=1e-10)


def test_clusters_of_one_size_are_two_independent_samples() -> None:
    """A saturated model of balanced data has its moments in closed form (Muthén 1994)."""
    random = np.random.default_rng(3)
    shared, own = random.standard_normal((40, 2)), random.standard_normal((200, 2))
    cluster = np.repeat(np.arange(40), 5)
    frame = pd.DataFrame(shared[cluster] + own, columns=["a", "b"]).assign(g=cluster)
    model = "level: 1\na ~~ b\nlevel: 2\na ~~ b"
    fit = sem(model, frame, cluster="g").result
    assert fit.clusters is not None
    assert fit.measures is not None
    assert fit.measures.chisq == pytest.approx(0, abs=1e-9)
    pooled, between = fit.clusters.pooled, fit.clusters.sizes[0].cov - fit.clusters.pooled / 5
    np.testing.assert_allclose(fit.implied[0].Sigma, pooled, rtol=1e-8)
    np.testing.assert_allclose(fit.implied[1].Sigma, between, rtol=1e-7)


def test_equal_labels_are_one_parameter_across_levels(frame: pd.DataFrame) -> None:
    restricted, full = (sem(m, frame, cluster="department") for m in (EQUAL, FREE))
    assert restricted.result.table.n_free == full.result.table.n_free - 4
    shown = restricted.to_pandas()
    assert set(shown["level"]) == {"within", "between"}
    equal = shown[shown["label"] == "a"]
    assert equal["est"].tolist() == [equal["est"].iloc[0]] * 2
    test = compare(restricted, full)
    assert (test.df, test.reason) == (4, "")
    assert test.chisq == pytest.approx(
        restricted.fit_measures["chisq"] - full.fit_measures["chisq"], abs=1e-9
    )


def test_models_that_are_not_nested_are_not_compared(frame: pd.DataFrame) -> None:
    other = sem(FREE + "p1 ~~ c1", frame, cluster="department")
    reversed_ = "level: 1\nP =~ p1 + a*p2 + p3\nC =~ c1 + a*c2 + c3\nC ~ P\nlevel: 2\nP =~ p1 + b*p2 + p3\nC =~ c1 + b*c2 + c3\nC ~ 0*P"
    found = compare(sem(reversed_, frame, cluster="department"), other)
    assert found.reason == ""
    upside = compare(
        sem(EQUAL, frame, cluster="department"), sem(reversed_, frame, cluster="department")
    )
    assert "not nested" in upside.reason
    single = sem("P =~ p1 + p2 + p3\nC =~ c1 + c2 + c3", frame, estimator="ML")
    assert "different respondents" in compare(single, other).reason


def test_negative_variances_are_named_with_their_level(frame: pd.DataFrame) -> None:
    fit = sem(FREE, frame[frame["department"] <= 40], cluster="department")
    assert fit.status.converged
    assert not fit.status.admissible
    assert "the residual variance of `p1` is negative" in fit.status.messages[0]
    assert fit.status.messages[0].endswith("between clusters")


def test_few_clusters_are_warned_of(frame: pd.DataFrame) -> None:
    model = "level: 1\nc1 ~ tenure\nlevel: 2\nc1 ~ budget"
    found = sem(model, frame[frame["department"] <= 20], cluster="department")
    assert [each.message for each in found.status.warnings] == [
        "20 clusters for 3 parameters between them"
    ]


def test_respondents_with_gaps_are_left_out(frame: pd.DataFrame) -> None:
    gaps = frame.assign(p2=frame["p2"].where(frame.index % 7 != 0))
    fit = sem(EQUAL, gaps, cluster="department")
    complete = sem(EQUAL, gaps[gaps["p2"].notna()], cluster="department")
    assert fit.status.n_dropped == gaps["p2"].isna().sum()
    np.testing.assert_allclose(fit.result.x, complete.result.x, rtol=1e-8)


def test_information_may_be_expected(frame: pd.DataFrame) -> None:
    observed, expected = (
        sem(EQUAL, frame, cluster="department", information=kind).result
        for kind in (None, "expected")
    )
    assert observed.standard_errors is not None
    assert expected.standard_errors is not None
    ratio = expected.standard_errors[observed.free] / observed.standard_errors[observed.free]
    assert 0.8 < ratio.min() < 0.999
    assert ratio.max() < 1.25


def test_summary_tells_the_levels_apart(frame: pd.DataFrame) -> None:
    text = sem(EQUAL, frame, cluster="department").summary()
    for part in (
        "Clusters: 160 of 2 to 14 respondents",
        "Within clusters",
        "Between clusters",
        "within 0.0",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("level: 2\nc1 ~ budget", "model.block"),
        ("level: 1\nc1 ~ p1\nlevel: 2\n", "model.empty"),
        ("level: 1\nc1 ~ p1\nlevel: 3\nc1 ~ p1", "model.unsupported"),
        ("level: 1\nc1 ~ a*p1\nlevel: 2\nc1 ~~ c1\nd := a - z", "model.unknown-label"),
        ("level: 1\nc1 ~ p1\nlevel: 2\nc1 ~ bogus", "model.unknown-variable"),
        ("level: 1\nc1 ~ p1 + p1\nlevel: 2\nc1 ~~ c1", "model.duplicate"),
    ],
)
def test_syntax_of_levels(text: str, code: str, frame: pd.DataFrame) -> None:
    with pytest.raises(ModelSyntaxError) as caught:
        sem(text, frame, cluster="department")
    assert caught.value.code == code


def test_levels_have_names_too() -> None:
    named, numbered = (
        parse_model(f"level: {a}\ny ~~ y\nlevel: {b}\ny ~~ y", levels=True)
        for a, b in (("within", "between"), ("1", "2"))
    )
    assert (
        [each.level for each in named.blocks] == [each.level for each in numbered.blocks] == [1, 2]
    )


@pytest.mark.parametrize(
    ("change", "model", "code"),
    [
        ({"budget": "tenure"}, SLOPES, "data.varies-within"),
        ({"p1": "budget"}, SLOPES, "data.constant-in-level"),
        ({"p1": "p2"}, EQUAL, "data.dependent-in-level"),
    ],
)
def test_data_that_do_not_suit(
    change: dict[str, str], model: str, code: str, frame: pd.DataFrame
) -> None:
    changed = frame.assign(**{new: frame[old] for new, old in change.items()})
    with pytest.raises(IdentificationError) as caught:
        sem(model, changed, cluster="department")
    assert caught.value.code == code


def test_clusters_must_be_several_and_of_several(frame: pd.DataFrame) -> None:
    for rows, code in (
        (frame["department"] <= 6, "data.too-few-clusters"),
        (~frame["department"].duplicated(), "data.singletons"),
    ):
        with pytest.raises(IdentificationError) as caught:
            sem(EQUAL, frame[rows], cluster="department")
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"estimator": "MLM"}, "MLM"),
        ({"information": "first_order"}, "observed or expected"),
        ({"group": "budget"}, "`group`"),
        ({"ordered": ["p1"]}, "`ordered`"),
        ({"missing": "fiml"}, "`missing`"),
        ({"growth": True}, "`growth`"),
        ({"bounds": "wide"}, "at 0"),
        ({"likelihood": "wishart"}, "`likelihood`"),
    ],
)
def test_arguments_that_levels_have_no_use_for(
    options: dict[str, object], what: str, frame: pd.DataFrame
) -> None:
    with pytest.raises(IdentificationError, match=what):
        sem(EQUAL, frame, cluster="department", **options)  # type: ignore[arg-type]


def test_what_is_not_known_of_levels_is_refused(frame: pd.DataFrame) -> None:
    fit = sem(EQUAL, frame, cluster="department")
    refused = (
        lambda: modification_indices(fit.result),
        lambda: fit.residuals("raw"),
        fit.residual_summary,
        fit.factor_scores,
        lambda: fit.bootstrap(10),
        fit.reliability,
    )
    for ask in refused:
        with pytest.raises(IdentificationError) as caught:
            ask()
        assert caught.value.code == "estimator.levels"
    assert fit.absent_measures["crmr"] == "not defined for models of two levels"


def test_blocks_of_rows_are_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(IdentificationError, match="all rows at once"):
        sem(EQUAL, lambda: iter([frame]), cluster="department")


def test_moments_of_other_variables_are_refused(frame: pd.DataFrame) -> None:
    table, _ = gathered(EQUAL, frame)
    _, other = gathered(SLOPES, frame)
    with pytest.raises(IdentificationError, match="not of the variables"):
        fit_two_level(table, other)
    with pytest.raises(IdentificationError, match="ML"):
        fit_two_level(*gathered(EQUAL, frame), FitOptions("MLM"))


def test_a_result_is_a_fitted_model(frame: pd.DataFrame) -> None:
    fit = sem(EQUAL, frame, cluster="department")
    assert isinstance(fit, Fitted)
    assert fit.n == len(frame)
    assert fit.status.bases[0] == ("chisq", "likelihood ratio")
    assert dict(fit.status.bases)["srmr_between"].endswith("between clusters")


def test_without_the_saturated_model_there_is_no_chi_square(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twolevel_models, "_ITERATIONS", 1)
    fit = sem(EQUAL, frame, cluster="department")
    assert fit.status.converged
    assert fit.result.standard_errors is not None
    assert fit.fit_measures == {}
    assert fit.status.reasons == (SATURATED_NOT_CONVERGED,)
    assert fit.absent_measures["chisq"] == SATURATED_NOT_CONVERGED


def test_variances_may_be_bounded(frame: pd.DataFrame) -> None:
    few = frame[frame["department"].between(61, 90)]
    free, bounded = (sem(EQUAL, few, cluster="department", bounds=b) for b in (None, "pos_var"))
    assert bounded.status.admissible
    assert bounded.status.messages == (
        "bound reached: `p2 ~~ p2` is at its bound 0 between clusters",
    )
    assert bounded.result.estimate("p2", "~~", "p2", 2) == pytest.approx(0, abs=1e-9)
    fixed = sem(EQUAL + "p2 ~~ 0*p2", few, cluster="department")
    assert bounded.fit_measures["logl"] == pytest.approx(fixed.fit_measures["logl"], rel=1e-9)
    slope = fixed.result.estimate("C", "~", "P", 2)
    assert bounded.result.estimate("C", "~", "P", 2) == pytest.approx(slope, rel=1e-5)
    assert bounded.fit_measures["logl"] < free.fit_measures["logl"]


def test_latents_that_are_one_variable_have_an_intraclass_correlation(frame: pd.DataFrame) -> None:
    equal, free = (sem(model, frame, cluster="department") for model in (EQUAL, FREE))
    found = equal.icc()
    V = [equal.result.covariance_of_latents(level)[0, 0] for level in (1, 2)]
    assert found["P"] == pytest.approx(V[1] / (V[0] + V[1]))
    assert 0 < (found["p1"] or 0) < (found["P"] or 0)  # residuals lie mostly within
    assert free.icc()["P"] is None
    assert free.icc()["p1"] == found["p1"]
    single = sem("P =~ p1 + p2 + p3", frame, cluster="department")
    with pytest.raises(IdentificationError, match="one level"):
        single.icc()
