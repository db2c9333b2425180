"""The face of the engine: tables of answers in, and what it says of bad ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39

from cosyn.engine import cfa, compare, sem
from cosyn.engine.chisquare import chi_square
from cosyn.engine.constraints import constraints_of
from cosyn.engine.partable import parameter_table
from cosyn.engine.syntax import parse_model
from cosyn.errors import IdentificationError, ModelSyntaxError, SurveyError

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"


@pytest.fixture
def data() -> pd.DataFrame:
    return pd.DataFrame(holzinger39.get_data()).reset_index(drop=True)


def test_lavaans_published_numbers(data: pd.DataFrame) -> None:
    """Rosseel (2012), section 4: chi-square 85.306 (24), CFI .931, TLI .896, RMSEA .092."""
    found = cfa(MODEL, data)
    assert found.status.ok
    shown = {key: round(found.fit_measures[key], 3) for key in ("chisq", "cfi", "tli", "rmsea", "srmr")}  # fmt: skip
    assert shown == {"chisq": 85.306, "cfi": 0.931, "tli": 0.896, "rmsea": 0.092, "srmr": 0.065}
    assert (found.n, found.n_dropped) == (301, 0)


def test_rows_as_a_frame(data: pd.DataFrame) -> None:
    frame = cfa(MODEL, data, estimator="MLR").to_pandas(standardized=True)
    row = frame[(frame["lhs"] == "visual") & (frame["rhs"] == "x2")].iloc[0]
    assert row["est"] == pytest.approx(0.5535, abs=1e-4)
    assert row["std_all"] == pytest.approx(0.4236, abs=1e-4)
    assert row["ci_lower"] < row["est"] < row["ci_upper"]
    assert frame["se"].isna().sum() == 3  # markers


def test_summary_shows_groups_measures_and_every_kind_of_row(data: pd.DataFrame) -> None:
    text = sem(MODEL + "\nspeed ~ a*visual\nd := a^2", data, group="school").summary()
    for words in (
        "Groups: Pasteur 156, Grant-White 145",
        "Group Grant-White",
        "RMSEA",
        "Latent variables",
        "Regressions",
        "Intercepts",
        "Variances",
        "Defined parameters",
        "visual (a)",
    ):
        assert words in text, words
    assert text.count("Defined parameters") == 1


def test_the_whole_way_of_an_invariance_test(data: pd.DataFrame) -> None:
    configural = cfa(MODEL, data, group="school")
    metric = cfa(MODEL, data, group="school", group_equal=["loadings"])
    scalar = cfa(MODEL, data, group="school", group_equal=["loadings", "intercepts"])
    partial = cfa(
        MODEL, data, group="school", group_equal=["loadings", "intercepts"],
        group_partial=["x3 ~ 1", "x7 ~ 1"],
    )  # fmt: skip
    assert compare(metric, configural).pvalue == pytest.approx(0.2244, abs=1e-4)
    assert compare(scalar, metric).chisq == pytest.approx(40.059, abs=1e-3)
    assert partial.fit_measures["chisq"] == pytest.approx(129.4225, abs=1e-3)
    assert compare(configural, metric).reason


def test_scores_residuals_and_indices_are_frames(data: pd.DataFrame) -> None:
    found = cfa(MODEL, data)
    assert list(found.factor_scores().columns) == ["visual", "textual", "speed"]
    assert len(found.factor_scores("bartlett")) == 301
    assert found.residuals("raw").loc["x1", "x1"] == pytest.approx(0, abs=1e-6)
    assert list(found.modification_indices(20)["rhs"]) == ["x9", "x8"]


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_what_has_no_positive_variance_has_no_standardised_change(data: pd.DataFrame) -> None:
    data["x2"] = data["x1"] + 0.1 * data["x9"]  # without a residual of its own
    found = cfa("f =~ x1 + x2 + x3 + x4 + x5", data, bounds="pos_var")
    assert "bound reached" in found.status.reasons
    changes = found.modification_indices()
    bound = found.to_pandas().query("op == '~~' and est == 0")["lhs"].tolist()
    touched = changes["op"].eq("~~") & (changes["lhs"].isin(bound) | changes["rhs"].isin(bound))
    assert touched.any()
    assert changes.loc[touched, "change_all"].isna().all()
    assert changes.loc[~touched, "change_all"].notna().all()


def test_gaps_are_dropped_or_used(data: pd.DataFrame) -> None:
    data.loc[:29, "x1"] = np.nan
    data.loc[0, [f"x{k}" for k in range(1, 10)]] = np.nan
    assert (cfa(MODEL, data).n, cfa(MODEL, data).n_dropped) == (271, 30)
    fiml = cfa(MODEL, data, missing="fiml")
    assert (fiml.n, fiml.n_dropped) == (300, 1)
    assert "full-information" in fiml.summary()
    assert "1 left out" in fiml.summary()


def test_clusters_give_a_sandwich(data: pd.DataFrame) -> None:
    found = cfa(MODEL, data, cluster="ageyr")
    assert found.result.estimator == "MLR"
    assert found.fit_measures["chisq_scaled"] == pytest.approx(71.984, abs=1e-3)


def test_respondents_without_a_group_or_cluster_are_left_out(data: pd.DataFrame) -> None:
    data["school"] = data["school"].astype(object)
    data.loc[:4, "school"] = None
    assert cfa(MODEL, data, group="school").n_dropped == 5
    data.loc[5:9, "ageyr"] = np.nan
    assert cfa(MODEL, data, cluster="ageyr").n_dropped == 5


SPOILT: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "data.not-numeric": lambda frame: frame.assign(x2=["many"] * len(frame)),
    "data.constant-variable": lambda frame: frame.assign(x2=3),
    "data.dependent-variables": lambda frame: frame.assign(x2=2 * frame["x1"]),
    "data.missing-values": lambda frame: frame.assign(x2=[np.inf, *frame["x2"][1:]]),
    "data.too-few-respondents": lambda frame: frame.head(8),
    "data.no-respondents": lambda frame: frame.assign(x2=np.nan),
    "data.duplicated-columns": lambda frame: pd.concat([frame, frame[["x1"]]], axis=1),
}


@pytest.mark.parametrize("code", SPOILT)
def test_bad_data_are_one_clear_error(data: pd.DataFrame, code: str) -> None:
    with pytest.raises(IdentificationError) as caught:
        cfa(MODEL, SPOILT[code](data))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("model", "arguments", "code"),
    [
        ("f =~ x1 + x2 + y3", {}, "model.unknown-variable"),
        ("f =~ x1 +", {}, "model.syntax"),
        (MODEL, {"group": "town"}, "data.no-column"),
        (MODEL, {"cluster": "town"}, "data.no-column"),
        (MODEL, {"estimator": "MLX"}, "estimator.unknown"),
        (MODEL, {"estimator": "WLSMV"}, "estimator.continuous"),
        (MODEL, {"estimator": "ML", "ordered": ["x1"]}, "data.too-many-categories"),
        ("f =~ x1 + c(a, b, d)*x2 + x3", {"group": "school"}, "model.group-count"),
        ("f =~ x1 + a*x2 + x3\na == b", {}, "model.unknown-label"),
        ("a := 1", {}, "model.no-variables"),
        ("f =~ " + " + ".join(f"y{k}" for k in range(10_000)), {}, "model.too-many-variables"),
        (MODEL, {"missing": "mean"}, "request.argument"),
        (MODEL, {"group": "school", "group_equal": ["loading"]}, "request.argument"),
        (MODEL, {"group": "school", "group_equal": "loadings"}, "request.argument"),
        (MODEL, {"ordered": "x1"}, "request.argument"),
        (MODEL, {"ordered": ["y1"]}, "request.argument"),
        (MODEL, {"likelihood": "flat"}, "request.argument"),
        (MODEL, {"information": "hearsay"}, "request.argument"),
        (MODEL, {"parameterization": "beta"}, "request.argument"),
        (MODEL, {"estimator": 3}, "request.argument"),
        (MODEL, {"effect_coding": ["loading"]}, "request.argument"),
        (
            MODEL,
            {"group": "school", "group_equal": ["loadings"], "group_partial": ["x33 ~ 1"]},
            "request.argument",
        ),
        (MODEL, {"bounds": "tight"}, "estimator.bounds"),
        (None, {}, "request.argument"),
        (MODEL.encode(), {}, "request.argument"),
    ],
)
def test_bad_requests_are_one_clear_error(
    data: pd.DataFrame, model: str, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(SurveyError) as caught:
        cfa(model, data, **arguments)
    assert caught.value.code == code
    assert isinstance(caught.value, IdentificationError | ModelSyntaxError)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("f =~ x1 + x2", "negative degrees of freedom"),
        ("f =~ NA*x1 + x2 + x3 + x4", "not identified"),
    ],
)
def test_what_cannot_be_estimated_has_a_status_and_no_measures(
    data: pd.DataFrame, model: str, reason: str
) -> None:
    found = cfa(model, data)
    assert found.status.reasons == (reason,)
    assert found.fit_measures == {}
    assert "!" in found.summary()


@pytest.mark.parametrize("given", [[1, 2], {"x1": [1.0, 2.0]}, None])
def test_what_is_no_table_is_refused(given: Any) -> None:
    with pytest.raises(IdentificationError, match=r"pandas\.DataFrame"):
        cfa(MODEL, given)


def test_kinds_that_do_not_exist_are_refused(data: pd.DataFrame) -> None:
    found = cfa(MODEL, data)
    asked: Any = "best"
    for ask in (found.residuals, found.factor_scores):
        with pytest.raises(IdentificationError, match="Use"):
            ask(asked)


def test_a_level_of_confidence_is_between_0_and_1(data: pd.DataFrame) -> None:
    found = cfa(MODEL, data)
    for level in (0.0, 1.0, 95.0, float("nan")):
        with pytest.raises(IdentificationError, match="between 0 and 1"):
            found.to_pandas(level=level)


def test_items_that_determine_each_other_have_a_status(data: pd.DataFrame) -> None:
    names = [f"x{k}" for k in range(1, 10)]
    answers = data.assign(**{name: data[name].rank(pct=True).mul(4).round() for name in names})
    found = cfa(MODEL, answers.assign(x2=answers["x1"]), ordered=True)
    assert "correlation at bound" in {each.reason for each in found.status.warnings}
    assert found.to_pandas()["se"].notna().any()


def test_one_cluster_is_refused(data: pd.DataFrame) -> None:
    with pytest.raises(IdentificationError, match="1 cluster"):
        cfa(MODEL, data.assign(town="A"), cluster="town")


def test_fewer_respondents_than_variables_are_refused_whatever_is_missing(
    data: pd.DataFrame,
) -> None:
    with pytest.raises(IdentificationError, match="8 respondents"):
        cfa(MODEL, data.head(8), missing="fiml")
    few = data.head(8)[[f"x{k}" for k in range(1, 10)]].round()
    with pytest.raises(IdentificationError, match="8 respondents"):
        cfa(MODEL, few, ordered=True)


def test_latents_that_measure_each_other_have_a_status(data: pd.DataFrame) -> None:
    found = cfa("a =~ x1 + x2 + b\nb =~ x3 + x4 + a", data)
    assert not found.status.ok


def test_items_of_another_model_may_be_named_as_ordinal(data: pd.DataFrame) -> None:
    data["x1"] = (data["x1"] > 5) + 0.0
    data["x4"] = (data["x4"] > 3) + 0.0
    found = cfa("f =~ x1 + x2 + x3", data, ordered=["x1", "x4"])
    assert found.result.table.ordered == (("x1", 1),)


@pytest.mark.parametrize("rules", ["a == 1\na == 2", "a == b\na == 2*b\na > 1", "a > 2\na < 1"])
@pytest.mark.parametrize(
    "options", [{}, {"missing": "fiml"}, {"estimator": "ULS"}, {"ordered": True}], ids=str
)
def test_contradictory_constraints_do_not_converge(
    data: pd.DataFrame, options: dict[str, Any], rules: str
) -> None:
    names = [f"x{k}" for k in range(1, 5)]
    answers = data.assign(**{name: data[name].rank(pct=True).mul(4).round() for name in names})
    found = cfa(f"f =~ x1 + a*x2 + b*x3 + x4\n{rules}", answers, **options)
    assert found.status.reasons == ("not converged",)
    assert "meets all the constraints" in found.status.messages[0]
    assert found.result.iterations == 0  # nothing was searched for
    assert found.fit_measures == {}


@pytest.mark.parametrize(
    ("rules", "possible"),
    [
        ("a == 1\na == 2", False),
        ("a > 2\na < 1", False),
        ("a == 1\na < 2", True),
        ("abs(a) == 1\na < 0", True),  # seen from a positive start, abs(a) is a
        ("a^2 == 1\na < 0", True),
    ],
)
def test_only_what_is_linear_can_be_told_impossible(rules: str, *, possible: bool) -> None:
    model = parse_model(f"f =~ x1 + a*x2 + x3 + x4\n{rules}")
    observed = ("x1", "x2", "x3", "x4")
    table = parameter_table(model.statements, observed, constraints=model.constraints)
    constraints = constraints_of(table)
    assert constraints
    assert constraints.possible(np.ones(table.n_free)) is possible


def test_a_statistic_below_zero_has_a_pvalue_of_1() -> None:
    assert chi_square(-0.01, 2).pvalue == 1


def test_residuals_without_variance_have_no_interval(data: pd.DataFrame) -> None:
    saturated = cfa("f =~ x1 + x2 + x3", data)
    means = cfa(MODEL, data, meanstructure=True)
    for found in (
        saturated.residual_summary(),
        sem("x1 ~ x2 + x3", data).residual_summary("rmr"),
        means.residual_summary(part="means"),
    ):
        assert found.value == pytest.approx(0, abs=1e-8)
        assert (found.standard_error, found.exact_z, found.lower, found.close_z) == (None,) * 4
    assert means.residual_summary().exact_z


def test_a_group_too_small_is_named(data: pd.DataFrame) -> None:
    data["school"] = ["small"] * 6 + list(data["school"][6:])
    with pytest.raises(IdentificationError, match="6 respondents"):
        cfa(MODEL, data, group="school")


def test_thousands_of_columns_do_no_harm(data: pd.DataFrame) -> None:
    more = pd.DataFrame(np.zeros((301, 10_000)), columns=[f"z{k}" for k in range(10_000)])
    assert cfa(MODEL, pd.concat([data, more], axis=1)).status.ok


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"estimator": "DWLS"}, "it is for ordinal items"),
        ({"estimator": "GLS", "likelihood": "wishart"}, "no likelihood whose form"),
        ({"estimator": "ULS", "information": "first_order"}, "no likelihood whose form"),
        ({"estimator": "WLS", "missing": "fiml"}, "do not exist for incomplete answers"),
        ({"estimator": "GLS", "cluster": "school"}, "independent respondents only"),
        ({"estimator": "GLS", "ordered": True}, "not for ordinal items"),
        ({"ordered": True, "information": "observed"}, "no likelihood whose form"),
        ({"std_lv": True, "effect_coding": True}, "exclude each other"),
    ],
)
def test_what_an_estimator_cannot_do_is_said(
    data: pd.DataFrame, options: dict[str, Any], what: str
) -> None:
    frame = data.round() if options.get("ordered") else data
    with pytest.raises(IdentificationError, match=what):
        sem("f =~ x1 + x2 + x3 + x4", frame, **options)


def test_weights_that_cannot_be_computed_are_refused(data: pd.DataFrame) -> None:
    """As many respondents as nine variables have variances and covariances are too few."""
    with pytest.raises(IdentificationError, match="45 statistics cannot be inverted from 45"):
        cfa(MODEL, data.iloc[:45], estimator="WLS")


def test_levels_without_clusters_are_refused_in_one_sentence(data: pd.DataFrame) -> None:
    two = "level: 1\nf =~ x1 + x2 + x3\nlevel: 2\nf =~ x1 + x2 + x3"
    with pytest.raises(ModelSyntaxError, match="not supported yet: `level: 2` without clusters"):
        sem(two, data)


def test_incomplete_covariates_and_robust_statistics(data: pd.DataFrame) -> None:
    frame = data.assign(ageyr=data["ageyr"].where(data.index % 9 != 0))
    model = MODEL + "\nspeed ~ ageyr"
    with pytest.raises(IdentificationError, match="covariates that are taken as given have gaps"):
        sem(model, frame, missing="fiml.x", estimator="MLR")
    assert sem(model, frame, missing="fiml.x", estimator="MLR", fixed_x=False).status.ok
