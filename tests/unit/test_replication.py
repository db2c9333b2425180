"""The scripts beside the plan give the numbers of `survey analyze`, and the functions they call."""

from __future__ import annotations

import ast
import json
import re
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from cosyn import workflow
from cosyn.errors import InstrumentError, PlanError
from cosyn.report import SECTIONS
from cosyn.research import CLUSTER, OpenStudy, fit_synergy, open_study
from cosyn.study import bundled, create
from cosyn.workflow.importing import import_

SCRIPTS = sorted(path.name for path in (bundled() / "analysis").glob("[0-9]*.py"))
STEPS = ["sample", "items", "reliability", "dimensionality", "measurement", "validity", "structure"]
STEPS += ["invariance", "departments", "balance", "coupling", "necessity", "configurations"]
STEPS += ["hypotheses", "screening", "method_bias", "two_lines", "robustness"]
Found = Callable[..., dict[str, Any]]


def small(root: Path) -> None:
    """Fewer models, draws and departments, by which scripts and analysis lose the same."""
    file = root / "analysis" / "plan.yaml"
    plan = yaml.safe_load(file.read_text(encoding="utf-8"))
    plan["steps"] = STEPS
    plan["dimensionality"] |= {"bootstrap": 0}
    plan["dimensionality"]["parallel"]["draws"] = 20
    plan["validity"]["replicates"] = 100
    plan["invariance"]["least"] = 50
    # Most answers are high: anchors of the scale's wording would put every department in every set.
    plan["configurations"]["anchors"] = {"fit7": [4.0, 5.0, 6.0]}
    plan["necessity"]["replicates"] = 200
    plan["balance"]["bootstrap"] = 20
    kept = {"M1", "M4", "M6", "a", "b", "c", "h"}
    plan["measurement"]["nested"] = [["M1", "M4"]]
    for section in ("measurement", "structure"):
        plan[section]["models"] = [m for m in plan[section]["models"] if m["id"] in kept]
    for model in plan["structure"]["models"]:
        if "variants" in model:
            model["variants"] = ["reversed", "sam"]
    rules = plan["hypotheses"]
    rules["tests"] = [t for t in rules["tests"] if t.get("model") in kept]
    plan["robustness"] = {"hypotheses": ["H1"], "clusters": True}
    del plan["comparison"], plan["invariance"]["categories"]
    file.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    population = root / "analysis" / "population.yaml"
    text = population.read_text(encoding="utf-8").replace("departments: 150", "departments: 50", 1)
    population.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study whose simulated answers were imported and analysed."""
    root = create(tmp_path_factory.mktemp("replication") / "study").root
    small(root)
    drawn = workflow.simulate(root)
    import_(root, drawn.file)
    workflow.analyze(root, languages=("en",))
    return root


@pytest.fixture(scope="module")
def opened(folder: Path) -> OpenStudy:
    return open_study(folder)


@pytest.fixture(scope="module")
def found(folder: Path) -> Found:
    """Look a finding up by analysis, statistic, subject and model."""
    rows = json.loads((folder / "results" / "findings.json").read_bytes())["findings"]
    by_key = {
        (r["analysis"], r["statistic"], *r.get("subject", ()), r.get("model", "")): r for r in rows
    }

    def find(*key: str, model: str = "") -> dict[str, Any]:
        return dict(by_key[*key, model])

    return find


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], pd.DataFrame]]:
    """Run a script on the study, and read a table it wrote."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    def table(name: str, suffix: str = "") -> pd.DataFrame:
        [script] = (folder / "analysis").glob(f"{name}*.py")
        monkeypatch.setattr(sys, "argv", [str(script), str(folder)])
        runpy.run_path(str(script), run_name="__main__")
        written = folder / "results" / "replication"
        assert list(written.glob(f"{script.stem}*.svg"))
        frame = pd.read_csv(written / f"{script.stem}{suffix}.csv")
        assert set(frame["simulated"]) == {"yes"}
        return frame

    yield table
    plt.close("all")


def close(ours: object, theirs: object) -> bool:
    """Whether two numbers are the same: both come of the same functions, in another order."""
    return ours == pytest.approx(theirs, rel=1e-6, abs=1e-9)


def test_every_script_is_short_and_has_a_test() -> None:
    mine = Path(__file__).read_text(encoding="utf-8")
    assert len(SCRIPTS) >= 22
    for script in SCRIPTS:
        text = (bundled() / "analysis" / script).read_text(encoding="utf-8")
        assert text.count("\n") <= 60, script
        assert f'run("{script[:2]}"' in mine, script


def test_every_section_of_the_report_has_a_script() -> None:
    """Its tables and figures are made again; the others gather what stands elsewhere."""
    made: set[str] = set()
    for script in SCRIPTS:
        said = ast.get_docstring(ast.parse((bundled() / "analysis" / script).read_text("utf-8")))
        named = re.search(r"Sections of the report: ([\w, ]+)\.", said or "")
        made |= set(named[1].split(", ")) if named else set()
    assert made == {section.name for section in SECTIONS} - {"design", "appendix"}


def test_sample(run: Any, found: Found) -> None:
    value = dict(run("01").set_index("what")["value"])
    assert value["respondents"] == found("sample", "count", "respondents")["value"]
    assert value["departments"] == found("sample", "count", "departments")["value"]
    gap = found("sample", "missing_share", "dont_know")["value"]
    assert close(value["share of cells: dont_know"], gap)
    assert value["respondents without a gap"] == found("sample", "count", "complete")["value"]


def test_items(run: Any, found: Found) -> None:
    table = run("02")
    for row in table.itertuples():
        assert close(row.mean, found("items", "mean", row.item)["value"])
        assert close(row.se, found("items", "mean", row.item)["se"])
        assert close(row.skewness, found("items", "skewness", row.item)["value"])
        assert close(row.ceiling, found("items", "ceiling", row.item)["value"])


def test_reliability(run: Any, found: Found) -> None:
    for row in run("03").itertuples():
        assert close(row.alpha, found("reliability", "alpha", row.scale)["value"])
        if row.items == 2:
            expected = found("reliability", "spearman_brown", row.scale)["value"]
            assert close(row.spearman_brown, expected)
        else:
            assert close(row.omega, found("reliability", "omega", row.scale)["value"])


def test_dimensionality(run: Any, found: Found) -> None:
    for row in run("04").itertuples():
        rank = str(row.rank)
        expected = found("dimensionality", "eigenvalue_factor", rank)["value"]
        assert close(row.eigenvalue, expected)
        expected = found("dimensionality", "eigenvalue_factor_random_quantile", rank)["value"]
        assert close(row.random_quantile, expected)


def test_measurement(run: Any, found: Found) -> None:
    table = run("05")
    assert list(table["model"]) == ["M1", "M4", "M6"]
    for row in table.itertuples():
        model = row.model
        assert close(
            row.chisq_scaled, found("measurement", "chi_square_scaled", model=model)["value"]
        )
        assert close(row.cfi_robust, found("measurement", "cfi_robust", model=model)["value"])
        assert close(row.rmsea_robust, found("measurement", "rmsea_robust", model=model)["value"])
        assert close(row.srmr, found("measurement", "srmr", model=model)["value"])
        assert row.n == found("measurement", "n", model=model)["value"]


def test_validity(run: Any, found: Found) -> None:
    for row in run("06", "_constructs").itertuples():
        assert close(row.ave, found("validity", "ave", row.latent)["value"])
    for row in run("06", "_htmt").itertuples():
        expected = found("validity", "htmt", row.first, row.second)
        assert close(row.htmt, expected["value"])
        assert close((row.low, row.high), (expected["low"], expected["high"]))


def test_invariance(run: Any, found: Found) -> None:
    table = run("07")
    assert len(table) >= 4
    for row in table.itertuples():
        assert close(row.cfi, found("invariance", "cfi", row.group, row.step)["value"])
        if row.step != "configural":
            expected = found("invariance", "delta_cfi", row.group, row.step)["value"]
            assert close(row.delta_cfi, expected)


def test_departments(run: Any, found: Found) -> None:
    table = run("08")
    assert {"IP", "IN", "EP", "EN", "CS"} <= set(table["score"])
    for row in table.itertuples():
        if row.score == "MK":  # a construct of one facet is described as that
            continue
        icc = found("departments", "icc1", row.score)
        assert close((row.icc1, row.low, row.high), (icc["value"], icc["low"], icc["high"]))
        assert close(row.icc2, found("departments", "icc2", row.score)["value"])
        assert close(
            row.rwg_median, found("departments", "rwg_median", row.score, "uniform")["value"]
        )


def test_structure(run: Any, found: Found) -> None:
    table = run("09", "_paths")
    assert set(table["model"]) == {"a", "b", "h"}
    for row in table.itertuples():
        raw = found("structure", "path", row.outcome, row.predictor, model=row.model)
        scaled = found("structure", "path_std", row.outcome, row.predictor, model=row.model)
        assert close((row.b, row.se), (raw["value"], raw["se"]))
        assert close(
            (row.beta, row.low, row.high), (scaled["value"], scaled["low"], scaled["high"])
        )
    [compared] = run("09", "_compared").itertuples()
    expected = found("structure", "chi_square_difference", "b", "a", model="b")
    assert close((compared.chisq, compared.df), (expected["value"], expected["df"]))


def test_interactions(run: Any, found: Found) -> None:
    table = run("10").set_index("variant")
    plain = found("structure", "path_std", "CS", "IPxEP", model="c")
    row = table.loc["matched products"]
    assert close((row["beta"], row["se"]), (plain["value"], plain["se"]))
    for variant in ("reversed", "sam"):
        expected = found("structure", "product_effect", "CS", "IPxEP", variant, model="c")
        row = table.loc[variant]
        assert close((row["beta"], row["low"]), (expected["value"], expected["low"]))


def test_balance(run: Any, found: Found) -> None:
    table = run("11").set_index("quantity")
    for name in ("b0", "b4", "b5"):
        expected = found("balance", "surface_coefficient", "CS", "IP", "EP", name)
        assert close((table["value"][name], table["se"][name]), (expected["value"], expected["se"]))
    for name in ("a1", "a4"):
        expected = found("balance", "surface_quantity", "CS", "IP", "EP", name)
        assert close(
            (table["value"][name], table["low"][name]), (expected["value"], expected["low"])
        )


def test_coupling(run: Any, found: Found) -> None:
    for row in run("12").itertuples():
        for name in ("mean", "minimum", "median", "maximum"):
            assert close(getattr(row, name), found("coupling", row.degree, name)["value"])


def test_necessity(run: Any, found: Found) -> None:
    for row in run("13").itertuples():
        expected = found("necessity", "necessity_effect", row.condition, row.ceiling)
        assert close(row.effect, expected["value"])
        assert row.departments == expected["n"]


def test_configurations(run: Any, found: Found, folder: Path) -> None:
    table = run("14")
    rows = json.loads((folder / "results" / "findings.json").read_bytes())["findings"]
    counted = {
        tuple(r["subject"]): r.get("value", 0)
        for r in rows
        if r["statistic"] == "solution_models" and r["analysis"] == "configurations"
    }
    assert (table["model"] > 0).any()
    for (outcome, solution), models in counted.items():
        mine = table[(table["outcome"] == outcome) & (table["solution"] == solution)]
        assert mine["model"].max() == models
    for row in table.itertuples():
        if not row.model:  # in the place of a path stands why there is none
            reasons = {r.get("reason") for r in rows if r["statistic"] == "solution_models"}
            assert row.path in reasons
            continue
        subject = (row.outcome, row.solution, str(row.model), row.path)
        assert close(row.consistency, found("configurations", "set_consistency", *subject)["value"])
        assert close(row.coverage, found("configurations", "raw_coverage", *subject)["value"])


def test_hypotheses(run: Any, found: Found) -> None:
    table = run("15")
    assert set(table["id"]) >= {"H1", "H2", "H3", "H5", "H11"}
    for row in table.itertuples():
        assert (
            row.decision
            == found("hypotheses", "decision", row.id, model=_model(found, row.id))["label"]
        )
        if row.decision != "not_tested":
            effect = found("hypotheses", "effect", row.id, model=_model(found, row.id))
            assert close((row.beta, row.se), (effect["value"], effect["se"]))
            holm = found("hypotheses", "effect", row.id, "holm", model=_model(found, row.id))
            assert close(row.p_holm, holm["value"])


def _model(found: Found, test: str) -> str:
    return {"H5": "c", "H11": "h"}.get(test, "a")


def test_population(run: Any, found: Found) -> None:
    table = run("16").set_index("effect")
    expected = found("structure", "path_std", "CS", "IP", model="a")
    assert close(table["estimate"]["IP"], expected["value"])
    assert close(table["population"]["IP"] / table["population"]["EP"], 0.35 / 0.20)
    assert close(table["population"]["IP*EP"] / table["population"]["EP"], 0.15 / 0.20)


def test_screening(run: Any, found: Found) -> None:
    table = run("17")
    assert table["flagged"].notna().sum() >= 8
    for row in table.itertuples():
        flagged = found("screening", "flagged", row.rule)
        assert flagged["label"] == row.use
        assert flagged["n"] == row.judged
        if pd.isna(row.flagged):
            assert flagged["reason"]
        else:
            assert row.flagged == flagged["value"]
    for pair in run("17", "_agreement").dropna().itertuples():
        assert close(pair.kappa, found("screening", "kappa", pair.first, pair.second)["value"])


def test_method_bias(run: Any, found: Found) -> None:
    table = run("18")
    assert close(table["harman"][0], found("method_bias", "harman")["value"])
    for row in table.itertuples():
        if pd.isna(row.r_less_marker):
            key = "marker_correlation", row.second, row.first
            assert close(row.r, found("method_bias", *key)["value"])
        else:
            pair = "factor_correlation", row.first, row.second
            assert close(row.r, found("method_bias", *pair)["value"])
            assert close(row.r_less_marker, found("method_bias", *pair, "marker")["value"])


def test_robustness(run: Any, found: Found) -> None:
    table = run("19")
    assert len(table) == 4
    assert table["clusters"].nunique() == 2
    for row in table.itertuples(index=False):
        subject = (row.hypothesis, *map(str, row[1:9]))
        expected = found("robustness", "specification", *subject, model="a")
        assert close((row.beta, row.low), (expected["value"], expected["low"]))
        assert row.decision == expected["label"]


def test_two_lines(run: Any, found: Found) -> None:
    for row in run("20").itertuples():
        breakpoint_ = found("two_lines", "breakpoint", "CS", row.predictor)
        if pd.isna(row.breakpoint):
            assert breakpoint_["reason"] == row.reason
            continue
        assert close(row.breakpoint, breakpoint_["value"])
        slope = found("two_lines", "line_slope", "CS", row.predictor, row.side)
        assert close(row.slope, slope["value"])


def test_comparison(run: Any, found: Found) -> None:
    table = run("21").set_index("model")
    assert close(
        table["r2_gain"]["c"], found("structure", "r_squared_gain", "c", model="c")["value"]
    )
    expected = found("structure", "chi_square_difference", "b", "a", model="b")
    assert close((table["chisq"]["b"], table["p"]["b"]), (expected["value"], expected["p"]))


def test_what_lies_outside(run: Any) -> None:
    table = run("22")
    assert set(table["step"]) == {"criterion", "retest", "dyads"}
    assert table["reason"].notna().all()


def test_a_study_without_answers_has_those_that_simulation_writes(
    opened: OpenStudy, tmp_path: Path
) -> None:
    root = create(tmp_path / "study").root
    small(root)
    fresh = open_study(root)
    assert fresh.simulated
    assert opened.simulated
    pd.testing.assert_frame_equal(fresh.items, opened.items)
    assert not fresh.study.store.exists()


def test_answers_that_people_gave_are_not_marked(folder: Path, tmp_path: Path) -> None:
    """The same answers without the mark of simulation: no file says that they were simulated."""
    root = create(tmp_path / "study").root
    small(root)
    given = pd.read_csv(folder / "data" / "simulated.csv", dtype=str).drop(columns="simulated")
    given.to_csv(tmp_path / "given.csv", index=False)
    import_(root, tmp_path / "given.csv")
    real = open_study(root)
    assert not real.simulated
    real.save("table", pd.DataFrame({"a": [1]}))
    assert (root / "results" / "replication" / "table.csv").read_text(encoding="utf-8") == "a\n1\n"


def test_means_of_small_departments_are_left_out(opened: OpenStudy) -> None:
    means = opened.department_means(["IP", "IPT"])
    sizes = opened.constructs.dropna(subset="IP")["department"].value_counts()
    assert means["IP"].notna().sum() == (sizes >= opened.plan.plan.minimum_cell).sum()
    assert "department" not in means


def test_scores_have_a_row_a_respondent(opened: OpenStudy) -> None:
    items, facets, constructs = opened.items, opened.facets, opened.constructs
    assert len(items) == len(facets) == len(constructs) == opened.table.n
    assert list(facets.columns[:2]) == ["department", "language"]
    whole = constructs["IP"].dropna()
    four = facets.loc[whole.index, ["IPG", "IPB", "IPT", "IPV"]].mean(axis=1)
    assert np.allclose(whole, four)


def test_cases_by_name_mix_items_facets_and_constructs(opened: OpenStudy) -> None:
    cases = opened.cases(["IP", "ENA", "CSW1"])
    assert list(cases.columns) == ["IP", "ENA", "CSW1", CLUSTER]
    assert not cases.isna().any().any()
    assert np.isin(cases["CSW1"], range(1, 8)).all()


def test_a_model_can_be_fitted_to_other_respondents(opened: OpenStudy) -> None:
    cases = opened.cases("structure")
    half = cases[cases[CLUSTER] < cases[CLUSTER].median()]
    assert opened.fit("a", half).n == len(half) < opened.fit("a").n


def test_synergy_of_any_table_leaves_out_who_has_a_gap(opened: OpenStudy) -> None:
    """The same numbers as the study's own model; columns that the model does not use may be empty."""
    cases = opened.cases("structure")
    ours = opened.synergy("c").effects[0]
    gaps = pd.concat([cases.assign(MKR=np.nan), cases.head(5).assign(IPG=np.nan)])
    theirs = fit_synergy(
        gaps,
        opened.syntax("c"),
        outcome="CS",
        products={"IPxEP": ("IP", "EP")},
        cluster=CLUSTER,
    ).effects[0]
    assert close((ours.value, ours.se), (theirs.value, theirs.se))
    loose = fit_synergy(cases, opened.syntax("c"), outcome="CS", products={"IPxEP": ("IP", "EP")})
    assert loose.effects[0].value == pytest.approx(ours.value, rel=1e-6)
    assert loose.effects[0].se != pytest.approx(ours.se, rel=1e-3)


def test_what_does_not_exist_is_named(opened: OpenStudy, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no model 'Z'") as caught:
        opened.fit("Z")
    assert caught.value.code == "plan.unknown-model"
    with pytest.raises(PlanError, match="no structural model 'M6'"):
        opened.synergy("M6")
    with pytest.raises(PlanError, match="no scores of XX") as caught:
        opened.cases(["IP", "XX"])
    assert caught.value.code == "plan.unknown-score"
    with pytest.raises(InstrumentError):
        open_study(tmp_path)
