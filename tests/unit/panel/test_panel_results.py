"""The tables of a panel: figures worked out by hand, missing answers counted, verdicts by the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from tests.unit.panel.panel_helpers import agreeing

from cosyn.instrument.load import load_instrument
from cosyn.messages.panel import read_json, read_lines
from cosyn.panel.answers import Answers, Rating
from cosyn.panel.material import Material, material
from cosyn.panel.output import result_workbook
from cosyn.panel.results import GroupValidity, ItemValidity, PanelResult, Verdict, evaluate
from cosyn.panel.tables import notes, tables
from cosyn.panel.workbooks import phrases_in
from cosyn.plan import PanelRule, load_plan
from cosyn.study import bundled
from cosyn.workflow.panel import PanelRead


@pytest.fixture(scope="module")
def judged() -> Material:
    return material(load_instrument(bundled() / "instrument"), "long")


@pytest.fixture(scope="module")
def rule() -> PanelRule:
    found = load_plan(bundled() / "analysis").plan.panel
    assert found is not None
    return found


def experts(judged: Material, count: int) -> list[Answers]:
    return [agreeing(judged, expert) for expert in range(1, count + 1)]


def rate(answers: Answers, item: str, rating: Rating) -> Answers:
    return replace(answers, ratings={**answers.ratings, item: rating})


def put(answers: Answers, item: str, **place: str | None) -> Answers:
    return replace(answers, places={**answers.places, item: place})


def item(result: PanelResult, name: str) -> ItemValidity:
    return next(i for i in result.items if i.item == name)


def group(result: PanelResult, name: str) -> GroupValidity:
    return next(g for g in result.groups if g.id == name)


def changed(panel: Sequence[Answers], *changes: Answers) -> list[Answers]:
    by_expert = {a.expert: a for a in panel} | {a.expert: a for a in changes}
    return list(by_expert.values())


def test_a_panel_of_one_mind(judged: Material, rule: PanelRule) -> None:
    result = evaluate(judged, experts(judged, 6), rule)
    assert {i.verdict for i in result.items} == {g.verdict for g in result.groups} == {Verdict.MET}
    assert result.missing == {"sort": 0, "relevance": 0, "necessity": 0, "clarity": 0}
    found = item(result, "ENS2")
    assert found.relevance is not None
    assert (found.relevance.cvi, found.relevance.kappa, found.relevance.cvr) == (1, 1, 1)
    assert found.relevance.critical == 1
    assert found.substantive is not None
    assert (found.substantive.coefficient, found.substantive.rival) == (1, None)
    assert result.agreement["relevance"].fleiss_kappa is None
    assert result.agreement["relevance"].gwet_ac1 == 1
    assert result.agreement["joint"].fleiss_kappa == pytest.approx(1)


def test_an_item_worked_out_by_hand(judged: Material, rule: PanelRule) -> None:
    """Ten experts: relevance 4 4 4 4 3 3 2 1 and two blanks; four essential of nine; and so on."""
    panel = experts(judged, 10)
    relevance = [4, 4, 4, 4, 3, 3, 2, 1, None, None]
    necessity = ["essential"] * 4 + ["useful"] * 3 + ["unnecessary"] * 2 + [None]
    clarity = [1, 2, 3, 4, 4, None, None, None, None, None]
    rows = zip(panel, relevance, necessity, clarity, strict=True)
    panel = [rate(a, "INS1", Rating(r, n, c, "")) for a, r, n, c in rows]
    avoid = {"locus": "internal", "direction": "drive", "valence": "avoid"}
    panel = changed(
        panel,
        put(panel[0], "INS1", **avoid),
        put(panel[1], "INS1", **avoid),
        put(panel[2], "INS1", locus="external", direction="restrain", valence=None),
        put(panel[3], "INS1", locus="internal", direction="restrain"),
        put(panel[4], "INS1"),
    )
    result = evaluate(judged, panel, rule)
    found = item(result, "INS1")
    r, s, v = found.relevance, found.sorting, found.substantive
    assert r and s and v  # noqa: PT018 - all three are there
    assert (r.raters, r.relevant, r.cvi) == (8, 6, 0.75)
    assert r.kappa == pytest.approx((0.75 - 28 / 256) / (1 - 28 / 256))
    assert (r.essential, r.essential_raters) == (4, 9)
    assert r.cvr == pytest.approx(-1 / 9)
    assert r.critical == pytest.approx(7 / 9)
    assert (r.clarity, r.clarity_raters) == (3, 5)
    assert (s.complete, s.joint) == (8, 5 / 8)
    assert s.hits == {"locus": 8 / 9, "direction": 7 / 9, "valence": 6 / 8}
    assert (v.agreement, v.coefficient) == (5 / 8, 3 / 8)
    assert (v.rival, v.rival_count) == (("internal", "drive", "avoid"), 2)
    assert found.verdict is Verdict.NOT_MET
    assert result.missing == {"sort": 4, "relevance": 2, "necessity": 1, "clarity": 5}
    facet, construct = group(result, "INS"), group(result, "IN")
    assert facet.average == pytest.approx((0.75 + 1 + 1) / 3)
    assert facet.universal == pytest.approx(2 / 3)
    assert facet.sorting is not None
    assert (facet.sorting.complete, facet.sorting.joint) == (28, 25 / 28)
    assert facet.verdict is Verdict.MET
    assert construct.average == pytest.approx(11.75 / 12)


def test_seven_of_nine_experts_are_enough(judged: Material, rule: PanelRule) -> None:
    """Lynn (1986) prints .78 for them; the exact share is .777…"""
    low = [rate(a, "CSW1", Rating(2, None, None, "")) for a in experts(judged, 9)[:2]]
    result = evaluate(judged, changed(experts(judged, 9), *low), rule)
    assert item(result, "CSW1").verdict is Verdict.MET
    lower = [rate(a, "CSW1", Rating(2, None, None, "")) for a in experts(judged, 9)[:3]]
    result = evaluate(judged, changed(experts(judged, 9), *lower), rule)
    assert item(result, "CSW1").verdict is Verdict.NOT_MET


def test_what_nobody_answered_is_undecided(judged: Material, rule: PanelRule) -> None:
    panel = [replace(a, ratings={}, places={}) for a in experts(judged, 3)]
    result = evaluate(judged, panel, rule)
    assert {i.verdict for i in result.items} == {Verdict.UNDECIDED}
    assert {g.verdict for g in result.groups} == {Verdict.UNDECIDED}
    assert result.missing["sort"] == 3 * 3 * len(judged.to_sort)
    assert result.agreement["relevance"].reason == "no item has two ratings"
    figures = [a.gwet_ac1 for a in result.agreement.values()]
    assert figures == [None] * len(figures)


def test_without_a_rule_there_are_figures_but_no_verdict(judged: Material) -> None:
    result = evaluate(judged, experts(judged, 3), None)
    assert {i.verdict for i in result.items} == {Verdict.UNDECIDED}
    assert group(result, "CS").average == 1
    assert any("no section `panel`" in note for note in notes(result, judged, phrases_in("en")))


def test_the_rule_is_the_plans(judged: Material, rule: PanelRule) -> None:
    strict = rule.model_copy(update={"relevant": 4})
    panel = [rate(a, "CSW1", Rating(3, "essential", 4, "")) for a in experts(judged, 3)]
    assert item(evaluate(judged, panel, rule), "CSW1").verdict is Verdict.MET
    assert item(evaluate(judged, panel, strict), "CSW1").verdict is Verdict.NOT_MET


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_workbook_holds_every_figure(
    judged: Material, rule: PanelRule, language: str, tmp_path: Path
) -> None:
    panel = experts(judged, 4)
    panel[0] = rate(panel[0], "INS1", Rating(2, "useful", 1, "=HYPERLINK(1)"))
    result = evaluate(judged, panel, rule)
    phrases = phrases_in(language)
    shown, said = tables(result, judged, phrases), notes(result, judged, phrases)
    content = result_workbook(shown, phrases("result.about"), said)
    (tmp_path / "panel.xlsx").write_bytes(content)
    book = openpyxl.load_workbook(tmp_path / "panel.xlsx")
    written = {row[0]: row for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)}
    assert len(written) == len(judged.items)
    assert [*written["INS1"][2:5]] == [4, 0.75, pytest.approx(2 / 3)]
    assert written["INS1"][-1] == phrases("result.not_met")
    assert written["CSW1"][8:13] == ("–",) * 5
    remarks = book[phrases("result.remarks")]
    assert (remarks["D2"].value, remarks["D2"].data_type) == ("=HYPERLINK(1)", "s")
    about = [str(row[0].value) for row in book[phrases("result.about")].iter_rows()]
    assert any("Ayre & Scally 2014" in text for text in about)


@pytest.fixture
def done(judged: Material, rule: PanelRule) -> PanelRead:
    result = evaluate(judged, experts(judged, 3), rule)
    phrases = phrases_in("en")
    said = tuple(notes(result, judged, phrases))
    return PanelRead(result, tables(result, judged, phrases), said, Path("panel.xlsx"))


def test_the_terminal_shows_a_line_for_each_item(judged: Material, done: PanelRead) -> None:
    shown = [*read_lines(done)]
    assert shown[2].split() == ["IPG1", "1.00", "1.00", "1.00", "4.00", "1.00", "1.00", "met"]
    after = shown[len(judged.items) + 2 :]
    assert after[0] == "Facets and constructs"
    assert after[2].split() == ["IPG", "3", "1.00", "1.00", "4.00", "1.00", "met"]
    assert shown[-1] == "Wrote panel.xlsx"


def test_the_document_for_other_programs(done: PanelRead) -> None:
    document = read_json(done)
    assert document["experts"] == (1, 2, 3)
    assert document["rule"]["item_cvi"]["at_least"] == 0.78
    found = next(i for i in document["items"] if i["item"] == "INS1")
    assert found["verdict"] == "met"
    assert found["relevance"]["cvi"] == 1


def test_a_comment_cannot_command_the_terminal(judged: Material, rule: PanelRule) -> None:
    panel = experts(judged, 2)
    panel[0] = rate(panel[0], "INS1", Rating(4, "essential", 4, "\x9b31m red \u202e turned\nnext"))
    result = evaluate(judged, panel, rule)
    shown = tables(result, judged, phrases_in("en"))
    lines = [*read_lines(PanelRead(result, shown, (), Path("panel.xlsx")))]
    assert r"\u009b31m red \u202e turned next" in lines[-2]
