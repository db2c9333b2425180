"""Models that follow from the instrument are those that somebody wrote down by hand."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.planned import planned

from cosyn.derivation import key_syntax, measurement_syntax, with_measurement, with_models
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.syntax import parse, parse_model
from cosyn.engine.table import ParameterTable
from cosyn.engine.twolevel_table import two_level_table
from cosyn.errors import ModelSyntaxError, PlanError
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Item
from cosyn.plan import Derive, load_plan
from cosyn.study import bundled
from cosyn.synergy import Scores, fit_to

INSTRUMENT = load_instrument(bundled() / "instrument")
PLAN = planned()
WRITTEN = Path(__file__).parents[1] / "golden" / "models"
FILES = {path.stem: path.read_text(encoding="utf-8") for path in WRITTEN.glob("*.lav")}
DERIVED = {Path(file).name: text for file, text in PLAN.models.items()}
ITEMS = [item.id for item in INSTRUMENT.items]
FACETS = [facet.id for facet in INSTRUMENT.facets()]
PRODUCTS = [f"IPxEP{k}" for k in range(1, 5)]


def table(text: str) -> ParameterTable:
    latent = {s.lhs for s in parse_model(text, levels=True).statements if s.op == "=~"}
    observed = [name for name in (*ITEMS, *FACETS, *PRODUCTS) if name not in latent]
    if "level:" in text:
        return two_level_table(parse_model(text, levels=True), observed)
    return parameter_table(parse(text), observed, TableOptions())


def relations(text: str) -> set[tuple[object, ...]]:
    """Rows of a model's table without labels, which may be called as one likes."""
    rows = [row for row in table(text).rows if row.op != ":="]
    sides = [sorted((r.lhs, r.rhs)) if r.op == "~~" else [r.lhs, r.rhs] for r in rows]
    return {(r.group, r.op, *pair, r.value) for r, pair in zip(rows, sides, strict=True)}


def equalities(text: str) -> set[frozenset[tuple[str, int]]]:
    """Which loadings are the same parameter."""
    rows = [r for r in table(text).rows if r.op == "=~" and r.label]
    return {
        frozenset((f"{r.lhs}{r.rhs}", r.group) for r in rows if r.label == label)
        for label in {r.label for r in rows}
    }


def without_product(text: str) -> str:
    """What the analysis makes of products itself is no part of the file."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("IPxEP"))


@pytest.mark.parametrize("name", sorted(set(FILES) - {"interaction"}))
def test_each_model_is_the_one_that_was_written(name: str) -> None:
    assert relations(DERIVED[name]) == relations(FILES[name])
    assert equalities(DERIVED[name]) == equalities(FILES[name])


def test_what_the_analysis_adds_to_a_product_is_left_to_it() -> None:
    made = "IPxEP =~ " + " + ".join(PRODUCTS)
    whole = f"{DERIVED['interaction']}\n{made}"
    assert relations(whole) == relations(FILES["interaction"])
    assert without_product(FILES["interaction"]) != FILES["interaction"]


@pytest.mark.parametrize("name", ["additive", "mediation", "second_order", "m6_cells_over_facets"])
def test_each_fits_as_the_one_that_was_written(name: str) -> None:
    """To rounding: the same parameters may stand in another order."""
    rng = np.random.default_rng(8)
    names = FACETS if "m6" not in name else ITEMS
    common = rng.standard_normal((400, 1))
    values = common + rng.standard_normal((400, len(names)))
    scores = Scores(tuple(names), values)
    ours, theirs = (
        fit_to(parameter_table(parse(text), names), scores) for text in (DERIVED[name], FILES[name])
    )
    assert ours.measures
    assert theirs.measures
    assert ours.measures.df == theirs.measures.df
    assert ours.measures.chisq == pytest.approx(theirs.measures.chisq, rel=1e-8)
    mine = {(r.lhs, r.op, r.rhs): r.value for r in ours.rows()}
    for row in theirs.rows():
        assert mine[row.lhs, row.op, row.rhs] == pytest.approx(row.value, abs=1e-5)


def test_the_models_follow_the_form() -> None:
    long = PLAN.plan.model_copy(update={"form": "long"})
    bare = load_plan(bundled() / "analysis")
    models = with_models(dataclasses.replace(bare, plan=long), INSTRUMENT).models
    assert "IPG3" in models["measurement/m6_cells_over_facets"]
    assert "IPG3" not in PLAN.models["measurement/m6_cells_over_facets"]


def test_a_change_of_the_instrument_changes_the_models() -> None:
    def moved(item: Item) -> Item:
        return dataclasses.replace(item, facet="IPB") if item.id == "IPG2" else item

    other = dataclasses.replace(INSTRUMENT, items=tuple(map(moved, INSTRUMENT.items)))
    bare = load_plan(bundled() / "analysis")
    models = with_models(bare, other).models
    assert "IPB =~ IPG2 + IPB1 + IPB3" in models["measurement/m5_facets"]
    assert with_models(bare, INSTRUMENT).digest == with_models(bare, other).digest == bare.digest


def test_a_file_has_the_last_word(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bundled() / "analysis", tmp_path / "analysis"))
    before = load_plan(folder)
    file = folder / "models" / "measurement" / "m1_one_factor.lav"
    file.parent.mkdir(exist_ok=True)
    file.write_text("G =~ IPG1 + IPG2 + IPB1\n", encoding="utf-8")
    after = with_models(load_plan(folder), INSTRUMENT)
    assert after.models["measurement/m1_one_factor"] == "G =~ IPG1 + IPG2 + IPB1\n"
    assert after.digest != before.digest


def test_a_construct_that_the_file_measures_stays_as_it_is() -> None:
    text = with_measurement("IP =~ IPG + IPB\nCS ~ IP\n", "x.lav", INSTRUMENT, "core-40")
    assert [line for line in text.splitlines() if line.startswith("IP ")] == ["IP =~ IPG + IPB"]
    assert "CS =~ CSW + CSR + CSI + CSX" in text


def test_completing_twice_changes_nothing() -> None:
    assert with_models(PLAN, INSTRUMENT).models == PLAN.models


@pytest.mark.parametrize(
    ("key", "cells"),
    [
        ("key_a", {"drive": 12, "restraint": 4}),
        ("key_b", {"positive": 8, "negative": 4}),
        ("key_h", dict.fromkeys(("internal_positive", "internal_negative", "external_positive", "external_negative"), 4)),
    ],
)  # fmt: skip
def test_each_key_sorts_the_same_answers_into_cells(key: str, cells: dict[str, int]) -> None:
    """Keys A, B and H of the instrument's design: force field, incentive valence, four cells."""
    text = key_syntax(key, "CS", INSTRUMENT, "core-40", select={"role": "dynamic"})
    found = [s for s in parse(text) if s.op == "=~" and s.lhs != "CS"]
    assert {cell: sum(s.lhs == cell for s in found) for cell in {s.lhs for s in found}} == cells
    assert {s.rhs for s in parse(text) if s.op == "~"} == set(cells)


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        (Derive(select={"role": "nothing"}), "no item"),
        (Derive(by="colour"), "no item"),
        (Derive(select={"role": "dynamic"}, crossed={"XX": ("INM",)}), "XX"),
    ],
)
def test_what_cannot_be_derived_is_said(rule: Derive, what: str) -> None:
    with pytest.raises(PlanError, match=what) as caught:
        measurement_syntax(rule, INSTRUMENT, "core-40", "plan.yaml:7")
    assert caught.value.code == "plan.underivable"
    assert caught.value.where == "plan.yaml:7"


def test_a_slip_in_a_file_is_found() -> None:
    with pytest.raises(ModelSyntaxError):
        with_measurement("CS ~ ~ IP\n", "x.lav", INSTRUMENT, "core-40")
