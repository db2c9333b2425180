"""The grid holds every combination, the plan's own among them, and leaves out what it says."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.planned import planned
from tests.unit.analysis.test_steps import run, table_of

from cosyn.analysis import ANALYSES, Context
from cosyn.analysis._grid import (
    NO_FURTHER_ITEMS,
    ONE_FACTOR,
    Specification,
    not_tried,
    specifications,
    unfit,
)
from cosyn.analysis._keyed_products import UNEQUAL, parcelled
from cosyn.analysis._specified import effects_of, of_items, put_together, specified, without
from cosyn.analysis.robustness import curve, departures
from cosyn.engine import sem
from cosyn.engine.standardize import standardized
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Missing
from cosyn.report.sections.robustness import key_label
from cosyn.responses import MISSING_ORDER
from cosyn.scoring import Scores, facet_scores, keyed
from cosyn.study import bundled

CONSTRUCTS = {"IP", "IN", "EP", "EN", "CS"}
MODEL = "# A remark = none\nA =~ x1 + x3 + 0.5*x2  # the last\nB =~ x3 + x21\nA ~ b*B\n"


def test_an_indicator_is_left_out_and_nothing_else() -> None:
    assert without(MODEL, "") == MODEL
    left = without(MODEL, "x2").splitlines()
    assert left[1].replace(" ", "") == "A=~x1+x3"
    assert left[2].replace(" ", "") == "B=~x3+x21"
    assert [left[0], left[3]] == [MODEL.splitlines()[0], "A ~ b*B"]


def test_the_usual_choices_give_the_usual_effect() -> None:
    instrument, plan = load_instrument(bundled() / "instrument"), planned()
    section, grid = plan.plan.structure, plan.plan.robustness
    assert section
    assert grid
    few = section.model_copy(update={"models": section.models[:1]})
    small = grid.model_copy(
        update={
            "hypotheses": ("H1", "H2"),
            "flagged": False,
            "estimators": (),
            "missing": (),
            "keys": (),
        }
    )
    wanted = plan.plan.model_copy(update={"structure": few, "robustness": small})
    plan = dataclasses.replace(plan, plan=wanted)
    rng = np.random.default_rng(4)
    items = instrument.scale_items_of("core-40")[:40]
    cells = {c: rng.standard_normal(700) for c in ("IP", "IN", "EP", "EN")}
    cells["CS"] = 0.5 * cells["IP"] + rng.standard_normal(700)
    columns = [4 + cells[i.construct] + rng.standard_normal(700) for i in items]
    values = np.clip(np.round(np.column_stack(columns)), 1, 7)
    values[rng.random(values.shape) < 0.02] = np.nan
    departments = tuple(f"D{k % 40}" for k in range(700))
    table = table_of(values, tuple(i.id for i in items), departments)
    rows = run(instrument, plan, table, "structure", "hypotheses", "robustness").findings
    mine = [r for r in rows if r.statistic == Statistic.SPECIFICATION and r.subject[0] == "H1"]
    assert len(mine) == len({r.subject for r in mine}) == 2 * 3 * 2
    effect = next(r for r in rows if r.statistic == Statistic.EFFECT and r.subject == ("H1",))
    usual = next(r for r in mine if r.subject[1:5] == ("clusters", "all", "whole", "2"))
    assert usual.value == pytest.approx(effect.value, abs=1e-10)
    assert usual.se == pytest.approx(effect.se, abs=1e-10)
    one = next(r for r in mine if r.subject[1:5] == ("no clusters", "all", "whole", "2"))
    assert one.value == pytest.approx(usual.value, abs=1e-6)
    assert one.se != pytest.approx(usual.se, abs=1e-6)
    other = next(r for r in mine if r.subject[1:5] == ("clusters", "all", "CSI", "2"))
    assert other.value != pytest.approx(usual.value, abs=1e-4)
    drawn = curve("H1", mine)
    assert drawn
    assert list(drawn.columns["value"]) == sorted(r.value for r in mine if r.value is not None)
    assert sum(x or 0 for x in drawn.columns["3 CSI"]) == 4


@pytest.fixture(scope="module")
def wide() -> tuple[Context, tuple[Finding, ...]]:
    """The rows of a grid of estimators, treatments of gaps, forms and keys, and what it is of."""
    instrument, plan = load_instrument(bundled() / "instrument"), planned()
    section, grid = plan.plan.structure, plan.plan.robustness
    assert section
    assert grid
    few = section.model_copy(update={"models": (section.models[0], section.models[2])})
    changed = {"hypotheses": ("H1", "H3", "H5"), "flagged": False, "clusters": False}
    small = grid.model_copy(update={**changed, "without": (), "forms": (), "minimum_answered": ()})
    wanted = plan.plan.model_copy(update={"structure": few, "robustness": small})
    plan = dataclasses.replace(plan, plan=wanted)
    rng = np.random.default_rng(11)
    further = [i for i in instrument.scale_items_of("long") if i.construct in CONSTRUCTS]
    cells = {c: rng.standard_normal(500) for c in ("IP", "IN", "EP", "EN")}
    cells["CS"] = 0.5 * cells["IP"] - 0.3 * cells["IN"] + rng.standard_normal(500)
    facets = {i.facet: 0.8 * rng.standard_normal(500) for i in further}
    columns = [
        4 + cells[i.construct] + facets[i.facet] + 0.8 * rng.standard_normal(500) for i in further
    ]
    values = np.clip(np.round(np.column_stack(columns)), 1, 7)
    values[rng.random(values.shape) < 0.02] = np.nan
    long = table_of(values, tuple(i.id for i in further), tuple(f"D{k % 40}" for k in range(500)))
    short = {item.id for item in instrument.scale_items_of("core-40")}
    mine = [name for name in long.items if name in short]
    table = table_of(long.columns(mine), tuple(mine), long.departments)
    items = keyed(table, instrument)
    scores = facet_scores(items, instrument, plan.plan.facet_scores.minimum_answered)
    context = Context(instrument, plan, table, items, scores, forms={"long": long})
    return context, ANALYSES["robustness"].run(context).findings


def usual(rows: Iterable[Finding], *choices: str) -> Finding:
    """H1 with everybody, scores of two answers, the whole outcome, and some further choices."""
    wanted = ("H1", "clusters", "all", "whole", "2", *choices)
    return next(r for r in rows if r.subject == wanted)


def test_the_grid_takes_every_choice_and_names_what_it_cannot(
    wide: tuple[Context, tuple[Finding, ...]],
) -> None:
    rows = wide[1]
    tried = {r.subject for r in rows if r.statistic == Statistic.SPECIFICATION}
    # H1: 3 keys, in each of which MLR has two treatments of gaps, WLSMV one.
    assert len([s for s in tried if s[0] == "H1"]) == 3 * (2 + 1)
    assert len([s for s in tried if s[0] == "H3"]) == 2 * (2 + 1)
    assert len([s for s in tried if s[0] == "H5"]) == 1
    none = {r.subject: r.reason for r in rows if r.statistic == Statistic.NOT_COMBINED}
    assert none.keys() == {
        ("every", "WLSMV", "fiml"),
        ("H3", "key_b"),
        ("H5", "WLSMV"),
        ("H5", "fiml"),
        ("H5", "key_a"),
        ("H5", "key_b"),
    }
    assert all(none.values())


def test_estimators_agree_with_the_engine_on_the_same_model(
    wide: tuple[Context, tuple[Finding, ...]],
) -> None:
    context, rows = wide
    syntax = context.plan.models["structure/additive"]
    facets = pd.DataFrame(context.facets.values, columns=list(context.facets.names))
    facets["department"] = list(context.table.departments)
    items = pd.DataFrame(context.items.values, columns=list(context.items.names))
    items["department"] = list(context.table.departments)
    full = sem(syntax, facets, estimator="MLR", missing="fiml", cluster="department")
    ordinal = of_items(syntax, context)
    names = [name for name in context.items.names if name in ordinal]
    by_items = sem(ordinal, items, ordered=names, cluster="department")
    keys = {"IP": "K_drive", "EP": "K_drive", "EN": "K_drive", "IN": "K_restraint"}
    together = sem(put_together(syntax, "CS", keys), facets, estimator="MLR", cluster="department")
    for fit, factor, choices in (
        (full, "IP", ("MLR", "fiml", "core-40", "usual")),
        (by_items, "IP", ("WLSMV", "listwise", "core-40", "usual")),
        (together, "K_drive", ("MLR", "listwise", "core-40", "key_a")),
    ):
        row = standardized(fit.result).row("CS", "~", factor)
        found = usual(rows, *choices)
        assert row.value is not None
        assert found.value == pytest.approx(row.value, abs=1e-8)
        assert found.se == pytest.approx(row.standard_error, abs=1e-8)


def test_a_product_is_tried_under_a_key_that_leaves_its_constructs_apart(
    wide: tuple[Context, tuple[Finding, ...]],
) -> None:
    """Key B has IP and EP in one factor, EN in another, and leaves IN out."""
    plan, context = planned(), wide[0]
    here = dataclasses.replace(context, plan=plan)
    tests = {t.id: t for t in plan.plan.hypotheses.tests} if plan.plan.hypotheses else {}
    entries = {m.id: m for m in plan.plan.structure.models} if plan.plan.structure else {}
    plain = Specification(clusters=True, flagged=True, without="", answered=2)
    reasons = {}
    for key in ("key_a", "key_b"):
        for name in ("H5", "H6", "H7", "H8"):
            choice = dataclasses.replace(plain, key=key)
            found = unfit(here, tests[name], entries[tests[name].model], choice)
            reasons[key, name] = found and found[1]
    assert reasons["key_a", "H8"] is reasons["key_b", "H6"] is reasons["key_b", "H7"] is None
    assert {reasons["key_a", n] for n in ("H5", "H6", "H7")} == {ONE_FACTOR}
    assert (reasons["key_b", "H5"], reasons["key_b", "H8"]) == (ONE_FACTOR, "the key does not score this construct")  # fmt: skip
    keyed_by_b = dataclasses.replace(plain, key="key_b")
    effects = effects_of(here, entries["c3"], keyed_by_b)
    assert not isinstance(effects, str), effects
    # There is none in these answers: positive and negative dynamics add nothing to one another.
    value, se = effects["CS", "EPxEN"]
    assert abs(value) < 3 * se < 0.5
    assert effects["CS", "IP"] == effects["CS", "EP"] != effects["CS", "EN"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "force field (drives, restraints)"), ("zh-Hans", "力场解读（推动、阻碍）")],
)
def test_the_report_calls_a_key_by_its_words(language: str, said: str) -> None:
    material: Any = SimpleNamespace(plan=planned().plan, language=language)
    assert key_label(material, "key_a") == said
    assert key_label(material, "nosuch") == "nosuch"


def test_parcels_are_means_across_the_constructs_of_a_factor() -> None:
    rng = np.random.default_rng(2)
    scores = Scores(tuple("abcdefy"), rng.standard_normal((20, 7)))
    syntax = "A =~ a + b\nB =~ c + d\nC =~ e + f\nY =~ y\nY ~ A + B + C"
    found = parcelled(syntax, "Y", {"A": "G", "B": "G", "C": "H"}, scores)
    assert not isinstance(found, str)
    text, wider = found
    assert text.splitlines() == ["Y =~ y", "G =~ G_1 + G_2", "H =~ e + f", "Y ~ G + H"]
    first = scores.columns(("a", "c")).mean(axis=1)
    assert np.array_equal(wider.columns(("G_1",))[:, 0], first)
    assert parcelled(f"{syntax}\nC =~ y", "Y", {"A": "G", "C": "G"}, scores) == UNEQUAL


def test_a_longer_form_takes_its_further_items(wide: tuple[Context, tuple[Finding, ...]]) -> None:
    context = wide[0]
    plain = Specification(clusters=True, flagged=True, without="", answered=2, form="core-40")
    long = context.forms["long"]
    unseen = long.missing.copy()
    further = [j for j, name in enumerate(long.items) if name not in context.table.items]
    unseen[:100, further] = MISSING_ORDER.index(Missing.NOT_SHOWN)
    partly = dataclasses.replace(context, forms={"long": dataclasses.replace(long, missing=unseen)})
    short = specified(partly, plain, None)
    wider = specified(partly, dataclasses.replace(plain, form="long"), None)
    assert short.items.names == context.items.names
    assert wider.items.names == long.items
    # Only those who were asked.
    assert (short.table.n, wider.table.n) == (500, 400)
    assert not np.array_equal(short.facets.values[100:], wider.facets.values, equal_nan=True)  # noqa: PD011
    rules = context.plan.plan.robustness
    assert rules
    both = rules.model_copy(update={"forms": ("long",)})
    assert {c.form for c in specifications(context, both)} == {"core-40", "long"}
    none = dataclasses.replace(context, forms={})
    assert {c.form for c in specifications(none, both)} == {"core-40"}
    assert (("every", "long"), NO_FURTHER_ITEMS) in list(not_tried(none, both, [], ()))


def test_a_facet_of_one_item_is_that_item(wide: tuple[Context, tuple[Finding, ...]]) -> None:
    context = wide[0]
    left = [name for name in context.items.names if name != "CSX2"]
    items = Scores(tuple(left), context.items.columns(left))
    syntax = of_items("CS =~ CSW + CSX  # a remark", dataclasses.replace(context, items=items))
    assert syntax.splitlines() == ["CSW =~ CSW1 + CSW2", "CS =~ CSW + CSX1"]


def test_departures_count_decisions_that_differ_from_the_plan_s() -> None:
    def row(label: str, *choices: str) -> Finding:
        return Finding("robustness", Statistic.SPECIFICATION, ("H1", *choices), 0.1, label=label)

    rows = [
        row("supported", "a", "x"),
        row("supported", "a", "y"),
        row("undecided", "b", "x"),
        row("falsified", "b", "y"),
        dataclasses.replace(row("", "b", "y"), value=None, reason="not converged"),
    ]
    found = {r.subject[1:]: (r.value, r.n) for r in departures("H1", rows)}
    assert found == {
        ("1", "a"): (0.0, 2), ("1", "b"): (1.0, 2), ("2", "x"): (0.5, 2), ("2", "y"): (0.5, 2),
    }  # fmt: skip


def test_models_of_what_nobody_was_asked_are_not_estimated(
    wide: tuple[Context, tuple[Finding, ...]],
) -> None:
    context, _ = wide
    asked = [name for name in context.table.items if name.startswith(("IP", "CS"))]
    table = table_of(context.table.columns(asked), tuple(asked), context.table.departments)
    items = keyed(table, context.instrument)
    scores = facet_scores(items, context.instrument, 2)
    few = dataclasses.replace(context, table=table, items=items, facets=scores, forms={})
    rows = ANALYSES["robustness"].run(few).findings
    found = [r for r in rows if r.statistic == Statistic.SPECIFICATION]
    assert found
    assert all(r.value is None and r.reason.startswith("no data for EN") for r in found)
